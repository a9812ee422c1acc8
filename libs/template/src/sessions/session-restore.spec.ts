import { Delivery, ExchangeId, SimulatedClock, streamNames } from "@ims/common";
import { v2 } from "@ims/sbe";
import { describe, expect, it } from "vitest";
import type { LoginRequest } from "../control/control-request.js";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { MemoryTopics } from "../spec-support/memory-topics.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import type { StreamTopology } from "../topology/stream-topology.js";
import { createLoginPolicy } from "./login-policy.js";
import { SessionRegistry } from "./session-registry.js";
import { SessionRestore } from "./session-restore.js";
import { StateKeeper } from "./state-keeper.js";

const NAMES = streamNames(ExchangeId.BinanceSpot);
const TRADES = { dataType: 1, resolution: 0, symbol: "BTCUSDT" };
const LIMITS = {
  heartbeatMillis: 10_000,
  expiryMillis: 30_000,
  version1ExpiryMillis: 3_600_000,
  sessionCountMax: 100,
  requestsPerSecondMax: 100,
};

/** One run of a service on the topics. */
function run(topics: MemoryTopics, clock: SimulatedClock) {
  let sessionId = 1000n;
  const sessions = new SessionRegistry(LIMITS, () => ++sessionId);
  const table = new SubscriptionTable();
  const policy = createLoginPolicy({
    environment: "CI",
    exchange: ExchangeId.BinanceSpot,
    isBrokerLocal: true,
  });
  const { logger, lines } = recordingLogger();
  const topology = { names: NAMES } as StreamTopology;
  const log = new RateLimitedLog(clock, logger);
  const keeper = new StateKeeper(
    topics.client,
    topology,
    sessions,
    table,
    policy,
    ExchangeId.BinanceSpot,
    clock,
    log,
  );
  const restore = new SessionRestore(topics.client, topology, keeper, sessions, table, policy, clock, logger);
  return { sessions, table, keeper, restore, lines };
}

function login(clientId: number, generation: 1 | 2 = 2): LoginRequest {
  return {
    kind: "login",
    generation,
    templateId: 110,
    clientId,
    exchangeId: 4,
    sessionId: 0n,
    requestId: 1n,
    sentMicros: 5n,
    accessToken: "",
    clientName: "test",
    clientVersion: "1",
  };
}

function heartbeat(clientId: number, sessionId: bigint): Uint8Array {
  const bytes = new Uint8Array(v2.HeartbeatRequestEncoder.ENCODED_LENGTH);
  new v2.HeartbeatRequestEncoder()
    .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
    .sessionId(sessionId)
    .requestId(7n)
    .clientId(clientId)
    .exchangeId(4);
  return bytes;
}

/** A first run with sessions of these clients, each with one subscription, that ended without a word. */
async function killed(clients: readonly (readonly [clientId: number, generation: 1 | 2])[]) {
  const clock = new SimulatedClock();
  const topics = new MemoryTopics(clock);
  const { sessions, table, keeper, restore } = run(topics, clock);
  await restore.restore();
  for (const [clientId, generation] of clients) {
    sessions.login(login(clientId, generation), clock.monotonicMillis());
    table.add({ clientId, feed: TRADES, delivery: Delivery.Shared, generation });
  }
  await keeper.flush();
  return { clock, topics, sessions };
}

const clientsOf = (sessions: SessionRegistry) => [...sessions].map(({ clientId }) => clientId);

describe("SessionRestore", () => {
  it("takes over at once what was heard in its time, to the millisecond", async () => {
    const { clock, topics } = await killed([[100, 2]]);
    await clock.advance(29_999);
    const later = run(topics, clock);
    expect(await later.restore.restore()).toEqual({ sessionCount: 1, feeds: [TRADES], lapsed: [] });
    expect(later.sessions.get(100)).toMatchObject({ sessionId: 1001n, restartCount: 1 });
    expect(later.sessions.expired(clock.monotonicMillis())).toEqual([]);
    expect(later.sessions.expired(clock.monotonicMillis() + 1).map(({ clientId }) => clientId)).toEqual([
      100,
    ]);
    await clock.advance(1);
    const tooLate = run(topics, clock);
    expect(await tooLate.restore.restore()).toEqual({ sessionCount: 0, feeds: [], lapsed: [TRADES] });
    expect(tooLate.table.subscriptionCount).toBe(0);
    expect(tooLate.lines).toContainEqual(
      expect.objectContaining({ clientId: 100, reason: "the client was not heard in its time" }),
    );
  });

  it("hears the heartbeats that were sent while nobody listened, with the right session id only", async () => {
    const { clock, topics, sessions } = await killed([
      [100, 2],
      [101, 2],
      [102, 2],
    ]);
    await clock.advance(600_000);
    const own = sessions.get(100)!.sessionId;
    topics.append(NAMES.controlTopic, heartbeat(100, own));
    topics.append(NAMES.controlTopic, heartbeat(101, own));
    topics.append(NAMES.controlTopic, Uint8Array.of(1, 2, 3));
    await clock.advance(29_999);
    const later = run(topics, clock);
    expect(await later.restore.restore()).toMatchObject({ sessionCount: 1 });
    expect(clientsOf(later.sessions)).toEqual([100]);
  });

  it("gives clients of version 1 their own time", async () => {
    const { clock, topics } = await killed([
      [100, 1],
      [101, 2],
    ]);
    await clock.advance(3_599_999);
    const later = run(topics, clock);
    await later.restore.restore();
    expect(clientsOf(later.sessions)).toEqual([100]);
    expect(later.table.subscribersOf(TRADES)).toMatchObject([{ clientId: 100, generation: 1 }]);
  });

  it("takes over nothing while the broker cannot be asked, and all of it later", async () => {
    const { clock, topics } = await killed([[100, 2]]);
    const later = run(topics, clock);
    const { poll } = topics.client;
    let isAway = true;
    const client = {
      ...topics.client,
      poll: (...args: Parameters<typeof poll>) =>
        isAway ? Promise.reject(new Error("away")) : poll(...args),
    };
    const away = new SessionRestore(
      client,
      { names: NAMES } as StreamTopology,
      later.keeper,
      later.sessions,
      later.table,
      createLoginPolicy({ environment: "CI", exchange: ExchangeId.BinanceSpot, isBrokerLocal: true }),
      clock,
      recordingLogger().logger,
    );
    await expect(away.restore()).rejects.toThrow("away");
    expect(later.sessions.size).toBe(0);
    isAway = false;
    expect(await away.restore()).toMatchObject({ sessionCount: 1 });
    // Counted by the run that is kept, not by the attempts.
    expect(later.sessions.get(100)!.restartCount).toBe(1);
  });
});

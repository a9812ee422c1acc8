import { Delivery, ExchangeId, SimulatedClock, streamNames } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LoginRequest } from "../control/control-request.js";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { MemoryTopics } from "../spec-support/memory-topics.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { createLoginPolicy } from "./login-policy.js";
import { SessionRegistry } from "./session-registry.js";
import { STATE_TOPICS, StateKeeper } from "./state-keeper.js";

function service(topics: MemoryTopics, clock: SimulatedClock) {
  let sessionId = 1n;
  const limits = {
    heartbeatMillis: 10_000,
    expiryMillis: 30_000,
    version1ExpiryMillis: 60_000,
    sessionCountMax: 100,
    requestsPerSecondMax: 100,
  };
  const sessions = new SessionRegistry(limits, () => sessionId++);
  const table = new SubscriptionTable();
  const keeper = new StateKeeper(
    topics.client,
    { names: streamNames(ExchangeId.BinanceSpot) } as ConstructorParameters<typeof StateKeeper>[1],
    sessions,
    table,
    createLoginPolicy({ environment: "CI", exchange: ExchangeId.BinanceSpot, isBrokerLocal: true }),
    ExchangeId.BinanceSpot,
    clock,
    new RateLimitedLog(clock, silentLogger),
  );
  return { sessions, table, keeper };
}

function login(clientId: number, requestId: bigint): LoginRequest {
  return {
    kind: "login",
    generation: 2,
    templateId: 110,
    clientId,
    exchangeId: 4,
    sessionId: 0n,
    requestId,
    sentMicros: 5n,
    accessToken: "",
    clientName: "",
    clientVersion: "",
  };
}

const feedOf = (symbol: string) => ({ dataType: 1, resolution: 0, symbol });

type Step = { kind: "login" | "end" | "add" | "remove" | "flush"; clientId: number; symbol: string };

describe("StateKeeper", () => {
  it("leaves for the next run what there was when a flush succeeded, through any faults and ends", async () => {
    const step: fc.Arbitrary<Step> = fc.record({
      kind: fc.constantFrom("login", "end", "add", "remove", "flush"),
      clientId: fc.integer({ min: 100, max: 102 }),
      symbol: fc.constantFrom("A", "B", "C"),
    });
    const fault = fc.constantFrom("ok", "refused", "lost-reply", "twice");
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.array(fault, { maxLength: 20 }),
        async (steps, faults) => {
          const clock = new SimulatedClock();
          const topics = new MemoryTopics(clock);
          topics.faults = [...faults];
          const { sessions, table, keeper } = service(topics, clock);
          await keeper.load();
          keeper.start();
          let requestId = 0n;
          for (const { kind, clientId, symbol } of [...steps, { kind: "flush" } as Step]) {
            const isOpen = sessions.get(clientId) !== undefined;
            if (kind === "login") sessions.login(login(clientId, ++requestId), 0);
            if (kind === "end" && isOpen) {
              table.removeAllOf(clientId);
              sessions.end(clientId);
            }
            const subscription = {
              clientId,
              feed: feedOf(symbol),
              delivery: Delivery.Shared,
              generation: 2,
            } as const;
            if (kind === "add" && isOpen) table.add(subscription);
            if (kind === "remove") table.remove(clientId, feedOf(symbol));
            if (kind !== "flush") continue;
            await clock.advance(1000);
            if (!(await keeper.flush())) continue;
            const state = await service(topics, clock).keeper.load();
            const kept = [...state.sessions].map(({ identity, sessionId }) => [identity.clientId, sessionId]);
            const open = [...sessions].map((session) => [session.clientId, session.sessionId]);
            expect(new Map(kept as [number, bigint][])).toEqual(new Map(open as [number, bigint][]));
            for (const { clientId: owner } of sessions) {
              const own = state.subscriptionsOf(owner).map(({ feed }) => feed.symbol);
              expect(own.sort()).toEqual(
                table
                  .feedsOf(owner)
                  .map(({ symbol: name }) => name)
                  .sort(),
              );
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("writes a change as one record, and the whole anew when the changes outgrow it", async () => {
    const clock = new SimulatedClock();
    const topics = new MemoryTopics(clock);
    const { sessions, table, keeper } = service(topics, clock);
    await keeper.load();
    keeper.start();
    sessions.login(login(100, 1n), 0);
    await keeper.flush();
    const count = () => STATE_TOPICS.map((topic) => topics.stored.get(topic)?.length ?? 0);
    expect(count()).toEqual([3, 0]);
    let most = 0;
    for (let round = 0; round < 5000; round++) {
      const subscription = {
        clientId: 100,
        feed: feedOf("A"),
        delivery: Delivery.Shared,
        generation: 2,
      } as const;
      if (round % 2 === 0) table.add(subscription);
      else table.remove(100, feedOf("A"));
      await keeper.flush();
      most = Math.max(most, ...count());
    }
    expect(most).toBe(4096);
    expect(count()).toEqual([0, expect.any(Number)]);
    expect((await keeper.load()).number).toBe(2);
  });
});

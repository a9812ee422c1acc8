import { SimulatedClock } from "@ims/common";
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../spec-support/silent-logger.js";
import type { ControlDialect } from "./control-dialect.js";
import { SubscriptionKeeper } from "./subscription-keeper.js";

interface ControlMessage {
  readonly method: "SUBSCRIBE" | "UNSUBSCRIBE";
  readonly params: readonly string[];
  readonly id: number;
}

const dialect: ControlDialect = {
  streamsPerMessage: 200,
  subscribe: (params, id) => JSON.stringify({ method: "SUBSCRIBE", params, id }),
  unsubscribe: (params, id) => JSON.stringify({ method: "UNSUBSCRIBE", params, id }),
};

let clock: SimulatedClock;
let keeper: SubscriptionKeeper;
let sent: (ControlMessage & { atMillis: number })[];
let acknowledges: boolean;
let unresponsiveCount: number;
let isPaused: boolean;
let refused: [string, string][];

beforeEach(() => {
  clock = new SimulatedClock();
  sent = [];
  acknowledges = true;
  unresponsiveCount = 0;
  isPaused = false;
  refused = [];
  keeper = new SubscriptionKeeper({
    clock,
    random: () => 0.5,
    logger: silentLogger,
    dialect,
    send: (text) => {
      const message = JSON.parse(text) as ControlMessage;
      sent.push({ ...message, atMillis: clock.monotonicMillis() });
      if (acknowledges) queueMicrotask(() => keeper.onReply({ id: message.id, error: undefined }));
      return true;
    },
    isPaused: () => isPaused,
    onRefused: (stream, reason) => refused.push([stream, reason]),
    onUnresponsive: () => {
      unresponsiveCount++;
      keeper.connectionDown();
    },
    controlMessagesPerSecond: 5,
    acknowledgeTimeoutMillis: 2000,
  });
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index}@trade`);

describe("SubscriptionKeeper", () => {
  it("sends nothing before the connection is up, then everything in one message", async () => {
    for (const stream of names(3)) keeper.want(stream);
    await clock.advance(5000);
    expect(sent).toEqual([]);
    keeper.connectionUp();
    await clock.advance(0);
    expect(sent).toEqual([{ method: "SUBSCRIBE", params: names(3), id: 1, atMillis: 5000 }]);
    expect(names(3).every((stream) => keeper.isAcknowledged(stream))).toBe(true);
  });

  it("misses nothing that is asked for while it finishes, at whatever moment", async () => {
    keeper.connectionUp();
    for (let depth = 0; depth < 20; depth++) {
      keeper.want(`a${depth}`);
      const askedBefore = sent.length;
      while (sent.length === askedBefore) await clock.advance(250);
      keeper.want(`b${depth}`);
      let turn = Promise.resolve();
      for (let count = 0; count < depth; count++) turn = turn.then(() => {});
      await turn;
      keeper.want(`c${depth}`);
      await clock.advance(2000);
      for (const name of ["a", "b", "c"]) expect(keeper.isAcknowledged(`${name}${depth}`)).toBe(true);
    }
  });

  it("splits into messages of 200 streams, never more than five in any second", async () => {
    keeper.connectionUp();
    for (const stream of names(1024 * 3)) keeper.want(stream);
    await clock.advance(10_000);
    expect(sent).toHaveLength(16);
    expect(new Set(sent.flatMap(({ params }) => params)).size).toBe(1024 * 3);
    sent.forEach(({ atMillis, params }, index) => {
      expect(params.length).toBeLessThanOrEqual(200);
      const sixth = sent[index + 5];
      if (sixth) expect(sixth.atMillis - atMillis).toBeGreaterThanOrEqual(1000);
    });
    // One place of five stays free for pongs.
    expect(sent[4]!.atMillis).toBe(1000);
  });

  it("unsubscribes what is no longer wanted, and sends nothing for what came and went unsent", async () => {
    keeper.connectionUp();
    keeper.want("a@trade");
    await clock.advance(0);
    keeper.want("b@trade");
    keeper.unwant("b@trade");
    keeper.unwant("a@trade");
    expect(keeper.isAcknowledged("a@trade")).toBe(false);
    await clock.advance(0);
    expect(sent.map(({ method, params }) => [method, ...params])).toEqual([
      ["SUBSCRIBE", "a@trade"],
      ["UNSUBSCRIBE", "a@trade"],
    ]);
    keeper.want("a@trade");
    await clock.advance(0);
    expect(sent).toHaveLength(3);
  });

  it("asks for everything again on a new connection", async () => {
    keeper.connectionUp();
    for (const stream of names(2)) keeper.want(stream);
    await clock.advance(2000);
    keeper.connectionDown();
    expect(keeper.isAcknowledged("s0@trade")).toBe(false);
    keeper.unwant("s0@trade");
    keeper.connectionUp();
    await clock.advance(0);
    expect(sent.map(({ params }) => params)).toEqual([names(2), ["s1@trade"]]);
  });

  it("asks again when no acknowledgement comes, and gives the connection up after three times", async () => {
    acknowledges = false;
    keeper.connectionUp();
    keeper.want("a@trade");
    await clock.advance(2000);
    expect(sent).toHaveLength(1);
    await clock.advance(750);
    expect(sent).toHaveLength(2);
    await clock.advance(10_000);
    expect(sent).toHaveLength(3);
    expect(unresponsiveCount).toBe(1);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("asks again after a refusal, in both shapes of reply", async () => {
    acknowledges = false;
    keeper.connectionUp();
    keeper.want("a@trade");
    await clock.advance(0);
    keeper.onReply({ id: 1, error: { code: 2, message: "bad" } });
    await clock.advance(750);
    keeper.onReply({ id: null, error: { code: 3, message: "worse" } });
    acknowledges = true;
    await clock.advance(2000);
    expect(sent.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(keeper.isAcknowledged("a@trade")).toBe(true);
  });

  it("leaves out the one stream that is refused, and places all others", async () => {
    acknowledges = false;
    keeper.connectionUp();
    for (const stream of names(40)) keeper.want(stream);
    const bad = "s23@trade";
    let answered = 0;
    for (let turn = 0; turn < 600; turn++) {
      await clock.advance(100);
      const request = sent[answered];
      if (!request) continue;
      answered++;
      const error = request.params.includes(bad) ? { code: 2, message: "no such stream" } : undefined;
      keeper.onReply({ id: request.id, error });
    }
    expect(refused).toEqual([[bad, "no such stream"]]);
    expect(names(40).filter((stream) => !keeper.isAcknowledged(stream))).toEqual([bad]);
    expect([keeper.isComplete, unresponsiveCount]).toEqual([true, 0]);
  });

  it("lets go of one stream and asks for it again, and touches no other", async () => {
    keeper.connectionUp();
    for (const stream of names(3)) keeper.want(stream);
    await clock.advance(0);
    keeper.renew("s1@trade");
    await clock.advance(1000);
    expect(sent.slice(1)).toMatchObject([
      { method: "UNSUBSCRIBE", params: ["s1@trade"] },
      { method: "SUBSCRIBE", params: ["s1@trade"] },
    ]);
    expect(keeper.isComplete).toBe(true);
  });

  it("ignores replies to nothing, and takes ids printed as text", async () => {
    acknowledges = false;
    keeper.onReply({ id: null, error: undefined });
    keeper.connectionUp();
    keeper.want("a@trade");
    await clock.advance(0);
    keeper.onReply({ id: 77, error: undefined });
    expect(keeper.isAcknowledged("a@trade")).toBe(false);
    keeper.onReply({ id: "1", error: undefined });
    await clock.advance(0);
    expect(keeper.isAcknowledged("a@trade")).toBe(true);
  });

  it("expects no acknowledgement while nothing is read", async () => {
    acknowledges = false;
    isPaused = true;
    keeper.connectionUp();
    keeper.want("a@trade");
    await clock.advance(60_000);
    expect(sent).toHaveLength(1);
    expect(unresponsiveCount).toBe(0);
    keeper.connectionDown();
    await clock.advance(0);
    expect(clock.pendingTimerCount).toBe(0);
  });
});

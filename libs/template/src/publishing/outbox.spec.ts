import { ImsError, SimulatedClock } from "@ims/common";
import type { SendRequest } from "@ims/iggy-client";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../spec-support/silent-logger.js";
import { ByteBudget } from "./byte-budget.js";
import { Outbox } from "./outbox.js";
import { RateLimitedLog } from "./rate-limited-log.js";

const entry = (retryable: boolean) => ({ summary: "", action: "", retryable });
const away = new ImsError("test.away", entry(true), "away");
const refused = new ImsError("test.refused", entry(false), "refused");

function setUp(messageCountMax = 1000, budget = new ByteBudget(1000)) {
  const clock = new SimulatedClock();
  const failures: Error[] = [];
  const sent: number[][] = [];
  const prepared: boolean[] = [];
  let lost = 0;
  const client = {
    async sendMessages(request: SendRequest) {
      const failure = failures.shift();
      if (failure) throw failure;
      sent.push(request.messages.map(({ payload }) => payload[0]!));
      return [];
    },
  };
  const outbox = new Outbox(client, clock, new RateLimitedLog(clock, silentLogger), {
    stream: "s",
    topic: "t",
    messageCountMax,
    budget,
    prepare: async (afterRefusal) => void prepared.push(afterRefusal),
    onLost: (count) => {
      lost += count;
    },
  });
  const push = (...values: number[]) => values.map((value) => outbox.push(Uint8Array.of(value)));
  return { clock, failures, sent, prepared, outbox, push, lost: () => lost };
}

describe("Outbox", () => {
  it("turns copies away when all outboxes together hold enough, and replies never for that", async () => {
    const budget = new ByteBudget(10);
    const { outbox, clock, sent } = setUp(1000, budget);
    const { outbox: other } = setUp(1000, budget);
    expect(other.push(new Uint8Array(6), 1n)).toBe(true);
    expect([outbox.push(new Uint8Array(5), 2n), outbox.push(new Uint8Array(4), 3n)]).toEqual([false, true]);
    expect([outbox.push(new Uint8Array(5)), budget.used]).toEqual([true, 15]);
    await clock.advance(1);
    expect([sent.length, budget.used]).toEqual([1, 6]);
    other.close();
    expect(budget.used).toBe(0);
  });

  it("sends what came within a millisecond as one batch, in order", async () => {
    const { clock, sent, outbox, push } = setUp();
    push(1, 2, 3);
    expect(sent).toEqual([]);
    await clock.advance(1);
    push(4);
    const empty = outbox.whenEmpty(100);
    await clock.advance(1);
    expect(sent).toEqual([[1, 2, 3], [4]]);
    expect(await empty).toBe(true);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("waits out a lost connection without losing or reordering", async () => {
    const { clock, sent, failures, push, lost } = setUp();
    failures.push(away, away, away, away, away);
    push(1);
    await clock.advance(60);
    push(2);
    await clock.advance(10_000);
    expect(sent.flat()).toEqual([1, 2]);
    expect(lost()).toBe(0);
  });

  it("has the stream made again after a refusal, and gives up after three", async () => {
    const { clock, sent, failures, prepared, push, lost } = setUp();
    failures.push(refused);
    push(1);
    await clock.advance(1000);
    expect(sent).toEqual([[1]]);
    expect(prepared).toEqual([false, true]);
    failures.push(refused, refused, refused);
    push(2, 3);
    await clock.advance(5000);
    push(4);
    await clock.advance(5000);
    expect(sent).toEqual([[1], [4]]);
    expect(lost()).toBe(2);
  });

  it("turns away what is above its bound, and reports what a close leaves behind", async () => {
    const { clock, failures, outbox, push, lost } = setUp(2);
    failures.push(...Array.from({ length: 50 }, () => away));
    expect(push(1, 2, 3)).toEqual([true, true, false]);
    const empty = outbox.whenEmpty(100);
    await clock.advance(100);
    expect(await empty).toBe(false);
    outbox.close();
    expect(lost()).toBe(2);
    expect(push(4)).toEqual([false]);
    await clock.advance(5000);
    expect(clock.pendingTimerCount).toBe(0);
  });
});

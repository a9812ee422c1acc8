import { getEventListeners } from "node:events";
import { SimulatedClock } from "@ims/common";
import { describe, expect, it } from "vitest";
import { IDLE_MILLIS_MAX, IdleWait } from "./idle-wait.js";

/** How long a wait took, in milliseconds of the simulated clock. */
async function lengthOf(clock: SimulatedClock, wait: () => Promise<void>): Promise<number> {
  const began = clock.monotonicMillis();
  let ended: number | undefined;
  void wait().then(() => {
    ended = clock.monotonicMillis() - began;
  });
  for (let millis = 0; ended === undefined && millis < 5000; millis++) await clock.advance(1);
  return ended ?? Number.NaN;
}

async function lengthsOf(clock: SimulatedClock, count: number, wait: () => Promise<void>): Promise<number[]> {
  const lengths: number[] = [];
  for (let index = 0; index < count; index++) lengths.push(await lengthOf(clock, wait));
  return lengths;
}

describe("IdleWait", () => {
  it("waits a quarter of the quiet time up to a bound, and begins anew once there was something", async () => {
    const clock = new SimulatedClock();
    const wait = new IdleWait(clock, new AbortController().signal);
    const idle = () => wait.afterNothing();
    const failed = () => wait.afterFailure();
    const lengths = await lengthsOf(clock, 22, idle);
    expect(lengths.slice(0, 12)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3]);
    expect(lengths.slice(-3)).toEqual([19, IDLE_MILLIS_MAX, IDLE_MILLIS_MAX]);
    let quiet = 0;
    for (const length of lengths) {
      expect(length).toBeLessThanOrEqual(Math.max(1, quiet / 4));
      quiet += length;
    }
    expect(await lengthsOf(clock, 7, failed)).toEqual([50, 100, 200, 400, 800, 1600, 2000]);
    wait.reset();
    expect(await lengthsOf(clock, 2, idle)).toEqual([1, 1]);
    expect(await lengthsOf(clock, 1, failed)).toEqual([50]);
  });

  it("ends at once when the signal aborts, and does not wait from then on", async () => {
    const clock = new SimulatedClock();
    const abort = new AbortController();
    const wait = new IdleWait(clock, abort.signal);
    const waiting = wait.afterFailure();
    abort.abort();
    await waiting;
    await wait.afterFailure();
    await wait.afterNothing();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("listens once however often it waits, and not at all once it has ended", async () => {
    const clock = new SimulatedClock();
    const { signal } = new AbortController();
    const wait = new IdleWait(clock, signal);
    await lengthsOf(clock, 3, () => wait.afterNothing());
    void wait.afterNothing();
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await clock.advance(IDLE_MILLIS_MAX);
    wait.end();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});

import { SimulatedClock } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pacer } from "./pacer.js";
import { RateWindow } from "./rate-window.js";

describe("RateWindow", () => {
  it("never lets more through in any window than it may", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 60 }),
        async (countMax, gapsMillis) => {
          const clock = new SimulatedClock();
          const window = new RateWindow(clock, countMax, 1000);
          const takenAt: number[] = [];
          for (const gapMillis of gapsMillis) {
            await clock.advance(gapMillis);
            const wasFree = window.waitMillis() === 0;
            expect(window.tryTake()).toBe(wasFree);
            if (wasFree) takenAt.push(clock.monotonicMillis());
          }
          takenAt.forEach((at, index) => {
            const earlier = takenAt[index - countMax];
            if (earlier !== undefined) expect(at - earlier).toBeGreaterThanOrEqual(1000);
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it("refuses a count that is not a whole number of at least 1", () => {
    expect(() => new RateWindow(new SimulatedClock(), 0, 1000)).toThrow("at least 1");
  });
});

describe("Pacer", () => {
  it("lets callers through in order, five a second", async () => {
    const clock = new SimulatedClock();
    const pacer = new Pacer(clock, 5, 1000);
    const passedAt: number[] = [];
    const order: number[] = [];
    const all = Array.from({ length: 12 }, async (_, index) => {
      await pacer.wait();
      passedAt.push(clock.monotonicMillis());
      order.push(index);
    });
    await clock.advance(2500);
    await Promise.all(all);
    expect(passedAt).toEqual([0, 0, 0, 0, 0, 1000, 1000, 1000, 1000, 1000, 2000, 2000]);
    expect(order).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("takes nothing for a caller that gave up, and leaves no timer", async () => {
    const clock = new SimulatedClock();
    const pacer = new Pacer(clock, 1, 1000);
    await pacer.wait();
    const abort = new AbortController();
    const given = pacer.wait(abort.signal);
    const next = pacer.wait();
    await clock.advance(1);
    abort.abort(new Error("given up"));
    await expect(given).rejects.toThrow("given up");
    await clock.advance(999);
    await next;
    expect(clock.pendingTimerCount).toBe(0);
  });
});

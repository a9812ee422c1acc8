import { SimulatedClock, sleep } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SkippingClock } from "./skipping-clock.js";

/** Tasks that sleep and set and cancel timers; what happens when. */
async function session(clock: SimulatedClock | SkippingClock, pauses: readonly number[]): Promise<string[]> {
  const seen: string[] = [];
  const note = (what: string) => seen.push(`${clock.monotonicMillis()} ${what}`);
  const task = async (name: string, from: number) => {
    for (let at = from; at < pauses.length; at += 2) {
      const timer = clock.setTimer(pauses[at]! * 2, () => note(`${name} timer ${at}`));
      await sleep(clock, pauses[at]!);
      // A long chain of promises goes on at this instant.
      for (let link = 0; link < 40; link++) await undefined;
      note(`${name} ${at}`);
      if (at % 3 === 0) timer.cancel();
    }
  };
  const done = Promise.all([task("one", 0), task("other", 1)]);
  for (let step = 0; step < 30; step++) await clock.advance(37);
  note(`${clock.pendingTimerCount} pending`);
  await clock.advance(100_000);
  await done;
  return seen;
}

describe("SkippingClock", () => {
  it("does what the common simulated clock does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 30 }), async (pauses) => {
        expect(await session(new SkippingClock(), pauses)).toEqual(
          await session(new SimulatedClock(), pauses),
        );
      }),
      { numRuns: 30 },
    );
  });
});

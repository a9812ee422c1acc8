import { SimulatedClock } from "@ims/common";
import fc from "fast-check";
import { expect, it } from "vitest";
import { SharedWaits } from "./shared-waits.js";

it("wakes what is due within a millisecond in one turn, and the rest in its time", async () => {
  const clock = new SimulatedClock();
  const waits = new SharedWaits(clock);
  const woken: string[] = [];
  const wait = (name: string, millis: number) =>
    waits.setTimer(millis, () => woken.push(`${name} ${clock.monotonicMillis()}`));
  wait("b", 5);
  wait("c", 6);
  wait("a", 1);
  wait("d", 20);
  expect(clock.pendingTimerCount).toBe(1);
  await clock.advance(30);
  expect(woken).toEqual(["a 1", "b 5", "c 5", "d 20"]);
  expect(clock.pendingTimerCount).toBe(0);
});

it("keeps readers in step that began apart", async () => {
  const clock = new SimulatedClock();
  const waits = new SharedWaits(clock);
  const turns: number[] = [];
  const read = () => {
    turns.push(clock.monotonicMillis());
    if (clock.monotonicMillis() < 20) waits.setTimer(2, read);
  };
  waits.setTimer(2, read);
  await clock.advance(1);
  waits.setTimer(2, read);
  await clock.advance(40);
  expect(turns.length).toBeGreaterThan(10);
  for (let at = 0; at < turns.length; at += 2) expect(turns[at]).toBe(turns[at + 1]);
});

it("wakes each once unless it is cancelled, never late, at most a millisecond early", async () => {
  const plan = fc.array(
    fc.record({ begin: fc.nat(40), delay: fc.nat(25), cancelAt: fc.option(fc.nat(60), { nil: undefined }) }),
    { minLength: 1, maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      const clock = new SimulatedClock();
      const waits = new SharedWaits(clock);
      const wokenAt: number[][] = steps.map(() => []);
      const handles = new Map<number, { cancel(): void }>();
      for (let now = 0; now < 80; now++) {
        for (const [index, { begin, cancelAt, delay }] of steps.entries()) {
          const wake = () => wokenAt[index]!.push(clock.monotonicMillis());
          if (begin === now) handles.set(index, waits.setTimer(delay, wake));
          if (cancelAt === now) handles.get(index)?.cancel();
        }
        await clock.advance(1);
      }
      for (const [index, { begin, cancelAt, delay }] of steps.entries()) {
        const due = begin + delay;
        const [at] = wokenAt[index]!;
        expect(wokenAt[index]!.length).toBeLessThanOrEqual(1);
        if (at === undefined) {
          expect(cancelAt).toBeGreaterThanOrEqual(begin);
          expect(cancelAt).toBeLessThanOrEqual(due);
        } else {
          expect(at).toBeGreaterThanOrEqual(due - 1);
          // A timer of 0 ms fires in the next step of this clock.
          expect(at).toBeLessThanOrEqual(Math.max(due, begin + 1));
        }
      }
      expect(clock.pendingTimerCount).toBe(0);
    }),
  );
});

import type { SimulatedClock } from "@ims/common";
import { fail } from "../errors.js";

const STEP_MILLIS = 50;

export interface SimulationLimit {
  /** Simulated time after which unfinished work counts as hanging. */
  readonly limitMillis: number;
  /** What is being waited for; stands in the error. */
  readonly what: string;
}

/**
 * Moves simulated time until the work settles, and gives its result. Throws `testkit.hang` when it has not settled
 * after `limitMillis`: whatever has a deadline must have met it by then.
 */
export async function runSimulated<Result>(
  clock: SimulatedClock,
  work: Promise<Result>,
  { limitMillis, what }: SimulationLimit,
): Promise<Result> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  work.then(settle, settle);
  const endMillis = clock.monotonicMillis() + limitMillis;
  // An advance of nothing lets pending continuations run.
  await clock.advance(0);
  while (!settled) {
    if (clock.monotonicMillis() >= endMillis) {
      work.catch(() => undefined);
      throw fail("testkit.hang", `${what} did not end within ${limitMillis} ms of simulated time`);
    }
    await clock.advance(STEP_MILLIS);
  }
  return work;
}

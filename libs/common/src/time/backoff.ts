/**
 * Pause before attempt `attempt` (0 = the first repetition): doubles from `firstMillis` up to `maxMillis`, of which the
 * upper half is random, so that many clients of one server do not return together.
 */
export function backoffMillis(
  attempt: number,
  firstMillis: number,
  maxMillis: number,
  random: () => number,
): number {
  const full = Math.min(maxMillis, firstMillis * 2 ** Math.min(attempt, 30));
  return full / 2 + (full / 2) * random();
}

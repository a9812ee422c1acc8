import fc from "fast-check";
import { expect } from "vitest";

/** Runs of a property that counts as the cheapest, in an ordinary run. */
export const RUNS_OF_CHEAPEST = 600;

/**
 * Runs that a property gets: `IMS_SEEDS` says how many the cheapest one gets, and the others get as many fewer as in an
 * ordinary run, so that all take about as much longer.
 * @param countDefault runs of an ordinary run, at most `RUNS_OF_CHEAPEST`
 */
export function seededRuns(countDefault: number, environment: NodeJS.ProcessEnv = process.env): number {
  const cheapest = wholeNumber(environment.IMS_SEEDS) ?? RUNS_OF_CHEAPEST;
  return Math.max(1, Math.ceil((cheapest * countDefault) / RUNS_OF_CHEAPEST));
}

/** Time that such a property may take; a long run gets as much per run as an ordinary one. */
export function seededMillis(countDefault: number, millisDefault = 20_000): number {
  return Math.max(millisDefault, (seededRuns(countDefault) / countDefault) * millisDefault);
}

/** As `fc.assert`; a run with `IMS_SEEDS` prints how often the property held. */
export async function assertSeeded<T>(
  property: fc.IProperty<T> | fc.IAsyncProperty<T>,
  countDefault: number,
): Promise<void> {
  const numRuns = seededRuns(countDefault);
  await fc.assert(property, { numRuns });
  if (process.env.IMS_SEEDS) console.log(`${expect.getState().currentTestName}: ${numRuns} runs passed`);
}

/** The number that a variable of the environment holds; undefined for anything else. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

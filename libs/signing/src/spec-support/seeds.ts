/** Runs of a property that counts as the cheapest, in an ordinary run. */
const RUNS_OF_CHEAPEST = 600;

/** Runs that a property gets: `IMS_SEEDS` says how many the cheapest one gets, the others as many fewer as ordinarily. */
export function seededRuns(countDefault: number): number {
  const cheapest = Number(process.env.IMS_SEEDS ?? RUNS_OF_CHEAPEST);
  return Math.max(1, Math.ceil((cheapest * countDefault) / RUNS_OF_CHEAPEST));
}

/** Time that such a property may take; a long run gets as much per run as an ordinary one. */
export function seededMillis(countDefault: number, millisDefault = 20_000): number {
  return Math.max(millisDefault, (seededRuns(countDefault) / countDefault) * millisDefault);
}

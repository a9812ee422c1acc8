import fc from "fast-check";

/** Runs of a property: `IMS_SEEDS` in long runs, otherwise the given number. */
export function seededRuns(countDefault: number): number {
  return Number(process.env.IMS_SEEDS ?? countDefault);
}

/** Time that such a property may take; a long run gets as much per run as an ordinary one. */
export function seededMillis(countDefault: number, millisDefault = 20_000): number {
  return Math.max(millisDefault, (seededRuns(countDefault) / countDefault) * millisDefault);
}

export async function assertSeeded<T>(
  property: fc.IProperty<T> | fc.IAsyncProperty<T>,
  countDefault: number,
): Promise<void> {
  await fc.assert(property, { numRuns: seededRuns(countDefault) });
}

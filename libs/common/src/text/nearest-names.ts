/** Longer names are cut: a suggestion is a courtesy and its cost must not depend on hostile input. */
const NAME_LENGTH_MAX = 48;
const CANDIDATE_COUNT_MAX = 20_000;

/**
 * Names that a misspelt one may have meant, best first: by edits (insert, delete, replace, swap neighbours; letter
 * case is free), then by the candidates' order. At most a third of the letters, and never more than 3, may differ.
 * Where names differ in letter case alone, only these are given. Only the first 20,000 candidates are looked at.
 */
export function nearestNames(name: string, candidates: Iterable<string>, limit = 5): string[] {
  const wanted = name.slice(0, NAME_LENGTH_MAX).toLowerCase();
  const distanceMax = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  const found: { candidate: string; distance: number }[] = [];
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > CANDIDATE_COUNT_MAX) break;
    const length = Math.min(candidate.length, NAME_LENGTH_MAX);
    if (Math.abs(length - wanted.length) > distanceMax) continue;
    const distance = editDistance(wanted, candidate.slice(0, NAME_LENGTH_MAX).toLowerCase());
    if (distance <= distanceMax) found.push({ candidate, distance });
  }
  const meant = found.some(({ distance }) => distance === 0)
    ? found.filter(({ distance }) => distance === 0)
    : found;
  return meant
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** A part for the end of a message: ` (did you mean "symbol"?)`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const [best] = nearestNames(name, candidates, 1);
  return best === undefined ? "" : ` (did you mean ${JSON.stringify(best)}?)`;
}

/** Optimal string alignment distance over three rows. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let best = Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + (same ? 0 : 1),
      );
      if (
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1]
      ) {
        best = Math.min(best, beforePrevious[column - 2]! + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length]!;
}

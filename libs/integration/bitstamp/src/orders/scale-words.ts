const INT64_MAX = (1n << 63n) - 1n;

/** What {@link scaleWords} made, because a number is all that a function can return without making an object. */
export const scaledWords = { lo: 0, hi: 0 };

/**
 * Adds digits behind the last one of a mantissa of two words, 0 or above, into {@link scaledWords}. False if it does not
 * fit into 64 bits then. Without digits to add, as almost always, it allocates nothing.
 */
export function scaleWords(lo: number, hi: number, digits: number): boolean {
  scaledWords.lo = lo | 0;
  scaledWords.hi = hi | 0;
  if (digits === 0) return true;
  const scaled = ((BigInt(hi) << 32n) | BigInt(lo >>> 0)) * 10n ** BigInt(digits);
  scaledWords.lo = Number(BigInt.asIntN(32, scaled));
  scaledWords.hi = Number(BigInt.asIntN(32, scaled >> 32n));
  return scaled <= INT64_MAX;
}

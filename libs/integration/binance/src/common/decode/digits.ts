const FOUR_ZEROS = 0x30303030;
/** Added to a byte below 128, sets its top bit if the byte is above 9. */
const ABOVE_NINE = 0x76767676;
const TOP_BITS = 0x80808080;

/** 10^0 to 10^9, all of which are machine integers. */
export const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: 10 }, (_, digits) => 10 ** digits);

/** The number that the four digits at the place make; below 0 if one of them is no digit. */
export function fourDigits(view: DataView, at: number): number {
  const digits = view.getInt32(at, true) ^ FOUR_ZEROS;
  if (((digits | (digits + ABOVE_NINE)) & TOP_BITS) !== 0) return -1;
  // Each byte times ten plus the one behind it, which stands above it in the word: at most 99, so nothing is carried.
  const pairs = Math.imul(digits, 10) + (digits >>> 8);
  return Math.imul(pairs & 0xff, 100) + ((pairs >>> 16) & 0xff);
}

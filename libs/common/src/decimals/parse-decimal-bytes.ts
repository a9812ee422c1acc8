import type { MantissaCell } from "./mantissa-cell.js";

/** Outcome of {@link parseDecimalBytes}; 0 is success, so callers may test truthiness. */
export const DecimalParse = { Ok: 0, Syntax: 1, Overflow: 2 } as const;
export type DecimalParse = (typeof DecimalParse)[keyof typeof DecimalParse];

/** Largest number of digits after the point that any message carries. */
export const DECIMAL_SCALE_MAX = 18;

const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const TWO_12 = 0x1000;
const TWO_20 = 0x100000;
const TWO_31 = 0x80000000;
const TWO_32 = 0x100000000;
/** Every number of so many digits is an exact integer below 2^53. */
const SHORT_DIGITS_MAX = 15;
const INT64_DIGITS_MAX = 19;
const HEAD_DIGITS_MAX = 10;
const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * Reads `-?digits[.digits]` from `bytes[start, end)` into `cell`. The scale is the number of digits printed after
 * the point: `61837.63000000` gives mantissa 6183763000000, scale 8. Nothing is rounded and nothing passes through a
 * fraction. Leading zeros are allowed, as are `-0` and the whole int64 range. A syntax error: an empty text, a missing
 * digit before or after the point, a plus sign, an exponent (use `Decimal.parse` for those). An overflow: a mantissa
 * outside int64, or more than 18 digits after the point even if they are zeros.
 * Allocates nothing; leaves `cell` untouched unless the result is Ok.
 */
export function parseDecimalBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  cell: MantissaCell,
): DecimalParse {
  let at = start;
  const negative = at < end && bytes[at] === MINUS;
  if (negative) at++;
  const first = at;
  let value = 0;
  let pointAt = -1;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
    } else if (bytes[at] === POINT && pointAt < 0 && at > first) {
      pointAt = at;
    } else {
      return DecimalParse.Syntax;
    }
  }
  if (first >= end || pointAt === end - 1) return DecimalParse.Syntax;
  const digitCount = pointAt < 0 ? end - first : end - first - 1;
  const scale = pointAt < 0 ? 0 : end - pointAt - 1;
  // At least one digit stands before the point, so the scale of a short number is at most 14.
  if (digitCount > SHORT_DIGITS_MAX) return parseLong(bytes, first, end, negative, scale, cell);
  const hi = Math.floor(value / TWO_32) | 0;
  setMagnitude(cell, value - hi * TWO_32, hi, negative);
  cell.scale = scale;
  return DecimalParse.Ok;
}

/**
 * The same for 16 digits and more; the syntax is known to be right. The first ten significant digits and the up to
 * nine others are gathered apart, so that every product below stays an exact integer under 2^53.
 */
function parseLong(
  bytes: Uint8Array,
  first: number,
  end: number,
  negative: boolean,
  scale: number,
  cell: MantissaCell,
): DecimalParse {
  if (scale > DECIMAL_SCALE_MAX) return DecimalParse.Overflow;
  let head = 0;
  let tail = 0;
  let significantDigits = 0;
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || (digit === 0 && significantDigits === 0)) continue;
    if (++significantDigits <= HEAD_DIGITS_MAX) head = head * 10 + digit;
    else if (significantDigits <= INT64_DIGITS_MAX) tail = tail * 10 + digit;
    else return DecimalParse.Overflow;
  }
  // mantissa = head × power + tail, head split at bit 20.
  const power = significantDigits > HEAD_DIGITS_MAX ? POWERS_OF_TEN[significantDigits - HEAD_DIGITS_MAX]! : 1;
  const headHigh = Math.floor(head / TWO_20);
  const highProduct = headHigh * power;
  const highWord = Math.floor(highProduct / TWO_12);
  const lowSum = (highProduct - highWord * TWO_12) * TWO_20 + (head - headHigh * TWO_20) * power + tail;
  const carry = Math.floor(lowSum / TWO_32);
  const hi = highWord + carry;
  const lo = lowSum - carry * TWO_32;
  if (hi >= TWO_31 && !(negative && hi === TWO_31 && lo === 0)) return DecimalParse.Overflow;
  setMagnitude(cell, lo, hi, negative);
  cell.scale = scale;
  return DecimalParse.Ok;
}

/** Two's complement of a magnitude up to 2^63 given as unsigned words. */
function setMagnitude(cell: MantissaCell, lo: number, hi: number, negative: boolean): void {
  if (negative) {
    cell.lo = -lo | 0;
    cell.hi = lo === 0 ? -hi | 0 : ~hi;
  } else {
    cell.lo = lo | 0;
    cell.hi = hi | 0;
  }
}

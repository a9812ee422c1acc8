import type { MantissaCell } from "./mantissa-cell.js";

/** Outcome of {@link parseDecimalBytes}; 0 is success, so callers may test truthiness. */
export const DecimalParse = { Ok: 0, Syntax: 1, Overflow: 2 } as const;
export type DecimalParse = (typeof DecimalParse)[keyof typeof DecimalParse];

/** Largest number of digits after the point that any message carries. */
export const DECIMAL_SCALE_MAX = 18;

const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const TWO_32 = 4294967296;
const INT64_MAX = (1n << 63n) - 1n;

/**
 * Reads `-?digits[.digits]` from `bytes[start, end)` into `cell`. The scale is the number of digits printed after
 * the point: `61837.63000000` gives mantissa 6183763000000, scale 8. Nothing is rounded and nothing passes through a
 * fraction. Exponent forms are a syntax error here; use `Decimal.parse` for them.
 * Leaves `cell` untouched unless the result is Ok.
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
  const digitCount = end - first - (pointAt < 0 ? 0 : 1);
  if (digitCount <= 0 || pointAt === end - 1) return DecimalParse.Syntax;
  const scale = pointAt < 0 ? 0 : end - pointAt - 1;
  // Up to 15 digits every partial sum is an exact integer below 2^53.
  if (digitCount > 15) return parseLong(bytes, first, end, negative, scale, cell);
  let hi = Math.floor(value / TWO_32);
  let lo = (value - hi * TWO_32) | 0;
  if (negative) {
    lo = -lo | 0;
    hi = lo === 0 ? -hi | 0 : ~hi;
  }
  cell.lo = lo;
  cell.hi = hi;
  cell.scale = scale;
  return DecimalParse.Ok;
}

function parseLong(
  bytes: Uint8Array,
  first: number,
  end: number,
  negative: boolean,
  scale: number,
  cell: MantissaCell,
): DecimalParse {
  if (scale > DECIMAL_SCALE_MAX) return DecimalParse.Overflow;
  // Bounds the work on hostile input: an int64 has at most 19 digits, leading zeros aside.
  if (end - first > 64) return DecimalParse.Overflow;
  let mantissa = 0n;
  for (let at = first; at < end; at++) {
    if (bytes[at] !== POINT) mantissa = mantissa * 10n + BigInt(bytes[at]! - ZERO);
  }
  if (mantissa > (negative ? INT64_MAX + 1n : INT64_MAX)) return DecimalParse.Overflow;
  cell.setBigInt(negative ? -mantissa : mantissa, scale);
  return DecimalParse.Ok;
}

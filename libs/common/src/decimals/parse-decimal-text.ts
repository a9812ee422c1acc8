import type { MantissaCell } from "./mantissa-cell.js";
import { DECIMAL_SCALE_MAX, DecimalParse } from "./parse-decimal-bytes.js";

/** Longest text that is looked at; every int64 with 18 decimals is far shorter in any sensible notation. */
const TEXT_LENGTH_MAX = 1024;
const INT64_DIGITS_MAX = 19;
const INT64_MAX = (1n << 63n) - 1n;
const PATTERN = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * Reads `-?digits[.digits][e[+-]digits]` into `cell`, exactly. What {@link parseDecimalBytes} accepts gives the same
 * mantissa and scale here. Beyond that, exponents are resolved (`1.0002E6` is 1000200, scale 0; `7e-8` is 7, scale 8)
 * and trailing zeros after the point are dropped where the number fits only without them.
 * For configuration and REST replies, not for the hot path. Leaves `cell` untouched unless the result is Ok.
 */
export function parseDecimalText(text: string, cell: MantissaCell): DecimalParse {
  if (text.length > TEXT_LENGTH_MAX) return DecimalParse.Overflow;
  const match = PATTERN.exec(text);
  if (!match) return DecimalParse.Syntax;
  const negative = match[1] === "-";
  const fraction = match[3] ?? "";
  let digits = `${match[2]}${fraction}`.replace(/^0+/, "");
  let scale = fraction.length - Number(match[4] ?? 0);
  if (digits === "") {
    cell.setBigInt(0n, Math.min(Math.max(scale, 0), DECIMAL_SCALE_MAX));
    return DecimalParse.Ok;
  }
  if (scale < 0) {
    if (digits.length - scale > INT64_DIGITS_MAX) return DecimalParse.Overflow;
    digits = digits.padEnd(digits.length - scale, "0");
    scale = 0;
  }
  while (scale > 0 && digits.endsWith("0") && !fits(digits, scale, negative)) {
    digits = digits.slice(0, -1);
    scale--;
  }
  if (!fits(digits, scale, negative)) return DecimalParse.Overflow;
  cell.setBigInt(negative ? -BigInt(digits) : BigInt(digits), scale);
  return DecimalParse.Ok;
}

function fits(digits: string, scale: number, negative: boolean): boolean {
  if (scale > DECIMAL_SCALE_MAX || digits.length > INT64_DIGITS_MAX) return false;
  return BigInt(digits) <= (negative ? INT64_MAX + 1n : INT64_MAX);
}

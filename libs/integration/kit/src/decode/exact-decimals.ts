import { DECIMAL_SCALE_MAX, type MantissaCell } from "@ims/common";
import type { JsonObject } from "./json-fields.js";
import { readText, Unusable } from "./read-fields.js";

/** value = mantissa × 10^-scale, the scale as small as it can be: payloads print zeros that say nothing. */
export interface ExactDecimal {
  readonly mantissa: bigint;
  readonly scale: number;
}

const DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;
const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);
const TWO_32 = 0x1_0000_0000;

/** A decimal from the text of a string; throws {@link Unusable} for a JSON number, which has lost its digits. */
export function readExact(record: JsonObject, key: string): ExactDecimal {
  const text = record[key];
  if (Object.hasOwn(record, key) && typeof text !== "string")
    throw new Unusable("bad-number", `${key} is not a string of digits`);
  return exactDecimal(readText(record, key), key);
}

/** Undefined where the key is missing or its text empty: the venue's ways of giving no value. */
export function readExactIfGiven(record: JsonObject, key: string): ExactDecimal | undefined {
  return !Object.hasOwn(record, key) || record[key] === "" ? undefined : readExact(record, key);
}

/** @param what the text is, for the error */
export function exactDecimal(text: string, what: string): ExactDecimal {
  const found = DECIMAL.exec(text);
  if (!found) throw new Unusable("bad-number", `${what} is not a decimal number`);
  const [, sign = "", whole = "", printed = ""] = found;
  if (printed.length > DECIMAL_SCALE_MAX)
    throw new Unusable("overflow", `${what} has more than ${DECIMAL_SCALE_MAX} digits after the point`);
  const fraction = printed.replace(/0+$/, "");
  return { mantissa: BigInt(`${whole}${fraction}`) * (sign ? -1n : 1n), scale: fraction.length };
}

/**
 * The scale at which all values are whole numbers of 64 bits: `scaleMin`, a larger one where a value has more digits,
 * a smaller one where a value does not fit otherwise. Throws {@link Unusable} if there is none; nothing is rounded.
 *
 * @param what the values are, for the error
 */
export function commonScale(values: readonly ExactDecimal[], scaleMin: number, what: string): number {
  const needed = values.reduce((most, { scale }) => Math.max(most, scale), 0);
  const wanted = Math.max(needed, scaleMin);
  if (values.every((value) => fits(atScale(value, wanted)))) return wanted;
  if (values.every((value) => fits(atScale(value, needed)))) return needed;
  throw new Unusable("overflow", `${what} do not fit into 64 bits at one scale`);
}

/** The mantissa at a scale that {@link commonScale} gave. */
export function atScale({ mantissa, scale }: ExactDecimal, wanted: number): bigint {
  return mantissa * 10n ** BigInt(wanted - scale);
}

export function lowWord(mantissa: bigint): number {
  return Number(BigInt.asIntN(32, mantissa));
}

export function highWord(mantissa: bigint): number {
  return Number(BigInt.asIntN(32, mantissa >> 32n));
}

/** Sets a cell from a mantissa that is a safe whole number, without making a bigint. */
export function setSafe(cell: MantissaCell, mantissa: number, scale: number): void {
  const hi = Math.floor(mantissa / TWO_32);
  cell.hi = hi | 0;
  cell.lo = (mantissa - hi * TWO_32) | 0;
  cell.scale = scale;
}

function fits(mantissa: bigint): boolean {
  return mantissa <= INT64_MAX && mantissa >= INT64_MIN;
}

import { DECIMAL_SCALE_MAX } from "@ims/common";
import { type ExactDecimal, type JsonObject, Unusable } from "@ims/integration-kit";
import { NumberText } from "./exact-json.js";

const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
/** No price, amount or time has more digits; a larger exponent is a defect and must not cost memory. */
const EXPONENT_MAX = 40;
/** In the year 2001, long before the venue: an earlier time is a damaged one, or one in seconds. */
export const MILLIS_MIN = 1_000_000_000_000;
/** In the year 2255; microseconds are safe whole numbers until then. */
export const MILLIS_MAX = 9_000_000_000_000;

/**
 * The value of a printed number, exponent form included (deribit.md section 2), at the smallest scale that holds it.
 * Throws `Unusable` for a value with more than 18 digits after the point.
 *
 * @param what the number is, for the error
 */
export function exactNumber({ text }: NumberText, what: string): ExactDecimal {
  const found = NUMBER.exec(text);
  if (!found) throw new Unusable("bad-number", `${what} is not a number`);
  const [, sign, whole = "", fraction = "", power = "0"] = found;
  const digits = `${whole}${fraction}`.replace(/0+$/, "");
  if (/^0*$/.test(digits)) return { mantissa: 0n, scale: 0 };
  const dropped = whole.length + fraction.length - digits.length;
  const exponent = Number(power);
  if (Math.abs(exponent) > EXPONENT_MAX) throw new Unusable("overflow", `${what} has the exponent ${power}`);
  const scale = fraction.length - dropped - exponent;
  if (scale > DECIMAL_SCALE_MAX)
    throw new Unusable("overflow", `${what} has more than ${DECIMAL_SCALE_MAX} digits after the point`);
  const magnitude = BigInt(digits) * 10n ** BigInt(Math.max(0, -scale));
  return { mantissa: sign ? -magnitude : magnitude, scale: Math.max(0, scale) };
}

/** A number that must be there. Throws `Unusable`. */
export function readNumber(record: JsonObject, key: string): ExactDecimal {
  return exactNumber(present(record, key), key);
}

/** Undefined for null and for a key that is missing: the venue's ways of giving no value. */
export function readNumberIfGiven(record: JsonObject, key: string): ExactDecimal | undefined {
  const value = Object.hasOwn(record, key) ? record[key] : null;
  return value === null ? undefined : readNumber(record, key);
}

/** As {@link readNumberIfGiven}, and undefined for 0 as well, which stands for an empty side (deribit.md section 5). */
export function readNumberUnlessZero(record: JsonObject, key: string): ExactDecimal | undefined {
  const value = readNumberIfGiven(record, key);
  return value?.mantissa === 0n ? undefined : value;
}

/** A whole number of 0 to 2^53 - 1, however it is printed. */
export function readCount(record: JsonObject, key: string): number {
  const { mantissa, scale } = readNumber(record, key);
  if (scale !== 0 || mantissa < 0n) throw new Unusable("bad-number", `${key} is not a whole number`);
  if (mantissa > BigInt(Number.MAX_SAFE_INTEGER)) throw new Unusable("overflow", `${key} is beyond 2^53`);
  return Number(mantissa);
}

/** A time in milliseconds since 1970, of the years 2001 to 2255, as microseconds. */
export function readTimestamp(record: JsonObject, key: string): number {
  const millis = readCount(record, key);
  if (millis < MILLIS_MIN || millis > MILLIS_MAX)
    throw new Unusable("overflow", `${key} is no time of this age`);
  return millis * 1000;
}

/** A model output as a double; NaN for null and for a key that is missing. */
export function readModel(record: JsonObject, key: string): number {
  const value = Object.hasOwn(record, key) ? record[key] : null;
  if (value === null) return Number.NaN;
  return Number(present(record, key).text);
}

function present(record: JsonObject, key: string): NumberText {
  if (!Object.hasOwn(record, key)) throw new Unusable("missing-field", `${key} is missing`);
  const value = record[key];
  if (!(value instanceof NumberText)) throw new Unusable("bad-number", `${key} is not a number`);
  return value;
}

import { asObject, type JsonObject, readText, Unusable } from "@ims/integration-kit";

const DIGITS = /^[0-9]{1,16}$/;

/** A whole number that the venue prints as text (`microtimestamp`, `tid`, `date`), 0 to 2^53 - 1. Throws `Unusable`. */
export function readDigits(record: JsonObject, key: string): number {
  const text = readText(record, key);
  const value = Number(text);
  if (!DIGITS.test(text)) throw new Unusable("bad-number", `${key} is no whole number in digits`);
  if (value > Number.MAX_SAFE_INTEGER) throw new Unusable("overflow", `${key} is beyond 2^53`);
  return value;
}

/** A time of whole seconds as text, in microseconds. Throws `Unusable`. */
export function readSeconds(record: JsonObject, key: string): number {
  const seconds = readDigits(record, key);
  if (seconds > SECONDS_MAX) throw new Unusable("bad-number", `${key} is no time in seconds`);
  return seconds * 1_000_000;
}

/** Beyond it microseconds are no safe whole number: the year 2255. */
const SECONDS_MAX = 9_000_000_000;

/** The elements of a list that have to be objects. Throws `Unusable`. */
export function readRow(row: unknown, what: string): JsonObject {
  const found = asObject(row);
  if (!found) throw new Unusable("unexpected", `${what} is no object`);
  return found;
}

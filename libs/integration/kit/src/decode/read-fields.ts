import { DecimalParse, type MantissaCell, parseDecimalText } from "@ims/common";
import type { RejectReason } from "@ims/traits";
import type { JsonObject } from "./json-fields.js";
import { microsOf } from "./venue-time.js";

/** Why a record cannot be used; thrown and caught within the decoder, it never leaves it. */
export class Unusable extends Error {
  constructor(
    readonly reason: RejectReason,
    detail: string,
  ) {
    super(detail);
  }
}

/** A whole number of 0 to 2^53 - 1. */
export function readWhole(record: JsonObject, key: string): number {
  const value = present(record, key);
  if (typeof value !== "number" || value < 0)
    throw new Unusable("bad-number", `${key} is not a whole number`);
  // Beyond 2^53 the parser has rounded already.
  if (value > Number.MAX_SAFE_INTEGER) throw new Unusable("overflow", `${key} is beyond 2^53`);
  if (!Number.isInteger(value)) throw new Unusable("bad-number", `${key} is not a whole number`);
  return value;
}

/** A venue time in microseconds; undefined where the key is missing. */
export function readTime(record: JsonObject, key: string): number | undefined {
  return Object.hasOwn(record, key) ? requireTime(record, key) : undefined;
}

/** A venue time in microseconds. */
export function requireTime(record: JsonObject, key: string): number {
  return microsOf(readWhole(record, key));
}

/** A decimal from the text of a string; a JSON number has lost its digits and is refused. */
export function readDecimal(record: JsonObject, key: string, cell: MantissaCell): void {
  const value = present(record, key);
  if (typeof value !== "string") throw new Unusable("bad-number", `${key} is not a string of digits`);
  const outcome = parseDecimalText(value, cell);
  if (outcome === DecimalParse.Overflow) throw new Unusable("overflow", `${key} does not fit into 64 bits`);
  if (outcome !== DecimalParse.Ok) throw new Unusable("bad-number", `${key} is not a decimal number`);
}

export function readText(record: JsonObject, key: string): string {
  const value = present(record, key);
  if (typeof value !== "string") throw new Unusable("unexpected", `${key} is not a string`);
  return value;
}

export function readBoolean(record: JsonObject, key: string): boolean {
  const value = present(record, key);
  if (typeof value !== "boolean") throw new Unusable("unexpected", `${key} is not true or false`);
  return value;
}

function present(record: JsonObject, key: string): unknown {
  if (!Object.hasOwn(record, key)) throw new Unusable("missing-field", `${key} is missing`);
  return record[key];
}

import {
  FieldKind,
  type FieldValue,
  fieldValue,
  type TypedField,
  typedField,
} from "../primitives/typed-field.js";
import type { UserHeader } from "../primitives/user-headers.js";
import { hexBytes, integerOf, isVector, type Vector } from "./vector.js";

/** `{key: {kind, value}, value: {kind, value}}` */
export function userHeaderOf(vector: Vector): UserHeader {
  return { key: fieldOf(vector.key), value: fieldOf(vector.value) };
}

/** A field as vectors show it: kind and value, bytes as hex. */
export function fieldView(field: TypedField): Vector {
  return { kind: field.kind, value: fieldValue(field) };
}

export function userHeaderView(header: UserHeader): Vector {
  return { key: fieldView(header.key), value: fieldView(header.value) };
}

function fieldOf(vector: unknown): TypedField {
  if (!isVector(vector)) throw new Error("a header has no key or no value");
  const kind = Number(integerOf(vector, "kind"));
  return typedField(kind, headerValue(kind, vector.value));
}

function headerValue(kind: number, value: unknown): FieldValue {
  if (kind === FieldKind.Raw) return hexBytes(String(value), "value");
  if (kind === FieldKind.Text) return String(value);
  if (kind === FieldKind.Bool) return value === true || value === "true" || value === 1;
  if (kind === FieldKind.F32 || kind === FieldKind.F64) return Number(value);
  // The client of the recordings keeps 128-bit values as bytes, so they are hex in vectors.
  if (kind === FieldKind.I128 || kind === FieldKind.U128) return wideInteger(kind, String(value));
  return BigInt(value as string | number);
}

function wideInteger(kind: number, text: string): bigint {
  if (!/^[0-9a-f]{32}$/.test(text)) return BigInt(text);
  const bigEndian = Buffer.from(text, "hex").reverse().toString("hex");
  const value = BigInt(`0x${bigEndian}`);
  return kind === FieldKind.I128 ? BigInt.asIntN(128, value) : value;
}

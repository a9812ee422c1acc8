import { fail } from "../errors/protocol-errors.js";
import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";

/** Kinds of the keys and values in options and user headers. */
export const FieldKind = {
  Raw: 1,
  Text: 2,
  Bool: 3,
  I8: 4,
  I16: 5,
  I32: 6,
  I64: 7,
  I128: 8,
  U8: 9,
  U16: 10,
  U32: 11,
  U64: 12,
  U128: 13,
  F32: 14,
  F64: 15,
} as const;

/** Byte length of each kind, index = kind; 0 means 1 to 255 bytes. */
const FIXED_LENGTH = [0, 0, 0, 1, 1, 2, 4, 8, 16, 1, 2, 4, 8, 16, 4, 8];

/** A value with its kind, as it travels. */
export interface TypedField {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

export type FieldValue = Uint8Array | string | boolean | number | bigint;

const utf8 = new TextEncoder();

/**
 * Encodes a value: text for `Text`, bytes for `Raw`, boolean for `Bool`, bigint or integer for the integers, number for
 * the floats. Throws `iggy-protocol.argument-out-of-range` for a wrong type, length or range.
 */
export function typedField(kind: number, value: FieldValue): TypedField {
  if (kind === FieldKind.Text && typeof value === "string") return checkedField(kind, utf8.encode(value));
  if (kind === FieldKind.Raw && value instanceof Uint8Array) return checkedField(kind, value);
  if (kind === FieldKind.Bool && typeof value === "boolean")
    return { kind, bytes: Uint8Array.of(value ? 1 : 0) };
  const length = FIXED_LENGTH[kind] ?? 0;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  if (typeof value === "number" && kind === FieldKind.F32) view.setFloat32(0, value, true);
  else if (typeof value === "number" && kind === FieldKind.F64) view.setFloat64(0, value, true);
  else if (isIntegerKind(kind) && (typeof value === "bigint" || Number.isSafeInteger(value))) {
    writeInteger(bytes, BigInt(value as number | bigint), kind <= FieldKind.I128);
  } else throw outOfRange(`a value of type ${typeof value} does not fit field kind ${kind}`);
  return { kind, bytes };
}

/** The value of a field in the types that {@link typedField} takes; integers above 32 bits come as bigint. */
export function fieldValue(field: TypedField): FieldValue {
  const { kind, bytes } = field;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case FieldKind.Text:
      return new TextDecoder().decode(bytes);
    case FieldKind.Bool:
      return bytes[0] === 1;
    case FieldKind.F32:
      return view.getFloat32(0, true);
    case FieldKind.F64:
      return view.getFloat64(0, true);
    default:
      if (!isIntegerKind(kind)) return bytes;
  }
  const integer = readInteger(bytes, kind <= FieldKind.I128);
  return bytes.length <= 4 ? Number(integer) : integer;
}

/** `[kind u8][len u32][value]` */
export function writeTypedField(writer: ByteWriter, field: TypedField, name: string): void {
  checkedField(field.kind, field.bytes);
  writer.u8(field.kind, name).u32(field.bytes.length, name).raw(field.bytes);
}

/** Refuses unknown kinds, empty values, values above 255 bytes and wrong lengths of fixed-size kinds. */
export function readTypedField(reader: ByteReader, name: string): TypedField {
  const at = reader.position;
  const kind = reader.u8(`${name} kind`);
  const length = reader.u32(`${name} length`);
  if (!isAllowed(kind, length))
    throw reader.invalid(name, `kind ${kind} with ${length} bytes is not defined`, at);
  return { kind, bytes: reader.raw(length, name) };
}

function isAllowed(kind: number, length: number): boolean {
  const fixed = FIXED_LENGTH[kind];
  if (kind === 0 || fixed === undefined) return false;
  return fixed === 0 ? length >= 1 && length <= 255 : length === fixed;
}

function isIntegerKind(kind: number): boolean {
  return kind >= FieldKind.I8 && kind <= FieldKind.U128;
}

function checkedField(kind: number, bytes: Uint8Array): TypedField {
  if (!isAllowed(kind, bytes.length))
    throw outOfRange(`field kind ${kind} cannot have ${bytes.length} bytes`);
  return { kind, bytes };
}

function outOfRange(detail: string): Error {
  return fail("iggy-protocol.argument-out-of-range", detail);
}

function writeInteger(bytes: Uint8Array, value: bigint, signed: boolean): void {
  const bits = bytes.length * 8;
  const wrapped = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  if (wrapped !== value)
    throw outOfRange(`${value} does not fit ${bits} ${signed ? "signed" : "unsigned"} bits`);
  let rest = BigInt.asUintN(bits, value);
  for (let i = 0; i < bytes.length; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
}

function readInteger(bytes: Uint8Array, signed: boolean): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return signed ? BigInt.asIntN(bytes.length * 8, value) : value;
}

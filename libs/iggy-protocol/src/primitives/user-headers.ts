import { fail } from "../errors/protocol-errors.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import { FieldKind, readTypedField, type TypedField, typedField, writeTypedField } from "./typed-field.js";

/** One user header of a message; keys may be of any kind. */
export interface UserHeader {
  readonly key: TypedField;
  readonly value: TypedField;
}

/** What names its kind by its type: text, bytes (`Raw`) and booleans. Numbers need one of {@link headerField}. */
export type HeaderInput = TypedField | string | Uint8Array | boolean;

/** Rule of the official clients; the server stores the bytes unchecked. */
export const USER_HEADERS_BYTES_MAX = 100_000;

/**
 * Fields of every kind, for keys and for values. Texts and raw bytes have 1 to 255 bytes; numbers outside their kind,
 * and floats given as bigint, raise `iggy-protocol.argument-out-of-range`.
 */
export const headerField = {
  raw: (value: Uint8Array): TypedField => typedField(FieldKind.Raw, value),
  text: (value: string): TypedField => typedField(FieldKind.Text, value),
  bool: (value: boolean): TypedField => typedField(FieldKind.Bool, value),
  i8: (value: number): TypedField => typedField(FieldKind.I8, value),
  i16: (value: number): TypedField => typedField(FieldKind.I16, value),
  i32: (value: number): TypedField => typedField(FieldKind.I32, value),
  i64: (value: bigint | number): TypedField => typedField(FieldKind.I64, value),
  i128: (value: bigint | number): TypedField => typedField(FieldKind.I128, value),
  u8: (value: number): TypedField => typedField(FieldKind.U8, value),
  u16: (value: number): TypedField => typedField(FieldKind.U16, value),
  u32: (value: number): TypedField => typedField(FieldKind.U32, value),
  u64: (value: bigint | number): TypedField => typedField(FieldKind.U64, value),
  u128: (value: bigint | number): TypedField => typedField(FieldKind.U128, value),
  f32: (value: number): TypedField => typedField(FieldKind.F32, value),
  f64: (value: number): TypedField => typedField(FieldKind.F64, value),
} as const;

/** `userHeader("symbol", "BTCUSDT")`, `userHeader("attempt", headerField.u8(2))`. */
export function userHeader(key: HeaderInput, value: HeaderInput): UserHeader {
  return { key: headerInputField(key), value: headerInputField(value) };
}

/** The field of a key or value. */
export function headerInputField(input: HeaderInput): TypedField {
  if (typeof input === "string") return headerField.text(input);
  if (typeof input === "boolean") return headerField.bool(input);
  return input instanceof Uint8Array ? headerField.raw(input) : input;
}

/** `[key_kind u8][key_len u32][key][value_kind u8][value_len u32][value]`, repeated in the order given. */
export function encodeUserHeaders(headers: readonly UserHeader[]): Uint8Array {
  const writer = new ByteWriter("user headers");
  for (const header of headers) {
    writeTypedField(writer, header.key, "header key");
    writeTypedField(writer, header.value, "header value");
  }
  if (writer.position > USER_HEADERS_BYTES_MAX) {
    throw fail(
      "iggy-protocol.argument-out-of-range",
      `the user headers have ${writer.position} bytes, allowed are ${USER_HEADERS_BYTES_MAX}`,
    );
  }
  return writer.finish();
}

/** Throws `iggy-protocol.truncated` or `iggy-protocol.invalid-value`: servers store what senders wrote, unchecked. */
export function decodeUserHeaders(bytes: Uint8Array): UserHeader[] {
  const reader = new ByteReader(bytes, "user headers");
  const headers: UserHeader[] = [];
  while (reader.remaining > 0) {
    headers.push({
      key: readTypedField(reader, "header key"),
      value: readTypedField(reader, "header value"),
    });
  }
  return headers;
}

import { fail } from "../errors/protocol-errors.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import { readTypedField, type TypedField, writeTypedField } from "./typed-field.js";

/** One user header of a message; keys may be of any kind. */
export interface UserHeader {
  readonly key: TypedField;
  readonly value: TypedField;
}

/** Rule of the official clients; the server stores the bytes unchecked. */
export const USER_HEADERS_BYTES_MAX = 100_000;

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

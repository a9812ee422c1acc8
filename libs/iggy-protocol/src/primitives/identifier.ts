import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";

/**
 * Names a stream, topic, group or consumer: a number is the id (u32), a text is the name (1 to 255 bytes). A text is
 * matched against names only, "0" does not find id 0.
 */
export type Identifier = number | string;

const NUMERIC = 1;
const TEXT = 2;

/** `[kind u8][len u8][value]`; kind 1 has length 4 and a u32, kind 2 has 1 to 255 bytes of UTF-8. */
export function writeIdentifier(writer: ByteWriter, id: Identifier, field: string): void {
  if (typeof id === "number") writer.u8(NUMERIC, field).u8(4, field).u32(id, field);
  else writer.u8(TEXT, field).name(id, field);
}

export function readIdentifier(reader: ByteReader, field: string): Identifier {
  const kind = reader.u8(`${field} kind`);
  if (kind === TEXT) return reader.name(field);
  if (kind !== NUMERIC) {
    throw reader.invalid(field, `identifier kind ${kind} is neither 1 nor 2`, reader.position - 1);
  }
  const length = reader.u8(`${field} length`);
  if (length !== 4)
    throw reader.invalid(field, `a numeric identifier has ${length} bytes, not 4`, reader.position - 1);
  return reader.u32(field);
}

import { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";
import {
  FieldKind,
  type FieldValue,
  readTypedField,
  type TypedField,
  typedField,
  writeTypedField,
} from "./typed-field.js";

/** One option of a stream, topic or user. */
export interface Option {
  readonly key: string;
  readonly value: TypedField;
}

export const OPTIONS_BYTES_MAX = 100_000;
export const OPTION_COUNT_MAX = 1024;

/** Convenience: `option("segment_size", FieldKind.U64, 1_048_576n)`. */
export function option(key: string, kind: number, value: FieldValue): Option {
  return { key, value: typedField(kind, value) };
}

/** Entries without a length in front: in requests the block runs to the end of the body. */
export function writeOptions(writer: ByteWriter, options: readonly Option[]): void {
  if (options.length > OPTION_COUNT_MAX)
    throw writer.outOfRange(options.length, "option count", "at most 1024");
  const start = writer.position;
  const keys = new Set<string>();
  for (const { key, value } of options) {
    if (keys.has(key)) throw writer.outOfRange(`"${key}" given twice`, "option key", "each key once");
    keys.add(key);
    writeTypedField(writer, typedField(FieldKind.Text, key), "option key");
    writeTypedField(writer, value, "option value");
  }
  if (writer.position - start > OPTIONS_BYTES_MAX) {
    throw writer.outOfRange(
      `${writer.position - start} bytes`,
      "options",
      `at most ${OPTIONS_BYTES_MAX} bytes`,
    );
  }
}

/** Reads to the end of the reader. Refuses keys that are not text, repeated keys and blocks above the limits. */
export function readOptions(reader: ByteReader): Option[] {
  if (reader.remaining > OPTIONS_BYTES_MAX) {
    throw reader.invalid("options", `${reader.remaining} bytes exceed ${OPTIONS_BYTES_MAX}`, reader.position);
  }
  const options: Option[] = [];
  const keys = new Set<string>();
  while (reader.remaining > 0) {
    const at = reader.position;
    const keyField = readTypedField(reader, "option key");
    if (keyField.kind !== FieldKind.Text)
      throw reader.invalid("option key", `kind ${keyField.kind} is not text`, at);
    const key = new ByteReader(keyField.bytes, reader.subject).text(keyField.bytes.length, "option key");
    if (keys.has(key)) throw reader.invalid("option key", `"${key}" occurs twice`, at);
    keys.add(key);
    options.push({ key, value: readTypedField(reader, `option ${key}`) });
    if (options.length > OPTION_COUNT_MAX)
      throw reader.invalid("options", `more than ${OPTION_COUNT_MAX} entries`, at);
  }
  return options;
}

/** `[len u32][entries]`, the form of replies. */
export function writeSizedOptions(writer: ByteWriter, options: readonly Option[]): void {
  const at = writer.position;
  writer.u32(0, "options length");
  writeOptions(writer, options);
  writer.patchU32(at, writer.position - at - 4);
}

export function readSizedOptions(reader: ByteReader): Option[] {
  const length = reader.u32("options length");
  const block = reader.raw(length, "options");
  return readOptions(new ByteReader(block, reader.subject));
}

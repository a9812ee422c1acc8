import { encodeWithTable, isSingleOctets } from "./charsets.js";
import { fail } from "./sbe-error.js";
import { encodeUtf16, isUtf16 } from "./utf16.js";

const utf8 = new TextEncoder();

/**
 * Writes text into a field of `size` octets and zeros behind it. Throws `sbe.text-too-long` or
 * `sbe.text-not-encodable`; the field is then partly written.
 */
export function writeText(
  bytes: Uint8Array,
  at: number,
  size: number,
  text: string,
  encoding: string,
  field: string,
): void {
  if (!isSingleOctets(encoding)) {
    const encoded = encodeText(text, encoding, field);
    copyOctets(bytes, at, size, encoded, 0, encoded.length, field);
    bytes.fill(0, at + encoded.length, at + size);
    return;
  }
  const length = text.length;
  if (length > size) throwTooLong(field, length, size);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      const encoded = encodeText(text, encoding, field);
      copyOctets(bytes, at, size, encoded, 0, encoded.length, field);
      bytes.fill(0, at + encoded.length, at + size);
      return;
    }
    bytes[at + index] = code;
  }
  for (let index = length; index < size; index++) bytes[at + index] = 0;
}

/** Copies source[start, start + length) into a field of `size` octets and zeros behind it. */
export function copyText(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  size: number,
  source: Uint8Array,
  start: number,
  length: number,
  field: string,
): void {
  if (length > size) throwTooLong(field, length, size);
  if (!(start >= 0 && length >= 0 && start + length <= source.length)) {
    throwOutsideSource(field, start, length, source.length);
  }
  let index = 0;
  for (; index < length; index++) bytes[at + index] = source[start + index]!;
  for (; index < size && (index & 7) !== 0; index++) bytes[at + index] = 0;
  for (; index + 8 <= size; index += 8) view.setFloat64(at + index, 0, true);
  for (; index < size; index++) bytes[at + index] = 0;
}

/** Copies source[start, start + length) to the front of a field of `size` octets; leaves what is behind. */
export function copyOctets(
  bytes: Uint8Array,
  at: number,
  size: number,
  source: Uint8Array,
  start: number,
  length: number,
  field: string,
): void {
  if (length > size) throwTooLong(field, length, size);
  if (!(start >= 0 && length >= 0 && start + length <= source.length)) {
    throwOutsideSource(field, start, length, source.length);
  }
  for (let index = 0; index < length; index++) bytes[at + index] = source[start + index]!;
}

/** Octets of a text; throws `sbe.text-not-encodable` for a character that the encoding lacks. */
export function encodeText(text: string, encoding: string, field: string): Uint8Array {
  const bytes = octetsOfText(text, encoding);
  if (bytes !== undefined) return bytes;
  throw fail("sbe.text-not-encodable", `${field} is ${encoding}, "${text.slice(0, 80)}" is not`, {
    context: { field, encoding },
  });
}

/** Octets of a text; undefined when the encoding lacks one of its characters. */
export function octetsOfText(text: string, encoding: string): Uint8Array | undefined {
  if (encoding === "UTF-8") return utf8.encode(text);
  if (isUtf16(encoding)) return encodeUtf16(text, encoding);
  if (!isSingleOctets(encoding)) return encodeWithTable(text, encoding);
  const codeMax = encoding === "US-ASCII" ? 0x7f : 0xff;
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > codeMax) return undefined;
    bytes[index] = code;
  }
  return bytes;
}

export function throwTooLong(field: string, octets: number, octetsMax: number): never {
  throw fail("sbe.text-too-long", `${field} holds ${octetsMax} octets, not ${octets}`, {
    context: { field, octets, octetsMax },
  });
}

export function throwOutsideSource(
  field: string,
  start: number,
  length: number,
  sourceLength: number,
): never {
  throw fail("sbe.out-of-range", `${field} cannot take ${length} octets at ${start} of ${sourceLength}`, {
    context: { field, start, length, sourceLength },
  });
}

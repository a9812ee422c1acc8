import { fail } from "./sbe-errors.js";

export type CharacterEncoding = "US-ASCII" | "UTF-8" | "ISO-8859-1";

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
  encoding: CharacterEncoding,
  field: string,
): void {
  const length = text.length;
  if (length > size) throwTooLong(field, length, size);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      const encoded = encodeText(text, encoding, field);
      copyText(bytes, at, size, encoded, 0, encoded.length, field);
      return;
    }
    bytes[at + index] = code;
  }
  for (let index = length; index < size; index++) bytes[at + index] = 0;
}

/** Copies source[start, start + length) into a field of `size` octets and zeros behind it. */
export function copyText(
  bytes: Uint8Array,
  at: number,
  size: number,
  source: Uint8Array,
  start: number,
  length: number,
  field: string,
): void {
  copyOctets(bytes, at, size, source, start, length, field);
  for (let index = length; index < size; index++) bytes[at + index] = 0;
}

/** As {@link copyText} for a field that holds zeros: leaves what is behind the octets. */
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
export function encodeText(text: string, encoding: CharacterEncoding, field: string): Uint8Array {
  if (encoding === "UTF-8") return utf8.encode(text);
  const codeMax = encoding === "US-ASCII" ? 0x7f : 0xff;
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > codeMax) {
      throw fail("sbe.text-not-encodable", `${field} is ${encoding}, "${text.slice(0, 80)}" is not`, {
        context: { field, encoding },
      });
    }
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

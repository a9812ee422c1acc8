import { decoderOf } from "./charsets.js";

/**
 * UTF-16, whose letters are units of two octets: a text ends at the first unit that is zero, not at the first octet.
 * `UTF-16` has a byte order mark in front, big-endian where it is written, and is big-endian where there is none;
 * `UTF-16LE` and `UTF-16BE` have none, and read one as a character.
 */

export function isUtf16(encoding: string): boolean {
  return encoding === "UTF-16" || encoding === "UTF-16LE" || encoding === "UTF-16BE";
}

/** Octets of a field of `size` octets before its first unit of zeros; a last single octet is never part of the text. */
export function utf16Length(bytes: Uint8Array, at: number, size: number): number {
  let length = 0;
  for (; length + 2 <= size; length += 2) {
    if (bytes[at + length] === 0 && bytes[at + length + 1] === 0) break;
  }
  return length;
}

/** Whether the octets before the first unit of zeros equal source[start, start + length). */
export function utf16Equals(
  bytes: Uint8Array,
  at: number,
  size: number,
  source: Uint8Array,
  start: number,
  length: number,
): boolean {
  if (length !== utf16Length(bytes, at, size) || start + length > source.length) return false;
  for (let index = 0; index < length; index++) {
    if (bytes[at + index] !== source[start + index]) return false;
  }
  return true;
}

/** Text of exactly `length` octets; half letters and half pairs read as U+FFFD. */
export function decodeUtf16(bytes: Uint8Array, at: number, length: number, encoding: string): string {
  if (encoding !== "UTF-16") return decoderOf(encoding).decode(bytes.subarray(at, at + length));
  const mark = length < 2 ? 0 : (bytes[at]! << 8) | bytes[at + 1]!;
  const order = mark === 0xfffe ? "UTF-16LE" : "UTF-16BE";
  const skipped = mark === 0xfffe || mark === 0xfeff ? 2 : 0;
  return decoderOf(order).decode(bytes.subarray(at + skipped, at + length));
}

/** Octets of a text, none of an empty one; half pairs are written as U+FFFD, as UTF-8 does. */
export function encodeUtf16(text: string, encoding: string): Uint8Array {
  const marked = encoding === "UTF-16" && text.length > 0 ? `\ufeff${text}` : text;
  const bytes = new Uint8Array(marked.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < marked.length; index++) {
    view.setUint16(index * 2, wholeUnit(marked, index), encoding === "UTF-16LE");
  }
  return bytes;
}

/** The unit at `index`, unless it is half of a pair whose other half is missing. */
function wholeUnit(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  const other = text.charCodeAt(unit < 0xdc00 ? index + 1 : index - 1);
  const isPair = unit < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other <= 0xdbff;
  return isPair ? unit : 0xfffd;
}

import { decoderOf, isSingleOctets } from "./charsets.js";
import { octetText } from "./short-text.js";
import { decodeUtf16, isUtf16, utf16Length } from "./utf16.js";

// A byte order mark is a character of the field like any other; malformed sequences read as U+FFFD.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to here joining single characters is faster than a TextDecoder. */
const JOINED_LENGTH_MAX = 64;

/** Octets of a field of `size` octets before its first zero. */
export function textLength(bytes: Uint8Array, at: number, size: number): number {
  for (let length = 0; length < size; length++) {
    if (bytes[at + length] === 0) return length;
  }
  return size;
}

/** Octets of a field of `size` octets before its first zero, of UTF-16 before the first unit of zeros. */
export function fieldLength(bytes: Uint8Array, at: number, size: number, encoding: string): number {
  if (isSingleOctets(encoding) || !isUtf16(encoding)) return textLength(bytes, at, size);
  return utf16Length(bytes, at, size);
}

/** Text of a field of `size` octets: up to the first zero, of UTF-16 the first unit of zeros; spaces kept. */
export function readText(bytes: Uint8Array, at: number, size: number, encoding: string): string {
  return decodeText(bytes, at, fieldLength(bytes, at, size, encoding), encoding);
}

/** Text of exactly `length` octets. What the encoding does not know reads as U+FFFD; never throws. */
export function decodeText(bytes: Uint8Array, at: number, length: number, encoding: string): string {
  if (isSingleOctets(encoding)) {
    if (length <= JOINED_LENGTH_MAX && (encoding === "ISO-8859-1" || isAscii(bytes, at, length))) {
      return octetText(bytes, at, length);
    }
    if (encoding === "UTF-8") return utf8.decode(bytes.subarray(at, at + length));
    return singleOctetText(bytes, at, length, encoding === "ISO-8859-1" ? 0xff : 0x7f);
  }
  if (isUtf16(encoding)) return decodeUtf16(bytes, at, length, encoding);
  return decoderOf(encoding).decode(bytes.subarray(at, at + length));
}

function singleOctetText(bytes: Uint8Array, at: number, length: number, codeMax: number): string {
  let text = "";
  for (let index = 0; index < length; index++) {
    const code = bytes[at + index]!;
    text += code > codeMax ? "\ufffd" : String.fromCharCode(code);
  }
  return text;
}

/** Whether the octets before the first zero equal source[start, start + length). */
export function textEquals(
  bytes: Uint8Array,
  at: number,
  size: number,
  source: Uint8Array,
  start: number,
  length: number,
): boolean {
  if (length > size || start + length > source.length) return false;
  for (let index = 0; index < length; index++) {
    if (bytes[at + index] !== source[start + index]) return false;
  }
  return length === size || bytes[at + length] === 0;
}

function isAscii(bytes: Uint8Array, at: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (bytes[at + index]! > 0x7f) return false;
  }
  return true;
}

import { isSingleOctets } from "./charsets.js";
import { throwNoRoom, throwOutOfRange, throwTruncated } from "./failures.js";
import { encodeText, throwOutsideSource, throwTooLong } from "./text-writer.js";

/** Variable-length data: a length of 1, 2 or 4 octets, then that many octets. */

/** The length at `at`; throws `sbe.truncated` unless the length and all its octets lie before `end`. */
export function dataLength(
  view: DataView,
  at: number,
  end: number,
  prefixSize: number,
  littleEndian: boolean,
  field: string,
): number {
  if (at + prefixSize > end) throwTruncated(field, at, prefixSize, end);
  const length =
    prefixSize === 2
      ? view.getUint16(at, littleEndian)
      : prefixSize === 1
        ? view.getUint8(at)
        : view.getUint32(at, littleEndian);
  if (length > end - at - prefixSize) throwTruncated(field, at + prefixSize, length, end);
  return length;
}

/** The same of data whose schema limits it; throws `sbe.out-of-range` for more octets than `octetsMax`. */
export function limitedDataLength(
  view: DataView,
  at: number,
  end: number,
  prefixSize: number,
  littleEndian: boolean,
  field: string,
  octetsMax: number,
): number {
  const length = dataLength(view, at, end, prefixSize, littleEndian, field);
  if (length > octetsMax) throwOutOfRange(field, length);
  return length;
}

/** Writes the length 0; returns the position behind it. */
export function writeDataLength(
  view: DataView,
  at: number,
  prefixSize: number,
  littleEndian: boolean,
  field: string,
  length = 0,
): number {
  if (at + prefixSize > view.byteLength) throwNoRoom(field, at, prefixSize, view.byteLength);
  if (prefixSize === 2) view.setUint16(at, length, littleEndian);
  else if (prefixSize === 1) view.setUint8(at, length);
  else view.setUint32(at, length, littleEndian);
  return at + prefixSize;
}

/** Up to here writing single characters is faster than a TextEncoder. */
const SHORT_TEXT_LENGTH_MAX = 64;

/** Writes a text with its length; returns the position behind it. */
export function writeDataText(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  prefixSize: number,
  littleEndian: boolean,
  octetsMax: number,
  text: string,
  encoding: string,
  field: string,
): number {
  const length = text.length;
  const start = at + prefixSize;
  const isShort = length <= SHORT_TEXT_LENGTH_MAX && length <= octetsMax && start + length <= bytes.length;
  if (isShort && isSingleOctets(encoding)) {
    let index = 0;
    for (; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) break;
      bytes[start + index] = code;
    }
    if (index === length) {
      writeDataLength(view, at, prefixSize, littleEndian, field, length);
      return start + length;
    }
  }
  const octets = encodeText(text, encoding, field);
  return writeDataBytes(
    view,
    bytes,
    at,
    prefixSize,
    littleEndian,
    octetsMax,
    octets,
    0,
    octets.length,
    field,
  );
}

/** Writes source[start, start + length) with its length; returns the position behind it. */
export function writeDataBytes(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  prefixSize: number,
  littleEndian: boolean,
  octetsMax: number,
  source: Uint8Array,
  start: number,
  length: number,
  field: string,
): number {
  if (length > octetsMax) throwTooLong(field, length, octetsMax);
  if (!(start >= 0 && length >= 0 && start + length <= source.length)) {
    throwOutsideSource(field, start, length, source.length);
  }
  const room = prefixSize + length;
  if (at + room > bytes.length) throwNoRoom(field, at, room, bytes.length);
  writeDataLength(view, at, prefixSize, littleEndian, field, length);
  bytes.set(
    start === 0 && length === source.length ? source : source.subarray(start, start + length),
    at + prefixSize,
  );
  return at + room;
}

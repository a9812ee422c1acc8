import { isSingleOctets } from "./charsets.js";
import { throwCount } from "./failures.js";
import { EMPTY_BYTES } from "./octets.js";
import { decodeText } from "./text-reader.js";
import { encodeText, throwOutsideSource, throwTooLong } from "./text-writer.js";

/** What the values of a message hold for its groups and data: made once, used for message after message. */

/** Entries of one group: the first `count` of `entries` are those of the message, the others wait to be used again. */
export class GroupValues<Entry> {
  /** Entries of the message; set by decoding, and by {@link resize} before encoding. */
  count = 0;
  /** At least `count` entries; never fewer than there ever were. */
  readonly entries: Entry[] = [];
  private readonly create: () => Entry;

  constructor(create: () => Entry) {
    this.create = create;
  }

  /**
   * Sets `count`, and makes the entries that are missing; those that exist keep the values of an earlier message.
   * Gives the entries, of which the first `count` are to be filled.
   */
  resize(count: number): readonly Entry[] {
    while (this.entries.length < count) this.entries.push(this.create());
    this.count = count;
    return this.entries;
  }
}

/** Longest text that is remembered. */
const KNOWN_LENGTH_MAX = 64;

/** The text that a place held last: up to 64 octets that repeat give the same string, and no object is made. */
export class KnownText {
  private readonly encoding: string;
  private octets: Uint8Array = EMPTY_BYTES;
  private length = 0;
  private text = "";

  constructor(encoding: string) {
    this.encoding = encoding;
  }

  /** Text of exactly `length` octets from `start`. */
  read(bytes: Uint8Array, start: number, length: number): string {
    const { octets } = this;
    let same = length === this.length ? 0 : -1;
    while (same >= 0 && same < length) same = bytes[start + same] === octets[same] ? same + 1 : -1;
    return same < 0 ? this.replace(bytes, start, length) : this.text;
  }

  private replace(bytes: Uint8Array, start: number, length: number): string {
    const text = decodeText(bytes, start, length, this.encoding);
    if (length <= KNOWN_LENGTH_MAX) {
      if (this.octets.length === 0) this.octets = new Uint8Array(KNOWN_LENGTH_MAX);
      for (let index = 0; index < length; index++) this.octets[index] = bytes[start + index]!;
      this.length = length;
      this.text = text;
    }
    return text;
  }
}

/** Variable-length data: `length` octets of `bytes` from `start`. Decoding points into the frame and copies nothing. */
export class DataValue {
  bytes: Uint8Array = EMPTY_BYTES;
  start = 0;
  length = 0;
  private readonly field: string;
  private readonly encoding: string;
  /** Octets of a text that was set, in a buffer that is used again. */
  private own: Uint8Array = EMPTY_BYTES;
  /** The text that stands there, all ASCII. */
  private ownText = "";
  private readonly known: KnownText;

  /** @param field for messages of errors */
  constructor(field: string, encoding = "UTF-8") {
    this.field = field;
    this.encoding = encoding;
    this.known = new KnownText(encoding);
  }

  /** Takes source[start, start + length), which must stay as it is until the message is written. */
  set(source: Uint8Array, start = 0, length: number = source.length - start): void {
    this.bytes = source;
    this.start = start;
    this.length = length;
  }

  /** The octets in place: a window, valid as long as the buffer is. */
  get octets(): Uint8Array {
    return this.bytes.subarray(this.start, this.start + this.length);
  }

  /**
   * The octets as text; data without an encoding as UTF-8. Where up to 64 octets are the same as when it was read last, it
   * is the same string, so that texts which repeat cost no object.
   */
  get text(): string {
    return this.known.read(this.bytes, this.start, this.length);
  }

  /**
   * Copies the octets of a text, unless it is the text that was set last. Throws `sbe.text-not-encodable` for a character
   * that the encoding lacks.
   */
  set text(text: string) {
    const length = text.length;
    if (text === this.ownText) {
      this.set(this.own, 0, length);
      return;
    }
    if (length > this.own.length) this.own = new Uint8Array(Math.max(KNOWN_LENGTH_MAX, length));
    const { own, encoding } = this;
    if (isSingleOctets(encoding)) {
      let index = 0;
      this.ownText = "";
      for (; index < length; index++) {
        const code = text.charCodeAt(index);
        if (code > 0x7f) break;
        own[index] = code;
      }
      if (index === length) {
        this.ownText = text;
        this.set(own, 0, length);
        return;
      }
    }
    this.set(encodeText(text, encoding, this.field));
  }
}

/** Entries to be written; throws `sbe.out-of-range` unless they are as many as the schema allows and exist. */
export function entryCount(
  group: string,
  { count, entries }: GroupValues<unknown>,
  countMin: number,
  countMax: number,
): number {
  if (!(count >= countMin && count <= countMax && Math.floor(count) === count)) {
    throwCount(group, count, countMin, countMax);
  }
  if (count > entries.length) throwCount(group, count, countMin, entries.length);
  return count;
}

/** Octets to be written; throws `sbe.text-too-long` or `sbe.out-of-range` unless the field holds them and they exist. */
export function dataOctets(field: string, { bytes, start, length }: DataValue, octetsMax: number): number {
  if (length > octetsMax) throwTooLong(field, length, octetsMax);
  if (
    !(
      start >= 0 &&
      length >= 0 &&
      start + length <= bytes.length &&
      Math.floor(start + length) === start + length
    )
  ) {
    throwOutsideSource(field, start, length, bytes.length);
  }
  return length;
}

/** Up to here single stores are faster than a call of `set`, which needs an object. */
const COPIED_SINGLY_MAX = 96;

/** Writes data with their length, for which there must be room; returns the position behind them. */
export function writeDataValue(
  view: DataView,
  at: number,
  { bytes, start, length }: DataValue,
  prefixSize: number,
  littleEndian: boolean,
): number {
  if (prefixSize === 2) view.setUint16(at, length, littleEndian);
  else if (prefixSize === 1) view.setUint8(at, length);
  else view.setUint32(at, length, littleEndian);
  const first = at + prefixSize;
  if (length <= COPIED_SINGLY_MAX) {
    copySingly(view, first, bytes, start, length);
  } else {
    const target = new Uint8Array(view.buffer, view.byteOffset + first, length);
    target.set(bytes.subarray(start, start + length));
  }
  return first + length;
}

/** Four octets a store; little-endian, which keeps their order. */
function copySingly(view: DataView, at: number, bytes: Uint8Array, start: number, length: number): void {
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    const from = start + index;
    const low = bytes[from]! | (bytes[from + 1]! << 8);
    view.setInt32(at + index, low | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24), true);
  }
  for (; index < length; index++) view.setUint8(at + index, bytes[start + index]!);
}

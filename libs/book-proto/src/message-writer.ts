const TWO_32 = 4294967296;
const INITIAL_BYTES = 4096;
/** Of a 64-bit varint. */
const VARINT_BYTES_MAX = 10;

/**
 * Writes the fields of a protobuf message into memory that is used again and grows to the largest message. Bytes that
 * {@link reserve} has made room for may be written without further looks.
 */
export class MessageWriter {
  #bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #at = 0;

  /** Begins a message. */
  begin(): void {
    this.#at = 0;
  }

  /** Makes room for so many bytes behind what is written. */
  reserve(byteCount: number): void {
    const needed = this.#at + byteCount;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  /** The message in memory of its own. */
  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  /** A tag or any other number of 0 to 127. */
  octet(value: number): void {
    this.#bytes[this.#at++] = value;
  }

  /** Bytes as they are, in room that is there. */
  octets(value: Uint8Array): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < value.length; index++) bytes[at++] = value[index]!;
    this.#at = at;
  }

  /** The 64-bit value of two words, as a varint. */
  words(low: number, high: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let lo = low >>> 0;
    let hi = high >>> 0;
    while (hi !== 0) {
      bytes[at++] = (lo & 127) | 128;
      lo = ((lo >>> 7) | (hi << 25)) >>> 0;
      hi >>>= 7;
    }
    while (lo > 127) {
      bytes[at++] = (lo & 127) | 128;
      lo >>>= 7;
    }
    bytes[at++] = lo;
    this.#at = at;
  }

  /** A whole number of 0 to 2^53 - 1, as a varint. */
  whole(value: number): void {
    this.words(value | 0, Math.floor(value / TWO_32));
  }

  /** A field of a whole number of 0 to 2^53 - 1. */
  wholeField(tag: number, value: number): void {
    this.reserve(1 + VARINT_BYTES_MAX);
    this.octet(tag);
    this.whole(value);
  }

  /** A field of what another writer holds. */
  partField(tag: number, part: MessageWriter): void {
    this.reserve(1 + VARINT_BYTES_MAX + part.#at);
    this.octet(tag);
    this.whole(part.#at);
    part.#bytes.copy(this.#bytes, this.#at, 0, part.#at);
    this.#at += part.#at;
  }

  /** A field of a text; nothing where it is empty, as its reader takes that for granted. */
  textField(tag: number, value: string): void {
    if (value === "") return;
    const byteCount = Buffer.byteLength(value);
    this.reserve(1 + VARINT_BYTES_MAX + byteCount);
    this.octet(tag);
    this.whole(byteCount);
    this.#at += this.#bytes.write(value, this.#at);
  }
}

/** Bytes of the 64-bit value of two words as a varint, 1 to 10. */
export function varintBytes(low: number, high: number): number {
  if (high === 0) {
    const lo = low >>> 0;
    if (lo < 0x80) return 1;
    if (lo < 0x4000) return 2;
    if (lo < 0x20_0000) return 3;
    return lo < 0x1000_0000 ? 4 : 5;
  }
  const hi = high >>> 0;
  if (hi < 0x8) return 5;
  if (hi < 0x400) return 6;
  if (hi < 0x2_0000) return 7;
  if (hi < 0x100_0000) return 8;
  return hi < 0x8000_0000 ? 9 : 10;
}

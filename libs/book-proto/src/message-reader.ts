const TWO_32 = 4294967296;
/** Names that are kept as texts: further ones are made anew each time. */
const NAMES_MAX = 64;
const NAME_BYTES_MAX = 64;
const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const;
const VARINT_BYTES_MAX = 10;

/** Reads the fields of a protobuf message. Every method throws a RangeError where the message ends too early. */
export class MessageReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  /** The words of the varint last read. */
  #low = 0;
  #high = 0;
  readonly #names: { readonly bytes: Uint8Array; readonly text: string }[] = [];

  begin(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#end = bytes.length;
  }

  /** Whether the message, or the part of it that is read, has no further field. */
  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** Enters a part, whose length comes next; returns what {@link leave} must be given. */
  enter(): number {
    const outerEnd = this.#end;
    const byteCount = this.#length();
    this.#end = this.#at + byteCount;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    if (this.#at !== this.#end) throw truncated();
    this.#end = outerEnd;
  }

  /** The tag of a field, or a number below 2^32. */
  uint32(): number {
    if (this.#at < this.#end && this.#bytes[this.#at]! < 128) return this.#bytes[this.#at++]!;
    this.#varint();
    return this.#low >>> 0;
  }

  bool(): boolean {
    this.#varint();
    return (this.#low | this.#high) !== 0;
  }

  /** An `int64` as a decimal text. */
  int64(): string {
    this.#varint();
    return int64Text(this.#low, this.#high);
  }

  uint64(): string {
    this.#varint();
    return uint64Text(this.#low, this.#high);
  }

  sint64(): string {
    this.#varint();
    const sign = -(this.#low & 1);
    const low = ((this.#low >>> 1) | (this.#high << 31)) ^ sign;
    return int64Text(low, (this.#high >>> 1) ^ sign);
  }

  text(): string {
    const byteCount = this.#length();
    const start = this.#at;
    this.#at += byteCount;
    return byteCount === 0 ? "" : this.#bytes.toString("utf8", start, this.#at);
  }

  /** A text of which there are few: the same string each time. */
  name(): string {
    const byteCount = this.#length();
    const start = this.#at;
    this.#at += byteCount;
    for (const name of this.#names) if (this.#isName(name.bytes, start, byteCount)) return name.text;
    const text = this.#bytes.toString("utf8", start, this.#at);
    if (this.#names.length < NAMES_MAX && byteCount <= NAME_BYTES_MAX) {
      this.#names.push({ bytes: Uint8Array.from(this.#bytes.subarray(start, this.#at)), text });
    }
    return text;
  }

  /** Passes over the value of a field that is not known here. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WireType.Varint:
        this.#varint();
        return;
      case WireType.Fixed64:
        this.#pass(8);
        return;
      case WireType.Bytes:
        this.#pass(this.#length());
        return;
      case WireType.Fixed32:
        this.#pass(4);
        return;
      default:
        throw new RangeError(`a field of the message has the wire type ${tag & 7}`);
    }
  }

  #isName(name: Uint8Array, start: number, byteCount: number): boolean {
    if (name.length !== byteCount) return false;
    const bytes = this.#bytes;
    for (let index = 0; index < byteCount; index++) if (name[index] !== bytes[start + index]) return false;
    return true;
  }

  #length(): number {
    const byteCount = this.uint32();
    if (byteCount > this.#end - this.#at) throw truncated();
    return byteCount;
  }

  #pass(byteCount: number): void {
    if (byteCount > this.#end - this.#at) throw truncated();
    this.#at += byteCount;
  }

  #varint(): void {
    const bytes = this.#bytes;
    const last = Math.min(this.#end, this.#at + VARINT_BYTES_MAX);
    let low = 0;
    let high = 0;
    let at = this.#at;
    for (let shift = 0; at < last; shift += 7) {
      const octet = bytes[at++]!;
      const bits = octet & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (octet < 128) {
        this.#at = at;
        this.#low = low;
        this.#high = high;
        return;
      }
    }
    throw truncated();
  }
}

function int64Text(low: number, high: number): string {
  const value = high * TWO_32 + (low >>> 0);
  if (Number.isSafeInteger(value)) return `${value}`;
  return `${(BigInt(high) << 32n) | BigInt(low >>> 0)}`;
}

function uint64Text(low: number, high: number): string {
  const value = (high >>> 0) * TWO_32 + (low >>> 0);
  if (Number.isSafeInteger(value)) return `${value}`;
  return `${(BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)}`;
}

function truncated(): RangeError {
  return new RangeError("the message ends within a field");
}

import { fail } from "../errors/protocol-errors.js";

const utf8 = new TextEncoder();

/** Names that were written before: every request repeats those of its stream and topic. */
const knownNames = new Map<string, Uint8Array>();
/** When it is full all are forgotten: who uses more names than that gains nothing by it. */
const KNOWN_NAMES_MAX = 1024;

/** Appends little-endian fields to a buffer that grows by doubling. Arguments outside their range are refused. */
export class ByteWriter {
  private bytes: Uint8Array;
  private view: DataView;
  /** Position of the next byte. `advance` may replace `view`: take its result before using the view. */
  private length = 0;

  constructor(
    readonly subject: string,
    capacity = 64,
  ) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  get position(): number {
    return this.length;
  }

  u8(value: number, field: string): this {
    this.checkInteger(value, 0xff, field);
    const at = this.advance(1);
    this.view.setUint8(at, value);
    return this;
  }

  u16(value: number, field: string): this {
    this.checkInteger(value, 0xffff, field);
    const at = this.advance(2);
    this.view.setUint16(at, value, true);
    return this;
  }

  u32(value: number, field: string): this {
    this.checkInteger(value, 0xffff_ffff, field);
    const at = this.advance(4);
    this.view.setUint32(at, value, true);
    return this;
  }

  f32(value: number): this {
    const at = this.advance(4);
    this.view.setFloat32(at, value, true);
    return this;
  }

  /** A number must be a safe, non-negative integer; a bigint may use all 64 bits. */
  u64(value: bigint | number, field: string): this {
    if (typeof value === "number") this.checkInteger(value, Number.MAX_SAFE_INTEGER, field);
    else if (value < 0n || value > 0xffff_ffff_ffff_ffffn)
      throw this.outOfRange(value, field, "0 to 2^64 − 1");
    const at = this.advance(8);
    this.view.setBigUint64(at, BigInt(value), true);
    return this;
  }

  bool(value: boolean): this {
    const at = this.advance(1);
    this.view.setUint8(at, value ? 1 : 0);
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.advance(bytes.length);
    this.bytes.set(bytes, at);
    return this;
  }

  /** `[len u8][UTF-8]`, at most 255 bytes. */
  str8(text: string, field: string): this {
    const bytes = utf8.encode(text);
    if (bytes.length > 255)
      throw this.outOfRange(`${bytes.length} bytes`, field, "at most 255 bytes of UTF-8");
    return this.u8(bytes.length, field).raw(bytes);
  }

  /** `[len u32][UTF-8]`. */
  str32(text: string, field: string): this {
    const bytes = utf8.encode(text);
    return this.u32(bytes.length, field).raw(bytes);
  }

  /** `[len u8][UTF-8]` of 1 to 255 bytes: an empty name harms some servers, so it never leaves this process. */
  name(text: string, field: string): this {
    const known = knownNames.get(text);
    if (known !== undefined) return this.raw(known);
    if (text.length === 0) throw this.outOfRange("an empty text", field, "1 to 255 bytes of UTF-8");
    const start = this.length;
    this.str8(text, field);
    if (knownNames.size >= KNOWN_NAMES_MAX) knownNames.clear();
    knownNames.set(text, this.bytes.slice(start, this.length));
    return this;
  }

  /** Overwrites a u32 written before, for lengths that are known only afterwards. */
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  /** The bytes so far, in memory of exactly their size. Nothing may be written after that. */
  finish(): Uint8Array {
    return this.length === this.bytes.length ? this.bytes : this.bytes.slice(0, this.length);
  }

  outOfRange(value: unknown, field: string, allowed: string): Error {
    return fail(
      "iggy-protocol.argument-out-of-range",
      `${field} of ${this.subject} is ${String(value)}, allowed: ${allowed}`,
      { context: { field, subject: this.subject } },
    );
  }

  private checkInteger(value: number, max: number, field: string): void {
    if (!Number.isInteger(value) || value < 0 || value > max)
      throw this.outOfRange(value, field, `0 to ${max}`);
  }

  private advance(count: number): number {
    const at = this.length;
    const needed = at + count;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    this.length = needed;
    return at;
  }
}

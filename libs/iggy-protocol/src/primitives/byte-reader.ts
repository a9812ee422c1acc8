import { fail } from "../errors/protocol-errors.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads little-endian fields in order. Every read is checked against the end: bytes from outside never cause anything
 * but `iggy-protocol.truncated`, `iggy-protocol.invalid-value` or `iggy-protocol.unsafe-integer`, each with the offset.
 */
export class ByteReader {
  position: number;
  private readonly view: DataView;

  /** @param subject what is being read, for messages, for example "create stream request" */
  constructor(
    readonly bytes: Uint8Array,
    readonly subject: string,
    start = 0,
    readonly end = bytes.length,
  ) {
    this.position = start;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.end - this.position;
  }

  u8(field: string): number {
    return this.bytes[this.take(1, field)]!;
  }

  u16(field: string): number {
    return this.view.getUint16(this.take(2, field), true);
  }

  u32(field: string): number {
    return this.view.getUint32(this.take(4, field), true);
  }

  f32(field: string): number {
    return this.view.getFloat32(this.take(4, field), true);
  }

  u64(field: string): bigint {
    return this.view.getBigUint64(this.take(8, field), true);
  }

  /** A u64 that must fit a double exactly: counts, offsets, microseconds. */
  u64Number(field: string): number {
    const at = this.take(8, field);
    const high = this.view.getUint32(at + 4, true);
    if (high > 0x1f_ffff) {
      throw fail("iggy-protocol.unsafe-integer", `${field} of ${this.subject} at byte ${at} exceeds 2^53`, {
        context: { field, offset: at },
      });
    }
    return high * 0x1_0000_0000 + this.view.getUint32(at, true);
  }

  /** One byte, 0 or 1. */
  bool(field: string): boolean {
    const value = this.u8(field);
    if (value > 1) throw this.invalid(field, `${value} is neither 0 nor 1`, this.position - 1);
    return value === 1;
  }

  /** A view of the next bytes, not a copy. */
  raw(length: number, field: string): Uint8Array {
    const at = this.take(length, field);
    return this.bytes.subarray(at, at + length);
  }

  rest(): Uint8Array {
    return this.raw(this.remaining, "rest");
  }

  text(length: number, field: string): string {
    const bytes = this.raw(length, field);
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.invalid(field, "is not valid UTF-8", this.position - length);
    }
  }

  /** `[len u8][UTF-8]`, possibly empty. */
  str8(field: string): string {
    return this.text(this.u8(`${field} length`), field);
  }

  /** `[len u32][UTF-8]`, possibly empty. */
  str32(field: string): string {
    return this.text(this.u32(`${field} length`), field);
  }

  /** `[len u8][UTF-8]` of 1 to 255 bytes. */
  name(field: string): string {
    const text = this.str8(field);
    if (text.length === 0) throw this.invalid(field, "is empty", this.position - 1);
    return text;
  }

  invalid(field: string, problem: string, offset: number): Error {
    return fail("iggy-protocol.invalid-value", `${field} of ${this.subject} at byte ${offset}: ${problem}`, {
      context: { field, offset },
    });
  }

  private take(length: number, field: string): number {
    const at = this.position;
    if (length > this.end - at) {
      throw fail(
        "iggy-protocol.truncated",
        `${this.subject}: ${field} at byte ${at} needs ${length} bytes, ${this.end - at} are present`,
        { context: { field, offset: at, needed: length, present: this.end - at } },
      );
    }
    this.position = at + length;
    return at;
  }
}

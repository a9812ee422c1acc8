import { fail } from "../errors.js";

const LEB_BYTES_MAX = 5;
const textDecoder = new TextDecoder("utf-8", { fatal: true });

/** Reads the binary format of WebAssembly within bounds; whatever is not there or not allowed is `wasm.malformed`. */
export class BinaryReader {
  constructor(
    readonly bytes: Uint8Array,
    public position: number,
    readonly end: number,
  ) {}

  get isAtEnd(): boolean {
    return this.position === this.end;
  }

  u8(): number {
    if (this.position >= this.end) throw this.malformed("it ends too early");
    return this.bytes[this.position++]!;
  }

  /** An unsigned LEB128 number of 32 bits. */
  u32(): number {
    let value = 0;
    for (let index = 0; index < LEB_BYTES_MAX; index++) {
      const byte = this.u8();
      if (index === LEB_BYTES_MAX - 1 && byte > 0x0f) break;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw this.malformed("a number has more than 32 bits");
  }

  /** Steps over a signed LEB128 number of at most so many octets. */
  skipSigned(bytesMax: number): void {
    for (let index = 0; index < bytesMax; index++) if (this.u8() < 0x80) return;
    throw this.malformed("a number has too many octets");
  }

  skip(byteCount: number): void {
    if (byteCount > this.end - this.position) throw this.malformed("it ends too early");
    this.position += byteCount;
  }

  name(): string {
    const length = this.u32();
    const start = this.position;
    this.skip(length);
    try {
      return textDecoder.decode(this.bytes.subarray(start, this.position));
    } catch {
      throw this.malformed("a name is not UTF-8");
    }
  }

  /** A reader of the next so many octets, which this one steps over. */
  part(byteCount: number): BinaryReader {
    const start = this.position;
    this.skip(byteCount);
    return new BinaryReader(this.bytes, start, this.position);
  }

  malformed(what: string) {
    return fail("wasm.malformed", `the module is broken at octet ${this.position}: ${what}`);
  }
}

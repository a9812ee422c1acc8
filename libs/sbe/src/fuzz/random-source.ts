/** Random numbers that a seed repeats (sfc32 by Chris Doty-Humphrey, public domain): no cryptography, only speed. */
export class RandomSource {
  private a: number;
  private b = 0x9e3779b9;
  private c = 0x243f6a88;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    for (let round = 0; round < 12; round++) this.next();
  }

  /** 32 random bits, unsigned. */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A whole number from 0 up to, but not including, `bound`, which is at most 2^32. */
  below(bound: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * bound);
  }

  /** Fills bytes[start, end). */
  fill(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at++) bytes[at] = this.next() >>> 13;
  }

  /**
   * Fills bytes[start, end) with what passes for modest values: of each eight octets, counted from `phase`, the last two
   * are 0 and the others below 16. Then ids and times stay below 2^53, and scales below 19, and readers get deeper.
   */
  fillModestly(bytes: Uint8Array, start: number, end: number, phase: number): void {
    for (let at = start; at < end; at++) bytes[at] = ((at + phase) & 7) >= 6 ? 0 : this.next() >>> 28;
  }
}

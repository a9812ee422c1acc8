import { fail } from "../errors.js";

const FIRST_BYTES = 4096;

/** Collects doubles, octets and text, little-endian. */
export class StateWriter {
  private bytes = new Uint8Array(FIRST_BYTES);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  numbers(...values: number[]): void {
    const at = this.grow(values.length * 8);
    for (let index = 0; index < values.length; index++)
      this.view.setFloat64(at + index * 8, values[index]!, true);
  }

  array(values: Float64Array): void {
    const at = this.grow(values.length * 8);
    for (let index = 0; index < values.length; index++)
      this.view.setFloat64(at + index * 8, values[index]!, true);
  }

  octets(octets: Uint8Array): void {
    const at = this.grow(octets.length);
    this.bytes.set(octets, at);
  }

  text(text: string): void {
    const octets = new TextEncoder().encode(text);
    this.numbers(octets.length);
    this.octets(octets);
  }

  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private grow(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** Reads what {@link StateWriter} wrote; throws `aggregation.bad-state` behind the end. */
export class StateReader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    return this.view.getFloat64(this.step(8), true);
  }

  /** A number of things that follow, each of at least an octet. */
  count(): number {
    const value = this.number();
    if (Number.isInteger(value) && value >= 0 && value <= this.bytes.length - this.at) return value;
    throw fail(
      "aggregation.bad-state",
      `a count of ${value} stands before ${this.bytes.length - this.at} octets`,
    );
  }

  array(length: number): Float64Array {
    const values = new Float64Array(length);
    const at = this.step(length * 8);
    for (let index = 0; index < length; index++) values[index] = this.view.getFloat64(at + index * 8, true);
    return values;
  }

  octets(length: number): Uint8Array {
    const at = this.step(length);
    return this.bytes.subarray(at, at + length);
  }

  text(): string {
    return new TextDecoder().decode(this.octets(this.count()));
  }

  end(): void {
    if (this.at === this.bytes.length) return;
    throw fail(
      "aggregation.bad-state",
      `${this.bytes.length - this.at} octets are left behind the last symbol`,
    );
  }

  private step(count: number): number {
    const at = this.at;
    if (at + count > this.bytes.length) {
      throw fail("aggregation.bad-state", `${count} octets are missing at ${at} of ${this.bytes.length}`);
    }
    this.at = at + count;
    return at;
  }
}

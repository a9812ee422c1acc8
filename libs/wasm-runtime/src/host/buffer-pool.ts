const SMALLEST_BYTES = 65_536;

/** Shared memory that is used again; what is let go beyond the bound is left to the collector. */
export class BufferPool {
  readonly #free: SharedArrayBuffer[] = [];
  #freeBytes = 0;

  /** @param bytesMax octets that are kept while nobody uses them */
  constructor(readonly bytesMax: number) {}

  /** At least so many octets, with whatever was in them. */
  take(byteCount: number): SharedArrayBuffer {
    const index = this.#free.findIndex((buffer) => buffer.byteLength >= byteCount);
    if (index < 0) return new SharedArrayBuffer(capacityFor(byteCount));
    const [buffer] = this.#free.splice(index, 1);
    this.#freeBytes -= buffer!.byteLength;
    return buffer!;
  }

  give(buffer: SharedArrayBuffer): void {
    if (this.#freeBytes + buffer.byteLength > this.bytesMax) return;
    this.#freeBytes += buffer.byteLength;
    this.#free.push(buffer);
  }
}

function capacityFor(byteCount: number): number {
  return Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(byteCount)));
}

/**
 * Copies octets from one memory to another, message after message. It keeps both as Buffers, whose `copy` is faster than
 * that of typed arrays for a few octets, for as long as they are the same.
 */
export class OctetCopier {
  #givenFrom: Uint8Array | undefined;
  #givenTo: Uint8Array | undefined;
  #from: Buffer = Buffer.alloc(0);
  #to: Buffer = Buffer.alloc(0);

  /** Copies, and gives the target back as a Buffer. */
  copy(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): Buffer {
    if (from !== this.#givenFrom) {
      this.#givenFrom = from;
      this.#from = Buffer.from(from.buffer, from.byteOffset, from.length);
    }
    if (to !== this.#givenTo) {
      this.#givenTo = to;
      this.#to = Buffer.from(to.buffer, to.byteOffset, to.length);
    }
    this.#from.copy(this.#to, at, start, start + length);
    return this.#to;
  }
}

/** A buffer that grows; octets not yet written are zero, so padding is. */
export class FrameWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;

  /** Makes room and returns where it begins. Views taken before are of the old buffer. */
  reserve(octets: number): number {
    const start = this.#end;
    this.#end += octets;
    if (this.#end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#end, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return start;
  }

  get view(): DataView {
    return this.#view;
  }

  append(octets: Uint8Array): void {
    const start = this.reserve(octets.length);
    this.#bytes.set(octets, start);
  }

  /** The frame, in a buffer of its own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#end);
  }
}

/** Memory that several queues share. */
export class ByteBudget {
  #used = 0;

  constructor(readonly bytesMax: number) {}

  get used(): number {
    return this.#used;
  }

  /** Whether so many octets more are within it. */
  allows(byteCount: number): boolean {
    return this.#used + byteCount <= this.bytesMax;
  }

  /** Also beyond its end: what has to be kept is kept. */
  take(byteCount: number): void {
    this.#used += byteCount;
  }

  giveBack(byteCount: number): void {
    this.#used -= byteCount;
  }
}

/** The last so many ids that were seen, whatever their order. */
export class RecentIds {
  readonly #ids = new Set<number>();
  readonly #ring: Float64Array;
  #next = 0;
  /** Largest id that had to be forgotten: of those up to it nobody knows whether they were seen; 0 while none was. */
  forgottenMax = 0;

  constructor(countMax: number) {
    this.#ring = new Float64Array(countMax);
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  add(id: number): void {
    if (this.#ids.has(id)) return;
    if (this.#ids.size >= this.#ring.length) {
      const oldest = this.#ring[this.#next]!;
      this.#ids.delete(oldest);
      this.forgottenMax = Math.max(this.forgottenMax, oldest);
    }
    this.#ring[this.#next] = id;
    this.#next = (this.#next + 1) % this.#ring.length;
    this.#ids.add(id);
  }

  clear(): void {
    this.#ids.clear();
    this.#next = 0;
    this.forgottenMax = 0;
  }
}

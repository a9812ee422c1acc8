import { randomFillSync } from "node:crypto";

/** Fills octets with random ones of a cryptographic source. */
export type RandomFill = (octets: Uint8Array) => void;

export const systemRandom: RandomFill = (octets) => void randomFillSync(octets);

const POOL_BYTES = 4_096;

/** Random octets in small pieces out of few large draws; what was given out is overwritten. */
export class RandomPieces {
  readonly #pool = new Uint8Array(POOL_BYTES);
  #used = POOL_BYTES;

  constructor(private readonly fill: RandomFill) {}

  /** Fills up to 4,096 octets. */
  take(out: Uint8Array): void {
    if (this.#used + out.length > POOL_BYTES) {
      this.fill(this.#pool);
      this.#used = 0;
    }
    const end = this.#used + out.length;
    out.set(this.#pool.subarray(this.#used, end));
    this.#pool.fill(0, this.#used, end);
    this.#used = end;
  }
}

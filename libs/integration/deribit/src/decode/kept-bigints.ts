/** Values of one feed's records by place, made anew only where one changed: most of a ticker is what it was before. */
export class KeptBigInts {
  readonly #numbers: Float64Array;
  readonly #bigints: bigint[];

  /** @param count of places */
  constructor(count: number) {
    this.#numbers = new Float64Array(count);
    this.#bigints = new Array<bigint>(count).fill(0n);
  }

  /** @param mantissas by place, safe whole numbers */
  of(place: number, mantissas: Float64Array): bigint {
    const mantissa = mantissas[place]!;
    if (this.#numbers[place] !== mantissa) {
      this.#numbers[place] = mantissa;
      this.#bigints[place] = BigInt(mantissa);
    }
    return this.#bigints[place]!;
  }
}

import { formatMantissa, trimFraction } from "@ims/common";

/** A sum of decimals without bounds. */
export class ExactSum {
  #mantissa = 0n;
  #scale = 0;

  /** Adds mantissa × 10^-scale. */
  add(mantissa: bigint, scale: number): void {
    const wanted = Math.max(this.#scale, scale);
    this.#mantissa =
      this.#mantissa * 10n ** BigInt(wanted - this.#scale) + mantissa * 10n ** BigInt(wanted - scale);
    this.#scale = wanted;
  }

  /** Without zeros at the end of the fraction. */
  toString(): string {
    return trimFraction(formatMantissa(this.#mantissa, this.#scale));
  }
}

import { DECIMAL_SCALE_MAX } from "@ims/common";

const TWO_32 = 0x100000000;
/** High words of mantissas that a double holds exactly. */
const EXACT_HIGH_MAX = 0x1fffff;
/** Factors that a division of two words takes at once without leaving the whole numbers of a double. */
const STEP_DIGITS = 6;
const POWERS_OF_TEN = Array.from({ length: STEP_DIGITS + 1 }, (_, digits) => 10 ** digits);

/**
 * Brings mantissas with a power of ten to a fixed scale, as two words and without allocating. It never rounds: what is
 * no whole number of 64 bits at that scale is left to whoever can choose another one.
 */
export class MantissaScaler {
  /** The mantissa last scaled, low and high word; valid after {@link scale} gave true. */
  lo = 0;
  hi = 0;

  /**
   * Whether `mantissa × 10^exponent` is a whole number of 0 to 2^63 − 1 at the scale, which then stands in {@link lo}
   * and {@link hi}.
   *
   * @param lo low word of the mantissa, signed
   * @param hi high word of the mantissa, signed
   * @param exponent of the message, -128 to 127
   * @param scale digits after the point, 0 to 18
   */
  scale(lo: number, hi: number, exponent: number, scale: number): boolean {
    if (hi < 0) return false;
    this.lo = lo;
    this.hi = hi;
    const digits = scale + exponent;
    if (digits === 0 || (lo | hi) === 0) return true;
    if (digits > 0) return digits <= DECIMAL_SCALE_MAX && this.multiply(digits);
    return digits >= -DECIMAL_SCALE_MAX && this.divide(-digits);
  }

  private multiply(digits: number): boolean {
    for (let left = digits; left > 0; left -= STEP_DIGITS) {
      const factor = POWERS_OF_TEN[Math.min(left, STEP_DIGITS)]!;
      const low = (this.lo >>> 0) * factor;
      const carry = Math.floor(low / TWO_32);
      const high = this.hi * factor + carry;
      if (high > 0x7fffffff) return false;
      // A product of 32 by 20 bits stays below 2^53, so that `| 0` is its low word.
      this.lo = low | 0;
      this.hi = high;
    }
    return true;
  }

  private divide(digits: number): boolean {
    for (let left = digits; left > 0; left -= STEP_DIGITS) {
      const divisor = POWERS_OF_TEN[Math.min(left, STEP_DIGITS)]!;
      if (!(this.hi <= EXACT_HIGH_MAX ? this.divideSmall(divisor) : this.divideLarge(divisor))) return false;
    }
    return true;
  }

  /** Mantissas below 2^53. */
  private divideSmall(divisor: number): boolean {
    const value = this.hi * TWO_32 + (this.lo >>> 0);
    const quotient = value / divisor;
    // A product below 2^53 is exact, so that it is the value only if nothing was left over.
    if (Math.floor(quotient) !== quotient || quotient * divisor !== value) return false;
    const high = Math.floor(quotient / TWO_32);
    this.hi = high;
    this.lo = (quotient - high * TWO_32) | 0;
    return true;
  }

  private divideLarge(divisor: number): boolean {
    const high = Math.floor(this.hi / divisor);
    const rest = (this.hi - high * divisor) * TWO_32 + (this.lo >>> 0);
    const low = Math.floor(rest / divisor);
    if (low * divisor !== rest) return false;
    this.hi = high;
    this.lo = low | 0;
    return true;
  }
}

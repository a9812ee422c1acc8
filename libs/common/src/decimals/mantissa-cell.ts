/**
 * Reused out-parameter for one exact decimal: value = mantissa × 10^-scale, mantissa an int64 as two 32-bit words.
 * Written by the byte parser, read by encoders; it exists so that the hot path allocates nothing.
 */
export class MantissaCell {
  /** Low 32 bits, as a signed or unsigned number with the same bits. */
  lo = 0;
  /** High 32 bits, signed. */
  hi = 0;
  /** Digits after the point, 0 to 18. */
  scale = 0;

  /** The mantissa as one value; allocates. */
  toBigInt(): bigint {
    return (BigInt(this.hi | 0) << 32n) | BigInt(this.lo >>> 0);
  }

  /** Sets the words from a value in the int64 range. */
  setBigInt(mantissa: bigint, scale: number): void {
    this.lo = Number(BigInt.asIntN(32, mantissa));
    this.hi = Number(BigInt.asIntN(32, mantissa >> 32n));
    this.scale = scale;
  }

  get isZero(): boolean {
    return this.lo === 0 && this.hi === 0;
  }
}

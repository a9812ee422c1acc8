/** An exact decimal: mantissa × 10^−scale. */
export class Decimal {
  constructor(
    public mantissa: i64 = 0,
    public scale: i32 = 0,
  ) {}

  /** Below 0, 0 or above 0 as this is less than, equal to or greater than another, exactly. */
  compare(other: Decimal): i32 {
    return compareDecimals(this.mantissa, this.scale, other.mantissa, other.scale);
  }

  /** The nearest double, for models; amounts stay decimals. */
  toFloat(): f64 {
    return <f64>this.mantissa / 10 ** <f64>this.scale;
  }
}

/** 10^0 to 10^19, all that fit into 64 bits. */
const POWERS: StaticArray<u64> = [
  1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
  100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
  10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
];

/**
 * Below 0, 0 or above 0 as one decimal is less than, equal to or greater than another. Exact at any scales from 0 to 255:
 * nothing is rounded and nothing overflows.
 */
export function compareDecimals(mantissa: i64, scale: i32, other: i64, otherScale: i32): i32 {
  if (scale == otherScale) return <i32>(mantissa > other) - <i32>(mantissa < other);
  const isNegative = mantissa < 0;
  if (isNegative != other < 0) return isNegative ? -1 : 1;
  const result =
    scale < otherScale
      ? compareScaled(magnitude(mantissa), otherScale - scale, magnitude(other))
      : -compareScaled(magnitude(other), scale - otherScale, magnitude(mantissa));
  return isNegative ? -result : result;
}

/** Compares value × 10^digits with another. */
function compareScaled(value: u64, digits: i32, other: u64): i32 {
  if (value == 0) return other == 0 ? 0 : -1;
  // 10^19 is above every magnitude of 64 bits with a sign.
  if (digits > 19) return 1;
  const power = unchecked(POWERS[digits]);
  if ((value | power) >> 32 == 0) {
    const product = value * power;
    return <i32>(product > other) - <i32>(product < other);
  }
  // Product of 64 by 64 bits from halves of 32.
  const low = (value & 0xffff_ffff) * (power & 0xffff_ffff);
  const middle = (value >> 32) * (power & 0xffff_ffff) + (low >> 32);
  const cross = (value & 0xffff_ffff) * (power >> 32) + (middle & 0xffff_ffff);
  const high = (value >> 32) * (power >> 32) + (middle >> 32) + (cross >> 32);
  if (high != 0) return 1;
  const product = (cross << 32) | (low & 0xffff_ffff);
  return <i32>(product > other) - <i32>(product < other);
}

/** Of the least number too, which has no positive one of 64 bits with a sign. */
function magnitude(value: i64): u64 {
  return value < 0 ? 0 - <u64>value : <u64>value;
}

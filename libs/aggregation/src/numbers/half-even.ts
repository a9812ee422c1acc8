/** Largest int64. */
export const INT64_MAX = (1n << 63n) - 1n;

/** numerator / denominator to the nearest whole number, ties to the even one. Both from 0, the denominator not 0. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator - quotient * denominator) * 2n;
  if (twice < denominator) return quotient;
  return twice > denominator || (quotient & 1n) === 1n ? quotient + 1n : quotient;
}

/** A double from 0 to the nearest whole number, ties to the even one. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest < 0.5) return below;
  return rest > 0.5 || below % 2 === 1 ? below + 1 : below;
}

const POWERS_OF_TEN = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent. @param exponent 0 to 63 */
export function powerOfTen(exponent: number): bigint {
  return POWERS_OF_TEN[exponent]!;
}

/**
 * A decimal in int64 and with a scale of at most 18: exact where taking off zeros at its end is enough, else with as many
 * digits as fit, rounded half even. `undefined` if not even the whole part fits.
 */
export function fitDecimal(
  mantissa: bigint,
  scale: number,
): { readonly mantissa: bigint; readonly scale: number } | undefined {
  let exact = mantissa;
  let digits = scale;
  while ((exact > INT64_MAX || digits > 18) && digits > 0 && exact % 10n === 0n) {
    exact /= 10n;
    digits--;
  }
  if (exact <= INT64_MAX && digits <= 18) return { mantissa: exact, scale: digits };
  // From the exact value at every step: rounding twice would not be half even.
  for (let dropped = Math.max(1, digits - 18); dropped <= digits; dropped++) {
    const rounded = divideHalfEven(exact, powerOfTen(dropped));
    if (rounded <= INT64_MAX) return { mantissa: rounded, scale: digits - dropped };
  }
  return undefined;
}

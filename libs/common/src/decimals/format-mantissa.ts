/**
 * Prints mantissa × 10^-scale with exactly `scale` digits after the point and no exponent: (6183763000000n, 8) is
 * `61837.63000000`. The reverse of `parseDecimalBytes` for texts without superfluous leading zeros.
 * `Decimal.toString` gives the canonical form without trailing zeros.
 */
export function formatMantissa(mantissa: bigint, scale: number): string {
  if (scale === 0) return mantissa.toString();
  const negative = mantissa < 0n;
  const digits = (negative ? -mantissa : mantissa).toString().padStart(scale + 1, "0");
  const pointAt = digits.length - scale;
  return `${negative ? "-" : ""}${digits.slice(0, pointAt)}.${digits.slice(pointAt)}`;
}

/** The same for an int64 mantissa in two 32-bit words, signed or unsigned numbers with the same bits. */
export function formatMantissaWords(lo: number, hi: number, scale: number): string {
  return formatMantissa((BigInt(hi | 0) << 32n) | BigInt(lo >>> 0), scale);
}

/** Drops trailing zeros after the point, and the point with them: `12.500` is `12.5`, `3.00` is `3`. */
export function trimFraction(text: string): string {
  if (!text.includes(".")) return text;
  let end = text.length;
  while (text[end - 1] === "0") end--;
  if (text[end - 1] === ".") end--;
  return text.slice(0, end);
}

const POWERS = Array.from({ length: 16 }, (_, scale) => 10 ** scale);
const ZEROS = "000000000000000000";

/**
 * Prints `units` × 10^-scale with exactly `printScale` decimals (at least `scale`, at most 18), as the venue does.
 * Units are a whole number from 0 to 2^53 − 1; no fraction is computed.
 */
export function decimalText(units: number, scale: number, printScale: number = scale): string {
  if (scale > 15) return bigDecimalText(BigInt(units), scale, printScale);
  if (scale === 0) return printScale === 0 ? `${units}` : `${units}.${ZEROS.slice(0, printScale)}`;
  const power = POWERS[scale]!;
  const whole = Math.floor(units / power);
  const fraction = `${units - whole * power}`;
  return `${whole}.${ZEROS.slice(0, scale - fraction.length)}${fraction}${ZEROS.slice(0, printScale - scale)}`;
}

/** The same for sums that may pass 2^53. */
export function bigDecimalText(units: bigint, scale: number, printScale: number = scale): string {
  const digits = units.toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  if (printScale === 0) return whole;
  return `${whole}.${digits.slice(digits.length - scale)}${ZEROS.slice(0, printScale - scale)}`;
}

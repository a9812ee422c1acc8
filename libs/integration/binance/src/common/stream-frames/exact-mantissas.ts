import { DECIMAL_SCALE_MAX } from "@ims/common";
import type { ExactDecimal } from "@ims/integration-kit";
import { Unusable } from "@ims/integration-kit";

/**
 * `mantissa × 10^exponent` for the values that do not fit the scale of their instrument; allocates. Throws
 * {@link Unusable} for a value below zero, and for one that no scale of 0 to 18 digits holds.
 *
 * @param what the value is, for the error
 */
export function exactMantissa(lo: number, hi: number, exponent: number, what: string): ExactDecimal {
  if (hi < 0) throw new Unusable("bad-number", `${what} is below zero`);
  let mantissa = (BigInt(hi) << 32n) | BigInt(lo >>> 0);
  if (mantissa === 0n) return { mantissa, scale: 0 };
  if (exponent >= 0) {
    if (exponent > DECIMAL_SCALE_MAX) throw new Unusable("overflow", `${what} does not fit into 64 bits`);
    return { mantissa: mantissa * 10n ** BigInt(exponent), scale: 0 };
  }
  let scale = -exponent;
  while (scale > 0 && mantissa % 10n === 0n) {
    mantissa /= 10n;
    scale--;
  }
  if (scale > DECIMAL_SCALE_MAX)
    throw new Unusable("overflow", `${what} has more than ${DECIMAL_SCALE_MAX} digits after the point`);
  return { mantissa, scale };
}

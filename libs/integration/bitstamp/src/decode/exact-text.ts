import { DecimalParse, MantissaCell, parseDecimalText } from "@ims/common";
import { type ExactDecimal, Unusable } from "@ims/integration-kit";

const INT64_MAX = (1n << 63n) - 1n;
const POWERS: readonly bigint[] = Array.from({ length: 19 }, (_, exponent) => 10n ** BigInt(exponent));
const cell = new MantissaCell();

/**
 * A decimal of 0 or above from its text, exponents resolved, without zeros behind the last digit: the venue prints them by
 * other scales than the pair's. Throws `Unusable`. @param what the text is, for the error
 */
export function readExactText(text: unknown, what: string): ExactDecimal {
  if (typeof text !== "string") throw new Unusable("bad-number", `${what} is no text`);
  const outcome = parseDecimalText(text, cell);
  if (outcome === DecimalParse.Overflow) throw new Unusable("overflow", `${what} is beyond 64 bits`);
  if (outcome !== DecimalParse.Ok) throw new Unusable("bad-number", `${what} is no decimal`);
  let mantissa = cell.toBigInt();
  let { scale } = cell;
  if (mantissa < 0n) throw new Unusable("bad-number", `${what} is below 0`);
  if (mantissa === 0n) return { mantissa, scale: 0 };
  while (scale > 0 && mantissa % 10n === 0n) {
    mantissa /= 10n;
    scale--;
  }
  return { mantissa, scale };
}

/** The mantissa at a scale that is not below the decimal's own. Throws `Unusable` where it is beyond 64 bits. */
export function mantissaAt({ mantissa, scale }: ExactDecimal, wanted: number, what: string): bigint {
  const value = scale === wanted ? mantissa : mantissa * POWERS[wanted - scale]!;
  if (value > INT64_MAX) throw new Unusable("overflow", `${what} does not fit into 64 bits at its scale`);
  return value;
}

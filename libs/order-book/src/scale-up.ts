import type { BookLevels } from "@ims/common";

const TWO_32 = 0x100000000;
const INT64_MAX = (1n << 63n) - 1n;
/** 10^0 to 10^18: exact as numbers up to 10^22. */
const POWERS_OF_TEN = Array.from({ length: 19 }, (_, exponent) => 10 ** exponent);

/**
 * Fills `target`, another object, with the levels of `source`, prices multiplied by 10^`prices` and quantities by
 * 10^`quantities`. False if a product is outside int64; `target` is of no use then. Allocates only for products beyond
 * 2^53.
 */
export function scaleUp(source: BookLevels, prices: number, quantities: number, target: BookLevels): boolean {
  target.clear();
  for (let index = 0; index < source.count; index++) {
    target.push(
      source.priceLo[index]!,
      source.priceHi[index]!,
      source.quantityLo[index]!,
      source.quantityHi[index]!,
    );
    if (prices > 0 && !multiply(target.priceLo, target.priceHi, index, prices)) return false;
    if (quantities > 0 && !multiply(target.quantityLo, target.quantityHi, index, quantities)) return false;
  }
  return true;
}

/** Multiplies the int64 value in the words at `index` by 10^`exponent`; false, and nothing done, if it overflows. */
function multiply(low: Int32Array, high: Int32Array, index: number, exponent: number): boolean {
  // Below 2^53 every step is exact; a value that is rounded here has a product far above it.
  const product = (high[index]! * TWO_32 + (low[index]! >>> 0)) * POWERS_OF_TEN[exponent]!;
  if (Number.isSafeInteger(product)) {
    low[index] = product | 0;
    high[index] = Math.floor(product / TWO_32);
    return true;
  }
  const value = (BigInt(high[index]!) << 32n) | BigInt(low[index]! >>> 0);
  const exact = value * BigInt(POWERS_OF_TEN[exponent]!);
  if (exact > INT64_MAX || exact < -INT64_MAX - 1n) return false;
  low[index] = Number(BigInt.asIntN(32, exact));
  high[index] = Number(BigInt.asIntN(32, exact >> 32n));
  return true;
}

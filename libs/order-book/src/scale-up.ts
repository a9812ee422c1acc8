import { BookLevels } from "@ims/common";

const INT64_MAX = (1n << 63n) - 1n;

/**
 * Writes `source` into `target` (which may be the same) with prices and quantities multiplied by 10^`prices` and
 * 10^`quantities`. False, and `target` untouched, if a product is outside int64. Allocates: for the rare change of scale.
 */
export function scaleUp(source: BookLevels, prices: number, quantities: number, target: BookLevels): boolean {
  const priceFactor = 10n ** BigInt(prices);
  const quantityFactor = 10n ** BigInt(quantities);
  const scaled = new BookLevels();
  for (let index = 0; index < source.count; index++) {
    const price = source.price(index) * priceFactor;
    const quantity = source.quantity(index) * quantityFactor;
    if (!fits(price) || !fits(quantity)) return false;
    scaled.push(low(price), high(price), low(quantity), high(quantity));
  }
  target.clear();
  for (let index = 0; index < scaled.count; index++) {
    target.push(
      scaled.priceLo[index]!,
      scaled.priceHi[index]!,
      scaled.quantityLo[index]!,
      scaled.quantityHi[index]!,
    );
  }
  return true;
}

function fits(value: bigint): boolean {
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
}

function low(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

function high(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

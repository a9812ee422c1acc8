import { BookLevels } from "@ims/common";
import type { ScaledLevels } from "../order-book.js";

export type Level = readonly [price: bigint, quantity: bigint];

/** The plainest book there is: a map per side, sorted when asked. All values at one scale. */
export class SimpleBook {
  readonly bids = new Map<bigint, bigint>();
  readonly asks = new Map<bigint, bigint>();

  load(bids: readonly Level[], asks: readonly Level[]): void {
    this.bids.clear();
    this.asks.clear();
    this.apply(bids, asks);
  }

  apply(bids: readonly Level[], asks: readonly Level[]): void {
    for (const [price, quantity] of bids) setLevel(this.bids, price, quantity);
    for (const [price, quantity] of asks) setLevel(this.asks, price, quantity);
  }

  /** Best first. */
  sorted(side: "bids" | "asks"): Level[] {
    const falling = side === "bids" ? -1 : 1;
    return [...this[side]].sort(([left], [right]) => (left < right ? -falling : falling));
  }
}

function setLevel(side: Map<bigint, bigint>, price: bigint, quantity: bigint): void {
  if (quantity === 0n) side.delete(price);
  else side.set(price, quantity);
}

/** Levels as an order book takes them. */
export function scaledLevels(
  bids: readonly Level[],
  asks: readonly Level[],
  priceScale = 0,
  quantityScale = 0,
): ScaledLevels {
  return { priceScale, quantityScale, bids: bookLevels(bids), asks: bookLevels(asks) };
}

export function bookLevels(levels: readonly Level[]): BookLevels {
  const columns = new BookLevels();
  for (const [price, quantity] of levels) {
    columns.push(low(price), high(price), low(quantity), high(quantity));
  }
  return columns;
}

export function levelsOf(columns: BookLevels): Level[] {
  return Array.from({ length: columns.count }, (_, index) => [columns.price(index), columns.quantity(index)]);
}

function low(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

function high(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

import { BookLevels } from "@ims/common";
import type { ScaledLevels } from "@ims/order-book";

export type Level = readonly [price: bigint, quantity: bigint];
export type MergedLevel = readonly [venue: number, price: bigint, quantity: bigint];

const INT64_MAX = (1n << 63n) - 1n;

/** Levels of one venue as plain maps, at scales that only this venue has. */
export interface SimpleVenue {
  priceScale: number;
  quantityScale: number;
  isFresh: boolean;
  readonly bids: Map<bigint, bigint>;
  readonly asks: Map<bigint, bigint>;
}

/** The plainest merge there is: collect everything, drop what is absurd, sort, cut. */
export function simpleMerge(venues: readonly SimpleVenue[], depth: number, absurdFactor: number) {
  const fresh = venues.filter(({ isFresh }) => isFresh);
  const priceScale = Math.max(0, ...fresh.map((venue) => venue.priceScale));
  const quantityScale = Math.max(0, ...fresh.map((venue) => venue.quantityScale));
  const scaled = venues.map((venue, index) => {
    const side = (levels: Map<bigint, bigint>) =>
      !venue.isFresh
        ? []
        : [...levels]
            .map(([price, quantity]): MergedLevel => {
              const prices = 10n ** BigInt(priceScale - venue.priceScale);
              const quantities = 10n ** BigInt(quantityScale - venue.quantityScale);
              return [index, price * prices, quantity * quantities];
            })
            .filter(([, price, quantity]) => price <= INT64_MAX && quantity <= INT64_MAX);
    return { bids: side(venue.bids).sort(bestBid), asks: side(venue.asks).sort(bestAsk) };
  });
  const middles = scaled
    .filter(({ bids, asks }) => bids.length > 0 && asks.length > 0)
    .map(({ bids, asks }) => (Number(bids[0]![1]) + Number(asks[0]![1])) / 2)
    .sort((left, right) => left - right);
  const isBelieved = ([, price]: MergedLevel) => {
    if (middles.length < 3) return true;
    const half = Math.floor(middles.length / 2);
    const median = middles.length % 2 === 1 ? middles[half]! : (middles[half - 1]! + middles[half]!) / 2;
    return Number(price) >= median / absurdFactor && Number(price) <= median * absurdFactor;
  };
  const cut = (levels: readonly MergedLevel[], order: typeof bestBid) =>
    levels.filter(isBelieved).sort(order).slice(0, depth);
  return {
    priceScale,
    quantityScale,
    bids: cut(
      scaled.flatMap(({ bids }) => bids),
      bestBid,
    ),
    asks: cut(
      scaled.flatMap(({ asks }) => asks),
      bestAsk,
    ),
  };
}

function bestBid(left: MergedLevel, right: MergedLevel): number {
  return left[1] === right[1] ? left[0] - right[0] : left[1] > right[1] ? -1 : 1;
}

function bestAsk(left: MergedLevel, right: MergedLevel): number {
  return left[1] === right[1] ? left[0] - right[0] : left[1] < right[1] ? -1 : 1;
}

/** Levels as a venue's book takes them. */
export function scaledLevels(
  bids: readonly Level[],
  asks: readonly Level[],
  priceScale = 0,
  quantityScale = 0,
): ScaledLevels {
  return { priceScale, quantityScale, bids: columns(bids), asks: columns(asks) };
}

function columns(levels: readonly Level[]): BookLevels {
  const result = new BookLevels();
  for (const [price, quantity] of levels) {
    result.push(word(price), word(price >> 32n), word(quantity), word(quantity >> 32n));
  }
  return result;
}

function word(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

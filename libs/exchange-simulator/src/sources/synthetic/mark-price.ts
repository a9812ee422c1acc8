import { MARK_SCALE } from "../../binance/frames/print-style.js";
import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { OrderBook } from "./order-book.js";
import { seedFor } from "./seeded-random.js";

/** Prices with 8 decimals; the rate in units of 10^-8. */
export interface MarkPrice {
  readonly mark: bigint;
  readonly average: bigint;
  readonly settle: bigint;
  readonly index: bigint;
  readonly fundingRateUnits: number;
  /** 0 where there is no funding. */
  readonly nextFundingMillis: number;
}

const FUNDING_MILLIS = 8 * 3_600_000;
const PPM = 1_000_000n;

/**
 * Mark price and funding at an instant, from the middle of the book; the index lies some parts in a million beside it.
 * At the very millisecond of a settlement the funding time still is that settlement (recorded 2023-04-05 and
 * 2026-09-30).
 */
export function markPrice(
  instrument: SimulatedInstrument,
  book: OrderBook,
  seed: number,
  nowMillis: number,
): MarkPrice {
  const middle =
    (BigInt(book.bids.bestPrice + book.asks.bestPrice) * 10n ** BigInt(MARK_SCALE - instrument.priceScale)) /
    2n;
  const minute = Math.floor(nowMillis / 60_000);
  const beside = BigInt((seedFor(seed, `${instrument.symbol} index ${minute}`) % 801) - 400);
  const index = middle + (middle * beside) / PPM;
  const perpetual = instrument.contractType === "PERPETUAL";
  const nextFundingMillis = perpetual ? Math.ceil(nowMillis / FUNDING_MILLIS) * FUNDING_MILLIS : 0;
  const draw = seedFor(seed, `${instrument.symbol} funding ${nextFundingMillis}`);
  return {
    mark: middle,
    average: (middle + index) / 2n,
    settle: (3n * index + middle) / 4n,
    index,
    fundingRateUnits: perpetual ? (draw % 70_001) - 35_000 : 0,
    nextFundingMillis,
  };
}

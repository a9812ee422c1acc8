import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { BookSide } from "./order-book.js";

/**
 * What a symbol is worth at a time, so that several simulated venues have prices that belong together. Must give the
 * same for the same arguments, and move slowly: a market follows with its orders.
 * @returns the price; undefined for a symbol that walks by itself
 */
export type FairPrice = (symbol: string, micros: number) => number | undefined;

/** The same in price units of one instrument. */
export type FairUnits = (micros: number) => number;

/** The instrument as it begins at its fair price, and that price in its units; as it is where none is given. */
export function withFairPrice(
  instrument: SimulatedInstrument,
  startMicros: number,
  fairPrice: FairPrice | undefined,
): { readonly instrument: SimulatedInstrument; readonly fairUnits?: FairUnits } {
  const { priceScale, symbol, tickUnits } = instrument;
  const start = fairPrice?.(symbol, startMicros);
  if (!fairPrice || start === undefined) return { instrument };
  const unit = 10 ** priceScale;
  const startPriceUnits = Math.max(1, Math.round((start * unit) / tickUnits)) * tickUnits;
  return {
    instrument: { ...instrument, startPriceUnits },
    fairUnits: (micros) => (fairPrice(symbol, micros) ?? start) * unit,
  };
}

/** What may rest in a book that follows a fair price: no bid above it and no ask below. Anything, where there is none. */
export class FairBounds {
  bidMax = Number.POSITIVE_INFINITY;
  askMin = Number.NEGATIVE_INFINITY;

  /** @param gapTicks usual distance of neighbouring levels: the least between best bid and best ask */
  constructor(
    private readonly tickUnits: number,
    private readonly gapTicks: number,
    private readonly fairUnits: FairUnits | undefined,
  ) {}

  get isGiven(): boolean {
    return this.fairUnits !== undefined;
  }

  /** Takes over the fair price of a time. */
  follow(micros: number): void {
    if (!this.fairUnits) return;
    const { gapTicks, tickUnits: tick } = this;
    const fair = this.fairUnits(micros);
    const half = (gapTicks * tick) / 2;
    this.bidMax = Math.floor((fair - half) / tick) * tick;
    this.askMin = Math.max(this.bidMax + tick, Math.ceil((fair + half) / tick) * tick);
  }

  /** The best price that may rest on a side, where a fair price is given. */
  boundOf(side: BookSide): number {
    return side.direction === 1 ? this.bidMax : this.askMin;
  }

  /** Whether the best level is one that may not rest. */
  isBeyond(side: BookSide): boolean {
    return side.direction === 1 ? side.bestPrice > this.bidMax : side.bestPrice < this.askMin;
  }
}

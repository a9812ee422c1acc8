import { fail } from "../errors/simulator-errors.js";
import type { MarketSource } from "../sources/market-source.js";
import type { BookSide } from "../sources/synthetic/order-book.js";
import type { BinanceMarket } from "./markets/market.js";
import type { BarTruth, BookTruth } from "./simulator.js";

/** The book of a symbol after the change of an id, by default now. */
export function bookOf(source: MarketSource, symbol: string, updateId?: number): BookTruth | undefined {
  // Throws for a symbol that is not made up here.
  source.truth(symbol, { fromTradeId: 0, toTradeId: -1 });
  const view = updateId === undefined ? source.book(symbol) : source.bookAt(symbol, updateId);
  const instrument = source.instrument(symbol);
  if (!view || !instrument) return undefined;
  return {
    symbol,
    updateId: view.updateId,
    priceScale: instrument.priceScale,
    quantityScale: instrument.quantityScale,
    bids: levels(view.book.bids),
    asks: levels(view.book.asks),
  };
}

function levels(side: BookSide): [number, number][] {
  return side.prices.map((price, at): [number, number] => [price, side.quantities[at]!]).reverse();
}

/** The bars that opened between two instants, both inclusive. */
export function barsOf(
  market: BinanceMarket,
  source: MarketSource,
  symbol: string,
  interval: string,
  fromMillis: number,
  toMillis: number,
): BarTruth[] {
  source.truth(symbol, { fromTradeId: 0, toTradeId: -1 });
  if (!market.intervals.includes(interval)) {
    throw fail(
      "simulator.invalid-option",
      `interval "${interval}"; ${market.title} has ${market.intervals.join(" ")}`,
    );
  }
  const query = { interval, limit: Number.MAX_SAFE_INTEGER, startMillis: fromMillis, endMillis: toMillis };
  return source.klines(symbol, query).map(({ bar, closeMillis }) => ({ ...bar, closeMillis }));
}

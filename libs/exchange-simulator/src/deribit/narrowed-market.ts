import type { DeribitMarket } from "./deribit-market.js";

export interface NarrowedMarketOptions {
  /** What stays; absent: everything. */
  readonly symbols?: ReadonlySet<string> | undefined;
  /** About how often each instrument trades, 0.001 to 20; absent: as often as the market says. */
  readonly tradesPerSecond?: number | undefined;
}

/** A trade of {@link SymbolTrading} comes in the company of 0 to 2 others. */
const TRADES_AT_ONCE = 2;

/** A market of some of the instruments of another, or one that trades more or less often. Prices stay what they were. */
export function narrowedMarket(
  market: DeribitMarket,
  { symbols, tradesPerSecond }: NarrowedMarketOptions,
): DeribitMarket {
  const kept = market.instruments.filter(({ symbol }) => symbols === undefined || symbols.has(symbol));
  const pace = tradesPerSecond && { tradeMillis: (TRADES_AT_ONCE * 1000) / tradesPerSecond };
  return {
    instruments: pace ? kept.map((instrument) => ({ ...instrument, ...pace })) : kept,
    isListed: (symbol, nowMillis) =>
      (symbols === undefined || symbols.has(symbol)) && market.isListed(symbol, nowMillis),
    fairPrice: (symbol, nowMillis) => market.fairPrice(symbol, nowMillis),
    quote: (symbol, nowMillis) => market.quote?.(symbol, nowMillis),
    ticker: (symbol, nowMillis, best) => market.ticker(symbol, nowMillis, best),
  };
}

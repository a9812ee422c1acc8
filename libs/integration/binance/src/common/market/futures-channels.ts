import type { BinanceChannels } from "./channels.js";

/**
 * The streams of both futures markets [Websocket Market Streams]. USD-M serves books on one path and everything else on
 * another, COIN-M all on one.
 *
 * @param books path of books and single trades: the latter are not in the documentation, and were measured there
 * @param market path of everything else
 * @param tickerPaceMillis how often tickers are sent
 */
export function futuresChannels(books: string, market: string, tickerPaceMillis: number): BinanceChannels {
  return {
    trade: { stream: "@trade", path: books, paceMillis: 0 },
    // [Aggregate Trade Streams] gathered over 100 ms; without prints of the insurance fund and of deleveraging.
    aggTrade: { stream: "@aggTrade", path: market, paceMillis: 100 },
    // [Kline/Candlestick Streams]
    kline: { stream: "@kline_{interval}", path: market, paceMillis: 250 },
    // [Individual Symbol Book Ticker Streams]
    bookTicker: { stream: "@bookTicker", path: books, paceMillis: 0 },
    // [Diff. Book Depth Streams] [Partial Book Depth Streams] 250, 500 or 100 ms; both have the same shape.
    depth: { stream: "@depth@100ms", path: books, paceMillis: 100 },
    partialDepth: { stream: "@depth20@100ms", path: books, paceMillis: 100 },
    // [Individual Symbol Ticker Streams]
    ticker: { stream: "@ticker", path: market, paceMillis: tickerPaceMillis },
    // [Mark Price Stream] every 3 s or every second.
    markPrice: { stream: "@markPrice@1s", path: market, paceMillis: 1000 },
    // [Liquidation Order Streams] at most one a second and symbol: the latest.
    forceOrder: { stream: "@forceOrder", path: market, paceMillis: 1000 },
    // Streams of all symbols carry both futures markets since 2026.
    allMarkPrices: { stream: "!markPrice@arr@1s", path: market, paceMillis: 1000, isForAllSymbols: true },
    allForceOrders: { stream: "!forceOrder@arr", path: market, paceMillis: 1000, isForAllSymbols: true },
    contractInfo: { stream: "!contractInfo", path: market, paceMillis: 0, isForAllSymbols: true },
  };
}

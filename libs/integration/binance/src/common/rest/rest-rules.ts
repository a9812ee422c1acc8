import { futuresSequence, type SequenceRule, spotSequence } from "../book/sequence-rule.js";
import type { BinanceMarketName, BinanceTradesChannel } from "../market/binance-market.js";

/** Where trades of one kind can be read again. */
export interface TradeRoute {
  readonly path: string;
  readonly weight: number;
  readonly limit: number;
  /** False: only the latest {@link limit} trades can be had. */
  readonly hasFromId: boolean;
  readonly isAggregate: boolean;
}

/** Requests of one market and what they weigh. */
export interface BinanceRestRules {
  /** Markets with the same name share one weight at the venue's own hosts. */
  readonly budget: string;
  readonly weightPerMinute: number;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly exchangeInfoWeight: number;
  readonly time: { readonly path: string; readonly weight: number };
  readonly trades: Readonly<Record<BinanceTradesChannel, TradeRoute>>;
  /** The cheapest request that tells when a symbol traded last. */
  readonly lastTrade: { readonly path: string; readonly weight: number; readonly timeKey: "T" | "time" };
  /** One request that tells the last trade id of every symbol, among other things. */
  readonly statistics: { readonly path: string; readonly weight: number };
  /** The best prices, of one symbol or of all. */
  readonly tops: { readonly path: string; readonly weight: number; readonly allWeight: number };
  readonly klines: { readonly path: string; readonly weight: number; readonly limit: number };
  /** Snapshots of books, and how changes are joined to them. */
  readonly depth: {
    readonly path: string;
    readonly limit: number;
    readonly weight: number;
    /** What is asked for where there are many books. */
    readonly short: { readonly limit: number; readonly weight: number };
    readonly rule: SequenceRule;
  };
}

/** [REST API, General API Information, LIMITS] the name of the answer's header, in lower case. */
export const USED_WEIGHT_HEADER = "x-mbx-used-weight-1m";

const FUTURES_ROUTES = (root: string): BinanceRestRules => ({
  // [Derivatives, Change Log] since June 2026 fapi and dapi count together.
  budget: "binance-futures",
  weightPerMinute: 2400,
  headers: {},
  exchangeInfoWeight: 1,
  time: { path: `${root}/time`, weight: 1 },
  trades: {
    // [Old Trades Lookup] wants an API key, so only the latest trades can be had.
    trade: { path: `${root}/trades`, weight: 5, limit: 1000, hasFromId: false, isAggregate: false },
    aggTrade: { path: `${root}/aggTrades`, weight: 20, limit: 1000, hasFromId: true, isAggregate: true },
  },
  lastTrade: { path: `${root}/trades`, weight: 5, timeKey: "time" },
  statistics: { path: `${root}/ticker/24hr`, weight: 40 },
  tops: { path: `${root}/ticker/bookTicker`, weight: 2, allWeight: 5 },
  klines: { path: `${root}/klines`, weight: 2, limit: 499 },
  depth: {
    path: `${root}/depth`,
    limit: 1000,
    weight: 20,
    short: { limit: 500, weight: 10 },
    rule: futuresSequence,
  },
});

/** [REST API, Market Data endpoints] of each market, with the weights of July 2026. */
export const BINANCE_REST_RULES: Readonly<Record<BinanceMarketName, BinanceRestRules>> = {
  spot: {
    budget: "binance-spot",
    weightPerMinute: 6000,
    // [REST API, General API Information] microseconds, as on the streams.
    headers: { "x-mbx-time-unit": "MICROSECOND" },
    exchangeInfoWeight: 20,
    time: { path: "/api/v3/time", weight: 1 },
    trades: {
      trade: {
        path: "/api/v3/historicalTrades",
        weight: 25,
        limit: 1000,
        hasFromId: true,
        isAggregate: false,
      },
      aggTrade: { path: "/api/v3/aggTrades", weight: 4, limit: 1000, hasFromId: true, isAggregate: true },
    },
    lastTrade: { path: "/api/v3/aggTrades", weight: 4, timeKey: "T" },
    statistics: { path: "/api/v3/ticker/24hr", weight: 80 },
    tops: { path: "/api/v3/ticker/bookTicker", weight: 2, allWeight: 4 },
    klines: { path: "/api/v3/klines", weight: 2, limit: 1000 },
    depth: {
      path: "/api/v3/depth",
      limit: 5000,
      weight: 250,
      short: { limit: 1000, weight: 50 },
      rule: spotSequence,
    },
  },
  "usd-future": FUTURES_ROUTES("/fapi/v1"),
  "coin-future": FUTURES_ROUTES("/dapi/v1"),
};

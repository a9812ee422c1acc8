import type { SimulatedInstrument } from "./instrument.js";

export type BinanceMarketName = "spot" | "coin-future" | "usd-future";

/** Which WebSocket path prefix a stream is served on; only USD-M has more than one. */
export type StreamRoute = "public" | "market" | "private";

/** Request weights of the REST endpoints served; `limit` is the number of rows asked for. */
export interface RequestWeights {
  readonly exchangeInfo: number;
  readonly trades: number;
  readonly historicalTrades: number;
  readonly aggTrades: number;
  klines(limit: number): number;
  depth(limit: number): number;
  /** For so many symbols; infinite when all were asked for. */
  ticker24hr(symbolCount: number): number;
  tickerPrice(symbolCount: number): number;
  tickerBook(symbolCount: number): number;
  /** Futures. */
  premiumIndex(symbolCount: number): number;
  readonly openInterest: number;
}

/** Everything that makes one Binance market differ from another. */
export interface BinanceMarket {
  readonly name: BinanceMarketName;
  readonly title: string;
  /** For example `/api/v3`. */
  readonly restPrefix: string;
  /** The market's part in environment variable names, for example `SPOT`. */
  readonly settingName: string;
  readonly intervals: readonly string[];
  readonly klineRowsMax: number;
  /** What happens to a `limit` above the maximum: spot cuts it down, the futures answer −1130. */
  readonly limitAboveMax: "cut" | "refuse";
  /** Longest span between startTime and endTime of one klines request, if bounded. */
  readonly klineSpanMillisMax: number | undefined;
  /** Same for aggTrades. */
  readonly aggTradesSpanMillisMax: number | undefined;
  readonly weights: RequestWeights;
  readonly requestWeightPerMinute: number;
  /** The futures serve old trades only with an API key header. */
  readonly historicalTradesNeedKey: boolean;
  readonly messagesPerSecond: number;
  readonly streamsPerConnection: number;
  readonly connectionsPerFiveMinutes: number;
  readonly pingIntervalMillis: number;
  readonly pongTimeoutMillis: number;
  readonly connectionLifeMillis: number;
  /** Whether `timeUnit=MICROSECOND` and `X-MBX-TIME-UNIT` are known. */
  readonly microsecondOption: boolean;
  /** How often `kline_<interval>` is pushed while the bar changes; divides every second boundary. */
  klinePaceMillis(interval: string): number;
  /** Pace of a depth stream by the suffix of its name, 0 for every event; undefined for one that does not exist. */
  depthPaceMillis(suffix: string): number | undefined;
  /** Pace of a symbol's `ticker` and `miniTicker`. */
  readonly tickerPaceMillis: number;
  /** Rows of REST depth: spot takes any up to its maximum, the futures only those of a list. */
  readonly depthLimits: {
    readonly standard: number;
    readonly max: number;
    readonly only?: readonly number[];
  };
  /** Status of a symbol that is no longer listed. */
  readonly delistedStatus: string;
  /** The route of a stream type, or undefined where the market is not split. */
  routeOf?(streamType: string): StreamRoute;
  /** What an address without a route serves on a split market. */
  readonly unroutedBehavesAs: StreamRoute | undefined;
  /** Decimals in payloads: spot prints 8 whatever the tick, the futures the tick's own. */
  readonly payloadScale: number | undefined;
  /** Scale of {@link quoteUnits}. */
  quoteScale(instrument: SimulatedInstrument): number;
  /** What one trade adds to a bar's quote volume: price × quantity, on COIN-M the base coin amount. */
  quoteUnits(instrument: SimulatedInstrument, priceUnits: number, quantityUnits: number): bigint;
  /** The built-in list; delivery contracts get dates after `nowMillis`. */
  instruments(nowMillis: number): SimulatedInstrument[];
  /** An instrument for a name that is not in the list, or was only seen in a recording. */
  instrumentNamed(symbol: string, scales: { price: number; quantity: number }): SimulatedInstrument;
}

const MINUTE_INTERVALS = [
  "1m",
  "3m",
  "5m",
  "15m",
  "30m",
  "1h",
  "2h",
  "4h",
  "6h",
  "8h",
  "12h",
  "1d",
  "3d",
  "1w",
  "1M",
] as const;

/** Futures klines start at a minute; spot has seconds too. Futures stream pages, "Kline/Candlestick Streams". */
export const FUTURE_INTERVALS: readonly string[] = MINUTE_INTERVALS;
export const SPOT_INTERVALS: readonly string[] = ["1s", ...MINUTE_INTERVALS];

/** REST weight of futures klines by row limit. Futures REST, "Kline/Candlestick Data". */
export function futureKlineWeight(limit: number): number {
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1000 ? 5 : 10;
}

/** Suffixes of futures depth streams; `0ms` is undocumented and was recorded 2023-04 to 2024-08. */
const FUTURE_DEPTH_PACES: Readonly<Record<string, number>> = {
  "": 250,
  "100ms": 100,
  "500ms": 500,
  "0ms": 0,
};

/** What both futures markets have in common. Futures REST and stream pages. */
export const FUTURE_RULES = {
  depthPaceMillis: (suffix: string): number | undefined =>
    Object.hasOwn(FUTURE_DEPTH_PACES, suffix) ? FUTURE_DEPTH_PACES[suffix] : undefined,
  depthLimits: { standard: 500, max: 1000, only: [5, 10, 20, 50, 100, 500, 1000] },
  delistedStatus: "CLOSE",
} as const;

/** REST weights that both futures markets have in common. */
export const FUTURE_WEIGHTS = {
  exchangeInfo: 1,
  trades: 5,
  historicalTrades: 20,
  aggTrades: 20,
  klines: futureKlineWeight,
  depth: (limit: number): number => (limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20),
  ticker24hr: (symbolCount: number): number => (symbolCount === 1 ? 1 : 40),
  tickerPrice: (symbolCount: number): number => (symbolCount === 1 ? 1 : 2),
  tickerBook: (symbolCount: number): number => (symbolCount === 1 ? 2 : 5),
  openInterest: 1,
} as const;

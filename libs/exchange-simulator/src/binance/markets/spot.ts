import { type InstrumentRow, instrumentFromRow, smallestTick, splitPair } from "./instrument.js";
import { type BinanceMarket, SPOT_INTERVALS } from "./market.js";

/** By the suffix of the stream. */
const DEPTH_PACES = new Map([
  ["", 1000],
  ["100ms", 100],
  ["50ms", 50],
  ["20ms", 20],
]);

/** Price scale plus quantity scale stays within 8, so that quote volumes print exactly in 8 decimals. */
const ROWS: readonly InstrumentRow[] = [
  row("BTCUSDT", "0.01", 67421.37, 5, 0.0042, 30),
  row("ETHUSDT", "0.01", 3521.18, 4, 0.08, 22),
  row("SOLUSDT", "0.01", 163.52, 3, 1.9, 12),
  row("BNBUSDT", "0.01", 598.4, 3, 0.35, 6),
  row("XRPUSDT", "0.0001", 0.5234, 1, 410, 8),
  row("DOGEUSDT", "0.00001", 0.12345, 0, 1600, 7),
  row("ADAUSDT", "0.0001", 0.4512, 1, 330, 4),
  row("LINKUSDT", "0.01", 14.32, 2, 11, 3),
  row("1INCHUSDT", "0.0001", 0.4021, 1, 250, 1),
  row("ETHBTC", "0.00001", 0.05223, 3, 0.06, 2),
  row("BNBBTC", "0.000001", 0.008875, 2, 0.4, 1),
  row("BTCEUR", "0.01", 62018.55, 5, 0.0031, 2),
  { ...row("BCCBTC", "0.000001", 0.077, 2, 1, 0), status: "BREAK" },
];

/** Spot as documented for 2026-07: hosts, limits and paces of the spot REST and "WebSocket Streams" pages. */
export const SPOT: BinanceMarket = {
  name: "spot",
  title: "Binance spot",
  restPrefix: "/api/v3",
  settingName: "SPOT",
  intervals: SPOT_INTERVALS,
  klineRowsMax: 1000,
  limitAboveMax: "cut",
  klineSpanMillisMax: undefined,
  aggTradesSpanMillisMax: undefined,
  weights: {
    exchangeInfo: 20,
    trades: 25,
    historicalTrades: 25,
    aggTrades: 4,
    klines: () => 2,
    depth: (limit) => (limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250),
    ticker24hr: (symbolCount) => (symbolCount <= 20 ? 2 : symbolCount <= 100 ? 40 : 80),
    tickerPrice: (symbolCount) => (symbolCount === 1 ? 2 : 4),
    tickerBook: (symbolCount) => (symbolCount === 1 ? 2 : 4),
    premiumIndex: () => 0,
    openInterest: 0,
  },
  // 50 ms and 20 ms are the paces of the binary streams.
  depthPaceMillis: (suffix) => DEPTH_PACES.get(suffix),
  depthLimits: { standard: 100, max: 5000 },
  tickerPaceMillis: 1000,
  delistedStatus: "BREAK",
  requestWeightPerMinute: 6000,
  historicalTradesNeedKey: false,
  messagesPerSecond: 5,
  streamsPerConnection: 1024,
  connectionsPerFiveMinutes: 300,
  pingIntervalMillis: 20_000,
  pongTimeoutMillis: 60_000,
  connectionLifeMillis: 86_400_000,
  microsecondOption: true,
  klinePaceMillis: (interval) => (interval === "1s" ? 1000 : 2000),
  unroutedBehavesAs: undefined,
  payloadScale: 8,
  quoteScale: (instrument) => instrument.priceScale + instrument.quantityScale,
  quoteUnits: (_, priceUnits, quantityUnits) => BigInt(priceUnits) * BigInt(quantityUnits),
  instruments: () => ROWS.map(instrumentFromRow),
  instrumentNamed: (symbol, scales) =>
    instrumentFromRow(row(symbol, smallestTick(scales.price), 10, scales.quantity, 5, 2)),
};

function row(
  symbol: string,
  tick: string,
  price: number,
  quantityScale: number,
  medianQuantity: number,
  weight: number,
): InstrumentRow {
  return { symbol, ...splitPair(symbol), tick, price, quantityScale, medianQuantity, weight };
}

import {
  type InstrumentRow,
  instrumentFromRow,
  quarterDeliveries,
  smallestTick,
  splitPair,
} from "./instrument.js";
import { type BinanceMarket, FUTURE_INTERVALS, FUTURE_RULES, FUTURE_WEIGHTS } from "./market.js";

const PERPETUALS: readonly InstrumentRow[] = [
  row("BTCUSDT", "0.10", 67421.4, 3, 0.014, 34),
  row("ETHUSDT", "0.01", 3521.18, 3, 0.24, 26),
  row("SOLUSDT", "0.0100", 163.52, 2, 4.1, 14),
  row("BNBUSDT", "0.010", 598.4, 2, 0.6, 6),
  row("XRPUSDT", "0.0001", 0.5234, 1, 610, 8),
  row("DOGEUSDT", "0.000010", 0.12345, 0, 2400, 8),
  row("ADAUSDT", "0.00010", 0.4512, 0, 700, 4),
  row("LINKUSDT", "0.001", 14.321, 2, 14, 3),
  row("1000SHIBUSDT", "0.000001", 0.024113, 0, 21000, 3),
  row("BTCUSDC", "0.1", 67419.8, 3, 0.01, 4),
  row("ETHBTC", "0.000001", 0.052231, 2, 0.4, 1),
];

/**
 * Stream types served under `/public`; everything else is under `/market`. Split announced 2026-03-06; `trade` is not
 * in the official list and was measured on `/public`.
 */
const PUBLIC_STREAM = /^(?:bookTicker|depth\d*|rpiDepth|trade)$/;

/** USD-M as of 2026-07: hosts, limits and paces of the USD-M futures REST and stream pages. */
export const USD_FUTURE: BinanceMarket = {
  name: "usd-future",
  title: "Binance USD-M futures",
  restPrefix: "/fapi/v1",
  settingName: "USD_FUTURE",
  intervals: FUTURE_INTERVALS,
  klineRowsMax: 1500,
  limitAboveMax: "refuse",
  klineSpanMillisMax: undefined,
  aggTradesSpanMillisMax: 3_600_000,
  ...FUTURE_RULES,
  tickerPaceMillis: 2000,
  weights: { ...FUTURE_WEIGHTS, premiumIndex: (symbolCount) => (symbolCount === 1 ? 1 : 10) },
  requestWeightPerMinute: 2400,
  historicalTradesNeedKey: true,
  messagesPerSecond: 10,
  streamsPerConnection: 1024,
  connectionsPerFiveMinutes: 300,
  pingIntervalMillis: 180_000,
  pongTimeoutMillis: 600_000,
  connectionLifeMillis: 86_400_000,
  microsecondOption: false,
  klinePaceMillis: () => 250,
  routeOf: (streamType) => (PUBLIC_STREAM.test(streamType) ? "public" : "market"),
  unroutedBehavesAs: "public",
  payloadScale: undefined,
  quoteScale: (instrument) => instrument.priceScale + instrument.quantityScale,
  quoteUnits: (_, priceUnits, quantityUnits) => BigInt(priceUnits) * BigInt(quantityUnits),
  instruments: (nowMillis) => {
    const [current, next] = quarterDeliveries(nowMillis);
    return [
      ...PERPETUALS,
      { ...row(`BTCUSDT_${current}`, "0.1", 67702.3, 3, 0.02, 2), contractType: "CURRENT_QUARTER" as const },
      { ...row(`ETHUSDT_${current}`, "0.01", 3540.02, 3, 0.2, 1), contractType: "CURRENT_QUARTER" as const },
      { ...row(`BTCUSDT_${next}`, "0.1", 68511.7, 3, 0.02, 1), contractType: "NEXT_QUARTER" as const },
      { ...row("BTCSTUSDT", "0.001", 4.2, 1, 10, 0), status: "SETTLING", contractType: "" as const },
    ].map(instrumentFromRow);
  },
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
  const { base, quote } = splitPair(symbol.split("_")[0]!);
  return { symbol, base, quote, tick, price, quantityScale, medianQuantity, weight };
}

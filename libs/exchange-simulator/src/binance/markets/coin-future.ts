import {
  type InstrumentRow,
  instrumentFromRow,
  quarterDeliveries,
  smallestTick,
  splitPair,
} from "./instrument.js";

/** Every coin-margined pair is quoted in US dollars: `BNBUSD` is BNB in USD, not BN in BUSD. */
const COIN_MARGINED_QUOTES = ["USD"];

import { type BinanceMarket, FUTURE_INTERVALS, FUTURE_RULES, FUTURE_WEIGHTS } from "./market.js";

const PERPETUALS: readonly InstrumentRow[] = [
  row("BTCUSD_PERP", "0.1", 67421.4, 12, 34),
  row("ETHUSD_PERP", "0.01", 3521.18, 40, 24),
  row("SOLUSD_PERP", "0.01", 163.52, 22, 10),
  row("BNBUSD_PERP", "0.01", 598.4, 15, 6),
  row("XRPUSD_PERP", "0.0001", 0.5234, 30, 7),
  row("DOGEUSD_PERP", "0.000010", 0.12345, 25, 5),
  row("ADAUSD_PERP", "0.00010", 0.4512, 18, 4),
  row("LINKUSD_PERP", "0.001", 14.321, 12, 3),
  row("DOTUSD_PERP", "0.001", 6.123, 10, 2),
  row("LTCUSD_PERP", "0.01", 71.34, 10, 2),
];

const BASE_SCALE = 8;

/** COIN-M as of 2026-07: as USD-M but not split by path, counted in contracts, with `contractStatus` and `contractSize`. */
export const COIN_FUTURE: BinanceMarket = {
  name: "coin-future",
  title: "Binance COIN-M futures",
  restPrefix: "/dapi/v1",
  settingName: "COIN_FUTURE",
  intervals: FUTURE_INTERVALS,
  klineRowsMax: 1500,
  limitAboveMax: "refuse",
  klineSpanMillisMax: 200 * 86_400_000,
  aggTradesSpanMillisMax: 3_600_000,
  ...FUTURE_RULES,
  tickerPaceMillis: 500,
  weights: { ...FUTURE_WEIGHTS, premiumIndex: () => 10 },
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
  unroutedBehavesAs: undefined,
  payloadScale: undefined,
  quoteScale: () => BASE_SCALE,
  // Base amount = contracts × contract size ÷ price, per trade rounded half up to 8 decimals: recorded `baseQty`
  // 0.00523547 is 1 contract of 100 USD at 19100.5.
  quoteUnits: (instrument, priceUnits, quantityUnits) => {
    const scaled =
      BigInt(quantityUnits) *
      BigInt(instrument.contractSize) *
      10n ** BigInt(BASE_SCALE + instrument.priceScale - instrument.quantityScale);
    const price = BigInt(priceUnits);
    return (2n * scaled + price) / (2n * price);
  },
  instruments: (nowMillis) => {
    const [current, next] = quarterDeliveries(nowMillis);
    return [
      ...PERPETUALS,
      { ...row(`BTCUSD_${current}`, "0.1", 67702.3, 8, 4), contractType: "CURRENT_QUARTER" as const },
      { ...row(`ETHUSD_${current}`, "0.01", 3540.02, 20, 2), contractType: "CURRENT_QUARTER" as const },
      { ...row(`BTCUSD_${next}`, "0.1", 68511.7, 6, 2), contractType: "NEXT_QUARTER" as const },
      { ...row("EOSUSD_PERP", "0.001", 0.781, 10, 0), status: "SETTLING", contractType: "" as const },
    ].map(instrumentFromRow);
  },
  instrumentNamed: (symbol, scales) => instrumentFromRow(row(symbol, smallestTick(scales.price), 10, 10, 2)),
};

/** Quantities are whole contracts, 100 USD each for BTC and 10 USD for the others. */
function row(
  symbol: string,
  tick: string,
  price: number,
  medianContracts: number,
  weight: number,
): InstrumentRow {
  const { base, quote } = splitPair(symbol.split("_")[0]!, COIN_MARGINED_QUOTES);
  return {
    symbol,
    base,
    quote,
    tick,
    price,
    weight,
    quantityScale: 0,
    medianQuantity: medianContracts,
    contractSize: base === "BTC" ? 100 : 10,
  };
}

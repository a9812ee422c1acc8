import { instrumentFromRow, type SimulatedInstrument } from "../binance/markets/instrument.js";

/** One market, as the venue lists it. */
export interface BitstampPair {
  readonly instrument: SimulatedInstrument;
  readonly base: string;
  readonly counter: string;
  readonly isPerpetual: boolean;
  readonly isEnabled: boolean;
}

type Row = readonly [
  symbol: string,
  base: string,
  counter: string,
  tick: string,
  quantityScale: number,
  price: number,
  medianQuantity: number,
];

/** Scales as in bitstamp.md section 2. */
const ROWS: readonly Row[] = [
  ["btcusd", "BTC", "USD", "0.01", 8, 83_900, 0.05],
  ["ethusd", "ETH", "USD", "0.01", 6, 2087, 0.8],
  ["ethbtc", "ETH", "BTC", "0.00000001", 8, 0.0249, 0.9],
  ["xrpeur", "XRP", "EUR", "0.00001", 8, 0.735, 900],
  ["linketh", "LINK", "ETH", "0.00000001", 8, 0.01495, 15],
  ["btcusdt", "BTC", "USDT", "0.01", 8, 83_950, 0.02],
  ["btcusd-perp", "BTC", "USD", "1", 5, 83_990, 0.04],
];
const DISABLED: Row = ["galaeur", "GALA", "EUR", "0.00001", 8, 0.4, 500];

export function bitstampPairs(): readonly BitstampPair[] {
  return [...ROWS.map((row) => pair(row, true)), pair(DISABLED, false)];
}

function pair(row: Row, isEnabled: boolean): BitstampPair {
  const [symbol, base, quote, tick, quantityScale, price, medianQuantity] = row;
  return {
    instrument: instrumentFromRow({
      symbol,
      base,
      quote,
      tick,
      price,
      quantityScale,
      medianQuantity,
      weight: 1,
    }),
    base,
    counter: quote,
    isPerpetual: symbol.endsWith("-perp"),
    isEnabled,
  };
}

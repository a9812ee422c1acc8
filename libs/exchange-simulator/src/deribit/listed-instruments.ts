import type { DeribitInstrument } from "./deribit-market.js";
import { RawNumber } from "./raw-json.js";

const DAY_MILLIS = 86_400_000;
const YEAR_3000_MILLIS = 32_503_708_800_000;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;

/** `6APR21`: the day has no leading zero. */
export function expiryName(expiryMillis: number): string {
  const date = new Date(expiryMillis);
  return `${date.getUTCDate()}${MONTHS[date.getUTCMonth()]}${String(date.getUTCFullYear()).slice(2)}`;
}

/** 08:00 UTC, so many days after the next one. */
export function expiryIn(nowMillis: number, days: number): number {
  const today = Math.floor(nowMillis / DAY_MILLIS) * DAY_MILLIS + 8 * 3_600_000;
  return (today > nowMillis ? today : today + DAY_MILLIS) + days * DAY_MILLIS;
}

export function perpetual(
  currency: string,
  tickUnits: number,
  priceScale: number,
  lotUnits: number,
): DeribitInstrument {
  const tick = tickUnits / 10 ** priceScale;
  return {
    symbol: `${currency}-PERPETUAL`,
    kind: "future",
    row: {
      ...inverseRow(currency, tick, lotUnits),
      settlement_period: "perpetual",
      expiration_timestamp: YEAR_3000_MILLIS,
    },
    tickUnits,
    priceScale,
    lotUnits,
    amountScale: 0,
    expiryMillis: Number.POSITIVE_INFINITY,
  };
}

export function future(currency: string, expiryMillis: number): DeribitInstrument {
  return {
    symbol: `${currency}-${expiryName(expiryMillis)}`,
    kind: "future",
    row: { ...inverseRow(currency, 2.5, 10), settlement_period: "month", expiration_timestamp: expiryMillis },
    tickUnits: 25,
    priceScale: 1,
    lotUnits: 10,
    amountScale: 0,
    expiryMillis,
  };
}

function inverseRow(currency: string, tick: number, lot: number): Record<string, unknown> {
  return {
    base_currency: currency,
    quote_currency: "USD",
    settlement_currency: currency,
    instrument_type: "reversed",
    tick_size: tick,
    tick_size_steps: [],
    contract_size: lot,
    min_trade_amount: lot,
  };
}

/** @param tickUnits a price is a whole number of ticks of so many `10^-priceScale` */
export function spot(base: string, quote: string, tickUnits: number, priceScale: number): DeribitInstrument {
  return {
    symbol: `${base}_${quote}`,
    kind: "spot",
    row: {
      base_currency: base,
      quote_currency: quote,
      instrument_type: "linear",
      tick_size: tickUnits / 10 ** priceScale,
      tick_size_steps: [],
      contract_size: new RawNumber("1.0e-4"),
      min_trade_amount: new RawNumber("1.0e-4"),
      expiration_timestamp: YEAR_3000_MILLIS,
    },
    tickUnits,
    priceScale,
    lotUnits: 1,
    amountScale: 4,
    expiryMillis: Number.POSITIVE_INFINITY,
  };
}

/** An inverse option on BTC, priced in coins. */
export function inverseOption(strike: number, expiryMillis: number, type: "call" | "put"): DeribitInstrument {
  return {
    symbol: `BTC-${expiryName(expiryMillis)}-${strike}-${type === "call" ? "C" : "P"}`,
    kind: "option",
    row: {
      base_currency: "BTC",
      quote_currency: "BTC",
      counter_currency: "USD",
      settlement_currency: "BTC",
      instrument_type: "reversed",
      tick_size: new RawNumber("1.0e-4"),
      tick_size_steps: [{ tick_size: 0.0005, above_price: 0.005 }],
      contract_size: 1,
      min_trade_amount: 0.1,
      settlement_period: "day",
      strike,
      option_type: type,
      expiration_timestamp: expiryMillis,
    },
    tickUnits: 5,
    priceScale: 4,
    lotUnits: 1,
    amountScale: 1,
    expiryMillis,
  };
}

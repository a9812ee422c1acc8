import type { DeribitInstrument, DeribitMarket } from "./deribit-market.js";
import { printed, RawNumber } from "./raw-json.js";

const DAY_MILLIS = 86_400_000;
const YEAR_3000_MILLIS = 32_503_708_800_000;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;
const LEVELS = { BTC: 60_000, ETH: 3_000 } as const;
const VOLATILITY_PERCENT = 55;
const VOLATILITY = VOLATILITY_PERCENT / 100;

export interface SyntheticDeribitOptions {
  /** US dollars of one coin around which prices move. Default 60,000 and 3,000. */
  readonly levels?: Partial<Record<keyof typeof LEVELS, number>>;
  /** How far prices move from there, as a share of it; 0 to 0.5. Default 0.016. */
  readonly swing?: number;
}

/** `6APR21`: the day has no leading zero. */
export function expiryName(expiryMillis: number): string {
  const date = new Date(expiryMillis);
  return `${date.getUTCDate()}${MONTHS[date.getUTCMonth()]}${String(date.getUTCFullYear()).slice(2)}`;
}

/** 08:00 UTC, so many days after the next one. */
function expiryIn(nowMillis: number, days: number): number {
  const today = Math.floor(nowMillis / DAY_MILLIS) * DAY_MILLIS + 8 * 3_600_000;
  return (today > nowMillis ? today : today + DAY_MILLIS) + days * DAY_MILLIS;
}

/**
 * A small market: two perpetuals, a future, spot, and options of two expiries, of which the nearer comes within a day
 * and is followed by another. Its options have a flat volatility and rough greeks.
 */
export function syntheticDeribitMarket(startMillis: number): DeribitMarket {
  const far = expiryIn(startMillis, 60);
  const near = expiryIn(startMillis, 0);
  const next = expiryIn(startMillis, 1);
  const instruments = [
    perpetual("BTC", 5, 1, 10),
    perpetual("ETH", 5, 2, 1),
    future("BTC", far),
    spot("BTC", "USDT"),
    ...[near, next, far].flatMap((expiry) =>
      [54_000, 60_000, 66_000].flatMap((strike) => [
        option(strike, expiry, "call"),
        option(strike, expiry, "put"),
      ]),
    ),
  ];
  const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const isListed = (symbol: string, nowMillis: number) => {
    const expiry = bySymbol.get(symbol)?.expiryMillis ?? Number.NEGATIVE_INFINITY;
    return expiry > nowMillis && (expiry !== next || nowMillis >= near);
  };
  return {
    instruments,
    isListed,
    fairPrice: (symbol, nowMillis) => fairPrice(bySymbol.get(symbol)!, nowMillis),
    ticker: (symbol, nowMillis) => tickerOf(bySymbol.get(symbol)!, nowMillis),
  };
}

/** Up and down within 2 % of its level, two waves on one another. */
function indexPrice(currency: string, nowMillis: number): number {
  const level = LEVELS[currency] ?? 1;
  return level * (1 + 0.012 * Math.sin(nowMillis / 900_000) + 0.004 * Math.sin(nowMillis / 17_000));
}

function fairPrice({ kind, row, symbol }: DeribitInstrument, nowMillis: number): number {
  const index = indexPrice(String(row.base_currency), nowMillis);
  if (kind === "option") return Math.max(0.0006, optionModel(row, index, nowMillis).price);
  return symbol.includes("-PERPETUAL") || kind === "spot" ? index : index * 1.012;
}

interface OptionModel {
  readonly price: number;
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly rho: number;
}

/** Logistic in place of the normal distribution: near enough for a feed. The price is in coins. */
function optionModel(row: DeribitInstrument["row"], index: number, nowMillis: number): OptionModel {
  const strike = Number(row.strike);
  const years = Math.max(1e-4, (Number(row.expiration_timestamp) - nowMillis) / (365 * DAY_MILLIS));
  const deviation = VOLATILITY * Math.sqrt(years);
  const upper = (Math.log(index / strike) + (deviation * deviation) / 2) / deviation;
  const probability = (value: number) => 1 / (1 + Math.exp(-1.702 * value));
  const density = probability(upper) * (1 - probability(upper)) * 1.702;
  const call = Math.max(0, index * probability(upper) - strike * probability(upper - deviation));
  const isCall = row.option_type === "call";
  const vega = (index * density * Math.sqrt(years)) / 100;
  return {
    price: (isCall ? call : Math.max(0, call - index + strike)) / index,
    delta: isCall ? probability(upper) : probability(upper) - 1,
    gamma: density / (index * deviation),
    vega,
    theta: -(vega * VOLATILITY * 100) / (2 * years * 365),
    rho: (isCall ? 1 : -1) * strike * years * probability(upper - deviation) * 0.01,
  };
}

function tickerOf(
  { expiryMillis, kind, row, symbol }: DeribitInstrument,
  nowMillis: number,
): Record<string, unknown> {
  const currency = String(row.base_currency);
  const index = cents(indexPrice(currency, nowMillis));
  const common = { index_price: index, estimated_delivery_price: index };
  if (kind === "spot") return common;
  if (kind === "future") {
    const isPerpetual = symbol.endsWith("-PERPETUAL");
    const funding = { current_funding: new RawNumber("-2.1714e-4"), funding_8h: new RawNumber("-3.1e-6") };
    const openInterest = { open_interest: new RawNumber("797578130"), ...(isPerpetual && funding) };
    return { ...common, ...openInterest, mark_price: cents(fairPriceOf(currency, nowMillis, isPerpetual)) };
  }
  const model = optionModel(row, indexPrice(currency, nowMillis), nowMillis);
  return {
    ...common,
    underlying_index: `${currency}-${expiryName(expiryMillis)}`,
    underlying_price: index,
    interest_rate: 0,
    open_interest: 420.1,
    mark_price: printed(Math.round(model.price * 1e8), 8, Math.floor(nowMillis / 100)),
    mark_iv: VOLATILITY_PERCENT,
    bid_iv: VOLATILITY_PERCENT - 0.4,
    ask_iv: VOLATILITY_PERCENT + 0.4,
    greeks: Object.fromEntries(
      Object.entries(model)
        .filter(([name]) => name !== "price")
        .map(([name, value]) => [name, Number(value.toFixed(5))]),
    ),
  };
}

function fairPriceOf(currency: string, nowMillis: number, isPerpetual: boolean): number {
  return indexPrice(currency, nowMillis) * (isPerpetual ? 1 : 1.012);
}

function cents(price: number): RawNumber {
  return new RawNumber(price.toFixed(2));
}

function perpetual(
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

function future(currency: string, expiryMillis: number): DeribitInstrument {
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

function spot(base: string, quote: string): DeribitInstrument {
  return {
    symbol: `${base}_${quote}`,
    kind: "spot",
    row: {
      base_currency: base,
      quote_currency: quote,
      instrument_type: "linear",
      tick_size: 1,
      tick_size_steps: [],
      contract_size: new RawNumber("1.0e-4"),
      min_trade_amount: new RawNumber("1.0e-4"),
      expiration_timestamp: YEAR_3000_MILLIS,
    },
    tickUnits: 1,
    priceScale: 0,
    lotUnits: 1,
    amountScale: 4,
    expiryMillis: Number.POSITIVE_INFINITY,
  };
}

function option(strike: number, expiryMillis: number, type: "call" | "put"): DeribitInstrument {
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

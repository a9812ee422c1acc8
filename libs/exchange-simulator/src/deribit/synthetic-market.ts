import type { DeribitInstrument, DeribitMarket } from "./deribit-market.js";
import { expiryIn, expiryName, future, inverseOption, perpetual, spot } from "./listed-instruments.js";
import { printed, RawNumber } from "./raw-json.js";

const DAY_MILLIS = 86_400_000;
const LEVELS = { BTC: 60_000, ETH: 3_000 } as const;
const VOLATILITY_PERCENT = 55;
const VOLATILITY = VOLATILITY_PERCENT / 100;

export interface SyntheticDeribitOptions {
  /** US dollars of one coin around which prices move. Default 60,000 and 3,000. */
  readonly levels?: Partial<Record<keyof typeof LEVELS, number>>;
  /** How far prices move from there, as a share of it; 0 to 0.5. Default 0.016. */
  readonly swing?: number;
}

/**
 * A small market: two perpetuals, a future, spot pairs, and options of two expiries, of which the nearer comes within a
 * day and is followed by another. Its options have a flat volatility and rough greeks.
 */
export function syntheticDeribitMarket(
  startMillis: number,
  options: SyntheticDeribitOptions = {},
): DeribitMarket {
  const far = expiryIn(startMillis, 60);
  const near = expiryIn(startMillis, 0);
  const next = expiryIn(startMillis, 1);
  const middle = options.levels?.BTC ?? LEVELS.BTC;
  const strikes = [0.9, 1, 1.1].map((share) => Number((middle * share).toPrecision(2)));
  const instruments = [
    perpetual("BTC", 5, 1, 10),
    perpetual("ETH", 5, 2, 1),
    future("BTC", far),
    spot("BTC", "USDT", 1, 0),
    spot("ETH", "USDT", 1, 2),
    spot("ETH", "BTC", 1, 5),
    ...[near, next, far].flatMap((expiry) =>
      strikes.flatMap((strike) => [
        inverseOption(strike, expiry, "call"),
        inverseOption(strike, expiry, "put"),
      ]),
    ),
  ];
  const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const isListed = (symbol: string, nowMillis: number) => {
    const expiry = bySymbol.get(symbol)?.expiryMillis ?? Number.NEGATIVE_INFINITY;
    return expiry > nowMillis && (expiry !== next || nowMillis >= near);
  };
  const index = indexOf(options);
  return {
    instruments,
    isListed,
    fairPrice: (symbol, nowMillis) => fairPrice(bySymbol.get(symbol)!, index, nowMillis),
    ticker: (symbol, nowMillis) => tickerOf(bySymbol.get(symbol)!, index, nowMillis),
  };
}

type IndexPrice = (currency: string, nowMillis: number) => number;

/** Up and down around the level of a coin, two waves on one another; 1 for a dollar. */
function indexOf({ levels, swing = 0.016 }: SyntheticDeribitOptions): IndexPrice {
  return (currency, nowMillis) => {
    if (currency !== "BTC" && currency !== "ETH") return 1;
    const phase = currency === "BTC" ? 0 : 1;
    const slow = Math.sin(nowMillis / 900_000 + phase);
    const fast = Math.sin(nowMillis / 17_000 + phase);
    return (levels?.[currency] ?? LEVELS[currency]) * (1 + swing * (0.75 * slow + 0.25 * fast));
  };
}

function fairPrice(
  { kind, row, symbol }: DeribitInstrument,
  indexPrice: IndexPrice,
  nowMillis: number,
): number {
  const index = indexPrice(String(row.base_currency), nowMillis);
  if (kind === "option") return Math.max(0.0006, optionModel(row, index, nowMillis).price);
  if (kind === "spot") return index / indexPrice(String(row.quote_currency), nowMillis);
  return symbol.includes("-PERPETUAL") ? index : index * 1.012;
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
  indexPrice: IndexPrice,
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
    return {
      ...common,
      ...openInterest,
      mark_price: cents(indexPrice(currency, nowMillis) * (isPerpetual ? 1 : 1.012)),
    };
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

function cents(price: number): RawNumber {
  return new RawNumber(price.toFixed(2));
}

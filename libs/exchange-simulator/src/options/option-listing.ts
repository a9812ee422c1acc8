import type { DeribitInstrument } from "../deribit/deribit-market.js";
import { expiryName, perpetual } from "../deribit/listed-instruments.js";
import { SeededRandom, seedFor } from "../sources/synthetic/seeded-random.js";
import type { OptionUnderlying } from "./option-underlyings.js";

/** One listed option. */
export interface ListedOption {
  readonly underlying: OptionUnderlying;
  readonly strike: number;
  readonly isCall: boolean;
  readonly expiryMillis: number;
}

const TRADE_MILLIS_MIN = 2000;
const YEAR_3000_MILLIS = 32_503_708_800_000;

/** The row of `public/get_instruments`, and how the venue trades it. @param id unique */
export function optionInstrument(
  { expiryMillis, isCall, strike, underlying }: ListedOption,
  id: number,
  seed: number,
): DeribitInstrument {
  const { base, isInverse, level, lotScale, name, tickScale } = underlying;
  const symbol = `${name}-${expiryName(expiryMillis)}-${strike}-${isCall ? "C" : "P"}`;
  const distance = Math.abs(Math.log(strike / level));
  const random = new SeededRandom(seedFor(seed, `open interest of ${symbol}`));
  const money = isInverse ? base : "USDC";
  return {
    symbol,
    kind: "option",
    row: {
      instrument_id: id,
      base_currency: base,
      quote_currency: money,
      counter_currency: isInverse ? "USD" : "USDC",
      settlement_currency: money,
      instrument_type: isInverse ? "reversed" : "linear",
      price_index: `${name.toLowerCase()}${isInverse ? "_usd" : ""}`,
      tick_size: Number(`1e-${tickScale}`),
      tick_size_steps: [],
      contract_size: 1,
      min_trade_amount: Number(`1e-${lotScale}`),
      settlement_period: "day",
      strike,
      option_type: isCall ? "call" : "put",
      expiration_timestamp: expiryMillis,
    },
    tickUnits: 1,
    priceScale: tickScale,
    lotUnits: 1,
    amountScale: lotScale,
    expiryMillis,
    openInterestLots: Math.round(40_000 * Math.exp(-8 * distance) * (0.5 + random.unit())),
    tradeMillis: Math.round(TRADE_MILLIS_MIN * (1 + 25 * distance)),
  };
}

/** The perpetual of an underlying, and with an expiry the future whose price is the forward of its options. */
export function underlyingInstrument(
  { base, isInverse, name }: OptionUnderlying,
  expiryMillis: number | undefined,
): DeribitInstrument {
  const suffix = expiryMillis === undefined ? "PERPETUAL" : expiryName(expiryMillis);
  const expiry = {
    symbol: `${name}-${suffix}`,
    expiryMillis: expiryMillis ?? Number.POSITIVE_INFINITY,
  };
  const settlement = {
    settlement_period: expiryMillis === undefined ? "perpetual" : "month",
    expiration_timestamp: expiryMillis ?? YEAR_3000_MILLIS,
  };
  if (isInverse) {
    const model = perpetual(base, 5, 1, 10);
    return { ...model, ...expiry, row: { ...model.row, ...settlement } };
  }
  return {
    ...expiry,
    kind: "future",
    row: {
      base_currency: base,
      quote_currency: "USDC",
      counter_currency: "USDC",
      settlement_currency: "USDC",
      instrument_type: "linear",
      tick_size: 0.01,
      tick_size_steps: [],
      contract_size: 0.1,
      min_trade_amount: 0.1,
      ...settlement,
    },
    tickUnits: 1,
    priceScale: 2,
    lotUnits: 1,
    amountScale: 1,
  };
}

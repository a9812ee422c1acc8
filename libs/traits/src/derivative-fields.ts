import type { OrderStatus, Side } from "@ims/common";
import type { RecordHead } from "./record-head.js";

/** Mark price and funding of a derivative. `null` where the venue gives no value. */
export interface MarkPriceFields extends RecordHead {
  priceScale: number;
  markPrice: bigint;
  indexPrice: bigint | null;
  settlementEstimate: bigint | null;
  /** Of one interval, value = mantissa × 10^-fundingScale. */
  fundingRate: bigint | null;
  fundingScale: number;
  /** Microseconds since 1970; 0 where there is no funding. */
  nextFundingMicros: number;
}

/** A position that the venue closes by force. */
export interface LiquidationFields extends RecordHead {
  priceScale: number;
  quantityScale: number;
  /** Of the order that closes the position: Sell closes a long one. */
  side: Side;
  status: OrderStatus;
  /** `null` for a market order. */
  price: bigint | null;
  averagePrice: bigint | null;
  quantity: bigint;
  filledQuantity: bigint;
}

/**
 * Prices and greeks of an option. Prices stand at `priceScale`, quantities at `quantityScale`; `null` where the venue
 * gives no value, NaN for a model output that it does not give.
 */
export interface OptionTickerFields extends RecordHead {
  priceScale: number;
  quantityScale: number;
  /** The venue's name of what the greeks refer to, at most 32 octets. */
  underlying: string;
  /** Microseconds since 1970. */
  expiryMicros: number;
  strike: bigint;
  optionType: "call" | "put";
  lastPrice: bigint | null;
  markPrice: bigint | null;
  /** Best prices; `null` where a side is empty, its quantity is then 0. */
  bidPrice: bigint | null;
  bidQuantity: bigint;
  askPrice: bigint | null;
  askQuantity: bigint;
  /** Traded in 24 hours. */
  volume: bigint | null;
  openInterest: bigint | null;
  underlyingPrice: bigint | null;
  /** Implied volatilities in percent per year. */
  markIv: number;
  bidIv: number;
  askIv: number;
  delta: number;
  gamma: number;
  theta: number;
  vega: number;
  rho: number;
}

/** Statistics of a rolling window, usually 24 hours. */
export interface TickerFields extends RecordHead {
  priceScale: number;
  quantityScale: number;
  quoteScale: number;
  open: bigint | null;
  high: bigint | null;
  low: bigint | null;
  last: bigint | null;
  volume: bigint;
  quoteVolume: bigint | null;
  /** Microseconds since 1970; 0 where the venue does not say. */
  windowStartMicros: number;
  /** −1 where the venue does not say. */
  tradeCount: number;
}

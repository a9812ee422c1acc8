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
  price: bigint;
  averagePrice: bigint | null;
  quantity: bigint;
  filledQuantity: bigint;
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

import type { Decimal } from "@ims/common";
import type { LiquidationRecord, MarkPriceRecord, OptionTickerRecord, TickerRecord } from "@ims/sbe";
import type { BookLevel } from "./book-message.js";
import type { MessageOrigin } from "./message-origin.js";

/** Mark price and funding of a derivative; null what the venue gives not, or the instrument has not. */
export interface MarkPriceMessage extends MessageOrigin {
  readonly type: "mark-price";
  readonly markPrice: Decimal;
  readonly indexPrice: Decimal | null;
  readonly settlementEstimate: Decimal | null;
  /** Of the next funding, a fraction: 0.0001 is one hundredth of a percent. */
  readonly fundingRate: Decimal | null;
  readonly nextFundingMicros: number | null;
}

export type SideName = "buy" | "sell" | "unknown";

export type OrderStatusName =
  | "new"
  | "partially-filled"
  | "filled"
  | "canceled"
  | "expired"
  | "rejected"
  | "unknown";

/** An order by which the venue closes a position. */
export interface LiquidationMessage extends MessageOrigin {
  readonly type: "liquidation";
  /** Of the order: `sell` closes a long position. */
  readonly side: SideName;
  readonly status: OrderStatusName;
  /** Null for a market order. */
  readonly price: Decimal | null;
  readonly averagePrice: Decimal | null;
  readonly quantity: Decimal;
  readonly filledQuantity: Decimal;
}

/** Prices and greeks of an option; null what the venue gives not. */
export interface OptionTickerMessage extends MessageOrigin {
  readonly type: "option-ticker";
  /** The venue's name of what the greeks refer to. */
  readonly underlying: string;
  readonly expiryMicros: number;
  readonly strike: Decimal;
  readonly optionType: "call" | "put" | "unknown";
  readonly lastPrice: Decimal | null;
  readonly markPrice: Decimal | null;
  readonly bid: BookLevel | null;
  readonly ask: BookLevel | null;
  /** Traded in 24 hours. */
  readonly volume: Decimal | null;
  readonly openInterest: Decimal | null;
  readonly underlyingPrice: Decimal | null;
  /** Implied volatilities in percent per year. */
  readonly markIv: number | null;
  readonly bidIv: number | null;
  readonly askIv: number | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  readonly rho: number | null;
}

/** Statistics of a rolling window, usually 24 hours; prices are null where there was no trade. */
export interface TickerMessage extends MessageOrigin {
  readonly type: "ticker";
  readonly open: Decimal | null;
  readonly high: Decimal | null;
  readonly low: Decimal | null;
  readonly last: Decimal | null;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal | null;
  readonly windowStartMicros: number | null;
  readonly tradeCount: number | null;
}

const SIDES: readonly SideName[] = ["unknown", "buy", "sell"];
const ORDER_STATUSES: readonly OrderStatusName[] = [
  "unknown",
  "new",
  "partially-filled",
  "filled",
  "canceled",
  "expired",
  "rejected",
];

/** The name of a number of `v2.Side`. */
export function sideName(side: number): SideName {
  return SIDES[side] ?? "unknown";
}

export function markPriceMessage(record: MarkPriceRecord, origin: MessageOrigin): MarkPriceMessage {
  return {
    type: "mark-price",
    ...origin,
    markPrice: record.markPrice,
    indexPrice: record.indexPrice ?? null,
    settlementEstimate: record.settlementEstimate ?? null,
    fundingRate: record.fundingRate ?? null,
    nextFundingMicros: record.nextFundingMicros ?? null,
  };
}

export function liquidationMessage(record: LiquidationRecord, origin: MessageOrigin): LiquidationMessage {
  return {
    type: "liquidation",
    ...origin,
    side: sideName(record.side),
    status: ORDER_STATUSES[record.status] ?? "unknown",
    price: record.price ?? null,
    averagePrice: record.averagePrice ?? null,
    quantity: record.quantity,
    filledQuantity: record.filledQuantity,
  };
}

export function optionTickerMessage(record: OptionTickerRecord, origin: MessageOrigin): OptionTickerMessage {
  const { ask, bid, greeks } = record;
  return {
    type: "option-ticker",
    ...origin,
    underlying: record.underlying,
    expiryMicros: record.expiryMicros,
    strike: record.strike,
    optionType: record.optionType ?? "unknown",
    lastPrice: record.lastPrice ?? null,
    markPrice: record.markPrice ?? null,
    bid: bid ?? null,
    ask: ask ?? null,
    volume: record.volume ?? null,
    openInterest: record.openInterest ?? null,
    underlyingPrice: record.underlyingPrice ?? null,
    markIv: greeks.markIv ?? null,
    bidIv: greeks.bidIv ?? null,
    askIv: greeks.askIv ?? null,
    delta: greeks.delta ?? null,
    gamma: greeks.gamma ?? null,
    theta: greeks.theta ?? null,
    vega: greeks.vega ?? null,
    rho: greeks.rho ?? null,
  };
}

export function tickerMessage(record: TickerRecord, origin: MessageOrigin): TickerMessage {
  return {
    type: "ticker",
    ...origin,
    open: record.open ?? null,
    high: record.high ?? null,
    low: record.low ?? null,
    last: record.last ?? null,
    volume: record.volume,
    quoteVolume: record.quoteVolume ?? null,
    windowStartMicros: record.windowStartMicros ?? null,
    tradeCount: record.tradeCount ?? null,
  };
}

import type { Decimal, TimeResolutionText } from "@ims/common";

export type AggressorName = "buyer" | "seller" | "unknown";

export type TradeKindName =
  | "regular"
  | "insurance-fund"
  | "auto-deleveraging"
  | "block"
  | "liquidation"
  | "retail-price-improvement"
  | "correction"
  | "unknown";

export type BarStateName = "forming" | "closed" | "revised" | "unknown";

/** What every message carries. Times are microseconds since 1970, UTC; null where the venue gives none. */
export interface MessageOrigin {
  /** Lower-case name of the exchange, for example `binancespot`. */
  readonly exchange: string;
  /** The venue's own name of the instrument. */
  readonly symbol: string;
  /** When it happened, by the venue. */
  readonly eventMicros: number | null;
  /** When the venue sent it. */
  readonly sendMicros: number | null;
  /** When the service read it from its socket. */
  readonly receiveMicros: number;
  /** When the service wrote it into its outgoing batch. */
  readonly publishMicros: number;
  /** Where the record stands in its partition; rising within one symbol. */
  readonly offset: number;
  readonly partitionId: number;
}

/** One trade, or one aggregate of the trades of one taker order. Prices and quantities are exact. */
export interface TradeMessage extends MessageOrigin {
  readonly type: "trade";
  readonly tradeId: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly price: Decimal;
  /** In contracts where the instrument has a contract size, otherwise in the base asset. */
  readonly quantity: Decimal;
  readonly aggressor: AggressorName;
  readonly kind: TradeKindName;
}

/** One bar; `forming` bars of the same `openMicros` replace one another until the `closed` one. */
export interface BarMessage extends MessageOrigin {
  readonly type: "bar";
  readonly resolution: TimeResolutionText;
  readonly state: BarStateName;
  /** Inclusive start and end of the bar, as the venue prints them. */
  readonly openMicros: number;
  readonly closeMicros: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
  readonly takerVolume: Decimal;
  readonly tradeCount: number;
}

export type MarketMessage = TradeMessage | BarMessage;

export type MarketMessageType = MarketMessage["type"];

import type { Decimal, TimeResolutionText } from "@ims/common";
import type { BookDeltaMessage, BookSnapshotMessage, TopOfBookMessage } from "./book-message.js";
import type {
  LiquidationMessage,
  MarkPriceMessage,
  OptionTickerMessage,
  TickerMessage,
} from "./derivative-message.js";
import type { FeedStatusMessage, GapMessage } from "./feed-message.js";
import type { MessageOrigin } from "./message-origin.js";
import type { OrdersMessage } from "./order-message.js";

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

/** A record of the data that a client asked for. */
export type DataMessage =
  | TradeMessage
  | BarMessage
  | TopOfBookMessage
  | BookSnapshotMessage
  | BookDeltaMessage
  | MarkPriceMessage
  | LiquidationMessage
  | OptionTickerMessage
  | TickerMessage
  | OrdersMessage;

/** What the service says about the feeds that a client asked for. */
export type FeedNotice = GapMessage | FeedStatusMessage;

export type MarketMessage = DataMessage | FeedNotice;

export type MarketMessageType = MarketMessage["type"];

/** Types of the messages that {@link ImsClient.messages} gives. */
export const DATA_MESSAGE_TYPES: readonly DataMessage["type"][] = [
  "trade",
  "bar",
  "top-of-book",
  "book-snapshot",
  "book-delta",
  "mark-price",
  "liquidation",
  "option-ticker",
  "ticker",
  "order-snapshot",
  "order",
];

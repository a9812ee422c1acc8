import type { Instrument } from "@ims/common";
import type { BarFields } from "./bar-fields.js";
import type { BookFields, TopOfBookFields } from "./book-fields.js";
import type {
  LiquidationFields,
  MarkPriceFields,
  OptionTickerFields,
  TickerFields,
} from "./derivative-fields.js";
import type { FeedStatusFields, GapFields } from "./feed-fields.js";
import type { OrderFields, OrderSnapshotFields } from "./order-fields.js";
import type { TradeFields } from "./trade-fields.js";

/** Why a frame, or one record of it, was not passed on. Each is counted by the sink. */
export type RejectReason =
  | "not-json"
  | "missing-field"
  | "bad-number"
  | "overflow"
  | "unknown-symbol"
  | "unexpected";

export interface RejectedFrame {
  readonly reason: RejectReason;
  /** What was wrong and where, for one log line; without the frame's full text. */
  readonly detail: string;
  readonly symbol?: string;
}

/**
 * Where an integration puts what it reads. Implemented by the service template, which encodes each record at once
 * into the outgoing batch: the integration may reuse its objects after the call. Calls never throw and never wait.
 *
 * Backpressure: when {@link accepting} is false the integration stops reading its sockets until {@link whenAccepting}
 * resolves. The sink keeps room for what one socket read still delivers after that.
 */
export interface MarketDataSink {
  /** Makes an instrument known and returns its number in this service's streams; the same number on every call. */
  register(instrument: Instrument): number;
  trade(trade: TradeFields): void;
  bar(bar: BarFields): void;
  topOfBook(top: TopOfBookFields): void;
  /**
   * A whole book, however many levels: readers begin here, and again wherever one stands between changes. The flags
   * Snapshot and LastInEvent of books are set by the sink.
   */
  bookSnapshot(book: BookFields): void;
  /** A change of the book that was passed on last, in the order in which the venue made it. */
  bookDelta(book: BookFields): void;
  /** All single orders of a book: readers begin here, and again wherever one stands between events. */
  orderSnapshot(orders: OrderSnapshotFields): void;
  /** An event of an order, in the order in which the venue made it. */
  order(order: OrderFields): void;
  markPrice(price: MarkPriceFields): void;
  liquidation(liquidation: LiquidationFields): void;
  optionTicker(option: OptionTickerFields): void;
  ticker(ticker: TickerFields): void;
  /** Records that are lost for good; told once per loss, when nothing more of it can be had. */
  gap(gap: GapFields): void;
  /** Told at every change of state, and when the reason changes. */
  feedStatus(status: FeedStatusFields): void;
  /** A change of an instrument while running: a new listing, another status or increment, an expiry. */
  instrument(instrument: Instrument): void;
  rejected(frame: RejectedFrame): void;
  readonly accepting: boolean;
  whenAccepting(): Promise<void>;
}

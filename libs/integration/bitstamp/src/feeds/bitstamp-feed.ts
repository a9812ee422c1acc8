import type { CrossCheckResult, FeedHandler, JsonObject } from "@ims/integration-kit";
import type { BookFields, TradeFields } from "@ims/traits";
import type { OrderFrame } from "../orders/order-frame.js";

/** What is done with the frames of one channel. */
export interface BitstampFeed extends FeedHandler {
  /**
   * Takes the `data` of one frame. Throws `Unusable`.
   *
   * @param event the venue's word for what it is
   * @param record the whole frame
   */
  read(event: string, data: JsonObject, receiveMicros: number, record: JsonObject): void;
  /** The same of a trade that was read, all but instrument and time of arrival; it is used again after the call. */
  takeTrade?(trade: TradeFields, receiveMicros: number): void;
  /** The same of the levels of a book, at the instrument's scales. Throws `Unusable`. */
  takeBook?(book: BookFields, receiveMicros: number): void;
  /** The same of an order, all but instrument and time of arrival; it is used again after the call. */
  takeOrder?(frame: OrderFrame, receiveMicros: number): void;
  /** A frame of the connection could not be read: it may have been one of this channel. */
  doubt?(): void;
  readonly isClosed?: boolean;
  /** Whether the silent channel should have had frames; rejects where it cannot be found out. */
  crossCheck?(silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult>;
}

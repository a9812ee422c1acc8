import type { Decimal } from "@ims/common";
import type { NumberedRecordBase } from "./record-base.js";

/** An event of one order of a venue's book, from `v2.BookOrder`; undefined what the venue gives not. */
export interface BookOrderRecord extends NumberedRecordBase {
  readonly type: "book-order";
  readonly orderId: number;
  /** A number of `v2.OrderEvent`, or of a newer schema. */
  readonly event: number;
  /** A number of `v2.Side`. */
  readonly side: number;
  /** A number of `v2.OrderKind`, or of a newer schema. */
  readonly kind: number;
  /** Bits of `v2.OrderMarks`. */
  readonly marks: number;
  /** Undefined for an order without one: a market order in transit. */
  readonly price: Decimal | undefined;
  /** What is left of it. */
  readonly quantity: Decimal;
  readonly filledQuantity: Decimal | undefined;
  readonly originalQuantity: Decimal | undefined;
}

/** An order that stands in a book. */
export interface StandingOrder {
  readonly orderId: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
}

/**
 * All orders of a venue's book, best first, or a part of them, from `v2.OrderSnapshot`. Part 0 voids what was known
 * before; the last part has the flag LastInEvent.
 */
export interface OrderSnapshotRecord extends NumberedRecordBase {
  readonly type: "order-snapshot";
  readonly part: number;
  readonly bids: readonly StandingOrder[];
  readonly asks: readonly StandingOrder[];
}

import type { BookOrders, MantissaCell, OrderEvent, OrderKind, OrderMarks, Side } from "@ims/common";
import type { RecordHead } from "./record-head.js";

/**
 * An event of one order of the venue's book. All quantities have one scale; ids are whole numbers below 2^53.
 */
export interface OrderFields extends RecordHead {
  orderId: number;
  event: OrderEvent;
  side: Side;
  kind: OrderKind;
  marks: OrderMarks;
  /** Without one, `price` means nothing: a market order in transit. */
  hasPrice: boolean;
  readonly price: MantissaCell;
  /** What is left of the order; of a deleted one what was left when it went. */
  readonly quantity: MantissaCell;
  /** Where the venue says how much was executed so far. */
  hasFilledQuantity: boolean;
  readonly filledQuantity: MantissaCell;
  /** Where the venue says how large the order was at its creation. */
  hasOriginalQuantity: boolean;
  readonly originalQuantity: MantissaCell;
}

/** All orders of a venue's book, best first; those of one price in the venue's order. */
export interface OrderSnapshotFields extends RecordHead {
  priceScale: number;
  quantityScale: number;
  readonly bids: BookOrders;
  readonly asks: BookOrders;
}

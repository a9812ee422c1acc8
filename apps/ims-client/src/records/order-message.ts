import { type Decimal, OrderMarks } from "@ims/common";
import type { BookOrderRecord, OrderSnapshotRecord, StandingOrder } from "@ims/sbe";
import { type SideName, sideName } from "./derivative-message.js";
import type { MessageOrigin } from "./message-origin.js";

export type { StandingOrder } from "@ims/sbe";

export type OrderEventName = "created" | "changed" | "deleted" | "unknown";

export type OrderKindName = "limit" | "market" | "unknown";

/** What is special about an order: the venue closes a position with it, or it was triggered by a price. */
export type OrderMark = "liquidation" | "stop";

/** An event of one order of a venue's book, with the state of the order behind it; null what the venue gives not. */
export interface OrderMessage extends MessageOrigin {
  readonly type: "order";
  /** The venue's id of the order. */
  readonly orderId: number;
  readonly event: OrderEventName;
  readonly side: SideName;
  readonly kind: OrderKindName;
  readonly marks: readonly OrderMark[];
  /** Null for an order without one: a market order in transit, which is no part of the book. */
  readonly price: Decimal | null;
  /** What is left; of a deleted order what was left when it went. */
  readonly quantity: Decimal;
  readonly filledQuantity: Decimal | null;
  /** At its creation. */
  readonly originalQuantity: Decimal | null;
}

/**
 * All orders of a venue's book, best first, or a part of them. Part 0 voids what was known before; the last part has the
 * flag `last-in-event`, and events follow it.
 */
export interface OrderSnapshotMessage extends MessageOrigin {
  readonly type: "order-snapshot";
  readonly part: number;
  readonly bids: readonly StandingOrder[];
  readonly asks: readonly StandingOrder[];
}

/** What feeds of single orders give: all orders first, then events. */
export type OrdersMessage = OrderMessage | OrderSnapshotMessage;

const EVENTS: readonly OrderEventName[] = ["unknown", "created", "changed", "deleted"];
const KINDS: readonly OrderKindName[] = ["unknown", "limit", "market"];
/** By the bits that are known: the lists are shared by all messages. */
const MARKS: readonly (readonly OrderMark[])[] = [[], ["liquidation"], ["stop"], ["liquidation", "stop"]];
const KNOWN_MARKS = OrderMarks.Liquidation | OrderMarks.Stop;

export function orderMessage(record: BookOrderRecord, origin: MessageOrigin): OrderMessage {
  return {
    type: "order",
    ...origin,
    orderId: record.orderId,
    event: EVENTS[record.event] ?? "unknown",
    side: sideName(record.side),
    kind: KINDS[record.kind] ?? "unknown",
    marks: MARKS[record.marks & KNOWN_MARKS]!,
    price: record.price ?? null,
    quantity: record.quantity,
    filledQuantity: record.filledQuantity ?? null,
    originalQuantity: record.originalQuantity ?? null,
  };
}

export function orderSnapshotMessage(
  record: OrderSnapshotRecord,
  origin: MessageOrigin,
): OrderSnapshotMessage {
  return {
    type: "order-snapshot",
    ...origin,
    part: record.part,
    bids: record.bids,
    asks: record.asks,
  };
}

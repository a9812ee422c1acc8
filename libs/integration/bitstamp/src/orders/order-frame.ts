import { BookOrders, type MantissaCell } from "@ims/common";
import { createOrderFields } from "@ims/integration-kit";
import type { OrderFields, OrderSnapshotFields } from "@ims/traits";
import { createEventId, type EventId } from "./event-id.js";

/** One frame of `live_orders_` (bitstamp.md section 3.4). */
export interface OrderFrame {
  /** All but instrument and time of arrival. */
  readonly order: OrderFields;
  /** Frames before 2026 have no ids of events: then those below mean nothing. */
  isChained: boolean;
  readonly eventId: EventId;
  /** Of the event before it in the channel. */
  readonly previousId: EventId;
}

export function createOrderFrame(): OrderFrame {
  return {
    order: createOrderFields(),
    isChained: false,
    eventId: createEventId(),
    previousId: createEventId(),
  };
}

/** A copy that shares nothing with its source. */
export function cloneOrderFrame(from: OrderFrame): OrderFrame {
  const to = createOrderFrame();
  const { filledQuantity, originalQuantity, price, quantity, ...rest } = from.order;
  Object.assign(to.order, rest);
  copyCell(price, to.order.price);
  copyCell(quantity, to.order.quantity);
  copyCell(filledQuantity, to.order.filledQuantity);
  copyCell(originalQuantity, to.order.originalQuantity);
  to.isChained = from.isChained;
  to.eventId.set(from.eventId);
  to.previousId.set(from.previousId);
  return to;
}

export function createOrderSnapshot(): OrderSnapshotFields {
  return {
    instrumentId: 0,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    priceScale: 0,
    quantityScale: 0,
    bids: new BookOrders(),
    asks: new BookOrders(),
  };
}

function copyCell(from: MantissaCell, to: MantissaCell): void {
  to.lo = from.lo;
  to.hi = from.hi;
  to.scale = from.scale;
}

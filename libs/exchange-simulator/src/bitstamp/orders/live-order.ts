/** One order at a moment; amounts and price in the units of the instrument. Never changed: a fill makes a new one. */
export interface LiveOrder {
  readonly id: number;
  readonly isBuy: boolean;
  /** What it is held at; undefined for a market order, which has no price of its own. */
  readonly price: number | undefined;
  /** What remains. */
  readonly amount: number;
  readonly traded: number;
  /** Invariant: `amount + traded`. */
  readonly amountAtCreate: number;
  /** Closes somebody's position by force; perpetuals only. */
  readonly isLiquidation: boolean;
  readonly source: "orderbook" | "stop_order";
}

export type OrderEventName = "order_created" | "order_changed" | "order_deleted";

/** One message of `live_orders_<pair>` (bitstamp.md section 3.4). */
export interface OrderEvent {
  readonly event: OrderEventName;
  /** The order behind the event. */
  readonly order: LiveOrder;
  /** What is printed as the amount: what remains, or for some orders that were filled what remained before. */
  readonly shownAmount: number;
  /** Whole milliseconds, in microseconds. */
  readonly micros: number;
  readonly eventId: string;
  /** The event before it in the channel. */
  readonly preEventId: string;
}

/** The orders of one price that rest, in the sequence in which they will be met. */
export type OrderQueue = readonly LiveOrder[];

/** Every resting order, best price first. */
export interface OrderSnapshot {
  readonly micros: number;
  readonly bids: readonly OrderQueue[];
  readonly asks: readonly OrderQueue[];
}

/** Two orders that met. */
export interface OrderMatch {
  readonly price: number;
  readonly quantity: number;
  readonly buyOrderId: number;
  readonly sellOrderId: number;
}

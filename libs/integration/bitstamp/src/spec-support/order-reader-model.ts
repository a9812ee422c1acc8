import { OrderEvent, Side } from "@ims/common";
import { EventChain } from "../orders/event-chain.js";
import { LiveOrders, type LiveOrdersOptions } from "../orders/live-orders.js";
import { createOrderSnapshot } from "../orders/order-frame.js";
import type { PlainOrder } from "./order-venue.js";

/** Orders as a reader of the records knows them, behind a chain and the orders under test. */
export class OrderReaderModel {
  readonly live: LiveOrders;
  readonly chain: EventChain;
  readonly orders = new Map<number, PlainOrder>();
  /** What was told, in one word each. */
  readonly told: string[] = [];
  /** Events whose predecessor the reader never had, without a Gap or all orders between. */
  readonly holes: string[] = [];
  stands = false;
  /** Numbers of the events, as `OrderVenue` gives them. */
  #lastIndex: number | undefined;

  constructor(options: Partial<LiveOrdersOptions> = {}) {
    this.live = new LiveOrders(
      { priceScale: 0, quantityScale: 0, ...options },
      {
        whole: () => this.#whole(),
        event: (order) => {
          const index = order.originalQuantity.lo;
          if (this.#lastIndex !== undefined && index !== this.#lastIndex + 1)
            this.holes.push(`${index} behind ${this.#lastIndex}`);
          this.#lastIndex = index;
          if (!this.stands) this.holes.push(`${index} without orders`);
          if (order.event === OrderEvent.Deleted || !order.hasPrice || order.quantity.isZero)
            this.orders.delete(order.orderId);
          else this.orders.set(order.orderId, [order.side, order.price.lo, order.quantity.lo]);
        },
        gap: (reason) => {
          this.told.push(`gap ${reason}`);
          this.stands = false;
          this.#lastIndex = undefined;
        },
        doubted: (text) => this.told.push(`doubted: ${text}`),
      },
    );
    this.chain = new EventChain({
      next: ({ order }) => this.live.event(order),
      broken: () => this.live.interrupted(2),
    });
  }

  #whole(): void {
    const all = createOrderSnapshot();
    this.live.copyTo(all);
    this.told.push(this.live.isSuspect ? "whole suspect" : "whole");
    this.stands = true;
    this.orders.clear();
    for (const [side, { count, ids, levels }] of [
      [Side.Buy, all.bids],
      [Side.Sell, all.asks],
    ] as const) {
      for (let at = 0; at < count; at++)
        this.orders.set(ids[at]!, [side, levels.priceLo[at]!, levels.quantityLo[at]!]);
    }
  }
}

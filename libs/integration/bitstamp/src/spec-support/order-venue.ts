import { OrderEvent, OrderKind, Side } from "@ims/common";
import type { OrderSnapshotFields } from "@ims/traits";
import { createOrderFrame, createOrderSnapshot, type OrderFrame } from "../orders/order-frame.js";

/** What is known of a resting order: side, price and quantity as mantissas. */
export type PlainOrder = readonly [side: Side, price: number, quantity: number];
export type PlainOrders = ReadonlyMap<number, PlainOrder>;

const LAG_MILLIS = 9000;
const START_MICROS = 1_790_000_000_000_000;

/** Orders of a market as plainly as can be: each event changes a map, and every map is kept for lists that lag. */
export class OrderVenue {
  nowMillis = 0;
  /** The orders behind each event, beginning with none, and when it came. */
  readonly past: { readonly orders: PlainOrders; readonly millis: number }[] = [
    { orders: new Map(), millis: 0 },
  ];
  #nextId = 1_684_132_150_583_296;

  /** @param isChained whether events have ids, as from 2026 on */
  constructor(private readonly isChained = true) {}

  get orders(): PlainOrders {
    return this.past.at(-1)!.orders;
  }

  /** The number of the last event. */
  get index(): number {
    return this.past.length - 1;
  }

  create(side: Side, price: number, quantity: number): OrderFrame {
    const id = this.#nextId;
    this.#nextId += 4096;
    return this.#happen(id, OrderEvent.Created, [side, price, quantity], true);
  }

  /** A market order in transit, which never rests. */
  market(side: Side, quantity: number): OrderFrame {
    return this.#happen(this.#nextId++, OrderEvent.Created, [side, 0, quantity], false);
  }

  /** Changes what is left of a resting order, or deletes it. */
  change(id: number, quantity: number): OrderFrame {
    const [side, price] = this.orders.get(id)!;
    return this.#happen(id, OrderEvent.Changed, [side, price, quantity], true);
  }

  delete(id: number): OrderFrame {
    return this.#happen(id, OrderEvent.Deleted, this.orders.get(id)!, true);
  }

  /**
   * A list of REST as it was so many events ago, but less than nine seconds.
   *
   * @param skewMillis by which its clock is ahead of that of events
   */
  list(eventsAgo: number, skewMillis = 0): OrderSnapshotFields {
    const leastMillis = this.nowMillis - LAG_MILLIS;
    let at = Math.max(0, this.index - eventsAgo);
    while (at < this.index && this.past[at + 1]!.millis <= leastMillis) at++;
    const { millis, orders } = this.past[at]!;
    const list = createOrderSnapshot();
    // Nothing happened until the next event: the list may have been made at any time before it.
    const madeMillis = at === this.index ? this.nowMillis : Math.max(millis, leastMillis);
    list.eventMicros = START_MICROS + (madeMillis + skewMillis) * 1000 + 371;
    list.receiveMicros = START_MICROS + this.nowMillis * 1000;
    for (const [id, [side, price, quantity]] of orders) {
      (side === Side.Buy ? list.bids : list.asks).push(id, price, 0, quantity, 0);
    }
    return list;
  }

  #happen(id: number, event: OrderEvent, [side, price, quantity]: PlainOrder, hasPrice: boolean): OrderFrame {
    const orders = new Map(this.orders);
    if (event === OrderEvent.Deleted || !hasPrice) orders.delete(id);
    else orders.set(id, [side, price, quantity]);
    this.past.push({ orders, millis: this.nowMillis });
    const frame = createOrderFrame();
    const { order } = frame;
    order.orderId = id;
    order.event = event;
    order.side = side;
    order.kind = hasPrice ? OrderKind.Limit : OrderKind.Market;
    order.hasPrice = hasPrice;
    order.price.lo = price;
    order.quantity.lo = quantity;
    // Stands for the number of the event.
    order.originalQuantity.lo = this.index;
    order.eventMicros = START_MICROS + this.nowMillis * 1000;
    order.receiveMicros = order.eventMicros;
    frame.isChained = this.isChained;
    frame.eventId[3] = this.index;
    frame.previousId[3] = this.index - 1;
    return frame;
  }
}

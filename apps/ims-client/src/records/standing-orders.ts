import type { SkippedMessage } from "../delivery/skipped-messages.js";
import type { FeedStateName } from "./feed-message.js";
import type { FeedNotice } from "./market-message.js";
import type { OrderMessage, OrderSnapshotMessage, OrdersMessage, StandingOrder } from "./order-message.js";

/**
 * What the orders are worth at the moment; only `valid` is good.
 * - `empty`: all orders did not come yet
 * - `incomplete`: of all orders not every part came yet
 * - `suspect`: the service has not proven them right yet
 * - `stale`: the service hears nothing of them
 * - `broken`: an event is missing; the next whole mends it
 */
export type OrdersState = "empty" | "incomplete" | "valid" | "suspect" | "stale" | "broken";

/** States of a feed in which its orders may differ from the venue's. */
const STALE_STATES: ReadonlySet<FeedStateName> = new Set(["stale", "dead", "refused", "stopped"]);

const ORDER_TYPES: ReadonlySet<string> = new Set(["order-snapshot", "order"]);

/** No venue has so many in one book: they are given up rather than kept. */
const ORDERS_MAX = 1_000_000;

/**
 * The orders that stand in the book of one instrument, put together from what {@link ClientFeeds.orders} gives. Apply
 * every message of the symbol in order, and those of `gaps()` and `feedStatus()` too, to know of a loss.
 *
 * ```ts
 * const orders = new StandingOrders("btcusd");
 * for await (const message of client.orders()) {
 *   orders.apply(message);
 *   if (orders.isValid) console.log(orders.size, orders.bids[0]);
 * }
 * ```
 */
export class StandingOrders {
  readonly #bids = new OrderSide(-1);
  readonly #asks = new OrderSide(1);
  #lacks: "empty" | "incomplete" | "broken" | undefined = "empty";
  #part = -1;
  #isSuspect = false;
  #feedState: FeedStateName = "unknown";
  #reason = "all orders did not come yet";

  constructor(readonly symbol: string) {}

  get state(): OrdersState {
    if (this.#lacks !== undefined) return this.#lacks;
    if (STALE_STATES.has(this.#feedState)) return "stale";
    return this.#isSuspect ? "suspect" : "valid";
  }

  get isValid(): boolean {
    return this.state === "valid";
  }

  /** Why the orders are not valid, for people; empty while they are. */
  get reason(): string {
    switch (this.state) {
      case "valid":
        return "";
      case "stale":
        return `the feed is ${this.#feedState}`;
      case "suspect":
        return "the service has not proven them right yet";
      default:
        return this.#reason;
    }
  }

  /** How many there are. */
  get size(): number {
    return this.#bids.orders.size + this.#asks.orders.size;
  }

  /** An order that stands; undefined for one that does not. */
  get(orderId: number): StandingOrder | undefined {
    return this.#bids.orders.get(orderId) ?? this.#asks.orders.get(orderId);
  }

  /** Best first, those of one price in the order in which they came to it. Sorted when it is asked for after a change. */
  get bids(): readonly StandingOrder[] {
    return this.#bids.sorted;
  }

  get asks(): readonly StandingOrder[] {
    return this.#asks.sorted;
  }

  /** Follows one message; those of other symbols and other data change nothing. Returns whether the orders are valid now. */
  apply(message: OrdersMessage | FeedNotice | SkippedMessage): boolean {
    if (message.type === "skipped") {
      this.#skip(message);
      return this.isValid;
    }
    if (message.symbol !== this.symbol) return this.isValid;
    if (message.type === "order-snapshot") this.#take(message);
    else if (message.type === "order") this.#follow(message);
    else if (message.data === "orders") {
      if (message.type === "gap") this.#break(`events are missing: ${message.reason}`);
      else this.#feedState = message.state;
    }
    return this.isValid;
  }

  #skip({ feeds }: SkippedMessage): void {
    const own = feeds.find(({ type, symbol }) => symbol === this.symbol && ORDER_TYPES.has(type));
    if (own) this.#break(`${own.count} messages were skipped because the consumer was too slow`);
  }

  #take({ asks, bids, flags, part }: OrderSnapshotMessage): void {
    if (part === 0) {
      this.#bids.clear();
      this.#asks.clear();
    } else if (this.#lacks !== "incomplete" || part !== this.#part + 1) {
      this.#break(`part ${part} of all orders does not follow part ${this.#part}`);
      return;
    }
    for (const order of bids) this.#bids.set(order);
    for (const order of asks) this.#asks.set(order);
    const isLast = flags.includes("last-in-event");
    this.#part = part;
    this.#lacks = isLast ? undefined : "incomplete";
    this.#reason = isLast ? "" : "further parts of all orders follow";
    this.#isSuspect = flags.includes("suspect");
    this.#bound();
  }

  #follow(message: OrderMessage): void {
    if (this.#lacks === "empty" || this.#lacks === "broken") return;
    if (this.#lacks === "incomplete") {
      this.#break(`parts of all orders behind part ${this.#part} are missing`);
      return;
    }
    const { event, orderId, price, quantity, side } = message;
    const isGone = event === "deleted" || price === null || quantity.mantissa === 0n;
    if (event === "unknown" || (side === "unknown" && !isGone)) {
      this.#break(`what happened to order ${orderId} cannot be told: event ${event}, side ${side}`);
      return;
    }
    if (isGone || side === "sell") this.#bids.delete(orderId);
    if (isGone || side === "buy") this.#asks.delete(orderId);
    if (!isGone) (side === "buy" ? this.#bids : this.#asks).set({ orderId, price, quantity });
    this.#isSuspect = message.flags.includes("suspect");
    this.#bound();
  }

  #bound(): void {
    if (this.size > ORDERS_MAX) this.#break(`there are more than ${ORDERS_MAX} orders`);
  }

  #break(reason: string): void {
    if (this.#lacks === "empty") return;
    this.#lacks = "broken";
    this.#reason = reason;
    this.#bids.clear();
    this.#asks.clear();
  }
}

/** One side by order id, in the order in which orders came to their price. */
class OrderSide {
  readonly orders = new Map<number, StandingOrder>();
  #sorted: readonly StandingOrder[] | undefined = [];

  /** @param direction 1 where the lowest price is the best, −1 where the highest is */
  constructor(private readonly direction: 1 | -1) {}

  get sorted(): readonly StandingOrder[] {
    this.#sorted ??= [...this.orders.values()].sort(
      (one, other) => this.direction * one.price.compare(other.price),
    );
    return this.#sorted;
  }

  set(order: StandingOrder): void {
    const known = this.orders.get(order.orderId);
    // An order that is amended to another price stands behind those that are there.
    if (known && !known.price.equals(order.price)) this.orders.delete(order.orderId);
    this.orders.set(order.orderId, order);
    this.#sorted = undefined;
  }

  delete(orderId: number): void {
    if (this.orders.delete(orderId)) this.#sorted = undefined;
  }

  clear(): void {
    this.orders.clear();
    this.#sorted = [];
  }
}

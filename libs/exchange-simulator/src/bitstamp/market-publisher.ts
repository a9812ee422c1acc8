import type { BitstampBroadcast } from "./bitstamp-broadcast.js";
import type { BitstampConnection } from "./bitstamp-connection.js";
import { bookBody, bookFrame, fundingFrame, tradeFrame } from "./bitstamp-frames.js";
import type { OrderEvent } from "./orders/live-order.js";
import { type OrderFields, orderFrame, ordersBody } from "./orders/order-frames.js";
import type { BookPart, PairMarket } from "./pair-market.js";

/** Books are pushed in batches (bitstamp.md section 3.3). */
const TICKS_PER_PUSH = 2;
const TICKS_PER_FUNDING = 200;
/** Levels of `order_book`, orders of `detail_order_book`. */
const DEPTH = 100;
const NEWEST = Number.POSITIVE_INFINITY;

/** What can be different about messages of `live_orders`. */
export interface OrderMessageOptions {
  readonly orderFields: OrderFields;
  readonly orderLagMillis: number;
}

/** The channels of one market. */
export class MarketPublisher {
  /** Events that are not yet to be sent. */
  #late: OrderEvent[] = [];
  /** What the next event of an order is chained to, in place of events that were lost without a trace. */
  #chainedTo: string | undefined;

  constructor(
    private readonly market: PairMarket,
    private readonly broadcast: BitstampBroadcast,
    private readonly options: OrderMessageOptions,
  ) {}

  /** Lets the market go on to this time and says what happened. @param count of ticks so far */
  tick(nowMicros: number, count: number): void {
    const { broadcast, market } = this;
    const { pair, symbol } = market;
    const { orders, trades } = market.advance(nowMicros);
    this.#late.push(...orders);
    this.#publishOrders(nowMicros - this.options.orderLagMillis * 1000);
    for (const trade of trades) broadcast.publish(`live_trades_${symbol}`, () => tradeFrame(pair, trade));
    if (count % TICKS_PER_PUSH === 0) this.#pushBook(nowMicros);
    if (pair.isPerpetual && count % TICKS_PER_FUNDING === 0)
      broadcast.publish(`funding_rate_${symbol}`, () => this.#funding(nowMicros));
  }

  /** The books are sent at once to whoever subscribes them. */
  greet(channel: string, connection: BitstampConnection): void {
    const print = this.#topOf(channel);
    if (print) connection.send(print());
  }

  #publishOrders(untilMicros: number): void {
    const count = this.#late.findIndex(({ micros }) => micros > untilMicros);
    const due = count === -1 ? this.#late : this.#late.slice(0, count);
    this.#late = count === -1 ? [] : this.#late.slice(count);
    for (const event of due) this.#publishOrder(event);
  }

  #publishOrder(event: OrderEvent): void {
    const { broadcast, market } = this;
    const channel = `live_orders_${market.symbol}`;
    if (broadcast.isLost(channel)) {
      this.#chainedTo ??= event.preEventId;
      return;
    }
    const preEventId = this.#chainedTo;
    this.#chainedTo = undefined;
    broadcast.publish(channel, () => orderFrame(market.pair, event, this.options.orderFields, preEventId));
  }

  #pushBook(nowMicros: number): void {
    const { broadcast, market } = this;
    const change = market.takeChange(nowMicros);
    if (!change) return;
    const diffs = `diff_order_book_${market.symbol}`;
    broadcast.publish(diffs, () => bookFrame(diffs, bookBody(market.pair, change)));
    for (const channel of [`order_book_${market.symbol}`, `detail_order_book_${market.symbol}`])
      broadcast.publish(channel, this.#topOf(channel)!);
  }

  /** Prints the top of the book behind the last push, if that is what a channel shows. */
  #topOf(channel: string): (() => string) | undefined {
    const { market } = this;
    const { pair, symbol } = market;
    switch (channel) {
      case `order_book_${symbol}`:
        return () => bookFrame(channel, bookBody(pair, market.bookBefore(NEWEST), DEPTH));
      case `detail_order_book_${symbol}`:
        return () => bookFrame(channel, ordersBody(pair, market.ordersBefore(NEWEST), true, DEPTH));
      default:
        return undefined;
    }
  }

  #funding(nowMicros: number): string {
    const { asks, bids } = this.market.book();
    return fundingFrame(this.market.pair, (best(bids) + best(asks)) / 2, nowMicros);
  }
}

function best(side: BookPart["bids"]): number {
  return side[0]?.[0] ?? 0;
}

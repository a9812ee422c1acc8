import type { MarketEvent } from "../../sources/synthetic/market-event.js";
import type { BookSide, OrderBook } from "../../sources/synthetic/order-book.js";
import { SeededRandom } from "../../sources/synthetic/seeded-random.js";
import type {
  LiveOrder,
  OrderEvent,
  OrderEventName,
  OrderMatch,
  OrderQueue,
  OrderSnapshot,
} from "./live-order.js";
import { EventIds, OrderIds } from "./order-ids.js";

export interface OrderLedgerOptions {
  readonly seed: number;
  readonly startMicros: number;
  /** The number of the market at its venue, below their count. */
  readonly market: number;
  readonly marketCount: number;
  readonly isPerpetual: boolean;
}

/** So many orders rest at one price at most; one more takes the place of another. */
export const ORDERS_PER_LEVEL_MAX = 8;
const MARKET_SHARE = 0.2;
const STOP_SHARE = 0.1;
const LIQUIDATION_SHARE = 0.1;
/** Takers behind which a market order comes that meets nothing and is in transit until the next event. */
const LOST_MARKET_SHARE = 0.05;
/** Takers that want more than they get; the rest is taken back. */
const UNFILLED_SHARE = 0.1;
/** Orders that were filled and are deleted with what remained before the last fill (bitstamp.md section 3.4). */
const STALE_AMOUNT_SHARE = 0.25;
const SPLIT_SHARE = 0.3;

/**
 * The single orders behind the levels of one market. The matching engine knows prices and sums; this says of each of
 * its events which orders came, met and went. Invariant: behind every event the orders of a price sum to its level.
 * Draws from a sequence of its own, so the market is the same with and without it.
 */
export class OrderLedger {
  readonly #bids = new Map<number, OrderQueue>();
  readonly #asks = new Map<number, OrderQueue>();
  readonly #random: SeededRandom;
  readonly #orderIds: OrderIds;
  readonly #eventIds: EventIds;
  #events: OrderEvent[] = [];
  #inTransit: LiveOrder | undefined;
  #micros: number;

  /** @param book as it is before its first event */
  constructor(
    private readonly book: OrderBook,
    private readonly options: OrderLedgerOptions,
  ) {
    const { market, marketCount, seed, startMicros } = options;
    this.#random = new SeededRandom(seed);
    this.#orderIds = new OrderIds(market, marketCount);
    this.#eventIds = new EventIds(startMicros);
    this.#micros = startMicros;
    for (const side of [book.bids, book.asks]) {
      side.prices.forEach((price, at) => {
        this.#add(side === book.bids, price, side.quantities[at]!);
      });
    }
    this.#events = [];
  }

  /** Every order that rests now. */
  snapshot(micros: number): OrderSnapshot {
    const { asks, bids } = this.book;
    return { micros, bids: queuesOf(bids, this.#bids), asks: queuesOf(asks, this.#asks) };
  }

  /** The events since the last call, in their order. */
  takeEvents(): OrderEvent[] {
    const taken = this.#events;
    this.#events = [];
    return taken;
  }

  /**
   * What one event of the engine did to orders, at a time in whole milliseconds.
   * @returns the orders that met, in their order: at least one pair for each fill
   */
  apply(event: MarketEvent, micros: number): OrderMatch[] {
    this.#micros = micros;
    if (this.#inTransit) this.#emit("order_deleted", this.#inTransit);
    this.#inTransit = undefined;
    if (event.fillCount > 0) return this.#take(event);
    for (let at = 0; at < event.changeCount; at++)
      this.#set(event.changeIsBid[at]!, event.changePrices[at]!, event.changeQuantities[at]!);
    return [];
  }

  /** A taker's order: seen when it comes, after each order that it meets, and when it goes. */
  #take(event: MarketEvent): OrderMatch[] {
    const matches: OrderMatch[] = [];
    let taker = this.#takerOf(event);
    this.#emit("order_created", taker);
    for (let at = 0; at < event.fillCount; at++) {
      const price = event.prices[at]!;
      const queues = taker.isBuy ? this.#asks : this.#bids;
      let queue = queues.get(price) ?? [];
      for (let left = event.quantities[at]!; left > 0; ) {
        const resting = queue[0];
        if (!resting) throw new RangeError(`no order rests at ${price}, though ${left} were taken`);
        const quantity = Math.min(left, resting.amount);
        const after = filled(resting, quantity);
        queue = after.amount > 0 ? [after, ...queue.slice(1)] : queue.slice(1);
        if (after.amount > 0) this.#emit("order_changed", after);
        else this.#emitFilled(resting, after);
        const before = taker;
        taker = filled(taker, quantity);
        if (taker.amount > 0) this.#emit("order_changed", taker);
        else this.#emitFilled(before, taker);
        matches.push({
          price,
          quantity,
          buyOrderId: (taker.isBuy ? taker : resting).id,
          sellOrderId: (taker.isBuy ? resting : taker).id,
        });
        left -= quantity;
      }
      store(queues, price, queue);
    }
    if (taker.amount > 0) this.#emit("order_deleted", taker);
    if (this.#draw(LOST_MARKET_SHARE)) {
      this.#inTransit = this.#newOrder(taker.isBuy, undefined, this.#part(taker.traded));
      this.#emit("order_created", this.#inTransit);
    }
    return matches;
  }

  #takerOf(event: MarketEvent): LiveOrder {
    let wanted = 0;
    for (let at = 0; at < event.fillCount; at++) wanted += event.quantities[at]!;
    const isLiquidation = this.options.isPerpetual && this.#draw(LIQUIDATION_SHARE);
    const isMarket = isLiquidation || this.#draw(MARKET_SHARE);
    if (this.#draw(UNFILLED_SHARE)) wanted += this.#part(wanted);
    return {
      id: this.#orderIds.next(this.#micros),
      isBuy: !event.buyerIsMaker,
      price: isMarket ? undefined : event.prices[event.fillCount - 1]!,
      amount: wanted,
      traded: 0,
      amountAtCreate: wanted,
      isLiquidation,
      source: !isLiquidation && this.#draw(STOP_SHARE) ? "stop_order" : "orderbook",
    };
  }

  /** Makers bring a level to this sum: by new orders for more, by taking some back for less. */
  #set(isBuy: boolean, price: number, quantity: number): void {
    const queues = isBuy ? this.#bids : this.#asks;
    const before = sumOf(queues.get(price) ?? []);
    let sum = before;
    while (sum > quantity || (sum > 0 && sum === before && this.#hasToMakeRoom(queues, price, sum, quantity)))
      sum -= this.#takeBack(queues, price);
    if (sum < quantity) this.#add(isBuy, price, quantity - sum);
  }

  /** A level that stays as it is has one order replaced; a full one has no place for another. */
  #hasToMakeRoom(
    queues: ReadonlyMap<number, OrderQueue>,
    price: number,
    sum: number,
    quantity: number,
  ): boolean {
    return sum === quantity || (queues.get(price)?.length ?? 0) >= ORDERS_PER_LEVEL_MAX;
  }

  /** One order of a level is taken back by its owner. @returns what remained of it */
  #takeBack(queues: Map<number, OrderQueue>, price: number): number {
    const queue = queues.get(price)!;
    const at = Math.floor(this.#random.unit() * queue.length);
    const gone = queue[at]!;
    store(queues, price, queue.toSpliced(at, 1));
    this.#emit("order_deleted", gone);
    return gone.amount;
  }

  #add(isBuy: boolean, price: number, amount: number): void {
    const queues = isBuy ? this.#bids : this.#asks;
    const queue = queues.get(price) ?? [];
    const isSplit = amount > 1 && queue.length + 2 <= ORDERS_PER_LEVEL_MAX && this.#draw(SPLIT_SHARE);
    const first = isSplit ? this.#part(amount - 1) : amount;
    const added = isSplit ? [first, amount - first] : [first];
    const orders = added.map((each) => this.#newOrder(isBuy, price, each));
    store(queues, price, [...queue, ...orders]);
    for (const order of orders) this.#emit("order_created", order);
  }

  #newOrder(isBuy: boolean, price: number | undefined, amount: number): LiveOrder {
    return {
      id: this.#orderIds.next(this.#micros),
      isBuy,
      price,
      amount,
      traded: 0,
      amountAtCreate: amount,
      isLiquidation: false,
      source: "orderbook",
    };
  }

  #emitFilled(before: LiveOrder, after: LiveOrder): void {
    this.#emit("order_deleted", after, this.#draw(STALE_AMOUNT_SHARE) ? before.amount : 0);
  }

  #emit(event: OrderEventName, order: LiveOrder, shownAmount = order.amount): void {
    const preEventId = this.#eventIds.last;
    const micros = this.#micros;
    this.#events.push({
      event,
      order,
      shownAmount,
      micros,
      preEventId,
      eventId: this.#eventIds.next(micros),
    });
  }

  #draw(share: number): boolean {
    return this.#random.unit() < share;
  }

  /** From 1 to all of it. */
  #part(whole: number): number {
    return 1 + Math.floor(this.#random.unit() * whole);
  }
}

function filled(order: LiveOrder, quantity: number): LiveOrder {
  return { ...order, amount: order.amount - quantity, traded: order.traded + quantity };
}

function sumOf(queue: OrderQueue): number {
  let sum = 0;
  for (const { amount } of queue) sum += amount;
  return sum;
}

function store(queues: Map<number, OrderQueue>, price: number, queue: OrderQueue): void {
  if (queue.length > 0) queues.set(price, queue);
  else queues.delete(price);
}

function queuesOf(side: BookSide, queues: ReadonlyMap<number, OrderQueue>): OrderQueue[] {
  return side.prices.map((price) => queues.get(price) ?? []).reverse();
}

import { GapReason } from "@ims/common";
import type { OrderFields, OrderSnapshotFields } from "@ims/traits";
import { ChangeFiller, kindOf } from "./change-filler.js";
import { EventLog } from "./event-log.js";
import { ChangeKind } from "./order-change.js";
import { OrderTable } from "./order-table.js";

/** What a list of REST did. */
export type OrdersOutcome =
  /** Older than an event that is not kept: to be asked for again. */
  | "stale"
  /** There were no orders, now there are. */
  | "begun"
  /** The orders were the venue's; they are still suspect if the list might be too old to tell. */
  | "confirmed"
  /** They are others than the venue's, or the stream is behind: {@link LiveOrders.judge} is to be called in a while. */
  | "unsettled"
  /** It has too many orders, or cannot be represented. */
  | "refused";

/** Takes what comes of the orders of a market. */
export interface OrdersOutlet {
  /** All orders, to be read by {@link LiveOrders.copyTo}. */
  whole(): void;
  /** An event behind what was passed on last. */
  event(order: OrderFields): void;
  /** What was passed on last is void until the next whole. */
  gap(reason: GapReason): void;
  /** Something speaks against the orders: a list is needed. */
  doubted(text: string): void;
}

export interface LiveOrdersOptions {
  /** Of the instrument; larger ones are taken over from what comes. */
  readonly priceScale: number;
  readonly quantityScale: number;
  /** More orders than that are given up. Default 200,000. */
  readonly ordersMax?: number;
  /** Bound of the events that are kept, a power of two. Default 65,536. */
  readonly eventsMax?: number;
}

const ORDERS_MAX = 200_000;
const EVENTS_MAX = 65_536;
/** Stamps of channels differ by less: 0.66 s were measured (bitstamp.md section 4). */
const CLOCKS_MICROS = 2_000_000;
/** No list lags by so much: up to 2.6 s in recordings. */
const LAG_MAX_MICROS = 10_000_000;

/**
 * The resting orders of one market: a list of REST (`/order_book/?group=2`), and the events of `live_orders_` since
 * (bitstamp.md section 3.4). Which events a list has in it cannot be told to the last: the stamps of events are whole
 * milliseconds, those of lists are not, and channels do not share a clock (section 4). It need not be: an event says the
 * whole state of its order, so all events from two seconds before the list's stamp on, in their order, make any list
 * that is not older than the first event kept the orders behind the last one. Where the stamps of both are within two
 * seconds, the orders are suspect until another list has confirmed them.
 *
 * A list that is compared with the running orders may be newer than what has arrived: both take the events that follow,
 * and are compared again when those under way have come. Knows no socket and no timer.
 */
export class LiveOrders {
  readonly counters = { appliedCount: 0, staleCount: 0, differedCount: 0, refusedCount: 0 };
  readonly #outlet: OrdersOutlet;
  readonly #ordersMax: number;
  readonly #log: EventLog;
  readonly #filler: ChangeFiller;
  #table = new OrderTable();
  /** A list with the events since, where {@link #isCompared}. */
  #other = new OrderTable();
  #isCompared = false;
  #isOtherSure = false;
  #stands = false;
  #isSure = false;
  #lastMicros = 0;
  /** When the first list of a market that stands still came. */
  #quietSinceMicros = Number.POSITIVE_INFINITY;

  constructor({ eventsMax, ordersMax, priceScale, quantityScale }: LiveOrdersOptions, outlet: OrdersOutlet) {
    this.#outlet = outlet;
    this.#ordersMax = ordersMax ?? ORDERS_MAX;
    this.#log = new EventLog(eventsMax ?? EVENTS_MAX);
    this.#filler = new ChangeFiller({ priceScale, quantityScale });
  }

  /** Whether there are orders. */
  get stands(): boolean {
    return this.#stands;
  }

  get count(): number {
    return this.#table.count;
  }

  /** Whether an event came since the stream began. */
  get hasEvents(): boolean {
    return this.#log.count > 0;
  }

  /** No list that is new enough for it has proven the orders yet. */
  get isSuspect(): boolean {
    return !this.#isSure;
  }

  /** Stamp of the last event or list in the orders. */
  get lastMicros(): number {
    return this.#lastMicros;
  }

  /** The next event of the channel; read during the call. */
  event(order: OrderFields): void {
    if (!this.#apply(order)) {
      this.counters.refusedCount++;
      this.interrupted(GapReason.Unknown);
      this.#outlet.doubted("an order does not fit into 64 bits beside the others");
      return;
    }
    this.#lastMicros = order.eventMicros;
    if (!this.#stands) return;
    if (this.#table.count > this.#ordersMax) {
      this.counters.refusedCount++;
      this.interrupted(GapReason.QueueFull);
      this.#outlet.doubted(`there are more than ${this.#ordersMax} orders`);
      return;
    }
    this.counters.appliedCount++;
    this.#outlet.event(order);
  }

  /** A list of REST, read during the call; orders without a price are not in it. */
  snapshot(list: OrderSnapshotFields): OrdersOutcome {
    if (!this.#isRecent(list)) {
      this.counters.staleCount++;
      return "stale";
    }
    if (!this.#build(list)) {
      this.counters.refusedCount++;
      return "refused";
    }
    this.#isOtherSure = this.#isSureOf(list);
    if (!this.#stands) {
      if (this.#log.count === 0) this.#quietSinceMicros = list.receiveMicros;
      this.#stands = true;
      this.#adopt();
      this.#lastMicros = Math.max(this.#lastMicros, list.eventMicros);
      this.#outlet.whole();
      return "begun";
    }
    this.#isCompared = true;
    if (!this.#table.isSame(this.#other)) return "unsettled";
    this.#confirm();
    return "confirmed";
  }

  /** What became of an unsettled list; `undefined` if there is none any more. */
  judge(): "confirmed" | "differed" | undefined {
    if (!this.#isCompared) return undefined;
    if (this.#table.isSame(this.#other)) {
      this.#confirm();
      return "confirmed";
    }
    this.counters.differedCount++;
    this.#outlet.gap(GapReason.SequenceBroken);
    // What was lost may be missing among the events within two seconds of the list as well.
    this.#isOtherSure = false;
    this.#adopt();
    this.#outlet.whole();
    return "differed";
  }

  /** Events are missing: the orders are void until the next list, and earlier events are of no use. */
  interrupted(reason: GapReason): void {
    this.#log.clear();
    this.#isCompared = false;
    this.#isSure = false;
    this.#quietSinceMicros = Number.POSITIVE_INFINITY;
    this.#filler.reset();
    if (!this.#stands) return;
    this.#stands = false;
    this.#outlet.gap(reason);
  }

  /** All orders, best first, with their scales. */
  copyTo(orders: OrderSnapshotFields): void {
    orders.priceScale = this.#filler.priceScale;
    orders.quantityScale = this.#filler.quantityScale;
    this.#table.copyTo(orders.bids, orders.asks);
  }

  /** Whether no event can be missing between a list and the first event that is kept, as far as clocks agree. */
  #isRecent(list: OrderSnapshotFields): boolean {
    const { floorMicros } = this.#log;
    if (list.eventMicros >= floorMicros) return true;
    // The list of a market that stands still will not become newer.
    return list.eventMicros >= floorMicros - CLOCKS_MICROS && this.#isStill(list);
  }

  /** Whether that is so by more than clocks differ, or lists lag. */
  #isSureOf(list: OrderSnapshotFields): boolean {
    const { count, floorMicros } = this.#log;
    return this.#isStill(list) || (count > 0 && list.eventMicros >= floorMicros + CLOCKS_MICROS);
  }

  /** Whether nothing happened since the list, and the first event came longer ago than lists lag. */
  #isStill({ eventMicros, receiveMicros }: OrderSnapshotFields): boolean {
    const { count, newestMicros, sinceMicros } = this.#log;
    const fromMicros = count > 0 ? sinceMicros : this.#quietSinceMicros;
    return receiveMicros >= fromMicros + LAG_MAX_MICROS && newestMicros <= eventMicros + CLOCKS_MICROS;
  }

  /** False if the event cannot be represented. */
  #apply(order: OrderFields): boolean {
    const { change } = this.#filler;
    const rests = kindOf(order) !== ChangeKind.Removed;
    if (rests && !this.#raiseScales(order.price.scale, order.quantity.scale)) return false;
    if (!this.#filler.fill(order)) return false;
    this.#log.push(change);
    if (this.#stands) this.#table.apply(change);
    if (this.#isCompared) this.#other.apply(change);
    return true;
  }

  /** Fills the other table with the list and the events that are kept. */
  #build(list: OrderSnapshotFields): boolean {
    this.#isCompared = false;
    if (list.bids.count + list.asks.count > this.#ordersMax) return false;
    if (!this.#raiseScales(list.priceScale, list.quantityScale)) {
      this.interrupted(GapReason.Unknown);
      return false;
    }
    this.#other.clear();
    if (!this.#load(list, ChangeKind.Buy) || !this.#load(list, ChangeKind.Sell)) return false;
    this.#log.replay(this.#other, list.eventMicros - CLOCKS_MICROS);
    return this.#other.count <= this.#ordersMax;
  }

  #load(list: OrderSnapshotFields, kind: typeof ChangeKind.Buy | typeof ChangeKind.Sell): boolean {
    const { count } = kind === ChangeKind.Sell ? list.asks : list.bids;
    for (let at = 0; at < count; at++) {
      if (!this.#filler.fillRow(list, kind, at)) return false;
      this.#other.apply(this.#filler.change);
    }
    return true;
  }

  /** Scales grow until the next interruption: what has fewer digits is brought to them. False with all of it spoiled. */
  #raiseScales(priceScale: number, quantityScale: number): boolean {
    const filler = this.#filler;
    const priceDigits = Math.max(0, priceScale - filler.priceScale);
    const quantityDigits = Math.max(0, quantityScale - filler.quantityScale);
    if (priceDigits + quantityDigits === 0) return true;
    const fits =
      this.#log.addDigits(priceDigits, quantityDigits) &&
      (!this.#stands || this.#table.addDigits(priceDigits, quantityDigits)) &&
      (!this.#isCompared || this.#other.addDigits(priceDigits, quantityDigits));
    filler.priceScale += priceDigits;
    filler.quantityScale += quantityDigits;
    return fits;
  }

  #confirm(): void {
    this.#isCompared = false;
    const wasSuspect = this.isSuspect;
    this.#isSure ||= this.#isOtherSure;
    if (wasSuspect && this.#isSure) this.#outlet.whole();
  }

  #adopt(): void {
    [this.#table, this.#other] = [this.#other, this.#table];
    this.#isCompared = false;
    this.#isSure = this.#isOtherSure;
  }
}

import { GapReason, OrderEvent, Side } from "@ims/common";
import type { OrderFields, OrderSnapshotFields } from "@ims/traits";
import { EventLog, LoggedChange } from "./event-log.js";
import { OrderTable } from "./order-table.js";
import { scaledWords, scaleWords } from "./scale-words.js";

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
  #table = new OrderTable();
  /** A list with the events since, where {@link #isCompared}. */
  #other = new OrderTable();
  #isCompared = false;
  #isOtherSure = false;
  #stands = false;
  #isSure = false;
  /** Of the instrument, and those of what is kept. */
  readonly #scales: { readonly priceScale: number; readonly quantityScale: number };
  #priceScale: number;
  #quantityScale: number;
  #lastMicros = 0;
  /** When the first list of a market that stands still came. */
  #quietSinceMicros = Number.POSITIVE_INFINITY;

  constructor({ eventsMax, ordersMax, priceScale, quantityScale }: LiveOrdersOptions, outlet: OrdersOutlet) {
    this.#outlet = outlet;
    this.#ordersMax = ordersMax ?? ORDERS_MAX;
    this.#log = new EventLog(eventsMax ?? EVENTS_MAX);
    this.#scales = { priceScale, quantityScale };
    this.#priceScale = priceScale;
    this.#quantityScale = quantityScale;
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
    this.#priceScale = this.#scales.priceScale;
    this.#quantityScale = this.#scales.quantityScale;
    if (!this.#stands) return;
    this.#stands = false;
    this.#outlet.gap(reason);
  }

  /** All orders, best first, with their scales. */
  copyTo(orders: OrderSnapshotFields): void {
    orders.priceScale = this.#priceScale;
    orders.quantityScale = this.#quantityScale;
    this.#table.copyTo(orders.bids, orders.asks);
  }

  /** Whether no event can be missing between a list and the first event that is kept. */
  #isRecent({ eventMicros, receiveMicros }: OrderSnapshotFields): boolean {
    const { floorMicros, sinceMicros } = this.#log;
    if (eventMicros >= floorMicros) return true;
    // A market that stands still since then: the list will not become newer.
    return eventMicros >= floorMicros - CLOCKS_MICROS && receiveMicros >= sinceMicros + LAG_MAX_MICROS;
  }

  /** Whether that is so by more than clocks differ, or lists lag. */
  #isSureOf({ eventMicros, receiveMicros }: OrderSnapshotFields): boolean {
    const { count, floorMicros, sinceMicros } = this.#log;
    const isQuiet = receiveMicros >= (count > 0 ? sinceMicros : this.#quietSinceMicros) + LAG_MAX_MICROS;
    return isQuiet || (count > 0 && eventMicros >= floorMicros + CLOCKS_MICROS);
  }

  /** False if the event cannot be represented. */
  #apply(order: OrderFields): boolean {
    const { eventMicros, orderId: id, price, quantity, receiveMicros } = order;
    const rests = order.event !== OrderEvent.Deleted && order.hasPrice && (quantity.lo | quantity.hi) !== 0;
    if (!rests) {
      this.#log.push(id, LoggedChange.Removed, eventMicros, receiveMicros, 0, 0, 0, 0);
      if (this.#stands) this.#table.delete(id);
      if (this.#isCompared) this.#other.delete(id);
      return true;
    }
    if (!this.#raiseScales(price.scale, quantity.scale)) return false;
    if (!scaleWords(price.lo, price.hi, this.#priceScale - price.scale)) return false;
    const { hi: priceHi, lo: priceLo } = scaledWords;
    if (!scaleWords(quantity.lo, quantity.hi, this.#quantityScale - quantity.scale)) return false;
    const { hi, lo } = scaledWords;
    const isSell = order.side === Side.Sell;
    const change = isSell ? LoggedChange.Sell : LoggedChange.Buy;
    this.#log.push(id, change, eventMicros, receiveMicros, priceLo, priceHi, lo, hi);
    if (this.#stands) this.#table.set(id, isSell, priceLo, priceHi, lo, hi);
    if (this.#isCompared) this.#other.set(id, isSell, priceLo, priceHi, lo, hi);
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
    if (!this.#load(list, false) || !this.#load(list, true)) return false;
    this.#log.replay(this.#other, list.eventMicros - CLOCKS_MICROS);
    return this.#other.count <= this.#ordersMax;
  }

  #load(list: OrderSnapshotFields, isSell: boolean): boolean {
    const { count, ids, levels } = isSell ? list.asks : list.bids;
    const priceDigits = this.#priceScale - list.priceScale;
    const quantityDigits = this.#quantityScale - list.quantityScale;
    for (let at = 0; at < count; at++) {
      if (!scaleWords(levels.priceLo[at]!, levels.priceHi[at]!, priceDigits)) return false;
      const { hi: priceHi, lo: priceLo } = scaledWords;
      if (!scaleWords(levels.quantityLo[at]!, levels.quantityHi[at]!, quantityDigits)) return false;
      this.#other.set(ids[at]!, isSell, priceLo, priceHi, scaledWords.lo, scaledWords.hi);
    }
    return true;
  }

  /** Scales grow until the next interruption: what has fewer digits is brought to them. False with all of it spoiled. */
  #raiseScales(priceScale: number, quantityScale: number): boolean {
    const priceDigits = Math.max(0, priceScale - this.#priceScale);
    const quantityDigits = Math.max(0, quantityScale - this.#quantityScale);
    if (priceDigits + quantityDigits === 0) return true;
    const fits =
      this.#log.addDigits(priceDigits, quantityDigits) &&
      (!this.#stands || this.#table.addDigits(priceDigits, quantityDigits)) &&
      (!this.#isCompared || this.#other.addDigits(priceDigits, quantityDigits));
    this.#priceScale += priceDigits;
    this.#quantityScale += quantityDigits;
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

import { type Clock, DataType, describeError, GapReason, RecordFlags, sleep } from "@ims/common";
import {
  Backoff,
  type CrossCheckResult,
  createGapFields,
  type JsonObject,
  type OpenFeed,
} from "@ims/integration-kit";
import type { IntegrationContext, OrderFields } from "@ims/traits";
import type { BitstampFeed } from "../feeds/bitstamp-feed.js";
import { WholeRequests } from "../feeds/whole-requests.js";
import { type BitstampRest, isNotFound } from "../rest/bitstamp-rest.js";
import { EventChain } from "./event-chain.js";
import { LiveOrders, type OrdersOutcome } from "./live-orders.js";
import { createOrderFrame, createOrderSnapshot, type OrderFrame } from "./order-frame.js";
import { readOrder } from "./order-reader.js";

export interface OrdersFeedOptions {
  readonly feed: OpenFeed;
  readonly rest: Pick<BitstampRest, "orders">;
  readonly context: IntegrationContext;
  /** How often the orders are compared with the venue's. */
  readonly checkMillis: number;
}

/** A market that stands still sends no event: then the list is asked for after so long. */
const FIRST_EVENT_MILLIS = 3000;
/** Behind the first event, so that the list is most probably newer: see {@link LiveOrders}. */
const FIRST_LIST_MILLIS = 2500;
/** Suspect orders of a market that stands still are compared again after so long; of others as at the beginning. */
const CONFIRM_MILLIS = 10_000;
/** Two connections deliver in a hand-over for some seconds; where events have no ids the orders are compared after it. */
const HAND_OVER_MILLIS = 10_000;
/** Doubts gather for so long. */
const DOUBT_MILLIS = 2000;
/** Where the chain is not heeded though there is one, nothing but a comparison shows a loss. */
const UNGUARDED_CHECK_MILLIS = 60_000;
/** What the stream had under way when a list was made arrives within so long. */
const UNDER_WAY_MILLIS = 3000;
const NEVER = Number.POSITIVE_INFINITY;

/** The single orders of one market: asks for lists, publishes what {@link EventChain} and {@link LiveOrders} make of them. */
export class OrdersFeed implements BitstampFeed {
  readonly orders: LiveOrders;
  readonly chain: EventChain;
  readonly #options: OrdersFeedOptions;
  readonly #clock: Clock;
  readonly #frame = createOrderFrame();
  readonly #record = createOrderSnapshot();
  readonly #backoff: Backoff;
  readonly #requests: WholeRequests<OrdersOutcome | "failed">;
  #judgeAtMillis = NEVER;
  #acknowledged = false;
  #published = false;
  #eventCount = 0;

  constructor(options: OrdersFeedOptions) {
    const { context, feed } = options;
    this.#options = options;
    this.#clock = context.clock;
    this.#requests = new WholeRequests(this.#clock, (signal) => this.#ask(signal));
    this.#backoff = new Backoff(context.random, { firstMillis: 500, capMillis: 30_000 });
    this.orders = new LiveOrders(feed.instrument, {
      whole: () => this.#publishWhole(),
      event: (order) => this.#publishEvent(order),
      gap: (reason) => this.#tellGap(reason),
      doubted: (text) => {
        context.logger.warn({ symbol: feed.instrument.symbol }, text);
        this.#requests.within(0);
      },
    });
    this.chain = new EventChain({
      next: ({ order }) => this.#take(order),
      broken: () => {
        context.logger.warn({ symbol: feed.instrument.symbol }, "events of orders are missing");
        this.orders.interrupted(GapReason.SequenceBroken);
      },
    });
  }

  read(_event: string, _data: JsonObject, receiveMicros: number, record: JsonObject): void {
    try {
      readOrder(record, this.#options.feed.instrument, this.#frame);
    } catch (error) {
      // With a chain the next event shows whether this one is missing; without one it is.
      if (!this.chain.stands) this.orders.interrupted(GapReason.Unknown);
      this.doubt();
      throw error;
    }
    this.takeOrder(this.#frame, receiveMicros);
  }

  takeOrder(frame: OrderFrame, receiveMicros: number): void {
    frame.order.receiveMicros = receiveMicros;
    this.chain.offer(frame, this.#clock.monotonicMillis());
  }

  acknowledged(): void {
    if (!this.#acknowledged)
      this.#requests.within(this.orders.hasEvents ? FIRST_LIST_MILLIS : FIRST_EVENT_MILLIS);
    else if (!this.chain.stands) this.#requests.within(HAND_OVER_MILLIS);
    this.#acknowledged = true;
  }

  interrupted(): void {
    this.#acknowledged = false;
    this.#requests.cancel();
    this.chain.restart();
    this.orders.interrupted(GapReason.ConnectionLost);
  }

  check(nowMillis: number): void {
    this.chain.check(nowMillis);
    if (nowMillis >= this.#judgeAtMillis) this.#judge();
    this.#requests.check(nowMillis);
  }

  showAgain(): void {
    if (this.#published) this.#publishWhole();
  }

  doubt(): void {
    this.#requests.within(DOUBT_MILLIS);
  }

  get isClosed(): boolean {
    return this.#requests.signal.aborted;
  }

  close(): Promise<void> {
    return this.#requests.close();
  }

  /** Compares the orders of the silent stream with the venue's. */
  async crossCheck(_silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult> {
    if (!this.orders.stands) return { verdict: "unknown", text: "a list of the orders is awaited" };
    const before = this.#eventCount;
    const outcome = await this.#requests.ask();
    if (outcome === "confirmed") return { verdict: "quiet", text: "the venue's orders are the same" };
    if (outcome !== "unsettled")
      return { verdict: "unknown", text: "the venue's orders could not be compared" };
    await sleep(this.#clock, UNDER_WAY_MILLIS, AbortSignal.any([signal, this.#requests.signal])).catch(
      () => {},
    );
    return this.#eventCount > before
      ? { verdict: "quiet", text: "the stream has brought what the venue shows" }
      : { verdict: "dead", text: `${this.#options.feed.stream} did not bring the venue's orders` };
  }

  #take(order: OrderFields): void {
    this.#eventCount++;
    this.#options.feed.seen(order.receiveMicros);
    const isFirst = !this.orders.stands && !this.orders.hasEvents;
    this.orders.event(order);
    // Also where it was to be asked for sooner: that list would not be sure.
    if (isFirst && this.#acknowledged) this.#requests.after(FIRST_LIST_MILLIS);
  }

  /** One request. When the next one is due depends on what it brought; it never rejects. */
  async #ask(signal: AbortSignal): Promise<OrdersOutcome | "failed"> {
    const { checkMillis, context, feed, rest } = this.#options;
    const { symbol } = feed.instrument;
    if (!this.#acknowledged) return "failed";
    try {
      const list = await rest.orders(feed.instrument, signal);
      if (signal.aborted || !this.#acknowledged) return "failed";
      const outcome = this.orders.snapshot(list);
      switch (outcome) {
        case "stale":
          this.#requests.within(this.#backoff.nextMillis());
          break;
        case "refused":
          context.logger.warn({ symbol, pauseMillis: checkMillis }, "the venue's orders are too many");
          this.#requests.within(checkMillis);
          break;
        case "unsettled":
          this.#judgeAtMillis = this.#clock.monotonicMillis() + UNDER_WAY_MILLIS;
          break;
        default:
          this.#settled();
      }
      return outcome;
    } catch (error) {
      if (signal.aborted) return "failed";
      const pauseMillis = isNotFound(error) ? checkMillis : this.#backoff.nextMillis();
      context.logger.warn({ symbol, error: describeError(error), pauseMillis }, "no list of the orders");
      this.#requests.within(pauseMillis);
      return "failed";
    }
  }

  #judge(): void {
    const { context, feed } = this.#options;
    this.#judgeAtMillis = NEVER;
    const verdict = this.orders.judge();
    if (verdict === undefined) return;
    if (verdict === "differed")
      context.logger.warn({ symbol: feed.instrument.symbol }, "the orders were not the venue's");
    this.#settled();
  }

  #settled(): void {
    const { checkMillis, context } = this.#options;
    this.#backoff.reset();
    const isUnguarded = this.chain.isDistrusted(this.#clock.monotonicMillis());
    const everyMillis = isUnguarded ? Math.min(checkMillis, UNGUARDED_CHECK_MILLIS) : checkMillis;
    // Spread, so that markets that began together are not compared together.
    const spread = everyMillis * (0.75 + 0.5 * context.random());
    const confirmMillis = this.orders.hasEvents ? FIRST_LIST_MILLIS : CONFIRM_MILLIS;
    this.#requests.within(this.orders.isSuspect ? confirmMillis : spread);
  }

  #publishWhole(): void {
    const { context, feed } = this.#options;
    const record = this.#record;
    this.orders.copyTo(record);
    record.instrumentId = feed.instrumentId;
    record.eventMicros = this.orders.lastMicros;
    record.receiveMicros = context.clock.nowMicros();
    record.flags =
      RecordFlags.Snapshot | RecordFlags.LastInEvent | (this.orders.isSuspect ? RecordFlags.Suspect : 0);
    this.#published = true;
    context.sink.orderSnapshot(record);
  }

  #publishEvent(order: OrderFields): void {
    order.instrumentId = this.#options.feed.instrumentId;
    order.flags = RecordFlags.LastInEvent | (this.orders.isSuspect ? RecordFlags.Suspect : 0);
    this.#options.context.sink.order(order);
  }

  /** How many events are missing is never known. */
  #tellGap(reason: GapReason): void {
    const { context, feed } = this.#options;
    const gap = createGapFields(feed.instrumentId, DataType.Order);
    gap.receiveMicros = context.clock.nowMicros();
    gap.eventMicros = gap.receiveMicros;
    gap.reason = reason;
    gap.fromMicros = this.orders.lastMicros;
    gap.toMicros = gap.receiveMicros;
    this.#published = false;
    context.sink.gap(gap);
  }
}

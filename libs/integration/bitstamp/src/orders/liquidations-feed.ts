import { DataType, GapReason, OrderEvent, OrderMarks, OrderStatus } from "@ims/common";
import {
  type CrossCheckResult,
  createGapFields,
  createLiquidationFields,
  type JsonObject,
  type OpenFeed,
} from "@ims/integration-kit";
import type { IntegrationContext, OrderFields } from "@ims/traits";
import { venueChannelOf } from "../channels.js";
import type { BitstampFeed } from "../feeds/bitstamp-feed.js";
import type { BitstampRest } from "../rest/bitstamp-rest.js";
import { EventChain } from "./event-chain.js";
import { createOrderFrame, type OrderFrame } from "./order-frame.js";
import { readOrder } from "./order-reader.js";

/** How much later than the last event the venue's book may have changed while the stream is alive, microseconds. */
const LAG_MICROS = 5_000_000;

/**
 * Liquidations of a perpetual: the orders that the venue closes positions with, out of the events of all its orders
 * (bitstamp.md section 3.4). Nobody can have them later: what is lost is told as a Gap. A cut behind which the chain of
 * events goes on lost nothing. Every event of an order is a sign of life.
 */
export class LiquidationsFeed implements BitstampFeed {
  readonly chain: EventChain;
  readonly #frame = createOrderFrame();
  readonly #record = createLiquidationFields();
  /** Whether the stream was cut since the last event. */
  #isCut = false;
  #lastMicros = 0;
  /** When the venue took the subscription last; 0 before. */
  #startedMicros = 0;
  isClosed = false;

  constructor(
    private readonly feed: OpenFeed,
    private readonly rest: Pick<BitstampRest, "book">,
    private readonly context: Pick<IntegrationContext, "clock" | "sink">,
  ) {
    this.chain = new EventChain({
      next: ({ order }) => this.#take(order),
      broken: () => this.#tellGap(this.#isCut ? GapReason.ConnectionLost : GapReason.SequenceBroken),
    });
  }

  read(_event: string, _data: JsonObject, receiveMicros: number, record: JsonObject): void {
    try {
      readOrder(record, this.feed.instrument, this.#frame);
    } catch (error) {
      // With a chain the next event shows whether this one is missing.
      if (!this.chain.stands) this.#tellGap(GapReason.Unknown);
      throw error;
    }
    this.takeOrder(this.#frame, receiveMicros);
  }

  takeOrder(frame: OrderFrame, receiveMicros: number): void {
    frame.order.receiveMicros = receiveMicros;
    this.chain.offer(frame, this.context.clock.monotonicMillis());
  }

  acknowledged(): void {
    this.#startedMicros = this.context.clock.nowMicros();
  }

  /** Without a chain what a cut took cannot be known. */
  interrupted(): void {
    if (this.chain.stands) this.#isCut = true;
    else if (this.#aliveMicros > 0) this.#tellGap(GapReason.ConnectionLost);
  }

  check(nowMillis: number): void {
    this.chain.check(nowMillis);
  }

  close(): void {
    this.isClosed = true;
    if (this.#isCut) this.#tellGap(GapReason.ConnectionLost);
  }

  /** Every change of the venue's book is one of its orders. */
  async crossCheck(_silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult> {
    const book = await this.rest.book(this.feed.instrument, signal);
    return book.lastUpdateId <= this.#aliveMicros + LAG_MICROS
      ? { verdict: "quiet", text: "the venue's book has no later change" }
      : { verdict: "dead", text: `${venueChannelOf(this.feed.stream)} did not bring the venue's orders` };
  }

  /** Up to here nothing is known to be missing. */
  get #aliveMicros(): number {
    return Math.max(this.#lastMicros, this.#startedMicros);
  }

  #take(order: OrderFields): void {
    this.feed.seen(order.receiveMicros);
    this.#isCut = false;
    this.#lastMicros = order.eventMicros;
    if ((order.marks & OrderMarks.Liquidation) === 0) return;
    const record = this.#record;
    record.instrumentId = this.feed.instrumentId;
    record.eventMicros = order.eventMicros;
    record.sendMicros = 0;
    record.receiveMicros = order.receiveMicros;
    record.flags = 0;
    record.side = order.side;
    record.priceScale = order.price.scale;
    record.quantityScale = order.quantity.scale;
    record.price = order.hasPrice ? order.price.toBigInt() : null;
    record.averagePrice = null;
    const left = order.quantity.toBigInt();
    record.filledQuantity = order.hasFilledQuantity ? order.filledQuantity.toBigInt() : 0n;
    record.quantity = order.hasOriginalQuantity
      ? order.originalQuantity.toBigInt()
      : left + record.filledQuantity;
    record.status = statusOf(order.event, record.filledQuantity >= record.quantity);
    this.context.sink.liquidation(record);
  }

  #tellGap(reason: GapReason): void {
    const { clock, sink } = this.context;
    const gap = createGapFields(this.feed.instrumentId, DataType.Liquidation);
    gap.receiveMicros = clock.nowMicros();
    gap.eventMicros = gap.receiveMicros;
    gap.reason = reason;
    gap.fromMicros = this.#lastMicros || this.#startedMicros;
    gap.toMicros = gap.receiveMicros;
    this.#isCut = false;
    sink.gap(gap);
  }
}

/** What was left of a filled order when it went may still be printed: what was executed decides. */
function statusOf(event: OrderEvent, isFilled: boolean): OrderStatus {
  if (event === OrderEvent.Created) return OrderStatus.New;
  if (event === OrderEvent.Changed) return OrderStatus.PartiallyFilled;
  return isFilled ? OrderStatus.Filled : OrderStatus.Canceled;
}

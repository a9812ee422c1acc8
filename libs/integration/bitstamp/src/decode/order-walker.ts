import { type Instrument, type MantissaCell, OrderEvent, OrderKind, OrderMarks, Side } from "@ims/common";
import { Char, type FrameBytes, Literal, NOWHERE } from "@ims/integration-kit";
import { EVENT_ID_BYTES, type EventId, readEventId } from "../orders/event-id.js";
import { createOrderFrame, type OrderFrame } from "../orders/order-frame.js";
import { LIMIT_SUBTYPE, NO_PRICE } from "../orders/order-reader.js";
import type { ChannelNames } from "./channel-names.js";
import { dataStart, isDataEnd } from "./frame-ends.js";

const CHANNEL = new Literal('"channel":');
const EVENT = new Literal('"event":');
const EVENT_ID = new Literal('"event_id":');
const PREVIOUS_ID = new Literal('"pre_event_id":');
const SOURCE = new Literal('"order_source":');
const FROM_BOOK = new Literal('"orderbook"}');
const FROM_STOP = new Literal('"stop_order"}');
const CREATED = new Literal('"order_created"');
const CHANGED = new Literal('"order_changed"');
const DELETED = new Literal('"order_deleted"');

const ID = new Literal('"id":');
const ID_TEXT = new Literal('"id_str":');
const TYPE = new Literal('"order_type":');
const SUBTYPE = new Literal('"order_subtype":');
const SECONDS = new Literal('"datetime":');
const MICROS = new Literal('"microtimestamp":');
const AMOUNT = new Literal('"amount":');
const AMOUNT_TEXT = new Literal('"amount_str":');
const TRADED = new Literal('"amount_traded":');
const AT_CREATE = new Literal('"amount_at_create":');
const PRICE = new Literal('"price":');
const PRICE_TEXT = new Literal('"price_str":');
const LIQUIDATION = new Literal('"is_liquidation":');
const TRUE = new Literal("true}");
const FALSE = new Literal("false}");

/** Of `,"event_id":"…","pre_event_id":"…","order_source":`, without spaces. */
const IDS_BYTES = EVENT_ID.length + PREVIOUS_ID.length + SOURCE.length + 2 * (EVENT_ID_BYTES + 2) + 3;
/** Names of channels are far shorter. */
const NAME_BYTES_MAX = 64;
/** Shorter frames are none of orders: what is looked for from the end does not begin in front of them. */
const FRAME_BYTES_MIN = 300;
/** Larger scales are left to the JSON reader. */
const SCALE_MAX = 9;
const TWO_32 = 2 ** 32;
/** By scale: the mantissa of the price that is none. */
const NO_PRICES = Array.from({ length: SCALE_MAX + 1 }, (_, scale) => NO_PRICE * 10 ** scale);

/**
 * Reads frames of orders as the venue prints them in 2026 (bitstamp.md section 3.4), by the rules of `FrameWalker`. For
 * every frame that is read here `readOrder` gives the same result.
 */
export class OrderWalker {
  readonly order: OrderFrame = createOrderFrame();
  #dataEnd = NOWHERE;
  #event: OrderEvent = OrderEvent.Unknown;
  #marks: OrderMarks = 0;

  constructor(
    private readonly frame: FrameBytes,
    private readonly names: ChannelNames,
  ) {}

  /**
   * Reads what stands behind `data`, from its end; the streams are then those of the names. All of it but the channel's
   * name has one of few lengths, which makes it quick to find, and to see that a frame is another one.
   */
  begin(): boolean {
    const { frame } = this;
    const { end } = frame;
    if (end < FRAME_BYTES_MIN) return false;
    const isStop = frame.text(end - FROM_STOP.length, FROM_STOP) !== NOWHERE;
    if (!isStop && frame.text(end - FROM_BOOK.length, FROM_BOOK) === NOWHERE) return false;
    this.#marks = isStop ? OrderMarks.Stop : 0;
    const source = isStop ? FROM_STOP : FROM_BOOK;
    const ids = this.#placeOf(end - IDS_BYTES - source.length, 3, EVENT_ID);
    let at = this.#eventId(frame.key(ids, EVENT_ID), this.order.eventId);
    at = this.#eventId(frame.key(at, PREVIOUS_ID), this.order.previousId);
    at = frame.key(at, SOURCE);
    if (at === NOWHERE || frame.text(at, source) !== end) return false;
    const event = this.#placeOf(ids - EVENT.length - CREATED.length - 1, 1, EVENT);
    if (this.#eventName(frame.key(event, EVENT)) !== ids) return false;
    const channel = this.#placeOf(this.#nameStart(event) - CHANNEL.length - 1, 1, CHANNEL);
    this.#dataEnd = channel;
    return channel !== NOWHERE && this.names.read(frame, frame.key(channel, CHANNEL)) === event;
  }

  /** Where the comma in front of a key stands: here, or further in front by the spaces of so many pairs. */
  #placeOf(compact: number, pairCount: number, key: Literal): number {
    const { frame } = this;
    if (compact <= 2 * pairCount) return NOWHERE;
    if (frame.key(compact, key) !== NOWHERE) return compact;
    const spaced = compact - 2 * pairCount;
    return frame.key(spaced, key) === NOWHERE ? NOWHERE : spaced;
  }

  /** Where the quote in front of a name stands, if the one behind it stands in front of `end`. */
  #nameStart(end: number): number {
    const { bytes } = this.frame;
    const least = end - NAME_BYTES_MAX;
    let at = end - 2;
    while (at > least && bytes[at] !== Char.Quote) at--;
    return at;
  }

  /** Fills {@link order}, all but instrument and time of arrival; false if the frame is not read here. */
  read({ priceScale, quantityScale }: Pick<Instrument, "priceScale" | "quantityScale">): boolean {
    if (priceScale > SCALE_MAX || quantityScale > SCALE_MAX) return false;
    const { frame } = this;
    const { order } = this.order;
    let at = frame.skipNumber(frame.firstKey(dataStart(frame), ID));
    at = frame.wholeText(frame.key(at, ID_TEXT));
    order.orderId = frame.value;
    at = frame.whole(frame.key(at, TYPE));
    const type = frame.value;
    at = frame.whole(frame.key(at, SUBTYPE));
    const subtype = frame.value;
    at = frame.wholeText(frame.key(at, SECONDS));
    at = frame.wholeText(frame.key(at, MICROS));
    order.eventMicros = frame.value;
    at = frame.skipNumber(frame.key(at, AMOUNT));
    at = this.#decimal(frame.key(at, AMOUNT_TEXT), quantityScale, order.quantity);
    at = this.#decimal(frame.key(at, TRADED), quantityScale, order.filledQuantity);
    at = this.#decimal(frame.key(at, AT_CREATE), quantityScale, order.originalQuantity);
    at = frame.skipNumber(frame.key(at, PRICE));
    at = this.#decimal(frame.key(at, PRICE_TEXT), priceScale, order.price);
    at = this.#liquidation(frame.key(at, LIQUIDATION));
    if (!isDataEnd(frame, at, this.#dataEnd) || type > 1 || order.orderId === 0) return false;
    order.event = this.#event;
    order.side = type === 0 ? Side.Buy : Side.Sell;
    order.sendMicros = 0;
    order.flags = 0;
    order.hasFilledQuantity = true;
    order.hasOriginalQuantity = true;
    this.#judgePrice(priceScale, subtype);
    this.order.isChained = true;
    return true;
  }

  /** Market orders in transit have the price 0 or 999999999. */
  #judgePrice(priceScale: number, subtype: number): void {
    const { order } = this.order;
    const { price } = order;
    const value = price.hi * TWO_32 + (price.lo >>> 0);
    order.hasPrice = value !== 0 && value !== NO_PRICES[priceScale];
    if (order.hasPrice) {
      order.kind = subtype === LIMIT_SUBTYPE ? OrderKind.Limit : OrderKind.Unknown;
      return;
    }
    order.kind = OrderKind.Market;
    price.lo = 0;
    price.hi = 0;
  }

  #decimal(start: number, scale: number, cell: MantissaCell): number {
    const { frame } = this;
    const at = frame.decimalAt(start, scale);
    cell.lo = frame.lo;
    cell.hi = frame.hi;
    cell.scale = scale;
    return at;
  }

  /** Gives the place of the brace behind it. */
  #liquidation(start: number): number {
    const { frame } = this;
    const isTrue = frame.text(start, TRUE);
    this.order.order.marks = isTrue === NOWHERE ? this.#marks : this.#marks | OrderMarks.Liquidation;
    const at = isTrue === NOWHERE ? frame.text(start, FALSE) : isTrue;
    return at === NOWHERE ? NOWHERE : at - 1;
  }

  #eventName(start: number): number {
    const { frame } = this;
    let at = frame.text(start, CREATED);
    this.#event = OrderEvent.Created;
    if (at !== NOWHERE) return at;
    at = frame.text(start, CHANGED);
    this.#event = OrderEvent.Changed;
    if (at !== NOWHERE) return at;
    this.#event = OrderEvent.Deleted;
    return frame.text(start, DELETED);
  }

  /** An event id in quotes. */
  #eventId(start: number, id: EventId): number {
    const { bytes } = this.frame;
    if (start === NOWHERE || bytes[start] !== Char.Quote) return NOWHERE;
    const end = start + 1 + EVENT_ID_BYTES;
    return bytes[end] === Char.Quote && readEventId(bytes, start + 1, id) ? end + 1 : NOWHERE;
  }
}

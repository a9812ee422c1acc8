import { type Instrument, type MantissaCell, OrderEvent, OrderKind, OrderMarks, Side } from "@ims/common";
import { Char, type FrameBytes, Literal, NOWHERE } from "@ims/integration-kit";
import { EVENT_ID_BYTES, type EventId, readEventId } from "../orders/event-id.js";
import { createOrderFrame, type OrderFrame } from "../orders/order-frame.js";
import { LIMIT_SUBTYPE, NO_PRICE } from "../orders/order-reader.js";
import type { ChannelNames } from "./channel-names.js";
import { dataStart, isDataEnd, tailStart } from "./frame-ends.js";

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

/** Quotes of `"channel":"…","event":"…","event_id":"…"`. */
const NAMES_QUOTES = 12;
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
   * Reads what stands behind `data`; the streams are then those of the names.
   *
   * @param lastPairs where the comma in front of the last two pairs of texts stands
   */
  begin(lastPairs: number): boolean {
    const { frame, names } = this;
    let at = this.#eventId(frame.key(lastPairs, PREVIOUS_ID), this.order.previousId);
    at = frame.key(at, SOURCE);
    if (at === NOWHERE) return false;
    const isStop = frame.text(at, FROM_STOP) === frame.end;
    if (!isStop && frame.text(at, FROM_BOOK) !== frame.end) return false;
    this.#marks = isStop ? OrderMarks.Stop : 0;
    const start = tailStart(frame, lastPairs, NAMES_QUOTES);
    if (start === NOWHERE) return false;
    at = frame.key(names.read(frame, frame.key(start, CHANNEL)), EVENT);
    at = this.#eventName(at);
    at = this.#eventId(frame.key(at, EVENT_ID), this.order.eventId);
    this.#dataEnd = start;
    return at !== NOWHERE && at === lastPairs;
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

import { Aggressor, type BookLevels, type Instrument } from "@ims/common";
import {
  Char,
  createBookFields,
  createTradeFields,
  FrameBytes,
  Literal,
  NOWHERE,
} from "@ims/integration-kit";
import type { BookFields, TradeFields } from "@ims/traits";
import type { OrderFrame } from "../orders/order-frame.js";
import { ChannelNames } from "./channel-names.js";
import { dataStart, isDataEnd, tailStart } from "./frame-ends.js";
import { OrderWalker } from "./order-walker.js";

/** The venue's word in a frame of market data. */
export const WalkedEvent = { None: 0, Trade: 1, Book: 2, Order: 3 } as const;
export type WalkedEvent = (typeof WalkedEvent)[keyof typeof WalkedEvent];

const CHANNEL = new Literal('"channel":');
const EVENT = new Literal('"event":');
const TRADE = new Literal('"trade"}');
const BOOK = new Literal('"data"}');

const ID = new Literal('"id":');
const TIMESTAMP = new Literal('"timestamp":');
const MICROS = new Literal('"microtimestamp":');
const AMOUNT = new Literal('"amount":');
const AMOUNT_TEXT = new Literal('"amount_str":');
const PRICE = new Literal('"price":');
const PRICE_TEXT = new Literal('"price_str":');
const TYPE = new Literal('"type":');
const BUY_ORDER = new Literal('"buy_order_id":');
const SELL_ORDER = new Literal('"sell_order_id":');
const BIDS = new Literal('"bids":');
const ASKS = new Literal('"asks":');

/** Larger scales are left to the JSON reader. */
const SCALE_MAX = 9;

/**
 * Reads frames of trades, books and orders in the order of keys in which the venue prints them now (bitstamp.md section
 * 3), with or without its spaces, straight into reused records. Whatever else a frame looks like, exponents among it, is
 * not read here: then `readStreamTrade`, `readBook` and `readOrder` are asked, which give the same result for every frame
 * that is read here.
 *
 * The name of the channel stands at the end, but says how the beginning is read: {@link begin} looks at the end first.
 */
export class FrameWalker {
  readonly trade: TradeFields = createTradeFields();
  readonly book: BookFields = createBookFields();
  readonly #frame = new FrameBytes();
  readonly #names = new ChannelNames();
  readonly #orders = new OrderWalker(this.#frame, this.#names);
  /** Where the `data` has to end. */
  #dataEnd = NOWHERE;

  /** Streams of the frame that {@link begin} took. */
  get streams(): readonly string[] {
    return this.#names.streams;
  }

  /** The frame of an order that {@link readOrder} filled. */
  get order(): OrderFrame {
    return this.#orders.order;
  }

  /** What the frame's end says, with its {@link streams}; `None` for what is not read here. */
  begin(frame: Uint8Array): WalkedEvent {
    // No other byte at the beginning could be taken for one behind it: see NOWHERE.
    if (frame[0] !== Char.OpenBrace || !this.#frame.take(frame)) return WalkedEvent.None;
    if (this.#orders.begin()) return WalkedEvent.Order;
    const start = tailStart(this.#frame);
    this.#dataEnd = start;
    return start === NOWHERE ? WalkedEvent.None : this.#tail(start);
  }

  /** Fills {@link trade}, all but instrument and time of arrival; false if the frame is not read here. */
  readTrade(): boolean {
    const frame = this.#frame;
    const { trade } = this;
    let at = frame.firstKey(dataStart(frame), ID);
    at = frame.whole(at);
    const id = frame.value;
    at = frame.wholeText(frame.key(at, TIMESTAMP));
    at = frame.skipNumber(frame.key(at, AMOUNT));
    at = frame.decimal(frame.key(at, AMOUNT_TEXT), trade.quantity);
    at = frame.skipNumber(frame.key(at, PRICE));
    at = frame.decimal(frame.key(at, PRICE_TEXT), trade.price);
    at = frame.whole(frame.key(at, TYPE));
    const type = frame.value;
    at = frame.wholeText(frame.key(at, MICROS));
    trade.eventMicros = frame.value;
    at = frame.skipNumber(frame.key(at, BUY_ORDER));
    at = frame.skipNumber(frame.key(at, SELL_ORDER));
    if (!isDataEnd(frame, at, this.#dataEnd) || type > 1) return false;
    trade.tradeId = id;
    trade.firstTradeId = id;
    trade.lastTradeId = id;
    trade.sendMicros = 0;
    trade.flags = 0;
    trade.aggressor = type === 0 ? Aggressor.Buyer : Aggressor.Seller;
    return true;
  }

  /** Fills {@link book}, all but instrument and time of arrival; false if the frame is not read here. */
  readBook({ priceScale, quantityScale }: Pick<Instrument, "priceScale" | "quantityScale">): boolean {
    if (priceScale > SCALE_MAX || quantityScale > SCALE_MAX) return false;
    const frame = this.#frame;
    const { book } = this;
    book.priceScale = priceScale;
    book.quantityScale = quantityScale;
    let at = frame.wholeText(frame.firstKey(dataStart(frame), TIMESTAMP));
    at = frame.wholeText(frame.key(at, MICROS));
    const micros = frame.value;
    at = this.#levels(frame.key(at, BIDS), book.bids);
    at = this.#levels(frame.key(at, ASKS), book.asks);
    if (!isDataEnd(frame, at, this.#dataEnd)) return false;
    book.eventMicros = micros;
    book.firstUpdateId = micros;
    book.lastUpdateId = micros;
    book.previousUpdateId = 0;
    book.sendMicros = 0;
    book.flags = 0;
    book.horizon = 0;
    return true;
  }

  /** Fills {@link order}, all but instrument and time of arrival; false if the frame is not read here. */
  readOrder(scales: Pick<Instrument, "priceScale" | "quantityScale">): boolean {
    return this.#orders.read(scales);
  }

  /** `[["price","amount"],…]`, also empty. Rows with price 0 are market orders in transit and are left out. */
  #levels(start: number, levels: BookLevels): number {
    const frame = this.#frame;
    const { bytes } = frame;
    const { priceScale, quantityScale } = this.book;
    levels.clear();
    if (bytes[start] !== Char.OpenBracket) return NOWHERE;
    let at = start + 1;
    if (bytes[at] === Char.CloseBracket) return at + 1;
    for (;;) {
      if (bytes[at] !== Char.OpenBracket) return NOWHERE;
      at = frame.decimalAt(at + 1, priceScale);
      const { hi, lo } = frame;
      at = frame.decimalAt(frame.comma(at), quantityScale);
      if (at === NOWHERE || bytes[at] !== Char.CloseBracket) return NOWHERE;
      if ((lo | hi) !== 0) levels.push(lo, hi, frame.lo, frame.hi);
      at++;
      if (bytes[at] === Char.CloseBracket) return at + 1;
      at = frame.comma(at);
      if (at === NOWHERE) return NOWHERE;
    }
  }

  /** `,"channel":"…","event":"…"}` and the end of the frame. */
  #tail(start: number): WalkedEvent {
    const frame = this.#frame;
    const at = frame.key(this.#names.read(frame, frame.key(start, CHANNEL)), EVENT);
    if (at === NOWHERE) return WalkedEvent.None;
    if (frame.text(at, TRADE) === frame.end) return WalkedEvent.Trade;
    return frame.text(at, BOOK) === frame.end ? WalkedEvent.Book : WalkedEvent.None;
  }
}

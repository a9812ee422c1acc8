import { Aggressor, type BookLevels, type Instrument } from "@ims/common";
import { createTradeFields } from "@ims/integration-kit";
import type { BookFields, TradeFields } from "@ims/traits";
import { createBookFields } from "../book/book-fields.js";
import { ChannelNames } from "./channel-names.js";
import { Char, FrameBytes, NOWHERE } from "./frame-bytes.js";
import { Literal } from "./literal.js";

/** The venue's word in a frame of market data. */
export const WalkedEvent = { None: 0, Trade: 1, Book: 2 } as const;
export type WalkedEvent = (typeof WalkedEvent)[keyof typeof WalkedEvent];

const DATA = new Literal('{"data":');
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

/** Quotes of `"channel":"…","event":"…"`. */
const TAIL_QUOTES = 8;
/** Names of channels are far shorter. */
const TAIL_BYTES_MAX = 160;
/** Larger scales are left to the JSON reader. */
const SCALE_MAX = 9;

/**
 * Reads frames of trades and books in the order of keys in which the venue prints them now (bitstamp.md section 3), with
 * or without its spaces, straight into reused records. Whatever else a frame looks like, exponents among it, is not read
 * here: then `readStreamTrade` and `readBook` are asked, which give the same result for every frame that is read here.
 *
 * The name of the channel stands at the end, but says how the beginning is read: {@link begin} looks at the end first.
 */
export class FrameWalker {
  readonly trade: TradeFields = createTradeFields();
  readonly book: BookFields = createBookFields();
  /** Streams of the frame that {@link begin} took. */
  streams: readonly string[] = [];
  readonly #frame = new FrameBytes();
  readonly #names = new ChannelNames();
  /** Where the `data` has to end. */
  #dataEnd = NOWHERE;

  /** What the frame's end says, with its {@link streams}; `None` for what is not read here. */
  begin(frame: Uint8Array): WalkedEvent {
    // No other byte at the beginning could be taken for one behind it: see NOWHERE.
    if (frame[0] !== Char.OpenBrace || !this.#frame.take(frame)) return WalkedEvent.None;
    const start = this.#tailStart();
    this.#dataEnd = start;
    return start === NOWHERE ? WalkedEvent.None : this.#tail(start);
  }

  /** Fills {@link trade}, all but instrument and time of arrival; false if the frame is not read here. */
  readTrade(): boolean {
    const frame = this.#frame;
    const { trade } = this;
    let at = frame.firstKey(this.#dataStart(), ID);
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
    if (!this.#isEnd(at) || type > 1) return false;
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
    let at = frame.wholeText(frame.firstKey(this.#dataStart(), TIMESTAMP));
    at = frame.wholeText(frame.key(at, MICROS));
    const micros = frame.value;
    at = this.#levels(frame.key(at, BIDS), book.bids);
    at = this.#levels(frame.key(at, ASKS), book.asks);
    if (!this.#isEnd(at)) return false;
    book.eventMicros = micros;
    book.firstUpdateId = micros;
    book.lastUpdateId = micros;
    book.previousUpdateId = 0;
    book.sendMicros = 0;
    book.flags = 0;
    book.horizon = 0;
    return true;
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

  /** Behind `{"data":{`. */
  #dataStart(): number {
    const frame = this.#frame;
    const at = frame.firstKey(0, DATA);
    return frame.bytes[at] === Char.OpenBrace && at !== 0 ? at + 1 : NOWHERE;
  }

  #isEnd(at: number): boolean {
    return at !== NOWHERE && this.#frame.bytes[at] === Char.CloseBrace && at + 1 === this.#dataEnd;
  }

  /** Where the comma in front of `"channel"` should stand: quotes are counted from the end. */
  #tailStart(): number {
    const { bytes, end } = this.#frame;
    const least = Math.max(0, end - TAIL_BYTES_MAX);
    let quotes = 0;
    for (let at = end - 1; at > least; at--) {
      if (bytes[at] !== Char.Quote || ++quotes < TAIL_QUOTES) continue;
      return bytes[at - 1] === Char.Space ? at - 2 : at - 1;
    }
    return NOWHERE;
  }

  /** `,"channel":"…","event":"…"}` and the end of the frame. */
  #tail(start: number): WalkedEvent {
    const frame = this.#frame;
    const { bytes, end } = frame;
    let at = frame.key(start, CHANNEL);
    if (at === NOWHERE || bytes[at] !== Char.Quote) return WalkedEvent.None;
    const nameStart = ++at;
    let hash = 0;
    for (; isNameByte(bytes[at]!); at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    if (bytes[at] !== Char.Quote) return WalkedEvent.None;
    const nameEnd = at;
    at = frame.key(at + 1, EVENT);
    if (at === NOWHERE) return WalkedEvent.None;
    const isTrade = frame.text(at, TRADE) === end;
    if (!isTrade && frame.text(at, BOOK) !== end) return WalkedEvent.None;
    this.streams = this.#names.streamsOf(bytes, nameStart, nameEnd, hash);
    return isTrade ? WalkedEvent.Trade : WalkedEvent.Book;
  }
}

/** `a` to `z`, digits, `_` and `-`: nothing that JSON would read as something else. */
function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2d;
}

import type { MantissaCell } from "@ims/common";
import type { TopOfBookFields } from "@ims/traits";
import { type FrameCursor, isLetter, keyWord, NOWHERE } from "./frame-cursor.js";
import { Char } from "./json-chars.js";
import { Literal } from "./literal.js";
import type { SymbolWalker } from "./symbol-walker.js";

/** Fields found, as bits. */
const Seen = {
  UpdateId: 1,
  Symbol: 2,
  BidPrice: 4,
  BidQuantity: 8,
  AskPrice: 16,
  AskQuantity: 32,
  SendTime: 64,
  EventTime: 128,
} as const;
const NEEDS = 1 | 2 | 4 | 8 | 16 | 32;

/** More digits than a machine integer holds at once are left to the general parser. */
export const WALKED_SCALE_MAX = 9;

const EVENT = new Literal('"bookTicker"');

const KEY_BID_PRICE = keyWord(Char.LowerB);
const KEY_BID_QUANTITY = keyWord(Char.UpperB);
const KEY_ASK_PRICE = keyWord(Char.LowerA);
const KEY_ASK_QUANTITY = keyWord(Char.UpperA);
const KEY_SEND_TIME = keyWord(Char.UpperE);
const KEY_EVENT_TIME = keyWord(Char.UpperT);

/** Reads bookTicker records straight into {@link TopOfBookFields}, at the scales of the instrument. */
export class TopOfBookWalker {
  private priceScale = 0;
  private quantityScale = 0;

  constructor(
    private readonly cursor: FrameCursor,
    private readonly symbols: SymbolWalker,
  ) {}

  /**
   * The place of the closing brace, with `top` holding all but the receive time; or {@link NOWHERE}. The order of keys
   * in which the venue prints them now is read without a look-up per key, any other one with it.
   *
   * @param start a comma; or, where the record begins with `u` as it does on spot, the brace in its place
   */
  walk(start: number, top: TopOfBookFields): number {
    const { cursor } = this;
    const { bytes } = cursor;
    const { feed } = this.symbols;
    if (feed === undefined) return NOWHERE;
    const { priceScale, quantityScale } = feed.instrument;
    if (priceScale > WALKED_SCALE_MAX || quantityScale > WALKED_SCALE_MAX) return NOWHERE;
    this.priceScale = priceScale;
    this.quantityScale = quantityScale;
    top.eventMicros = 0;
    top.sendMicros = 0;
    cursor.seen = NEEDS;
    let at = this.usual(start, top);
    if (at === NOWHERE) {
      top.eventMicros = 0;
      top.sendMicros = 0;
      cursor.seen = 0;
      at = this.field(start, top);
    }
    while (bytes[at] === Char.Comma) at = this.field(at, top);
    if (at === NOWHERE || (cursor.seen & NEEDS) !== NEEDS) return NOWHERE;
    top.instrumentId = feed.instrumentId;
    top.hasBid = (top.bidPrice.lo | top.bidPrice.hi) !== 0;
    top.hasAsk = (top.askPrice.lo | top.askPrice.hi) !== 0;
    return at;
  }

  /** [Individual Symbol Book Ticker Streams]; only futures print ps, T and E. */
  private usual(start: number, top: TopOfBookFields): number {
    const { cursor, symbols } = this;
    const { bytes } = cursor;
    const isUpdateId =
      bytes[start + 1] === Char.Quote &&
      bytes[start + 2] === Char.LowerU &&
      bytes[start + 3] === Char.Quote &&
      bytes[start + 4] === Char.Colon;
    if (!isUpdateId) return NOWHERE;
    let at = cursor.whole(start + 5);
    top.updateId = cursor.value;
    at = symbols.usualSymbol(at);
    if (bytes[at + 3] !== Char.Quote) at = symbols.longKey(at);
    at = this.price(cursor.key(at, KEY_BID_PRICE), top.bidPrice);
    at = this.quantity(cursor.key(at, KEY_BID_QUANTITY), top.bidQuantity);
    at = this.price(cursor.key(at, KEY_ASK_PRICE), top.askPrice);
    at = this.quantity(cursor.key(at, KEY_ASK_QUANTITY), top.askQuantity);
    if (at === NOWHERE || bytes[at] !== Char.Comma) return at;
    at = cursor.time(cursor.key(at, KEY_EVENT_TIME));
    top.eventMicros = cursor.value;
    at = cursor.time(cursor.key(at, KEY_SEND_TIME));
    top.sendMicros = cursor.value;
    cursor.seen |= Seen.EventTime | Seen.SendTime;
    return at;
  }

  private price(at: number, cell: MantissaCell): number {
    const { cursor } = this;
    const next = cursor.decimalAt(at, this.priceScale);
    cell.lo = cursor.lo;
    cell.hi = cursor.hi;
    cell.scale = this.priceScale;
    return next;
  }

  private quantity(at: number, cell: MantissaCell): number {
    const { cursor } = this;
    const next = cursor.decimalAt(at, this.quantityScale);
    cell.lo = cursor.lo;
    cell.hi = cursor.hi;
    cell.scale = this.quantityScale;
    return next;
  }

  /** One `,"k":value` with a key of one or two letters. */
  private field(at: number, top: TopOfBookFields): number {
    const { cursor, symbols } = this;
    const { bytes } = cursor;
    if (bytes[at + 1] !== Char.Quote) return NOWHERE;
    if (bytes[at + 3] !== Char.Quote || bytes[at + 4] !== Char.Colon) return symbols.longKey(at);
    const value = at + 5;
    const key = bytes[at + 2]!;
    switch (key) {
      case Char.LowerU: {
        const next = cursor.whole(value);
        top.updateId = cursor.value;
        return cursor.first(Seen.UpdateId) ? next : NOWHERE;
      }
      case Char.LowerS:
        return cursor.first(Seen.Symbol) ? symbols.symbol(value) : NOWHERE;
      case Char.LowerB:
        return cursor.first(Seen.BidPrice) ? this.price(value, top.bidPrice) : NOWHERE;
      case Char.UpperB:
        return cursor.first(Seen.BidQuantity) ? this.quantity(value, top.bidQuantity) : NOWHERE;
      case Char.LowerA:
        return cursor.first(Seen.AskPrice) ? this.price(value, top.askPrice) : NOWHERE;
      case Char.UpperA:
        return cursor.first(Seen.AskQuantity) ? this.quantity(value, top.askQuantity) : NOWHERE;
      case Char.UpperE: {
        const next = cursor.time(value);
        top.sendMicros = cursor.value;
        return cursor.first(Seen.SendTime) ? next : NOWHERE;
      }
      case Char.UpperT: {
        const next = cursor.time(value);
        top.eventMicros = cursor.value;
        return cursor.first(Seen.EventTime) ? next : NOWHERE;
      }
      case Char.LowerE:
        // COIN-M in older years has it behind `u`.
        return cursor.literal(value, EVENT);
      default:
        return isLetter(key) ? cursor.skip(value) : NOWHERE;
    }
  }
}

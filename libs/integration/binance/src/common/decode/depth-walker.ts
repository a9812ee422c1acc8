import type { BookLevels } from "@ims/common";
import type { BookFields } from "@ims/traits";
import { type FrameCursor, isLetter, NOWHERE } from "./frame-cursor.js";
import { Char } from "./json-chars.js";
import { Literal } from "./literal.js";
import type { SymbolWalker } from "./symbol-walker.js";
import { WALKED_SCALE_MAX } from "./top-of-book-walker.js";

/** Fields found, as bits. */
const Seen = {
  SendTime: 1,
  Symbol: 2,
  FirstId: 4,
  LastId: 8,
  Bids: 16,
  Asks: 32,
  EventTime: 64,
  PreviousId: 128,
} as const;
const NEEDS = 1 | 2 | 4 | 8 | 16 | 32;

const PREVIOUS_ID = new Literal(',"pu":');
const LAST_UPDATE_ID = new Literal('"lastUpdateId":');
const BIDS = new Literal(',"bids":');
const ASKS = new Literal(',"asks":');

/** Reads depthUpdate records, and spot's records of best levels, straight into {@link BookFields}. */
export class DepthWalker {
  constructor(
    private readonly cursor: FrameCursor,
    private readonly symbols: SymbolWalker,
  ) {}

  /**
   * [Diff. Depth Stream] [Diff. Book Depth Streams], keys in any order. The place of the closing brace, with `book`
   * holding all but the receive time; or {@link NOWHERE}.
   *
   * @param start behind the event type
   */
  walk(start: number, book: BookFields): number {
    const { cursor } = this;
    const { bytes } = cursor;
    if (!this.begin(book)) return NOWHERE;
    let at = start;
    while (bytes[at] === Char.Comma) {
      at = this.field(at, book);
      if (at === NOWHERE) return NOWHERE;
    }
    if ((cursor.seen & NEEDS) !== NEEDS) return NOWHERE;
    // Spot gives one time alone.
    if ((cursor.seen & Seen.EventTime) === 0) book.eventMicros = book.sendMicros;
    return at;
  }

  /**
   * [Partial Book Depth Streams] of spot, which have neither symbol nor time: the stream's name says whose they are.
   *
   * @param start behind the opening brace
   */
  walkBestLevels(start: number, book: BookFields): number {
    const { cursor } = this;
    if (!this.begin(book)) return NOWHERE;
    let at = cursor.whole(cursor.literal(start, LAST_UPDATE_ID));
    book.firstUpdateId = cursor.value;
    book.lastUpdateId = cursor.value;
    at = this.levels(cursor.literal(at, BIDS), book.bids, book);
    return this.levels(cursor.literal(at, ASKS), book.asks, book);
  }

  private begin(book: BookFields): boolean {
    const { feed } = this.symbols;
    if (feed === undefined) return false;
    const { priceScale, quantityScale } = feed.instrument;
    book.instrumentId = feed.instrumentId;
    book.flags = 0;
    book.priceScale = priceScale;
    book.quantityScale = quantityScale;
    book.previousUpdateId = 0;
    book.horizon = 0;
    book.eventMicros = 0;
    book.sendMicros = 0;
    return priceScale <= WALKED_SCALE_MAX && quantityScale <= WALKED_SCALE_MAX;
  }

  private field(at: number, book: BookFields): number {
    const { cursor, symbols } = this;
    const { bytes } = cursor;
    if (bytes[at + 1] !== Char.Quote) return NOWHERE;
    if (bytes[at + 3] !== Char.Quote || bytes[at + 4] !== Char.Colon) return this.longKey(at, book);
    const value = at + 5;
    const key = bytes[at + 2]!;
    switch (key) {
      case Char.LowerB:
        return cursor.first(Seen.Bids) ? this.levels(value, book.bids, book) : NOWHERE;
      case Char.LowerA:
        return cursor.first(Seen.Asks) ? this.levels(value, book.asks, book) : NOWHERE;
      case Char.LowerS:
        return cursor.first(Seen.Symbol) ? symbols.symbol(value) : NOWHERE;
      case Char.UpperE: {
        const next = cursor.time(value);
        book.sendMicros = cursor.value;
        return cursor.first(Seen.SendTime) ? next : NOWHERE;
      }
      case Char.UpperT: {
        const next = cursor.time(value);
        book.eventMicros = cursor.value;
        return cursor.first(Seen.EventTime) ? next : NOWHERE;
      }
      case Char.UpperU: {
        const next = cursor.whole(value);
        book.firstUpdateId = cursor.value;
        return cursor.first(Seen.FirstId) ? next : NOWHERE;
      }
      case Char.LowerU: {
        const next = cursor.whole(value);
        book.lastUpdateId = cursor.value;
        return cursor.first(Seen.LastId) ? next : NOWHERE;
      }
      default:
        // `e` again would change the event type.
        return isLetter(key) && key !== Char.LowerE ? cursor.skip(value) : NOWHERE;
    }
  }

  private longKey(at: number, book: BookFields): number {
    const { cursor } = this;
    const previousId = cursor.literal(at, PREVIOUS_ID);
    if (previousId === NOWHERE) return this.symbols.longKey(at);
    const next = cursor.whole(previousId);
    book.previousUpdateId = cursor.value;
    return cursor.first(Seen.PreviousId) ? next : NOWHERE;
  }

  /** `[["price","quantity"],…]`, also empty. */
  private levels(start: number, levels: BookLevels, book: BookFields): number {
    const { cursor } = this;
    const { bytes } = cursor;
    const { priceScale, quantityScale } = book;
    levels.clear();
    if (bytes[start] !== Char.OpenBracket) return NOWHERE;
    let at = start + 1;
    if (bytes[at] === Char.CloseBracket) return at + 1;
    for (;;) {
      if (bytes[at] !== Char.OpenBracket) return NOWHERE;
      at = cursor.decimalAt(at + 1, priceScale);
      const { hi, lo } = cursor;
      if (at === NOWHERE || bytes[at] !== Char.Comma) return NOWHERE;
      at = cursor.decimalAt(at + 1, quantityScale);
      if (at === NOWHERE || bytes[at] !== Char.CloseBracket || (lo | hi) === 0) return NOWHERE;
      levels.push(lo, hi, cursor.lo, cursor.hi);
      at++;
      if (bytes[at] === Char.CloseBracket) return at + 1;
      if (bytes[at] !== Char.Comma) return NOWHERE;
      at++;
    }
  }
}

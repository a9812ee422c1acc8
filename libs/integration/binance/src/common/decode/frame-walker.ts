import { createBookFields, createTopOfBookFields, createTradeFields } from "@ims/integration-kit";
import type { BookFields, TopOfBookFields, TradeFields } from "@ims/traits";
import { DepthWalker } from "./depth-walker.js";
import type { FeedTable } from "./feed-table.js";
import { FrameCursor, NOWHERE } from "./frame-cursor.js";
import type { InstrumentFeed } from "./instrument-feed.js";
import { Char } from "./json-chars.js";
import { Literal } from "./literal.js";
import { SymbolWalker } from "./symbol-walker.js";
import { TopOfBookWalker } from "./top-of-book-walker.js";
import { TradeWalker } from "./trade-walker.js";

/** What a walk found; `Unsure`: the general parser must look. */
export const Walked = { Unsure: 0, Trade: 1, TopOfBook: 2, Depth: 3, PartialDepth: 4 } as const;
export type Walked = (typeof Walked)[keyof typeof Walked];

/** Shorter than any record. */
const FRAME_BYTES_MIN = 40;

const EVENT_HEAD = new Literal('{"e":"');
const TRADE_STREAM = new Literal('@trade","data":{"e":"trade"');
const AGGREGATE_STREAM = new Literal('@aggTrade","data":{"e":"aggTrade"');
const TOP_OF_BOOK_STREAM = new Literal('@bookTicker","data":{');
const TOP_OF_BOOK_EVENT = new Literal('"e":"bookTicker"');
const DEPTH_STREAM = new Literal("@depth");
const DATA_HEAD = new Literal(',"data":{');
const DEPTH_EVENT = new Literal('"e":"depthUpdate"');
const TRADE_EVENT = new Literal('trade"');
const AGGREGATE_EVENT = new Literal('aggTrade"');

/**
 * Reads the usual shape of the frequent frames straight from their bytes: `{"stream":"…","data":{…}}`, or for trades
 * the inner object alone, without blanks, values flat, keys in any order behind the first.
 *
 * It never refuses: whatever it is not sure of it leaves to the general parser, so it must only ever accept what that
 * one would read in the same way. Every byte of an accepted frame has been looked at.
 */
export class FrameWalker {
  readonly trade: TradeFields = createTradeFields();
  readonly top: TopOfBookFields = createTopOfBookFields();
  readonly book: BookFields = createBookFields();
  private readonly cursor = new FrameCursor();
  private readonly symbols: SymbolWalker;
  private readonly trades: TradeWalker;
  private readonly tops: TopOfBookWalker;
  private readonly depths: DepthWalker;

  /** @param product see {@link SymbolWalker} */
  constructor(table: FeedTable, product: number | undefined) {
    this.symbols = new SymbolWalker(this.cursor, table, product);
    this.trades = new TradeWalker(this.cursor, this.symbols);
    this.tops = new TopOfBookWalker(this.cursor, this.symbols);
    this.depths = new DepthWalker(this.cursor, this.symbols);
  }

  /** The instrument of the frame last accepted. */
  get feed(): InstrumentFeed {
    return this.symbols.feed!;
  }

  walk(frame: Uint8Array): Walked {
    const { cursor, symbols } = this;
    const end = frame.length;
    if (end < FRAME_BYTES_MIN || !cursor.take(frame)) return Walked.Unsure;
    const { bytes } = cursor;
    if (bytes[end - 1] !== Char.CloseBrace) return Walked.Unsure;
    const at = symbols.streamName();
    if (at === NOWHERE) return this.readRaw();
    if (bytes[end - 2] !== Char.CloseBrace) return Walked.Unsure;
    switch (bytes[at + 1]) {
      case Char.LowerT:
        return this.readTrade(cursor.literal(at, TRADE_STREAM), false, end - 2);
      case Char.LowerA:
        return this.readTrade(cursor.literal(at, AGGREGATE_STREAM), true, end - 2);
      case Char.LowerB:
        return this.readTopOfBook(at, end - 2);
      case Char.LowerD:
        return this.readDepth(at, end - 2);
      default:
        return Walked.Unsure;
    }
  }

  /** A record without the name of its stream. */
  private readRaw(): Walked {
    const { cursor } = this;
    const { bytes } = cursor;
    const at = cursor.literal(0, EVENT_HEAD);
    if (at === NOWHERE) return Walked.Unsure;
    const aggregate = bytes[at] === Char.LowerA;
    const fields = cursor.literal(at, aggregate ? AGGREGATE_EVENT : TRADE_EVENT);
    return this.readTrade(fields, aggregate, cursor.end - 1);
  }

  private readTrade(at: number, aggregate: boolean, closing: number): Walked {
    if (at === NOWHERE) return Walked.Unsure;
    return this.trades.walk(at, this.trade, aggregate) === closing ? Walked.Trade : Walked.Unsure;
  }

  private readTopOfBook(at: number, closing: number): Walked {
    const { cursor } = this;
    const brace = cursor.literal(at, TOP_OF_BOOK_STREAM);
    if (brace === NOWHERE) return Walked.Unsure;
    const event = cursor.literal(brace, TOP_OF_BOOK_EVENT);
    const { bytes } = cursor;
    // Spot, and COIN-M in older years, begin with the update id.
    if (event !== NOWHERE && bytes[event] !== Char.Comma) return Walked.Unsure;
    const fields = event === NOWHERE ? brace - 1 : event;
    return this.tops.walk(fields, this.top) === closing ? Walked.TopOfBook : Walked.Unsure;
  }

  /** `@depth@100ms` are changes, `@depth20@100ms` best levels: on futures only the name tells them apart. */
  private readDepth(at: number, closing: number): Walked {
    const { cursor, book } = this;
    const { bytes } = cursor;
    const suffix = cursor.literal(at, DEPTH_STREAM);
    if (suffix === NOWHERE) return Walked.Unsure;
    let behind = suffix;
    let levelCount = 0;
    for (let digit = bytes[behind]! - Char.Zero; digit >>> 0 <= 9; digit = bytes[behind]! - Char.Zero) {
      levelCount = levelCount * 10 + digit;
      if (++behind - suffix > 4) return Walked.Unsure;
    }
    if (levelCount === 0 && behind > suffix) return Walked.Unsure;
    if (bytes[behind] !== Char.Quote && bytes[behind] !== Char.At) return Walked.Unsure;
    const data = cursor.literal(cursor.skipText(behind), DATA_HEAD);
    if (data === NOWHERE) return Walked.Unsure;
    const event = cursor.literal(data, DEPTH_EVENT);
    const reached =
      event !== NOWHERE ? this.depths.walk(event, book) : this.depths.walkBestLevels(data, book);
    if (reached !== closing) return Walked.Unsure;
    // Changes have an event type on every market.
    if (event === NOWHERE && levelCount === 0) return Walked.Unsure;
    book.horizon = levelCount;
    return levelCount === 0 ? Walked.Depth : Walked.PartialDepth;
  }
}

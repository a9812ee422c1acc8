import { type FeedTable, HASH_FACTOR, HASH_START } from "./feed-table.js";
import { type FrameCursor, isLetter, keyWord, NOWHERE } from "./frame-cursor.js";
import type { InstrumentFeed } from "./instrument-feed.js";
import { Char } from "./json-chars.js";
import { Literal } from "./literal.js";
import { NO_NAME, type StreamNames } from "./stream-names.js";

const WRAPPER_HEAD = new Literal('{"stream":"');
const KEY_SYMBOL = keyWord(Char.LowerS);

/** Which instrument a frame is of, by the name of its stream and by its `s`; and the keys that no walker needs. */
export class SymbolWalker {
  /** Of the stream's name, later of the record; undefined while neither was found. */
  feed: InstrumentFeed | undefined;
  /** Of the stream's name, in {@link names}. */
  private entry = NO_NAME;
  private readonly names: StreamNames;

  /** @param product the `st` that records of this market carry; undefined where there is none */
  constructor(
    private readonly cursor: FrameCursor,
    private readonly table: FeedTable,
    private readonly product: number | undefined,
  ) {
    this.names = table.names;
  }

  /** The `@` of the stream name in the wrapper that the frame begins with, if its instrument is known. */
  streamName(): number {
    const { cursor, names } = this;
    this.feed = undefined;
    this.entry = NO_NAME;
    const name = cursor.literal(0, WRAPPER_HEAD);
    if (name === NOWHERE) return NOWHERE;
    const entry = names.find(cursor.view, name);
    if (entry === NO_NAME) return NOWHERE;
    this.entry = entry;
    this.feed = names.feed(entry);
    return names.end;
  }

  /** `,"s":"…"` of the stream's instrument; of any known one where there is no stream name. */
  usualSymbol(at: number): number {
    const { cursor, entry } = this;
    if (entry === NO_NAME) return this.symbol(cursor.key(at, KEY_SYMBOL));
    const length = this.names.fieldLength(cursor.view, at, entry);
    return length === 0 ? NOWHERE : at + length;
  }

  /** A symbol in quotes: that of the stream, or any known one. */
  symbol(start: number): number {
    const { cursor } = this;
    const { bytes } = cursor;
    if (bytes[start] !== Char.Quote) return NOWHERE;
    const name = start + 1;
    if (this.feed !== undefined) {
      const next = cursor.name(name, this.feed.symbolBytes);
      return bytes[next] === Char.Quote ? next + 1 : NOWHERE;
    }
    let hash = HASH_START;
    let at = name;
    let char = bytes[at]!;
    while (char !== Char.Quote && at < cursor.end) {
      hash = (Math.imul(hash, HASH_FACTOR) + char) | 0;
      char = bytes[++at]!;
    }
    this.feed = this.table.findBytes(bytes, name, at, hash);
    return this.feed === undefined ? NOWHERE : at + 1;
  }

  /**
   * One `,"kk":value` that no walker needs. `st` tells the product on streams of several: another market's record is
   * left to the general parser, which drops it.
   */
  longKey(at: number): number {
    const { cursor } = this;
    const { bytes } = cursor;
    if (bytes[at] !== Char.Comma || bytes[at + 1] !== Char.Quote) return NOWHERE;
    const first = bytes[at + 2]!;
    const second = bytes[at + 3]!;
    if (bytes[at + 4] !== Char.Quote || bytes[at + 5] !== Char.Colon) return NOWHERE;
    if (!isLetter(first) || !isLetter(second)) return NOWHERE;
    const next = cursor.skip(at + 6);
    if (first !== Char.LowerS || second !== Char.LowerT || this.product === undefined) return next;
    return bytes[at + 6] === Char.Zero + this.product && next === at + 7 ? next : NOWHERE;
  }
}

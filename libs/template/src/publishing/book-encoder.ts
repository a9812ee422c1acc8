import type { BookLevels, ExchangeId, MantissaCell } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { BookFields, TopOfBookFields } from "@ims/traits";
import { fail } from "../errors.js";
import { flagsOf, type SymbolOctets } from "./record-head.js";

export const TOP_OF_BOOK_BYTES = v2.TopOfBookEncoder.ENCODED_LENGTH;

/**
 * Levels of one side that a message holds: together with the other side half of an outgoing batch. A book or change
 * with more goes out in several messages.
 */
export const LEVELS_PER_SIDE_MAX = 4000;

const LEVEL_BYTES = 16;
const SNAPSHOT_BYTES_MIN = v2.BookSnapshotEncoder.encodedLengthFor({ bids: 0, asks: 0 });
const DELTA_BYTES_MIN = v2.BookDeltaEncoder.encodedLengthFor({ bids: 0, asks: 0 });

/** Messages that a book or change needs. */
export function bookPartCount({ bids, asks }: BookFields): number {
  return Math.max(1, Math.ceil(Math.max(bids.count, asks.count) / LEVELS_PER_SIDE_MAX));
}

/** Octets of one part of a book: a snapshot's first part is a snapshot, its others are changes. */
export function bookPartBytes(book: BookFields, isSnapshot: boolean, part: number): number {
  const start = part * LEVELS_PER_SIDE_MAX;
  const levelCount = levelsFrom(book.bids, start) + levelsFrom(book.asks, start);
  return (isSnapshot && part === 0 ? SNAPSHOT_BYTES_MIN : DELTA_BYTES_MIN) + levelCount * LEVEL_BYTES;
}

/**
 * Writes tops and books through reused values. A book of several parts is a snapshot with its best levels, then changes
 * with the rest, all of the same last update id; only the last part has the flag LastInEvent.
 */
export class BookEncoder {
  private readonly topValues = new v2.TopOfBookValues();
  private readonly snapshotValues = new v2.BookSnapshotValues();
  private readonly deltaValues = new v2.BookDeltaValues();
  /** Whose octets the values hold. */
  private topSymbol: SymbolOctets | undefined;
  private snapshotSymbol: SymbolOctets | undefined;
  private deltaSymbol: SymbolOctets | undefined;

  constructor(private readonly exchange: ExchangeId) {}

  /**
   * Message 212 at `view[at, at + TOP_OF_BOOK_BYTES)`.
   * @throws `service.mixed-scales` when bid and ask do not have one scale each for price and quantity
   */
  topOfBook(
    view: DataView,
    at: number,
    top: TopOfBookFields,
    symbol: SymbolOctets,
    publishMicros: number,
  ): void {
    const values = this.topValues;
    values.flags = flagsOf(top);
    values.eventTimeNumber = top.eventMicros === 0 ? null : top.eventMicros;
    values.sendTimeNumber = top.sendMicros === 0 ? null : top.sendMicros;
    values.receiveTimeNumber = top.receiveMicros;
    values.publishTimeNumber = publishMicros;
    values.instrumentId = top.instrumentId;
    values.exchangeId = this.exchange;
    if (symbol !== this.topSymbol) {
      values.symbolBytes(symbol.octets, 0, symbol.octets.length);
      this.topSymbol = symbol;
    }
    values.updateIdNumber = top.updateId === 0 ? null : top.updateId;
    const { bidPrice, bidQuantity, askPrice, askQuantity } = top;
    if (top.hasBid && top.hasAsk) {
      if (bidPrice.scale !== askPrice.scale || bidQuantity.scale !== askQuantity.scale)
        throwMixedScales(bidPrice, askPrice, bidQuantity, askQuantity);
    }
    values.priceScale = top.hasBid ? bidPrice.scale : askPrice.scale;
    values.quantityScale = top.hasBid ? bidQuantity.scale : askQuantity.scale;
    if (top.hasBid) {
      values.bidPriceLo = bidPrice.lo;
      values.bidPriceHi = bidPrice.hi;
      values.bidQuantityLo = bidQuantity.lo;
      values.bidQuantityHi = bidQuantity.hi;
    } else {
      values.bidPriceNumber = null;
      values.bidQuantityNumber = 0;
    }
    if (top.hasAsk) {
      values.askPriceLo = askPrice.lo;
      values.askPriceHi = askPrice.hi;
      values.askQuantityLo = askQuantity.lo;
      values.askQuantityHi = askQuantity.hi;
    } else {
      values.askPriceNumber = null;
      values.askQuantityNumber = 0;
    }
    v2.TopOfBookEncoder.encode(view, at, values);
  }

  /** Message 213 with the first levels of a book at `view[at, at + bookPartBytes(book, true, 0))`. */
  snapshot(view: DataView, at: number, book: BookFields, symbol: SymbolOctets, publishMicros: number): void {
    const values = this.snapshotValues;
    writeBookHead(values, book, this.exchange, publishMicros);
    values.flags = partFlags(book, 0) | v2.RecordFlags.Snapshot;
    if (symbol !== this.snapshotSymbol) {
      values.symbolBytes(symbol.octets, 0, symbol.octets.length);
      this.snapshotSymbol = symbol;
    }
    values.lastUpdateIdNumber = book.lastUpdateId === 0 ? null : book.lastUpdateId;
    // An optional uint32: its null is the highest number.
    values.horizon = book.horizon === 0 ? 0xffffffff : book.horizon;
    const bidCount = levelsFrom(book.bids, 0);
    copyLevels(book.bids, 0, bidCount, values.bids.resize(bidCount));
    const askCount = levelsFrom(book.asks, 0);
    copyLevels(book.asks, 0, askCount, values.asks.resize(askCount));
    v2.BookSnapshotEncoder.encode(view, at, values);
  }

  /**
   * Message 214 at `view[at, at + bookPartBytes(book, isSnapshot, part))`: one part of a change, or a later part of a
   * snapshot, which changes the part before it.
   */
  delta(
    view: DataView,
    at: number,
    book: BookFields,
    isSnapshot: boolean,
    part: number,
    symbol: SymbolOctets,
    publishMicros: number,
  ): void {
    const values = this.deltaValues;
    writeBookHead(values, book, this.exchange, publishMicros);
    // Later parts of a whole book say so: they must not be taken for parts of a change.
    const { Snapshot } = v2.RecordFlags;
    values.flags = isSnapshot ? partFlags(book, part) | Snapshot : partFlags(book, part) & ~Snapshot;
    if (symbol !== this.deltaSymbol) {
      values.symbolBytes(symbol.octets, 0, symbol.octets.length);
      this.deltaSymbol = symbol;
    }
    const lastUpdateId = book.lastUpdateId === 0 ? null : book.lastUpdateId;
    const goesOn = isSnapshot || part > 0;
    values.lastUpdateIdNumber = lastUpdateId;
    values.firstUpdateIdNumber = isSnapshot || book.firstUpdateId === 0 ? lastUpdateId : book.firstUpdateId;
    values.previousUpdateIdNumber = goesOn
      ? lastUpdateId
      : book.previousUpdateId === 0
        ? null
        : book.previousUpdateId;
    const start = part * LEVELS_PER_SIDE_MAX;
    const bidCount = levelsFrom(book.bids, start);
    copyLevels(book.bids, start, bidCount, values.bids.resize(bidCount));
    const askCount = levelsFrom(book.asks, start);
    copyLevels(book.asks, start, askCount, values.asks.resize(askCount));
    v2.BookDeltaEncoder.encode(view, at, values);
  }
}

/** A function of its own, small enough that the compiler takes the setters in and the times need no objects. */
function writeBookHead(
  values: v2.BookSnapshotValues | v2.BookDeltaValues,
  book: BookFields,
  exchange: ExchangeId,
  publishMicros: number,
): void {
  values.eventTimeNumber = book.eventMicros === 0 ? null : book.eventMicros;
  values.sendTimeNumber = book.sendMicros === 0 ? null : book.sendMicros;
  values.receiveTimeNumber = book.receiveMicros;
  values.publishTimeNumber = publishMicros;
  values.instrumentId = book.instrumentId;
  values.exchangeId = exchange;
  values.priceScale = book.priceScale;
  values.quantityScale = book.quantityScale;
}

interface LevelWords {
  priceLo: number;
  priceHi: number;
  quantityLo: number;
  quantityHi: number;
}

/** Levels of a side that the part from `start` holds. */
function levelsFrom(levels: BookLevels, start: number): number {
  return Math.max(0, Math.min(levels.count - start, LEVELS_PER_SIDE_MAX));
}

function copyLevels(levels: BookLevels, start: number, count: number, entries: readonly LevelWords[]): void {
  const { priceLo, priceHi, quantityLo, quantityHi } = levels;
  for (let index = 0; index < count; index++) {
    const entry = entries[index]!;
    const at = start + index;
    entry.priceLo = priceLo[at]!;
    entry.priceHi = priceHi[at]!;
    entry.quantityLo = quantityLo[at]!;
    entry.quantityHi = quantityHi[at]!;
  }
}

function partFlags(book: BookFields, part: number): number {
  const flags = flagsOf(book) & ~v2.RecordFlags.LastInEvent;
  return part + 1 === bookPartCount(book) ? flags | v2.RecordFlags.LastInEvent : flags;
}

function throwMixedScales(...cells: MantissaCell[]): never {
  const [bid, ask, bidQuantity, askQuantity] = cells.map(({ scale }) => scale);
  throw fail(
    "service.mixed-scales",
    `a top of book has prices with ${bid} and ${ask}, and quantities with ${bidQuantity} and ${askQuantity} digits after the point`,
  );
}

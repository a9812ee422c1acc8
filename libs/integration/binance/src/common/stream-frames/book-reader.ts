import type { BookLevels } from "@ims/common";
import {
  atScale,
  commonScale,
  createBookFields,
  type ExactDecimal,
  highWord,
  lowWord,
  Unusable,
} from "@ims/integration-kit";
import type { BookFields } from "@ims/traits";
import { BestLevelsDecoder, BookChangeDecoder } from "../../generated/market-stream/index.js";
import type { InstrumentFeed } from "../decode/instrument-feed.js";
import { PARTIAL_DEPTH_LEVELS } from "../market/channels.js";
import { exactMantissa } from "./exact-mantissas.js";
import { MantissaScaler } from "./mantissa-scaler.js";
import { requireCount, requireEnd, type StreamSymbols } from "./stream-symbols.js";

/** One side as any of the generated decoders gives it. */
interface LevelsGroup {
  readonly count: number;
  readonly actingBlockLength: number;
  next(): unknown;
  sbeRewind(): unknown;
  priceStart(): number;
  quantityStart(): number;
}

interface Exponents {
  priceExponent(): number;
  quantityExponent(): number;
}

/** Reads frames of best levels (template 10002) and of changes (template 10003) into {@link book}. */
export class BookReader {
  readonly book: BookFields = createBookFields();
  private readonly best = new BestLevelsDecoder();
  private readonly change = new BookChangeDecoder();
  private readonly scaler = new MantissaScaler();

  constructor(private readonly symbols: StreamSymbols) {}

  /** A whole book as far as it goes. Throws {@link Unusable} and `SbeError`. */
  readBestLevels(view: DataView, start: number, length: number): InstrumentFeed {
    const { best, book } = this;
    best.wrapAndApplyHeader(view, start, length);
    const feed = this.symbols.find(best.bytes, best.symbolStart(), best.symbolLength());
    requireEnd(best.limit, best.end, best.actingVersion);
    this.begin(feed, best.sendTimeNumber());
    book.firstUpdateId = requireCount(best.updateIdNumber(), "updateId");
    book.lastUpdateId = book.firstUpdateId;
    book.horizon = PARTIAL_DEPTH_LEVELS;
    this.sides(view, best.bids(), best.asks(), best);
    return feed;
  }

  /** Changed levels; quantity 0 removes one. Throws {@link Unusable} and `SbeError`. */
  readChange(view: DataView, start: number, length: number): InstrumentFeed {
    const { book, change } = this;
    change.wrapAndApplyHeader(view, start, length);
    const feed = this.symbols.find(change.bytes, change.symbolStart(), change.symbolLength());
    requireEnd(change.limit, change.end, change.actingVersion);
    this.begin(feed, change.sendTimeNumber());
    book.firstUpdateId = requireCount(change.firstUpdateIdNumber(), "firstUpdateId");
    book.lastUpdateId = requireCount(change.lastUpdateIdNumber(), "lastUpdateId");
    book.horizon = 0;
    this.sides(view, change.bids(), change.asks(), change);
    return feed;
  }

  /** The one time that the venue gives stands in both. */
  private begin(feed: InstrumentFeed, sendMicros: number): void {
    const { book } = this;
    book.instrumentId = feed.instrumentId;
    book.flags = 0;
    book.sendMicros = requireCount(sendMicros, "sendTime");
    book.eventMicros = book.sendMicros;
    book.previousUpdateId = 0;
    book.priceScale = feed.instrument.priceScale;
    book.quantityScale = feed.instrument.quantityScale;
  }

  private sides(view: DataView, bids: LevelsGroup, asks: LevelsGroup, exponents: Exponents): void {
    const { book } = this;
    const price = exponents.priceExponent();
    const quantity = exponents.quantityExponent();
    const usual =
      this.levels(view, bids, book.bids, price, quantity) &&
      this.levels(view, asks, book.asks, price, quantity);
    if (!usual) this.unusualSides(view, bids, asks, price, quantity);
  }

  /** Steps over the entries by their length on the wire; false if one does not fit the scales of the instrument. */
  private levels(
    view: DataView,
    group: LevelsGroup,
    levels: BookLevels,
    priceExponent: number,
    quantityExponent: number,
  ): boolean {
    const { scaler } = this;
    const { priceScale, quantityScale } = this.book;
    levels.clear();
    const { actingBlockLength, count } = group;
    if (count === 0) return true;
    group.next();
    let price = group.priceStart();
    let quantity = group.quantityStart();
    for (let index = 0; index < count; index++) {
      const lo = view.getInt32(price, true);
      const hi = view.getInt32(price + 4, true);
      if ((lo | hi) === 0) throw new Unusable("bad-number", "the price of a level is not above zero");
      if (!scaler.scale(lo, hi, priceExponent, priceScale)) return false;
      const priceLo = scaler.lo;
      const priceHi = scaler.hi;
      const quantityLo = view.getInt32(quantity, true);
      const quantityHi = view.getInt32(quantity + 4, true);
      if (!scaler.scale(quantityLo, quantityHi, quantityExponent, quantityScale)) return false;
      levels.push(priceLo, priceHi, scaler.lo, scaler.hi);
      price += actingBlockLength;
      quantity += actingBlockLength;
    }
    return true;
  }

  /** The same at scales that hold every level; allocates. */
  private unusualSides(
    view: DataView,
    bids: LevelsGroup,
    asks: LevelsGroup,
    priceExponent: number,
    quantityExponent: number,
  ): void {
    const { book } = this;
    const sides = [bids, asks].map((group) => exactLevels(view, group, priceExponent, quantityExponent));
    const all = sides.flat();
    book.priceScale = commonScale(
      all.map(([price]) => price),
      book.priceScale,
      "prices",
    );
    book.quantityScale = commonScale(
      all.map(([, quantity]) => quantity),
      book.quantityScale,
      "quantities",
    );
    fill(book.bids, sides[0]!, book);
    fill(book.asks, sides[1]!, book);
  }
}

type Level = readonly [price: ExactDecimal, quantity: ExactDecimal];

function exactLevels(
  view: DataView,
  group: LevelsGroup,
  priceExponent: number,
  quantityExponent: number,
): Level[] {
  const exactAt = (at: number, exponent: number, what: string) =>
    exactMantissa(view.getInt32(at, true), view.getInt32(at + 4, true), exponent, what);
  group.sbeRewind();
  return Array.from({ length: group.count }, () => {
    group.next();
    const price = exactAt(group.priceStart(), priceExponent, "the price of a level");
    if (price.mantissa === 0n) throw new Unusable("bad-number", "the price of a level is not above zero");
    return [price, exactAt(group.quantityStart(), quantityExponent, "the quantity of a level")];
  });
}

function fill(levels: BookLevels, rows: readonly Level[], { priceScale, quantityScale }: BookFields): void {
  levels.clear();
  for (const [price, quantity] of rows) {
    const priceMantissa = atScale(price, priceScale);
    const quantityMantissa = atScale(quantity, quantityScale);
    levels.push(
      lowWord(priceMantissa),
      highWord(priceMantissa),
      lowWord(quantityMantissa),
      highWord(quantityMantissa),
    );
  }
}

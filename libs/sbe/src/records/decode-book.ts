import { BookDeltaDecoder, BookSnapshotDecoder, TopOfBookDecoder } from "../generated/v2/index.js";
import type { BookDeltaRecord, BookLevel, BookSnapshotRecord, TopOfBookRecord } from "./book-records.js";
import { decodePrefix } from "./decode-prefix.js";
import { exactDecimal, orUndefined } from "./exact-values.js";

/** Entries of a group of prices and quantities. */
export interface LevelGroup {
  hasNext(): boolean;
  next(): LevelGroup;
  price(): bigint;
  quantity(): bigint;
}

const topDecoder = new TopOfBookDecoder();
const snapshotDecoder = new BookSnapshotDecoder();
const deltaDecoder = new BookDeltaDecoder();

/** One level, undefined where its price is null. */
export function decodeLevel(
  price: bigint | null,
  quantity: bigint,
  priceScale: number,
  quantityScale: number,
  field: string,
): BookLevel | undefined {
  if (price === null) return undefined;
  return {
    price: exactDecimal(price, priceScale, `${field} price`),
    quantity: exactDecimal(quantity, quantityScale, `${field} quantity`),
  };
}

/** All levels of a side. Their number is bounded by the octets of the frame. */
function decodeLevels(
  group: LevelGroup,
  priceScale: number,
  quantityScale: number,
  field: string,
): readonly BookLevel[] {
  const levels: BookLevel[] = [];
  while (group.hasNext()) {
    group.next();
    levels.push({
      price: exactDecimal(group.price(), priceScale, `${field}.price`),
      quantity: exactDecimal(group.quantity(), quantityScale, `${field}.quantity`),
    });
  }
  return levels;
}

/** Template 212 to a record. Throws the decoder's errors, `sbe.unsafe-integer` and `sbe.invalid-value`. */
export function decodeTopOfBook(view: DataView, offset: number, length: number): TopOfBookRecord {
  const top = topDecoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = top.priceScale();
  const quantityScale = top.quantityScale();
  return {
    type: "top-of-book",
    ...decodePrefix(top),
    updateId: orUndefined(top.updateIdNumber()),
    bid: decodeLevel(top.bidPrice(), top.bidQuantity(), priceScale, quantityScale, "TopOfBook bid"),
    ask: decodeLevel(top.askPrice(), top.askQuantity(), priceScale, quantityScale, "TopOfBook ask"),
  };
}

/** Template 213 to a record. Throws as {@link decodeTopOfBook}. */
export function decodeBookSnapshot(view: DataView, offset: number, length: number): BookSnapshotRecord {
  const book = snapshotDecoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = book.priceScale();
  const quantityScale = book.quantityScale();
  return {
    type: "book-snapshot",
    ...decodePrefix(book),
    lastUpdateId: orUndefined(book.lastUpdateIdNumber()),
    horizon: orUndefined(book.horizon()),
    bids: decodeLevels(book.bids(), priceScale, quantityScale, "BookSnapshot.bids"),
    asks: decodeLevels(book.asks(), priceScale, quantityScale, "BookSnapshot.asks"),
  };
}

/** Template 214 to a record. Throws as {@link decodeTopOfBook}. */
export function decodeBookDelta(view: DataView, offset: number, length: number): BookDeltaRecord {
  const book = deltaDecoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = book.priceScale();
  const quantityScale = book.quantityScale();
  return {
    type: "book-delta",
    ...decodePrefix(book),
    firstUpdateId: orUndefined(book.firstUpdateIdNumber()),
    lastUpdateId: orUndefined(book.lastUpdateIdNumber()),
    previousUpdateId: orUndefined(book.previousUpdateIdNumber()),
    bids: decodeLevels(book.bids(), priceScale, quantityScale, "BookDelta.bids"),
    asks: decodeLevels(book.asks(), priceScale, quantityScale, "BookDelta.asks"),
  };
}

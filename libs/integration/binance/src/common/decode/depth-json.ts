import type { BookLevels } from "@ims/common";
import type { JsonObject } from "@ims/integration-kit";
import {
  atScale,
  commonScale,
  type ExactDecimal,
  exactDecimal,
  highWord,
  lowWord,
  readTime,
  readWhole,
  requireTime,
  Unusable,
} from "@ims/integration-kit";
import type { BookFields } from "@ims/traits";
import type { InstrumentFeed } from "./instrument-feed.js";

type Level = readonly [price: ExactDecimal, quantity: ExactDecimal];

/**
 * Fills `book`, all but the receive time, from a parsed depthUpdate record of any market [Diff. Depth Stream] [Diff.
 * Book Depth Streams]. Prices and quantities get the instrument's scales, or larger ones where a level has more digits.
 * Spot gives one time alone, which stands in both. Throws {@link Unusable}.
 */
export function readDepthUpdate(record: JsonObject, feed: InstrumentFeed, book: BookFields): void {
  begin(feed, book);
  book.sendMicros = requireTime(record, "E");
  book.eventMicros = readTime(record, "T") ?? book.sendMicros;
  book.firstUpdateId = readWhole(record, "U");
  book.lastUpdateId = readWhole(record, "u");
  // Best levels of a book that has had no change yet follow -1.
  book.previousUpdateId = !Object.hasOwn(record, "pu") || record.pu === -1 ? 0 : readWhole(record, "pu");
  readSides(record, ["b", "a"], feed, book);
}

/** The same from spot's record of best levels, which has no time [Partial Book Depth Streams]. */
export function readBestLevels(record: JsonObject, feed: InstrumentFeed, book: BookFields): void {
  begin(feed, book);
  book.firstUpdateId = readWhole(record, "lastUpdateId");
  book.lastUpdateId = book.firstUpdateId;
  readSides(record, ["bids", "asks"], feed, book);
}

function begin(feed: InstrumentFeed, book: BookFields): void {
  book.instrumentId = feed.instrumentId;
  book.flags = 0;
  book.eventMicros = 0;
  book.sendMicros = 0;
  book.previousUpdateId = 0;
  book.horizon = 0;
}

function readSides(
  record: JsonObject,
  [bidsKey, asksKey]: readonly [string, string],
  { instrument }: InstrumentFeed,
  book: BookFields,
): void {
  const bids = readLevels(record, bidsKey);
  const asks = readLevels(record, asksKey);
  const all = [...bids, ...asks];
  book.priceScale = commonScale(
    all.map(([price]) => price),
    instrument.priceScale,
    "prices",
  );
  book.quantityScale = commonScale(
    all.map(([, quantity]) => quantity),
    instrument.quantityScale,
    "quantities",
  );
  fill(book.bids, bids, book);
  fill(book.asks, asks, book);
}

function readLevels(record: JsonObject, key: string): readonly Level[] {
  if (!Object.hasOwn(record, key)) throw new Unusable("missing-field", `${key} is missing`);
  const rows = record[key];
  if (!Array.isArray(rows)) throw new Unusable("unexpected", `${key} is not a list`);
  return (rows as unknown[]).map((row) => {
    const [price, quantity] = Array.isArray(row) ? (row as unknown[]) : [];
    if (typeof price !== "string" || typeof quantity !== "string")
      throw new Unusable("bad-number", `a level of ${key} is not a pair of strings`);
    const level = [
      exactDecimal(price, `a price of ${key}`),
      exactDecimal(quantity, `a quantity of ${key}`),
    ] as const;
    if (level[0].mantissa <= 0n) throw new Unusable("bad-number", `a price of ${key} is not above zero`);
    if (level[1].mantissa < 0n) throw new Unusable("bad-number", `a quantity of ${key} is below zero`);
    return level;
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

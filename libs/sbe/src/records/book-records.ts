import type { Decimal } from "@ims/common";
import type { NumberedRecordBase } from "./record-base.js";

/** One price of a book. In a delta the quantity 0 removes the level. */
export interface BookLevel {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

/** Best bid and ask, from `v2.TopOfBook`; undefined where a side is empty. */
export interface TopOfBookRecord extends NumberedRecordBase {
  readonly type: "top-of-book";
  /** Undefined where the venue gives none. */
  readonly updateId: number | undefined;
  readonly bid: BookLevel | undefined;
  readonly ask: BookLevel | undefined;
}

/** A book, best levels first, from `v2.BookSnapshot`. */
export interface BookSnapshotRecord extends NumberedRecordBase {
  readonly type: "book-snapshot";
  readonly lastUpdateId: number | undefined;
  /** Levels a side that are known; undefined where it is the whole book. */
  readonly horizon: number | undefined;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** Changes of a book, from `v2.BookDelta`. */
export interface BookDeltaRecord extends NumberedRecordBase {
  readonly type: "book-delta";
  readonly firstUpdateId: number | undefined;
  readonly lastUpdateId: number | undefined;
  /** What it continues; undefined where the venue does not say. */
  readonly previousUpdateId: number | undefined;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** A level with the exchange that it stands at. */
export interface MergedLevel extends BookLevel {
  readonly exchangeId: number;
}

/** One venue of a merge. */
export interface MergedVenue {
  readonly exchangeId: number;
  /** Number of the instrument in the venue's stream. */
  readonly instrumentId: number;
  /** From the venue's last update to the record's publication; undefined if there was no update. */
  readonly ageMicros: number | undefined;
  /** A number of `v2.FeedState`, or of a newer schema. */
  readonly state: number;
}

/** Books of several venues as one, from `v2.MergedBook`. The symbol is the canonical one, the exchange 0. */
export interface MergedBookRecord extends NumberedRecordBase {
  readonly type: "merged-book";
  /** Negative where the book is crossed; undefined where a side is empty. */
  readonly spread: Decimal | undefined;
  readonly horizon: number | undefined;
  /** Bits of `v2.BookCondition`. */
  readonly condition: number;
  readonly bids: readonly MergedLevel[];
  readonly asks: readonly MergedLevel[];
  readonly venues: readonly MergedVenue[];
}

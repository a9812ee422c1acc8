import type { BookLevels, MantissaCell } from "@ims/common";
import type { RecordHead } from "./record-head.js";

/** Best bid and ask. All prices have one scale, all quantities another. */
export interface TopOfBookFields extends RecordHead {
  /** In the number space of the book's updates; 0 where the venue gives none. */
  updateId: number;
  /** False: there is no bid, its price and quantity mean nothing. */
  hasBid: boolean;
  hasAsk: boolean;
  readonly bidPrice: MantissaCell;
  readonly bidQuantity: MantissaCell;
  readonly askPrice: MantissaCell;
  readonly askQuantity: MantissaCell;
}

/**
 * A whole book or a change of one. Snapshot: all levels within `horizon`, best first. Change: levels with their new
 * quantities, 0 removes one; it continues the record whose last update is `previousUpdateId`.
 */
export interface BookFields extends RecordHead {
  priceScale: number;
  quantityScale: number;
  /** Ids of the first and last update in it, and of the last one before it; 0 where the venue gives none. */
  firstUpdateId: number;
  lastUpdateId: number;
  previousUpdateId: number;
  /** Snapshot: levels of a side that are known for certain, best first; 0 = all. */
  horizon: number;
  readonly bids: BookLevels;
  readonly asks: BookLevels;
}

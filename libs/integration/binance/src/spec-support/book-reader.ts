import { RecordFlags } from "@ims/common";
import type { BookCall } from "./book-stage.js";
import { type SeenBook } from "./recording-sink.js";
import { sortedLevels, type TruthBook } from "./truth-venue.js";

/**
 * A reader of published books as a careful client is one: void before a snapshot and after a gap or a break of the
 * chain, doubtful while the last record is suspect, and certain only of what lies within the snapshot's horizon.
 */
export class BookReader {
  readonly bids = new Map<number, number>();
  readonly asks = new Map<number, number>();
  valid = false;
  suspect = false;
  lastUpdateId = 0;
  #worstBid = Number.NEGATIVE_INFINITY;
  #worstAsk = Number.POSITIVE_INFINITY;

  read(call: BookCall): void {
    if (call.kind === "gap") {
      this.valid = false;
      return;
    }
    const { book } = call;
    if (call.kind === "snapshot") this.#begin(book);
    else if (!this.valid) return;
    else if (book.previousUpdateId !== this.lastUpdateId)
      throw new Error("a change does not continue the book");
    this.lastUpdateId = book.lastUpdateId;
    this.suspect = (book.flags & RecordFlags.Suspect) !== 0;
    set(this.bids, book.bids);
    set(this.asks, book.asks);
  }

  /** The first difference to the truth within the horizon, if there is one. */
  difference(truth: TruthBook): string | undefined {
    const known = (side: ReadonlyMap<number, number>, sign: 1 | -1) =>
      JSON.stringify(
        sortedLevels(side, sign).filter(([price]) => price >= this.#worstBid && price <= this.#worstAsk),
      );
    for (const [mine, theirs, sign] of [
      [this.bids, truth.bids, -1],
      [this.asks, truth.asks, 1],
    ] as const) {
      if (known(mine, sign) !== known(theirs, sign)) {
        return `at ${truth.id}: ${known(mine, sign)} instead of ${known(theirs, sign)}`;
      }
    }
    return undefined;
  }

  #begin(book: SeenBook): void {
    this.valid = true;
    this.bids.clear();
    this.asks.clear();
    this.#worstBid = Number.NEGATIVE_INFINITY;
    this.#worstAsk = Number.POSITIVE_INFINITY;
    if (book.horizon === 0) return;
    this.#worstBid = Number(book.bids[book.horizon - 1]?.[0] ?? Number.NEGATIVE_INFINITY);
    this.#worstAsk = Number(book.asks[book.horizon - 1]?.[0] ?? Number.POSITIVE_INFINITY);
  }
}

function set(side: Map<number, number>, levels: SeenBook["bids"]): void {
  for (const [price, quantity] of levels) {
    if (quantity === 0n) side.delete(Number(price));
    else side.set(Number(price), Number(quantity));
  }
}

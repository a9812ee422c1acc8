import { RecordFlags } from "@ims/common";
import type { InProcessVenue } from "@ims/exchange-simulator";
import type { RunReport } from "./report.js";
import type { BookRecord } from "./sink-types.js";

type Side = Map<number, number>;

/** The book of one symbol as a reader of the records keeps it, against the venue's truth at the same update. */
export class BookCheck {
  readonly #bids: Side = new Map();
  readonly #asks: Side = new Map();
  /** Last update in it; 0 while readers have no book. */
  updateId = 0;
  isSuspect = false;
  comparedCount = 0;
  #priceScale = 0;
  #quantityScale = 0;

  constructor(
    private readonly symbol: string,
    private readonly venue: InProcessVenue,
    private readonly report: RunReport,
  ) {}

  snapshot(book: BookRecord): void {
    this.#bids.clear();
    this.#asks.clear();
    this.#priceScale = book.priceScale;
    this.#quantityScale = book.quantityScale;
    this.#put(book);
    if (book.horizon !== 0)
      this.#wrong(`the snapshot at ${book.lastUpdateId} claims a horizon of ${book.horizon}`);
  }

  delta(book: BookRecord): void {
    if (this.updateId === 0) {
      this.#wrong(`change ${book.lastUpdateId} without a book before it`);
      return;
    }
    if (book.previousUpdateId !== this.updateId) {
      this.#wrong(
        `change ${book.lastUpdateId} continues ${book.previousUpdateId}, the reader has ${this.updateId}`,
      );
    }
    if (book.priceScale !== this.#priceScale || book.quantityScale !== this.#quantityScale) {
      this.#wrong(`change ${book.lastUpdateId} has other scales than its snapshot`);
    }
    this.#put(book);
  }

  /** What readers have is void until the next snapshot. */
  clear(): void {
    this.updateId = 0;
  }

  /** A book that is not flagged must be the venue's at its update. The symbol must be listed. */
  compare(): void {
    if (this.updateId === 0 || this.isSuspect) return;
    const truth = this.venue.book(this.symbol, this.updateId);
    this.comparedCount++;
    if (!truth) {
      this.#wrong(`the venue never had update ${this.updateId}`);
      return;
    }
    const price = 10 ** (truth.priceScale - this.#priceScale);
    const quantity = 10 ** (truth.quantityScale - this.#quantityScale);
    for (const [name, side, levels] of [
      ["bid", this.#bids, truth.bids],
      ["ask", this.#asks, truth.asks],
    ] as const) {
      const wrong = levels.find(([at, size]) => side.get(at / price) !== size / quantity);
      if (wrong) {
        const has = side.get(wrong[0] / price);
        this.#wrong(`${name} ${wrong[0]} is ${has} at update ${this.updateId}, the venue has ${wrong[1]}`);
      } else if (side.size !== levels.length) {
        this.#wrong(`${side.size} ${name}s at update ${this.updateId}, the venue has ${levels.length}`);
      }
    }
  }

  #put(book: BookRecord): void {
    this.updateId = book.lastUpdateId;
    this.isSuspect = (book.flags & RecordFlags.Suspect) !== 0;
    for (const [side, levels] of [
      [this.#bids, book.bids],
      [this.#asks, book.asks],
    ] as const) {
      for (let at = 0; at < levels.count; at++) {
        const price = levels.priceHi[at]! * 2 ** 32 + (levels.priceLo[at]! >>> 0);
        const quantity = levels.quantityHi[at]! * 2 ** 32 + (levels.quantityLo[at]! >>> 0);
        if (quantity === 0) side.delete(price);
        else side.set(price, quantity);
      }
    }
  }

  #wrong(text: string): void {
    this.report.violation(`${this.symbol} book: ${text}`);
  }
}

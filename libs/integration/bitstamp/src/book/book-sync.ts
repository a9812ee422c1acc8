import { BookCondition, BookLevels, GapReason } from "@ims/common";
import { BookOutcome, OrderBook } from "@ims/order-book";
import type { BookFields } from "@ims/traits";
import { RecentIds } from "../trades/recent-ids.js";
import { DiffBuffer } from "./diff-buffer.js";

/** What a snapshot did. */
export type SnapshotOutcome =
  /** Older than a diff that may have been missed in front of the first one kept: to be asked for again. */
  | "stale"
  /** There was no book, now there is. */
  | "begun"
  /** The book was the venue's. */
  | "confirmed"
  /** The book was another than the venue's, and is replaced. */
  | "differed"
  /** The venue's book is newer than what the stream has brought, and replaces ours. */
  | "ahead"
  /** It cannot be represented. */
  | "refused";

/** Takes what comes of a book. */
export interface BookOutlet {
  /** The whole book, to be read from {@link BookSync.book}. */
  whole(): void;
  /** One diff that continues the book. @param previousId of the book before it */
  change(diff: BookFields, previousId: number): void;
  /** What was passed on last is void until the next whole book. */
  gap(reason: GapReason): void;
  /** Something speaks against the book: a snapshot is needed, while the book goes on. */
  doubted(text: string): void;
}

/** Of two connections, copies of the same diffs come within so many. */
const RECENT_MAX = 512;

/**
 * The book of one market by the venue's rule (bitstamp.md section 3.3): diffs are kept, a snapshot of REST is loaded,
 * diffs up to its microtimestamp are dropped, the others applied in order. The frames have no sequence number, so a loss
 * does not show in them: a snapshot that is compared with the running book finds it. A snapshot counts only if it is not
 * older than the first diff kept, for REST lags behind the stream (up to 2.6 s in recordings).
 *
 * The microtimestamp serves as update id. Knows no socket and no timer.
 */
export class BookSync {
  readonly counters = {
    appliedCount: 0,
    droppedCount: 0,
    duplicateCount: 0,
    overtakenCount: 0,
    staleCount: 0,
    crossedCount: 0,
    differedCount: 0,
    refusedCount: 0,
  };
  readonly #outlet: BookOutlet;
  readonly #buffer = new DiffBuffer();
  readonly #recent = new RecentIds(RECENT_MAX);
  #book = new OrderBook();
  #spare = new OrderBook();
  #stands = false;
  #comparing = false;
  #confirmed = false;
  #doubted = false;
  /** Microtimestamp of the snapshot, and of the last thing in the book. */
  #baseId = 0;
  #bookId = 0;

  constructor(outlet: BookOutlet) {
    this.#outlet = outlet;
  }

  get book(): OrderBook {
    return this.#book;
  }

  /** Microtimestamp of the last change in the book. */
  get bookId(): number {
    return this.#bookId;
  }

  /** Whether there is a book. */
  get stands(): boolean {
    return this.#stands;
  }

  /** Whether a diff came while there is no book. */
  get hasDiffs(): boolean {
    return this.#buffer.firstMicros > 0;
  }

  /** Something speaks against the book, or nothing has been joined to its snapshot yet. */
  get isSuspect(): boolean {
    return this.#doubted || !this.#confirmed;
  }

  get overflowCount(): number {
    return this.#buffer.overflowCount;
  }

  /** A diff; its ids are changed, its levels are read during the call. True if it was news. */
  diff(diff: BookFields): boolean {
    const id = diff.lastUpdateId;
    if (this.#recent.has(id)) {
      this.counters.duplicateCount++;
      return false;
    }
    this.#recent.add(id);
    if (!this.#stands || this.#comparing) this.#buffer.push(diff);
    if (!this.#stands) return true;
    if (id <= this.#baseId) {
      this.counters.droppedCount++;
    } else if (id < this.#bookId) {
      this.counters.overtakenCount++;
      this.#doubt("a change was overtaken by a later one");
    } else {
      this.#apply(diff);
    }
    return true;
  }

  /** Diffs are kept from now on, for the snapshot that is about to be asked for. */
  prepare(): void {
    if (!this.#stands || this.#comparing) return;
    this.#buffer.clear();
    this.#comparing = true;
  }

  /** The answer of REST, read during the call. */
  snapshot(snapshot: BookFields): SnapshotOutcome {
    const id = snapshot.lastUpdateId;
    const least = this.#buffer.firstMicros > 0 ? this.#buffer.firstMicros : this.#stands ? this.#bookId : 0;
    if (id < least) {
      this.counters.staleCount++;
      return "stale";
    }
    if (!this.#build(snapshot)) {
      this.counters.refusedCount++;
      return "refused";
    }
    return this.#adopt(id);
  }

  /** The stream was cut: the book is void until the next snapshot. */
  interrupted(reason: GapReason): void {
    this.#buffer.clear();
    this.#recent.clear();
    this.#comparing = false;
    if (!this.#stands) return;
    this.#stands = false;
    this.#outlet.gap(reason);
  }

  #apply(diff: BookFields): void {
    const previousId = this.#bookId;
    if (this.#book.apply(diff) !== BookOutcome.Applied) {
      this.counters.refusedCount++;
      this.interrupted(GapReason.Unknown);
      this.#outlet.doubted("a change does not fit the book");
      return;
    }
    this.#bookId = diff.lastUpdateId;
    this.counters.appliedCount++;
    this.#confirmed = true;
    this.#examine();
    this.#outlet.change(diff, previousId);
  }

  /** Fills the spare book with the snapshot and the later diffs. */
  #build(snapshot: BookFields): boolean {
    if (this.#spare.load(snapshot, 0) !== BookOutcome.Applied) return false;
    for (const diff of this.#buffer.diffs) {
      if (diff.lastUpdateId <= snapshot.lastUpdateId) continue;
      if (this.#spare.apply(diff) !== BookOutcome.Applied) return false;
    }
    return true;
  }

  #adopt(baseId: number): SnapshotOutcome {
    const stood = this.#stands;
    const { diffs } = this.#buffer;
    const newestId = Math.max(baseId, diffs.at(-1)?.lastUpdateId ?? 0);
    const isSame = stood && newestId === this.#bookId && isSameBook(this.#book, this.#spare);
    if (!stood) this.#count(baseId);
    const wasSuspect = this.isSuspect;
    const isJoined = diffs.length > 0;
    this.#buffer.clear();
    this.#comparing = false;
    this.#baseId = baseId;
    this.#doubted = false;
    if (isSame) {
      this.#confirmed = true;
      this.#examine();
      if (wasSuspect) this.#outlet.whole();
      return "confirmed";
    }
    const isAhead = stood && newestId > this.#bookId;
    if (stood && !isAhead) {
      this.counters.differedCount++;
      this.#outlet.gap(GapReason.SequenceBroken);
    }
    this.#confirmed = stood || isJoined;
    [this.#book, this.#spare] = [this.#spare, this.#book];
    this.#bookId = newestId;
    this.#stands = true;
    this.#examine();
    this.#outlet.whole();
    if (!stood) return "begun";
    return isAhead ? "ahead" : "differed";
  }

  #count(baseId: number): void {
    for (const { lastUpdateId } of this.#buffer.diffs) {
      if (lastUpdateId <= baseId) this.counters.droppedCount++;
      else this.counters.appliedCount++;
    }
  }

  /** The best prices of a market do not meet. */
  #examine(): void {
    if ((this.#book.condition & (BookCondition.Crossed | BookCondition.Locked)) === 0) return;
    this.counters.crossedCount++;
    this.#doubt("the best bid meets the best ask");
  }

  #doubt(text: string): void {
    this.#doubted = true;
    this.#outlet.doubted(text);
  }
}

/** Level by level, as values: a book that a change made finer stays so, a snapshot begins at its own scales. */
function isSameBook(left: OrderBook, right: OrderBook): boolean {
  const [leftBids, leftAsks, rightBids, rightAsks] = [0, 1, 2, 3].map(() => new BookLevels());
  left.copyTop(Number.POSITIVE_INFINITY, leftBids!, leftAsks!);
  right.copyTop(Number.POSITIVE_INFINITY, rightBids!, rightAsks!);
  const isSame =
    left.priceScale === right.priceScale && left.quantityScale === right.quantityScale
      ? areSame
      : areEqual(left, right);
  return isSame(leftBids!, rightBids!) && isSame(leftAsks!, rightAsks!);
}

function areEqual(left: OrderBook, right: OrderBook): typeof areSame {
  const prices = 10n ** BigInt(Math.abs(left.priceScale - right.priceScale));
  const quantities = 10n ** BigInt(Math.abs(left.quantityScale - right.quantityScale));
  const leftPrices = left.priceScale < right.priceScale ? prices : 1n;
  const rightPrices = left.priceScale > right.priceScale ? prices : 1n;
  const leftQuantities = left.quantityScale < right.quantityScale ? quantities : 1n;
  const rightQuantities = left.quantityScale > right.quantityScale ? quantities : 1n;
  return (ours, theirs) => {
    if (ours.count !== theirs.count) return false;
    for (let at = 0; at < ours.count; at++) {
      if (ours.price(at) * leftPrices !== theirs.price(at) * rightPrices) return false;
      if (ours.quantity(at) * leftQuantities !== theirs.quantity(at) * rightQuantities) return false;
    }
    return true;
  };
}

function areSame(left: BookLevels, right: BookLevels): boolean {
  if (left.count !== right.count) return false;
  for (let at = 0; at < left.count; at++) {
    const isSame =
      left.priceLo[at] === right.priceLo[at] &&
      left.priceHi[at] === right.priceHi[at] &&
      left.quantityLo[at] === right.quantityLo[at] &&
      left.quantityHi[at] === right.quantityHi[at];
    if (!isSame) return false;
  }
  return true;
}

import type { SkippedMessage } from "../delivery/skipped-messages.js";
import type { BookDeltaMessage, BookLevel, BookMessage, BookSnapshotMessage } from "./book-message.js";
import { BookSide } from "./book-side.js";
import type { FeedStateName } from "./feed-message.js";
import type { FeedNotice } from "./market-message.js";

/**
 * What a book is worth at the moment; only `valid` is good.
 * - `empty`: no whole book came yet
 * - `incomplete`: of a large book or change not all parts came yet
 * - `suspect`: the service has not proven it right yet
 * - `crossed`: the best bid is not below the best ask
 * - `stale`: the service hears nothing of it
 * - `broken`: a change is missing; the next whole book mends it
 */
export type BookState = "empty" | "incomplete" | "valid" | "suspect" | "crossed" | "stale" | "broken";

/** States of a feed in which its book may differ from the venue's. */
const STALE_STATES: ReadonlySet<FeedStateName> = new Set(["stale", "dead", "refused", "stopped"]);

const BOOK_TYPES: ReadonlySet<string> = new Set(["book-snapshot", "book-delta"]);

/** A book of this many levels a side is no book of a venue: it is given up rather than kept. */
const LEVELS_PER_SIDE_MAX = 100_000;

/**
 * The book of one instrument, put together from what {@link ClientFeeds.book} gives. Apply every message of the symbol in
 * order, and those of `gaps()` and `feedStatus()` too, to know of a loss before the next change shows it.
 *
 * ```ts
 * const book = new Book("BTCUSDT");
 * for await (const message of client.book()) {
 *   book.apply(message);
 *   if (book.isValid) console.log(book.bids[0], book.asks[0]);
 * }
 * ```
 */
export class Book {
  readonly #bids = new BookSide(-1);
  readonly #asks = new BookSide(1);
  #lastUpdateId: number | null = null;
  #horizon: number | null = null;
  #lacks: "empty" | "incomplete" | "broken" | undefined = "empty";
  #isSuspect = false;
  /** The last message was a whole book or a part of one. */
  #isWhole = false;
  #feedState: FeedStateName = "unknown";
  #reason = "no whole book came yet";

  constructor(readonly symbol: string) {}

  get state(): BookState {
    if (this.#lacks !== undefined) return this.#lacks;
    if (STALE_STATES.has(this.#feedState)) return "stale";
    if (this.#isCrossed) return "crossed";
    return this.#isSuspect ? "suspect" : "valid";
  }

  get isValid(): boolean {
    return this.state === "valid";
  }

  /** Why the book is not valid, for people; empty while it is. */
  get reason(): string {
    switch (this.state) {
      case "valid":
        return "";
      case "stale":
        return `the feed is ${this.#feedState}`;
      case "crossed":
        return `bid ${this.bids[0]?.price} is not below ask ${this.asks[0]?.price}`;
      case "suspect":
        return "the service has not proven it right yet";
      default:
        return this.#reason;
    }
  }

  /** Best first. */
  get bids(): readonly BookLevel[] {
    return this.#bids.levels;
  }

  get asks(): readonly BookLevel[] {
    return this.#asks.levels;
  }

  /** Of the last message that was applied; null where the venue gives none. */
  get lastUpdateId(): number | null {
    return this.#lastUpdateId;
  }

  /** Levels a side that the last whole book was known to; null where it was all. Deeper ones are only those that changed since. */
  get horizon(): number | null {
    return this.#horizon;
  }

  /** Follows one message; those of other symbols and other data change nothing. Returns whether the book is valid now. */
  apply(message: BookMessage | FeedNotice | SkippedMessage): boolean {
    if (message.type === "skipped") {
      this.#skip(message);
      return this.isValid;
    }
    if (message.symbol !== this.symbol) return this.isValid;
    if (message.type === "book-snapshot") this.#replace(message);
    else if (message.type === "book-delta") this.#change(message);
    else if (message.data === "book") {
      if (message.type === "gap") this.#break(`changes are missing: ${message.reason}`);
      else this.#feedState = message.state;
    }
    return this.isValid;
  }

  #skip({ feeds }: SkippedMessage): void {
    const own = feeds.find(({ type, symbol }) => symbol === this.symbol && BOOK_TYPES.has(type));
    if (own) this.#break(`${own.count} messages were skipped because the consumer was too slow`);
  }

  #replace(book: BookSnapshotMessage): void {
    this.#bids.replace(book.bids);
    this.#asks.replace(book.asks);
    this.#horizon = book.horizon;
    this.#applied(book);
  }

  #change(delta: BookDeltaMessage): void {
    if (this.#lacks === "empty" || this.#lacks === "broken") return;
    const gap = this.#gapBefore(delta);
    if (gap === "known") return;
    if (gap !== undefined) {
      this.#break(gap);
      return;
    }
    for (const level of delta.bids) this.#bids.set(level);
    for (const level of delta.asks) this.#asks.set(level);
    this.#applied(delta);
  }

  /** What is missing before a change; `known` for one that the book has already. */
  #gapBefore({ firstUpdateId, lastUpdateId, previousUpdateId, flags }: BookDeltaMessage): string | undefined {
    const last = this.#lastUpdateId;
    if (last === null || lastUpdateId === null) return undefined;
    const isNextPart =
      this.#lacks === "incomplete" &&
      lastUpdateId === last &&
      previousUpdateId === last &&
      flags.includes("snapshot") === this.#isWhole;
    if (isNextPart) return undefined;
    if (lastUpdateId <= last) return "known";
    if (this.#lacks === "incomplete") return `parts of update ${last} are missing`;
    if (previousUpdateId !== null) {
      return previousUpdateId === last
        ? undefined
        : `updates from ${last} to ${previousUpdateId} are missing`;
    }
    const isNext = firstUpdateId === null || firstUpdateId <= last + 1;
    return isNext ? undefined : `updates from ${last + 1} to ${firstUpdateId - 1} are missing`;
  }

  #applied(message: BookMessage): void {
    this.#lastUpdateId = message.lastUpdateId;
    this.#isWhole = message.flags.includes("snapshot");
    this.#isSuspect = message.flags.includes("suspect");
    const isComplete = message.flags.includes("last-in-event");
    this.#lacks = isComplete ? undefined : "incomplete";
    this.#reason = isComplete ? "" : "further parts of the same update follow";
    if (this.bids.length > LEVELS_PER_SIDE_MAX || this.asks.length > LEVELS_PER_SIDE_MAX)
      this.#break(`it has more than ${LEVELS_PER_SIDE_MAX} levels a side`);
  }

  #break(reason: string): void {
    if (this.#lacks === "empty") return;
    this.#lacks = "broken";
    this.#reason = reason;
    this.#bids.replace([]);
    this.#asks.replace([]);
  }

  get #isCrossed(): boolean {
    const bid = this.bids[0];
    const ask = this.asks[0];
    return bid !== undefined && ask !== undefined && bid.price.compare(ask.price) >= 0;
  }
}

import type { Clock, TimerHandle } from "@ims/common";
import type { BookFields } from "@ims/traits";
import type { InstrumentFeed } from "../decode/instrument-feed.js";
import type { DepthListener } from "../decode/record-publisher.js";
import type { BookFeed } from "./book-feed.js";

/** Pauses and silences of books are noticed with this precision. */
const CHECK_MILLIS = 250;

/** All books of one integration, by symbol, with the one timer that they share. Takes what decoders read. */
export class BookFeeds implements DepthListener {
  readonly #feeds = new Map<string, BookFeed>();
  #timer: TimerHandle | undefined;

  constructor(readonly clock: Clock) {}

  get size(): number {
    return this.#feeds.size;
  }

  get(symbol: string): BookFeed | undefined {
    return this.#feeds.get(symbol);
  }

  [Symbol.iterator](): IterableIterator<BookFeed> {
    return this.#feeds.values();
  }

  /** Adds a book and starts it; one of the same symbol is stopped first. */
  add(feed: BookFeed): void {
    this.#feeds.get(feed.symbol)?.stop();
    this.#feeds.set(feed.symbol, feed);
    feed.start();
    this.#timer ??= this.clock.setTimer(CHECK_MILLIS, () => this.#check());
  }

  /** A depth event of any instrument; nothing happens without a book of it. */
  depth(feed: InstrumentFeed, change: BookFields): void {
    this.#feeds.get(feed.instrument.symbol)?.depth(change);
  }

  /** Stops a book and forgets it; the timer ends with the last one. */
  remove(symbol: string): void {
    this.#feeds.get(symbol)?.stop();
    this.#feeds.delete(symbol);
    if (this.#feeds.size === 0) this.#endTimer();
  }

  clear(): void {
    for (const symbol of [...this.#feeds.keys()]) this.remove(symbol);
  }

  #check(): void {
    this.#timer = this.clock.setTimer(CHECK_MILLIS, () => this.#check());
    for (const feed of this.#feeds.values()) feed.check();
  }

  #endTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

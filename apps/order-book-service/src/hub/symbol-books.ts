import type { CanonicalSymbol, VenueBook } from "@ims/book-merge";
import { SharedMerge } from "./shared-merge.js";
import type { VenueFeeds } from "./venue-feeds.js";

export interface SymbolBooksOptions {
  readonly nowMillis: () => number;
  /** Called when a book has changed; many times before one {@link SymbolBooks.refresh} will do. */
  readonly changed: () => void;
}

interface OpenMerge {
  /** Empty: all that list the symbol. */
  readonly wanted: readonly string[];
  readonly merge: SharedMerge;
}

/** The books of one symbol at its venues, and the merges of them that clients watch. */
export class SymbolBooks {
  readonly #books = new Map<string, { book: VenueBook; symbol: string }>();
  readonly #merges = new Map<string, OpenMerge>();
  #venueBooks: readonly VenueBook[] = [];
  #holdCount = 0;
  #unwatchedMillis: number;

  constructor(
    public canonical: CanonicalSymbol,
    private readonly feeds: VenueFeeds,
    private readonly options: SymbolBooksOptions,
  ) {
    this.#unwatchedMillis = options.nowMillis();
    this.#followAll();
  }

  /** Since when nobody watches; undefined while somebody does. */
  get unwatchedMillis(): number | undefined {
    return this.#merges.size + this.#holdCount > 0 ? undefined : this.#unwatchedMillis;
  }

  /** The books of all venues; another array when a venue came or went. */
  get venueBooks(): readonly VenueBook[] {
    return this.#venueBooks;
  }

  /** Keeps the feeds open without a merge, until the function that it returns is called. */
  hold(): () => void {
    let isHeld = true;
    this.#holdCount++;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holdCount--;
      this.#unwatchedMillis = this.options.nowMillis();
    };
  }

  /** Opens the merge of these venues, or joins it. {@link leave} must follow. */
  join(wanted: readonly string[], depth: number, watcher: () => void): SharedMerge {
    const key = mergeKey(wanted, depth);
    let open = this.#merges.get(key);
    if (!open) {
      const { symbol, nowMillis } = { symbol: this.canonical.name, nowMillis: this.options.nowMillis };
      open = { wanted, merge: new SharedMerge(symbol, this.#booksOf(wanted), depth, nowMillis) };
      this.#merges.set(key, open);
    }
    open.merge.watchers.add(watcher);
    return open.merge;
  }

  leave(wanted: readonly string[], depth: number, watcher: () => void): void {
    const key = mergeKey(wanted, depth);
    const watchers = this.#merges.get(key)?.merge.watchers;
    if (!watchers?.delete(watcher) || watchers.size > 0) return;
    this.#merges.delete(key);
    this.#unwatchedMillis = this.options.nowMillis();
  }

  /** Takes over which venues list the symbol now: one that came joins, one that delisted it leaves. */
  update(canonical: CanonicalSymbol): void {
    this.canonical = canonical;
    if (!this.#followAll()) return;
    for (const { wanted, merge } of this.#merges.values()) merge.replaceVenues(this.#booksOf(wanted));
    this.options.changed();
  }

  refresh(): void {
    for (const { merge } of this.#merges.values()) merge.refresh();
  }

  /** Ends the feeds. */
  release(): void {
    for (const [venue, { symbol }] of this.#books) this.#unfollow(venue, symbol);
    this.#books.clear();
  }

  /** Follows what the venues list now; true if that is different from before. */
  #followAll(): boolean {
    let isChanged = this.#unfollowDelisted();
    for (const { venue, symbol } of this.canonical.venues) {
      if (this.#books.has(venue)) continue;
      const book = this.feeds.follow(venue, symbol, this.options.changed);
      if (!book) continue;
      this.#books.set(venue, { book, symbol });
      isChanged = true;
    }
    if (isChanged) {
      this.#venueBooks = this.canonical.venues.flatMap(({ venue }) => this.#books.get(venue)?.book ?? []);
    }
    return isChanged;
  }

  #unfollowDelisted(): boolean {
    const before = this.#books.size;
    for (const [venue, { symbol }] of this.#books) {
      if (this.canonical.venues.some((listed) => listed.venue === venue && listed.symbol === symbol))
        continue;
      this.#unfollow(venue, symbol);
      this.#books.delete(venue);
    }
    return this.#books.size < before;
  }

  #unfollow(venue: string, symbol: string): void {
    this.feeds.unfollow(venue, symbol, this.options.changed);
  }

  #booksOf(wanted: readonly string[]): VenueBook[] {
    return this.#venueBooks.filter(({ venue }) => wanted.length === 0 || wanted.includes(venue));
  }
}

function mergeKey(wanted: readonly string[], depth: number): string {
  return `${depth}|${wanted.join(",")}`;
}

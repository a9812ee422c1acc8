import { type CanonicalSymbol, VenueBook } from "@ims/book-merge";
import type { BookSource } from "../sources/book-source.js";
import { SharedMerge } from "./shared-merge.js";

export interface SymbolBooksOptions {
  readonly staleAfterMillis: number;
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
  readonly #books = new Map<string, { book: VenueBook; source: BookSource; symbol: string }>();
  readonly #merges = new Map<string, OpenMerge>();
  #venueBooks: readonly VenueBook[] = [];
  #holdCount = 0;
  #unwatchedMillis: number;

  constructor(
    public canonical: CanonicalSymbol,
    private readonly sources: ReadonlyMap<string, BookSource>,
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

  /** Takes out venues that are silent for too long. */
  expire(nowMillis: number): void {
    let isChanged = false;
    for (const { book } of this.#books.values()) isChanged = book.expire(nowMillis) || isChanged;
    if (isChanged) this.options.changed();
  }

  refresh(): void {
    for (const { merge } of this.#merges.values()) merge.refresh();
  }

  /** Ends the feeds. */
  release(): void {
    for (const { source, symbol } of this.#books.values()) source.unfollow(symbol);
    this.#books.clear();
  }

  /** Follows what the venues list now; true if that is different from before. */
  #followAll(): boolean {
    let isChanged = this.#unfollowDelisted();
    for (const { venue, symbol } of this.canonical.venues) {
      const source = this.sources.get(venue);
      if (!source || this.#books.has(venue)) continue;
      const book = new VenueBook(venue, { staleAfterMillis: this.options.staleAfterMillis });
      this.#books.set(venue, { book, source, symbol });
      source.follow(symbol, book, this.options.changed);
      isChanged = true;
    }
    if (isChanged) {
      this.#venueBooks = this.canonical.venues.flatMap(({ venue }) => this.#books.get(venue)?.book ?? []);
    }
    return isChanged;
  }

  #unfollowDelisted(): boolean {
    const before = this.#books.size;
    for (const [venue, { source, symbol }] of this.#books) {
      if (this.canonical.venues.some((listed) => listed.venue === venue && listed.symbol === symbol))
        continue;
      source.unfollow(symbol);
      this.#books.delete(venue);
    }
    return this.#books.size < before;
  }

  #booksOf(wanted: readonly string[]): VenueBook[] {
    return this.#venueBooks.filter(({ venue }) => wanted.length === 0 || wanted.includes(venue));
  }
}

function mergeKey(wanted: readonly string[], depth: number): string {
  return `${depth}|${wanted.join(",")}`;
}

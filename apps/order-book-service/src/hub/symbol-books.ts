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
  #unwatchedMillis: number;

  constructor(
    private canonical: CanonicalSymbol,
    private readonly sources: ReadonlyMap<string, BookSource>,
    private readonly options: SymbolBooksOptions,
  ) {
    this.#unwatchedMillis = options.nowMillis();
    this.#followAll();
  }

  /** Since when nobody watches; undefined while somebody does. */
  get unwatchedMillis(): number | undefined {
    return this.#merges.size > 0 ? undefined : this.#unwatchedMillis;
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

  /** Takes over a venue that lists the symbol since a later list. */
  update(canonical: CanonicalSymbol): void {
    this.canonical = canonical;
    if (!this.#followAll()) return;
    for (const { wanted, merge } of this.#merges.values()) {
      if (wanted.length === 0) merge.replaceVenues(this.#booksOf(wanted));
    }
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

  #followAll(): boolean {
    let isMore = false;
    for (const { venue, symbol } of this.canonical.venues) {
      const source = this.sources.get(venue);
      if (!source || this.#books.has(venue)) continue;
      const book = new VenueBook(venue, { staleAfterMillis: this.options.staleAfterMillis });
      this.#books.set(venue, { book, source, symbol });
      source.follow(symbol, book, this.options.changed);
      isMore = true;
    }
    return isMore;
  }

  #booksOf(wanted: readonly string[]): VenueBook[] {
    return [...this.#books.values()]
      .map(({ book }) => book)
      .filter(({ venue }) => wanted.length === 0 || wanted.includes(venue));
  }
}

function mergeKey(wanted: readonly string[], depth: number): string {
  return `${depth}|${wanted.join(",")}`;
}

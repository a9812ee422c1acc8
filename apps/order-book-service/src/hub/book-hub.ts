import {
  type CanonicalSymbol,
  CanonicalSymbols,
  type CanonicalSymbolsOptions,
  type LeftOutSymbol,
} from "@ims/book-merge";
import type { Clock, TimerHandle } from "@ims/common";
import type { BookSource } from "../sources/book-source.js";
import { SymbolBooks } from "./symbol-books.js";
import { VenueFeeds } from "./venue-feeds.js";

export interface BookHubOptions extends CanonicalSymbolsOptions {
  readonly clock: Clock;
  /** Silence after which a venue leaves a merge. */
  readonly staleAfterMillis: number;
  /** How long a symbol that nobody watches is kept. */
  readonly releaseAfterMillis: number;
  /** Symbols that are kept at once. Default 1,000. */
  readonly symbolsMax?: number;
  /** Told once of each symbol of a venue that cannot be merged under its name. */
  readonly onLeftOut?: (symbol: LeftOutSymbol) => void;
}

const SYMBOLS_MAX_DEFAULT = 1000;
/** How often silence and release are looked at: what they are late by at most. */
const LOOK_MILLIS = 250;

/** All symbols that are watched, over the sources of all venues. */
export class BookHub {
  readonly symbols: CanonicalSymbols;
  readonly #sources: ReadonlyMap<string, BookSource>;
  readonly #feeds: VenueFeeds;
  readonly #watched = new Map<string, SymbolBooks>();
  readonly #changed = new Set<SymbolBooks>();
  readonly #listed = new Set<string>();
  readonly #leftOut = new Set<string>();
  /** Called whenever a venue gives its instruments. */
  readonly #listListeners = new Set<() => void>();
  #flush: NodeJS.Immediate | undefined;
  #look: TimerHandle | undefined;

  constructor(
    sources: readonly BookSource[],
    private readonly options: BookHubOptions,
  ) {
    this.symbols = new CanonicalSymbols(options);
    this.#sources = new Map(sources.map((source) => [source.venue, source]));
    this.#feeds = new VenueFeeds(this.#sources, options.staleAfterMillis);
    // Venues stand in this order, whoever gives its list first.
    for (const { venue } of sources) this.symbols.setVenue(venue, []);
  }

  /** Names of all venues, whether they answer or not. */
  get venues(): readonly string[] {
    return [...this.#sources.keys()];
  }

  /** Whether the instruments of at least one venue are known. */
  get isReady(): boolean {
    return this.#listed.size > 0;
  }

  /** Symbols that are kept now, watched or not released yet. */
  get keptCount(): number {
    return this.#watched.size;
  }

  /** What is kept, by canonical name. */
  get allKept(): Iterable<readonly [string, SymbolBooks]> {
    return this.#watched;
  }

  kept(name: string): SymbolBooks | undefined {
    return this.#watched.get(name);
  }

  /** Resolves once so many venues have given their instruments, or the signal aborts. */
  whenListed(count: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#listed.size < count && !signal?.aborted) return;
        this.#listListeners.delete(look);
        signal?.removeEventListener("abort", look);
        resolve();
      };
      this.#listListeners.add(look);
      signal?.addEventListener("abort", look);
      look();
    });
  }

  /** Calls back once, when {@link isReady} turns true. */
  onReady(listener: () => void): void {
    void this.whenListed(1).then(listener);
  }

  open(): void {
    for (const source of this.#sources.values()) {
      source.open((instruments) => {
        this.symbols.setVenue(source.venue, instruments);
        this.#listed.add(source.venue);
        this.#tellLeftOut();
        for (const [name, books] of this.#watched) {
          const { base, quote } = books.canonical;
          books.update(this.symbols.find(name) ?? { name, base, quote, venues: [] });
        }
        for (const listener of [...this.#listListeners]) listener();
      });
    }
    this.#lookLater();
  }

  /** The books of a symbol, whose feeds begin with the first call; undefined while as many as may be are kept. */
  booksOf(canonical: CanonicalSymbol): SymbolBooks | undefined {
    const { clock, symbolsMax = SYMBOLS_MAX_DEFAULT } = this.options;
    const known = this.#watched.get(canonical.name);
    if (known) return known;
    if (this.#watched.size >= symbolsMax) return undefined;
    // A source may have a book at once, before there is anything to be marked: the first merge takes it up.
    let books: SymbolBooks | undefined;
    books = new SymbolBooks(canonical, this.#feeds, {
      nowMillis: () => clock.monotonicMillis(),
      changed: () => books && this.#mark(books),
    });
    this.#watched.set(canonical.name, books);
    return books;
  }

  async close(): Promise<void> {
    this.#look?.cancel();
    this.#look = undefined;
    clearImmediate(this.#flush);
    this.#changed.clear();
    await Promise.all([...this.#sources.values()].map((source) => source.close()));
    this.#watched.clear();
  }

  #tellLeftOut(): void {
    for (const symbol of this.symbols.leftOut) {
      const key = `${symbol.name} ${symbol.venue}:${symbol.symbol}`;
      if (this.#leftOut.has(key)) continue;
      this.#leftOut.add(key);
      this.options.onLeftOut?.(symbol);
    }
  }

  /** Many changes of one turn of the event loop are merged once. */
  #mark(books: SymbolBooks): void {
    this.#changed.add(books);
    this.#flush ??= setImmediate(() => {
      this.#flush = undefined;
      for (const changed of this.#changed) changed.refresh();
      this.#changed.clear();
    });
  }

  #lookLater(): void {
    this.#look = this.options.clock.setTimer(LOOK_MILLIS, () => {
      const now = this.options.clock.monotonicMillis();
      this.#feeds.expire(now);
      for (const [name, books] of this.#watched) {
        const since = books.unwatchedMillis;
        if (since === undefined || now - since < this.options.releaseAfterMillis) continue;
        books.release();
        this.#watched.delete(name);
      }
      this.#lookLater();
    });
  }
}

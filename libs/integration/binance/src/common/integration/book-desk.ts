import { type Clock, describeError, type FeedState, type GapReason, type Instrument } from "@ims/common";
import { RequestPriority } from "@ims/integration-kit";
import type { BookFields, GapFields, IntegrationLogger, MarketDataSink } from "@ims/traits";
import { BookFeed, type BookFeedListener } from "../book/book-feed.js";
import { BookFeeds } from "../book/book-feeds.js";
import { readDepthSnapshot } from "../book/depth-snapshot.js";
import { QuietBooks } from "../book/quiet-books.js";
import type { InstrumentFeed } from "../decode/instrument-feed.js";
import type { DepthListener } from "../decode/record-publisher.js";
import type { FeedGate } from "../gaps/feed-gate.js";
import type { VenueRest } from "../rest/venue-rest.js";

export interface BookDeskOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly sink: MarketDataSink;
  readonly gate: FeedGate;
  readonly rest: VenueRest;
  /** Told at every change of a book. */
  readonly onState: (symbol: string, state: FeedState, text: string) => void;
}

/** With more books than this each gets a smaller snapshot: it weighs less, so all of them are there much sooner. */
const LONG_SNAPSHOTS_MAX = 20;

/** The books of one integration: joins depth events to snapshots that it fetches over REST. */
export class BookDesk implements BookFeedListener, DepthListener {
  readonly #options: BookDeskOptions;
  readonly #books: BookFeeds;
  readonly #quiet: QuietBooks;
  readonly #instruments = new Map<string, Instrument>();
  readonly #requests = new Map<BookFeed, AbortController>();
  readonly #fetching = new Set<Promise<void>>();

  constructor(options: BookDeskOptions) {
    this.#options = options;
    this.#books = new BookFeeds(options.clock);
    const instrumentOf = (symbol: string) => this.#instruments.get(symbol);
    this.#quiet = new QuietBooks({ ...options, books: this.#books, instrumentOf });
  }

  /** @param isShared whether the book's stream comes over more than one connection now */
  begin(instrument: Instrument, instrumentId: number, isShared: () => boolean): void {
    const { clock, gate, random, rest, sink } = this.#options;
    const { symbol } = instrument;
    this.#instruments.set(symbol, instrument);
    const feed = new BookFeed({
      symbol,
      instrumentId,
      sink,
      listener: this,
      clock,
      random,
      rule: rest.rules.depth.rule,
      isShared,
    });
    gate.beginBook(instrumentId, (top) => feed.top(top));
    this.#books.add(feed);
  }

  end(symbol: string, instrumentId: number): void {
    const feed = this.#books.get(symbol);
    if (!feed) return;
    this.#options.gate.endBook(instrumentId);
    this.#requests.get(feed)?.abort(new Error("the book is not wanted any more"));
    this.#books.remove(symbol);
    this.#instruments.delete(symbol);
  }

  /** All of the book is passed on again, from a new snapshot. */
  showAgain(symbol: string): void {
    this.#books.get(symbol)?.sequencer.refresh();
  }

  interrupted(symbol: string, reason: GapReason): void {
    this.#books.get(symbol)?.interrupted(reason, "the connection was lost");
  }

  /** To be called a few times a second. */
  check(): void {
    this.#quiet.check();
  }

  /** After it nothing is asked and no timer is left. */
  async close(): Promise<void> {
    for (const request of this.#requests.values()) request.abort(new Error("shut down"));
    this.#books.clear();
    await Promise.all([...this.#fetching, this.#quiet.close()]);
  }

  depth(feed: InstrumentFeed, change: BookFields): void {
    this.#options.gate.seenBook(feed.instrumentId, change.receiveMicros);
    this.#books.depth(feed, change);
  }

  needSnapshot(feed: BookFeed): void {
    const fetching: Promise<void> = this.#fetch(feed).finally(() => this.#fetching.delete(fetching));
    this.#fetching.add(fetching);
  }

  gap(_feed: BookFeed, gap: GapFields): void {
    this.#options.gate.gap(gap);
  }

  state(feed: BookFeed, state: FeedState, text: string): void {
    this.#options.onState(feed.symbol, state, text);
  }

  async #fetch(feed: BookFeed): Promise<void> {
    const { clock, logger, rest } = this.#options;
    const { depth } = rest.rules;
    const { limit, weight } = this.#books.size > LONG_SNAPSHOTS_MAX ? depth.short : depth;
    const { symbol } = feed;
    const request = new AbortController();
    this.#requests.set(feed, request);
    try {
      const query = `symbol=${encodeURIComponent(symbol)}&limit=${limit}`;
      const cost = { weight, priority: RequestPriority.Books };
      const body = await rest.http.get(`${depth.path}?${query}`, request.signal, cost);
      const instrument = this.#instruments.get(symbol);
      if (request.signal.aborted || !instrument) return;
      feed.snapshot(readDepthSnapshot(body, instrument, clock.nowMicros()), limit);
    } catch (error) {
      if (request.signal.aborted) return;
      logger.warn({ symbol, error: describeError(error) }, "a book's snapshot could not be fetched");
      feed.snapshotFailed("the snapshot could not be fetched");
    } finally {
      this.#requests.delete(feed);
    }
  }
}

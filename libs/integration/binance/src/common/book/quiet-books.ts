import { type Clock, describeError, type Instrument, MantissaCell } from "@ims/common";
import {
  asObject,
  createTopOfBookFields,
  type JsonObject,
  RequestPriority,
  Unusable,
} from "@ims/integration-kit";
import type { OrderBook } from "@ims/order-book";
import type { IntegrationLogger, TopOfBookFields } from "@ims/traits";
import { readTopOfBook } from "../decode/top-of-book-json.js";
import type { VenueRest } from "../rest/venue-rest.js";
import type { BookFeed } from "./book-feed.js";

export interface QuietBooksOptions {
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
  readonly rest: Pick<VenueRest, "http" | "rules">;
  readonly books: Iterable<BookFeed>;
  readonly instrumentOf: (symbol: string) => Instrument | undefined;
}

const PAUSE_MILLIS = 5000;

/**
 * Confirms books whose streams are silent by the venue's best prices: one request for all of them, of a weight that
 * does not grow with their number, in place of a snapshot of each. A book that differs twice gets a new snapshot: what
 * has changed was not sent.
 */
export class QuietBooks {
  readonly #options: QuietBooksOptions;
  readonly #closing = new AbortController();
  readonly #top = createTopOfBookFields();
  #differed = new WeakSet<BookFeed>();
  #asking: Promise<void> | undefined;
  #pauseUntilMillis = Number.NEGATIVE_INFINITY;

  constructor(options: QuietBooksOptions) {
    this.#options = options;
  }

  /** To be called a few times a second. */
  check(): void {
    const nowMillis = this.#options.clock.monotonicMillis();
    if (this.#asking !== undefined || nowMillis < this.#pauseUntilMillis) return;
    const quiet: BookFeed[] = [];
    for (const feed of this.#options.books) if (feed.sequencer.wantsConfirmation) quiet.push(feed);
    if (quiet.length === 0) return;
    this.#pauseUntilMillis = nowMillis + PAUSE_MILLIS;
    this.#asking = this.#confirm(quiet, nowMillis).finally(() => {
      this.#asking = undefined;
    });
  }

  /** After it nothing is asked. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("shut down"));
    await this.#asking;
  }

  async #confirm(quiet: readonly BookFeed[], askedMillis: number): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      const rows = await this.#rows(quiet);
      const agoMillis = clock.monotonicMillis() - askedMillis;
      for (const feed of quiet) {
        const row = rows.get(feed.symbol);
        // What has come meanwhile may be in the answer or not.
        if (!row || feed.sequencer.silentMillis <= agoMillis || !feed.sequencer.wantsConfirmation) continue;
        this.#compare(feed, row);
      }
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      const bookCount = quiet.length;
      logger.warn({ bookCount, error: describeError(error) }, "silent books could not be compared");
    }
  }

  #compare(feed: BookFeed, row: JsonObject): void {
    const instrument = this.#options.instrumentOf(feed.symbol);
    if (!instrument || !readRow(row, instrument, this.#top)) return;
    if (hasBestPrices(feed.book, this.#top)) {
      this.#differed.delete(feed);
      feed.sequencer.confirm();
    } else if (this.#differed.delete(feed)) {
      feed.sequencer.refresh();
    } else {
      this.#differed.add(feed);
    }
  }

  async #rows(quiet: readonly BookFeed[]): Promise<ReadonlyMap<string, JsonObject>> {
    const { http, rules } = this.#options.rest;
    const { allWeight, path, weight } = rules.tops;
    const single = quiet.length === 1 ? `?symbol=${encodeURIComponent(quiet[0]!.symbol)}` : "";
    const cost = { weight: single === "" ? allWeight : weight, priority: RequestPriority.BackFill };
    const body = await http.get(`${path}${single}`, this.#closing.signal, cost);
    const rows = new Map<string, JsonObject>();
    // COIN-M answers with a list also for one symbol.
    for (const row of (Array.isArray(body) ? body : [body]).map(asObject)) {
      if (typeof row?.symbol === "string") rows.set(row.symbol, row);
    }
    return rows;
  }
}

/** Fills `top` from a row of `ticker/bookTicker`; false if it cannot be used. */
function readRow(row: JsonObject, instrument: Instrument, top: TopOfBookFields): boolean {
  const record = { u: 0, b: row.bidPrice, B: row.bidQty, a: row.askPrice, A: row.askQty };
  try {
    readTopOfBook(record, { instrument, instrumentId: 0 }, top);
    return true;
  } catch (error) {
    if (error instanceof Unusable) return false;
    throw error;
  }
}

function hasBestPrices(book: OrderBook, top: TopOfBookFields): boolean {
  const price = new MantissaCell();
  const quantity = new MantissaCell();
  const hasBid = book.bestBid(price, quantity);
  if (hasBid !== top.hasBid) return false;
  if (hasBid && !(isSame(price, top.bidPrice) && isSame(quantity, top.bidQuantity))) return false;
  const hasAsk = book.bestAsk(price, quantity);
  if (hasAsk !== top.hasAsk) return false;
  return !hasAsk || (isSame(price, top.askPrice) && isSame(quantity, top.askQuantity));
}

function isSame(left: MantissaCell, right: MantissaCell): boolean {
  const scale = Math.max(left.scale, right.scale);
  return atScale(left, scale) === atScale(right, scale);
}

function atScale(cell: MantissaCell, scale: number): bigint {
  return cell.toBigInt() * 10n ** BigInt(scale - cell.scale);
}

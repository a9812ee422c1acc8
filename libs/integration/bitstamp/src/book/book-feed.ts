import { type Clock, DataType, describeError, GapReason, RecordFlags, sleep } from "@ims/common";
import {
  Backoff,
  type CrossCheckResult,
  createBookFields,
  createGapFields,
  type JsonObject,
  type OpenFeed,
  Unusable,
} from "@ims/integration-kit";
import type { BookFields, IntegrationContext } from "@ims/traits";
import { readBook } from "../decode/level-reader.js";
import type { BitstampFeed } from "../feeds/bitstamp-feed.js";
import { WholeRequests } from "../feeds/whole-requests.js";
import { type BitstampRest, isNotFound } from "../rest/bitstamp-rest.js";
import { BookSync, type SnapshotOutcome } from "./book-sync.js";

export interface BookFeedOptions {
  readonly feed: OpenFeed;
  readonly rest: Pick<BitstampRest, "book">;
  readonly context: IntegrationContext;
  /** How often a running book is compared with the venue's. */
  readonly checkMillis: number;
}

/** A market that does not change sends no diff: then the snapshot is asked for after so long. */
const FIRST_DIFF_MILLIS = 3000;
/** A book that nothing was joined to is compared again after so long. */
const CONFIRM_MILLIS = 10_000;
/** Two connections deliver in a hand-over for some seconds; after it the book is compared. */
const HAND_OVER_MILLIS = 10_000;
/** Doubts gather for so long. */
const DOUBT_MILLIS = 2000;
/** What the stream had under way when a newer snapshot was taken arrives within so long. */
const UNDER_WAY_MILLIS = 3000;

/** The book of one market: asks for snapshots, publishes what {@link BookSync} makes of them. */
export class BookFeed implements BitstampFeed {
  readonly sync: BookSync;
  readonly #options: BookFeedOptions;
  readonly #clock: Clock;
  readonly #diff = createBookFields();
  readonly #record = createBookFields();
  readonly #backoff: Backoff;
  readonly #requests: WholeRequests<SnapshotOutcome | "failed">;
  #acknowledged = false;
  #published = false;
  #diffCount = 0;

  constructor(options: BookFeedOptions) {
    this.#options = options;
    this.#clock = options.context.clock;
    this.#requests = new WholeRequests(this.#clock, (signal) => this.#ask(signal));
    this.#backoff = new Backoff(options.context.random, { firstMillis: 500, capMillis: 30_000 });
    this.sync = new BookSync({
      whole: () => this.#publishWhole(),
      change: (diff, previousId) => this.#publishChange(diff, previousId),
      gap: (reason) => this.#tellGap(reason),
      doubted: (text) => {
        options.context.logger.warn({ symbol: options.feed.instrument.symbol }, text);
        this.#requests.within(0);
      },
    });
  }

  read(event: string, data: JsonObject, receiveMicros: number): void {
    if (event !== "data") throw new Unusable("unexpected", `an event ${event.slice(0, 40)} among books`);
    try {
      readBook(data, this.#options.feed.instrument, this.#diff);
    } catch (error) {
      // What it would have changed is not known.
      this.sync.interrupted(GapReason.Unknown);
      this.#requests.within(0);
      throw error;
    }
    this.takeBook(this.#diff, receiveMicros);
  }

  takeBook(diff: BookFields, receiveMicros: number): void {
    diff.receiveMicros = receiveMicros;
    const isFirst = !this.sync.stands && !this.sync.hasDiffs;
    if (!this.sync.diff(diff)) return;
    this.#diffCount++;
    if (this.sync.stands) this.#options.feed.seen(receiveMicros);
    else if (isFirst) this.#requests.within(0);
  }

  acknowledged(): void {
    // A second connection brings the same diffs; what it overtakes shows in a comparison.
    this.#requests.within(this.#acknowledged ? HAND_OVER_MILLIS : FIRST_DIFF_MILLIS);
    this.#acknowledged = true;
  }

  interrupted(): void {
    this.#acknowledged = false;
    this.#requests.cancel();
    this.sync.interrupted(GapReason.ConnectionLost);
  }

  check(nowMillis: number): void {
    this.#requests.check(nowMillis);
  }

  showAgain(): void {
    if (this.#published) this.#publishWhole();
  }

  doubt(): void {
    this.#requests.within(DOUBT_MILLIS);
  }

  get isClosed(): boolean {
    return this.#requests.signal.aborted;
  }

  close(): Promise<void> {
    return this.#requests.close();
  }

  /** Compares the silent book with the venue's. */
  async crossCheck(_silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult> {
    if (!this.sync.stands) return { verdict: "unknown", text: "a snapshot is awaited" };
    const before = this.#diffCount;
    const outcome = await this.#requests.ask();
    if (outcome === "confirmed") return { verdict: "quiet", text: "the venue's book is the same" };
    if (outcome !== "ahead" && outcome !== "differed")
      return { verdict: "unknown", text: "the venue's book could not be compared" };
    await sleep(this.#clock, UNDER_WAY_MILLIS, AbortSignal.any([signal, this.#requests.signal])).catch(
      () => {},
    );
    return this.#diffCount > before
      ? { verdict: "quiet", text: "the stream has brought what the venue shows" }
      : { verdict: "dead", text: `${this.#options.feed.stream} did not bring what the venue's book shows` };
  }

  /** One request. When the next one is due depends on what it brought; it never rejects. */
  async #ask(signal: AbortSignal): Promise<SnapshotOutcome | "failed"> {
    const { checkMillis, context, feed, rest } = this.#options;
    if (!this.#acknowledged) return "failed";
    this.sync.prepare();
    try {
      const snapshot = await rest.book(feed.instrument, signal);
      if (signal.aborted || !this.#acknowledged) return "failed";
      const outcome = this.sync.snapshot(snapshot);
      if (outcome === "stale" || outcome === "refused") {
        this.#requests.within(this.#backoff.nextMillis());
        return outcome;
      }
      this.#backoff.reset();
      if (outcome === "differed")
        context.logger.warn({ symbol: feed.instrument.symbol }, "the book was not the venue's");
      // Spread, so that books that began together are not compared together.
      const spread = checkMillis * (0.75 + 0.5 * context.random());
      this.#requests.within(this.sync.isSuspect ? CONFIRM_MILLIS : spread);
      return outcome;
    } catch (error) {
      if (signal.aborted) return "failed";
      const pauseMillis = isNotFound(error) ? checkMillis : this.#backoff.nextMillis();
      const { symbol } = feed.instrument;
      context.logger.warn({ symbol, error: describeError(error), pauseMillis }, "no snapshot of the book");
      this.#requests.within(pauseMillis);
      return "failed";
    }
  }

  #publishWhole(): void {
    const { context, feed } = this.#options;
    const { sync } = this;
    const record = this.#record;
    record.instrumentId = feed.instrumentId;
    record.eventMicros = sync.bookId;
    record.receiveMicros = context.clock.nowMicros();
    record.flags =
      RecordFlags.Snapshot | RecordFlags.LastInEvent | (sync.isSuspect ? RecordFlags.Suspect : 0);
    record.priceScale = sync.book.priceScale;
    record.quantityScale = sync.book.quantityScale;
    record.firstUpdateId = sync.bookId;
    record.lastUpdateId = sync.bookId;
    record.horizon = sync.book.horizon;
    sync.book.copyTop(Number.POSITIVE_INFINITY, record.bids, record.asks);
    this.#published = true;
    context.sink.bookSnapshot(record);
  }

  #publishChange(diff: BookFields, previousId: number): void {
    diff.instrumentId = this.#options.feed.instrumentId;
    diff.previousUpdateId = previousId;
    diff.flags = RecordFlags.LastInEvent | (this.sync.isSuspect ? RecordFlags.Suspect : 0);
    this.#options.context.sink.bookDelta(diff);
  }

  #tellGap(reason: GapReason): void {
    const { context, feed } = this.#options;
    const gap = createGapFields(feed.instrumentId, DataType.Book);
    gap.receiveMicros = context.clock.nowMicros();
    gap.eventMicros = gap.receiveMicros;
    gap.reason = reason;
    gap.fromMicros = this.sync.bookId;
    gap.toMicros = gap.receiveMicros;
    this.#published = false;
    context.sink.gap(gap);
  }
}

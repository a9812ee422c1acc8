import { DataType, GapReason, RecordFlags } from "@ims/common";
import {
  createBookFields,
  createGapFields,
  type JsonObject,
  type OpenFeed,
  Unusable,
} from "@ims/integration-kit";
import { BookOutcome, OrderBook } from "@ims/order-book";
import type { IntegrationContext } from "@ims/traits";
import type { Walkers } from "../decode/walkers.js";
import { readCount, readTimestamp } from "../json/number-fields.js";
import { readSides } from "./book-rows.js";
import { type DeribitFeed, type FeedParts, fillHead, fillOrigin, requireObject } from "./deribit-feed.js";

/** How long the first notification, which is the whole book, may take after the venue took the channel. */
const SNAPSHOT_MILLIS = 10_000;

/**
 * The book of one instrument. The first notification is the whole book, each change names the `change_id` of the one
 * before it (deribit.md section 5). A chain that breaks voids the book: a Gap tells so, and the channel is asked for
 * again, which gives a new snapshot.
 */
export class BookFeed implements DeribitFeed {
  readonly book = new OrderBook();
  /** Snapshots, changes, and breaks of the chain since the start. */
  readonly counters = { snapshotCount: 0, changeCount: 0, gapCount: 0 };
  readonly #feed: OpenFeed;
  readonly #context: IntegrationContext;
  readonly #mayBeNegative: boolean;
  readonly #record = createBookFields();
  readonly #whole = createBookFields();
  /** `change_id` of the book; meaningless unless `#stands`. */
  private lastId = 0;
  #stands = false;
  #waitsSinceMillis = Number.POSITIVE_INFINITY;

  constructor({ context, feed }: FeedParts, mayBeNegative: boolean) {
    this.#feed = feed;
    this.#context = context;
    this.#mayBeNegative = mayBeNegative;
  }

  /** `change_id` of the last notification; 0 while there is no book. */
  get changeId(): number {
    return this.#stands ? this.lastId : 0;
  }

  read(data: unknown, receiveMicros: number): void {
    const row = requireObject(data, "the data of a book");
    try {
      this.#take(row, receiveMicros);
    } catch (error) {
      this.#unusable(error);
      throw error;
    }
  }

  walk({ books, frame }: Walkers, start: number): number {
    return books.walk(frame, start, this.#feed.instrument, this.#mayBeNegative, this.#record);
  }

  walked({ books }: Walkers, receiveMicros: number): void {
    const record = this.#record;
    fillOrigin(record, this.#feed, receiveMicros);
    record.eventMicros = books.eventMicros;
    record.lastUpdateId = books.changeId;
    record.previousUpdateId = books.previousId;
    if (!this.#follows(books.isWhole)) return;
    try {
      this.#apply(books.isWhole, receiveMicros);
    } catch (error) {
      this.#unusable(error);
      throw error;
    }
  }

  acknowledged(): void {
    if (!this.#stands) this.#waitsSinceMillis = this.#context.clock.monotonicMillis();
  }

  interrupted(): void {
    this.#void(GapReason.ConnectionLost, 0);
  }

  check(nowMillis: number): void {
    if (nowMillis - this.#waitsSinceMillis < SNAPSHOT_MILLIS) return;
    this.#waitsSinceMillis = Number.POSITIVE_INFINITY;
    this.#feed.restart();
  }

  showAgain(): void {
    if (this.#stands) this.#publishWhole();
  }

  #take(row: JsonObject, receiveMicros: number): void {
    const record = this.#record;
    fillHead(record, this.#feed, readTimestamp(row, "timestamp"), receiveMicros);
    record.lastUpdateId = readCount(row, "change_id");
    const isSnapshot = isWholeBook(row);
    record.previousUpdateId = isSnapshot ? 0 : readCount(row, "prev_change_id");
    if (!this.#follows(isSnapshot)) return;
    readSides(row, this.#feed.instrument, this.#mayBeNegative, record);
    this.#apply(isSnapshot, receiveMicros);
  }

  /** Whether the record is a whole book or continues the one that stands; another change makes that one void. */
  #follows(isSnapshot: boolean): boolean {
    const { lastUpdateId, previousUpdateId } = this.#record;
    if (isSnapshot) return true;
    if (!this.#stands) return false;
    if (previousUpdateId === this.lastId) return true;
    this.#broken(GapReason.SequenceBroken, lastUpdateId);
    return false;
  }

  /** Takes the levels of the record into the book, and passes them on. */
  #apply(isSnapshot: boolean, receiveMicros: number): void {
    const record = this.#record;
    const outcome = isSnapshot ? this.book.load(record, 0) : this.book.apply(record);
    if (outcome !== BookOutcome.Applied)
      throw new Unusable("overflow", "the levels do not fit into 64 bits at one scale");
    this.#feed.seen(receiveMicros);
    this.lastId = record.lastUpdateId;
    if (isSnapshot) {
      this.counters.snapshotCount++;
      this.#stands = true;
      this.#waitsSinceMillis = Number.POSITIVE_INFINITY;
      this.#publishWhole();
      return;
    }
    this.counters.changeCount++;
    record.firstUpdateId = record.lastUpdateId;
    record.flags = RecordFlags.LastInEvent | this.#doubt;
    this.#context.sink.bookDelta(record);
  }

  /** What a notification holds that cannot be read is missing in the book from now on. */
  #unusable(error: unknown): void {
    if (error instanceof Unusable) this.#broken(GapReason.SequenceBroken, 0);
  }

  #publishWhole(): void {
    const whole = this.#whole;
    const { eventMicros, receiveMicros } = this.#record;
    fillHead(whole, this.#feed, eventMicros, receiveMicros);
    whole.flags = RecordFlags.Snapshot | RecordFlags.LastInEvent | this.#doubt;
    whole.priceScale = this.book.priceScale;
    whole.quantityScale = this.book.quantityScale;
    whole.firstUpdateId = this.lastId;
    whole.lastUpdateId = this.lastId;
    whole.previousUpdateId = 0;
    whole.horizon = Math.max(0, this.book.horizon);
    this.book.copyTop(Number.POSITIVE_INFINITY, whole.bids, whole.asks);
    this.#context.sink.bookSnapshot(whole);
  }

  /** No venue's best prices meet: a book that says so is passed on, but marked. */
  get #doubt(): number {
    return this.book.condition === 0 ? 0 : RecordFlags.Suspect;
  }

  #broken(reason: GapReason, toId: number): void {
    if (!this.#stands) return;
    this.counters.gapCount++;
    this.#void(reason, toId);
    this.#feed.restart();
  }

  #void(reason: GapReason, toId: number): void {
    this.#waitsSinceMillis = Number.POSITIVE_INFINITY;
    if (!this.#stands) return;
    this.#stands = false;
    const nowMicros = this.#context.clock.nowMicros();
    const gap = createGapFields(this.#feed.instrumentId, DataType.Book);
    gap.receiveMicros = nowMicros;
    gap.reason = reason;
    // Ids are shared by all books, so nobody knows how many of them were this one's.
    gap.fromId = this.lastId + 1;
    gap.toId = toId;
    gap.fromMicros = this.#record.receiveMicros;
    gap.toMicros = nowMicros;
    this.#context.sink.gap(gap);
  }
}

/** Before 2020 frames had no `type`; in 2022 snapshots came with a `prev_change_id` (deribit.md section 5). */
function isWholeBook(row: JsonObject): boolean {
  switch (row.type) {
    case "snapshot":
      return true;
    case "change":
      return false;
    case undefined:
      return !Object.hasOwn(row, "prev_change_id");
    default:
      throw new Unusable("unexpected", "type is neither snapshot nor change");
  }
}

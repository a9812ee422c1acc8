import { BookCondition, type Clock, DataType, FeedState, type GapReason, RecordFlags } from "@ims/common";
import { copyBookHead, createBookFields } from "@ims/integration-kit";
import { BookOutcome, OrderBook, type OrderBookOptions } from "@ims/order-book";
import type { BookFields, GapFields, MarketDataSink, TopOfBookFields } from "@ims/traits";
import { BookSequencer } from "./book-sequencer.js";
import type { BookSequencerOptions } from "./book-sequencer-options.js";
import type { BookState } from "./book-steps.js";
import { TopCheck, type TopVerdict } from "./top-check.js";

/** Who owns a book: fetches its snapshots and tells of its state. */
export interface BookFeedListener {
  /** Fetch a snapshot and answer once, later, with {@link BookFeed.snapshot} or {@link BookFeed.snapshotFailed}. */
  needSnapshot(feed: BookFeed): void;
  /** The published book is void until the next snapshot. The fields are reused. */
  gap(feed: BookFeed, gap: GapFields): void;
  /** Told at every change; the text is for people. */
  state(feed: BookFeed, state: FeedState, text: string): void;
}

export interface BookFeedOptions extends Omit<BookSequencerOptions, "steps" | "clock"> {
  readonly symbol: string;
  /** What the sink's `register` returned. */
  readonly instrumentId: number;
  readonly sink: Pick<MarketDataSink, "bookSnapshot" | "bookDelta">;
  readonly listener: BookFeedListener;
  readonly clock: Clock;
  readonly book?: OrderBookOptions;
  /** Known levels of a side below which a new snapshot is fetched. Default 50, at most a quarter of a snapshot. */
  readonly knownLevelsMin?: number;
}

/** Counts since the start, beside those of the sequencer. */
export interface BookFeedCounters {
  /** Batches after which the best bid met the best ask. */
  crossedCount: number;
  /** Comparisons with the venue's top of book. */
  topAgreedCount: number;
  topDifferedCount: number;
  /** Snapshots and events that do not fit 64 bits or have a negative quantity. */
  refusedCount: number;
}

const KNOWN_LEVELS_MIN = 50;
/** A book that a snapshot confirmed after so long a silence is quiet. */
const QUIET_MILLIS = 10_000;

/**
 * The book of one symbol, from depth events to the sink. What is published is the venue's book, verified update by
 * update, or carries `RecordFlags.Suspect`: while no event has been joined to the snapshot, after the best prices met or
 * differed from the venue's own top of book, and while a side's best price lies beyond what the snapshot showed. A
 * doubted book goes on, and a new snapshot replaces it.
 *
 * Publishing changes ids and flags of the event that was passed in. Allocates nothing per event.
 */
export class BookFeed {
  readonly symbol: string;
  readonly book: OrderBook;
  readonly counters: BookFeedCounters = {
    crossedCount: 0,
    topAgreedCount: 0,
    topDifferedCount: 0,
    refusedCount: 0,
  };
  readonly #options: BookFeedOptions;
  readonly #sequencer: BookSequencer;
  readonly #topCheck = new TopCheck();
  readonly #record = createBookFields();
  readonly #gap: GapFields;
  #sideLimit = 0;
  #doubted = false;
  /** Readers have a snapshot to which changes can be added. */
  #published = false;
  #hadBook = false;
  #feedState: FeedState = FeedState.Stopped;

  constructor(options: BookFeedOptions) {
    this.#options = options;
    this.symbol = options.symbol;
    this.book = new OrderBook(options.book);
    this.#gap = createGap(options.instrumentId);
    this.#sequencer = new BookSequencer({
      ...options,
      steps: {
        needSnapshot: () => options.listener.needSnapshot(this),
        load: (snapshot) => this.#load(snapshot),
        apply: (event) => this.#apply(event),
        publishSnapshot: (bookId, proven) => this.#publishSnapshot(bookId, proven),
        publishDelta: (event, previousId) => this.#publishDelta(event, previousId),
        gap: (fromId, toId, reason) => this.#tellGap(fromId, toId, reason),
        state: (state, text) => this.#tellState(state, text),
      },
    });
  }

  get sequencer(): BookSequencer {
    return this.#sequencer;
  }

  /** True unless every update is verified and nothing speaks against the book. */
  get isSuspect(): boolean {
    return this.#doubted || !this.#sequencer.isProven;
  }

  start(): void {
    this.#sequencer.start();
  }

  stop(): void {
    this.#sequencer.stop();
    this.#topCheck.clear();
    this.#published = false;
    this.#hadBook = false;
    this.book.clear();
  }

  /** A depth event of this symbol; ids and flags of it are changed, its levels are read during the call. */
  depth(event: BookFields): void {
    this.#sequencer.event(event);
  }

  /** A top of book of this symbol, if there is such a stream beside the book's. */
  top(top: TopOfBookFields): void {
    if (this.#sequencer.state !== "synced" || top.updateId === 0) return;
    this.#judge(this.#topCheck.top(top, this.book, this.#sequencer.bookId));
  }

  /** @param sideLimit levels per side that were asked for */
  snapshot(snapshot: BookFields, sideLimit: number): void {
    this.#sideLimit = sideLimit;
    this.#sequencer.snapshot(snapshot);
  }

  /** @param reason a few words */
  snapshotFailed(reason: string): void {
    this.#sequencer.snapshotFailed(reason);
  }

  /** The stream was cut, or moved without an overlap. */
  interrupted(reason: GapReason, text: string): void {
    this.#topCheck.clear();
    this.#sequencer.interrupted(reason, text);
  }

  /** To be called a few times a second. */
  check(): void {
    this.#sequencer.check();
  }

  #load(snapshot: BookFields): boolean {
    copyBookHead(snapshot, this.#record);
    this.#doubted = false;
    this.#topCheck.clear();
    return this.#accept(this.book.load(snapshot, this.#sideLimit));
  }

  #apply(event: BookFields): boolean {
    copyBookHead(event, this.#record);
    return this.#accept(this.book.apply(event));
  }

  #accept(outcome: BookOutcome): boolean {
    if (outcome === BookOutcome.Applied) return true;
    this.counters.refusedCount++;
    return false;
  }

  #publishSnapshot(bookId: number, proven: boolean): void {
    this.#examine();
    const horizon = this.book.horizon;
    // A book of which nothing is certain cannot be told from a complete one: it stays absent.
    this.#published = horizon >= 0;
    if (!this.#published) return;
    const record = this.#record;
    record.instrumentId = this.#options.instrumentId;
    record.flags =
      RecordFlags.Snapshot | RecordFlags.LastInEvent | (this.#doubted || !proven ? RecordFlags.Suspect : 0);
    record.priceScale = this.book.priceScale;
    record.quantityScale = this.book.quantityScale;
    record.firstUpdateId = bookId;
    record.lastUpdateId = bookId;
    record.previousUpdateId = 0;
    record.horizon = horizon;
    this.book.copyTop(Number.POSITIVE_INFINITY, record.bids, record.asks);
    this.#options.sink.bookSnapshot(record);
  }

  #publishDelta(event: BookFields, previousId: number): void {
    if (this.#feedState !== FeedState.Live) this.#tell(FeedState.Live, "every update is verified");
    this.#examine();
    this.#judge(this.#topCheck.reached(this.book, event.lastUpdateId));
    if (!this.#published) return;
    event.instrumentId = this.#options.instrumentId;
    event.previousUpdateId = previousId;
    event.horizon = 0;
    event.flags = RecordFlags.LastInEvent | (this.isSuspect ? RecordFlags.Suspect : 0);
    this.#options.sink.bookDelta(event);
  }

  /** Looks at the book after a batch: no venue's best prices meet, and the best levels must be within the horizon. */
  #examine(): void {
    const { book } = this;
    if ((book.condition & (BookCondition.Crossed | BookCondition.Locked)) !== 0) {
      this.counters.crossedCount++;
      this.#doubt();
    }
    const { bids, asks } = book;
    const least = Math.min(this.#options.knownLevelsMin ?? KNOWN_LEVELS_MIN, this.#sideLimit >> 2);
    const known = Math.min(
      bids.isLimited ? bids.knownCount : Number.POSITIVE_INFINITY,
      asks.isLimited ? asks.knownCount : Number.POSITIVE_INFINITY,
    );
    if (known === 0) this.#doubt();
    else if (known < least) this.#sequencer.refresh();
  }

  #judge(verdict: TopVerdict): void {
    if (verdict === "agrees") {
      this.counters.topAgreedCount++;
    } else if (verdict === "differs") {
      this.counters.topDifferedCount++;
      this.#doubt();
    }
  }

  #doubt(): void {
    this.#doubted = true;
    this.#sequencer.refresh();
  }

  #tellGap(fromId: number, toId: number, reason: GapReason): void {
    const gap = this.#gap;
    const now = this.#options.clock.nowMicros();
    gap.receiveMicros = now;
    gap.reason = reason;
    gap.fromId = fromId;
    gap.toId = toId;
    gap.fromMicros = this.#record.receiveMicros;
    gap.toMicros = now;
    // Only spot counts every update.
    gap.missingCount = toId > 0 && this.#options.rule.name === "spot" ? toId - fromId + 1 : -1;
    this.#published = false;
    this.#options.listener.gap(this, gap);
  }

  #tellState(state: BookState, text: string): void {
    if (state === "synced") {
      this.#hadBook = true;
      this.#tell(this.#sequencer.silentMillis > QUIET_MILLIS ? FeedState.Quiet : FeedState.Live, text);
    } else if (state === "stopped") {
      this.#tell(FeedState.Stopped, text);
    } else if (this.#sequencer.isProven) {
      this.#hadBook = true;
      this.#tell(FeedState.Quiet, text);
    } else {
      this.#tell(this.#hadBook ? FeedState.Stale : FeedState.Starting, text);
    }
  }

  #tell(state: FeedState, text: string): void {
    this.#feedState = state;
    this.#options.listener.state(this, state, text);
  }
}

function createGap(instrumentId: number): GapFields {
  return {
    instrumentId,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    dataType: DataType.Book,
    resolution: 0,
    reason: 0,
    fromId: 0,
    toId: 0,
    fromMicros: 0,
    toMicros: 0,
    missingCount: -1,
    filledCount: 0,
  };
}

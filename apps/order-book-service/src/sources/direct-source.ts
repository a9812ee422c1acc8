import type { VenueBook } from "@ims/book-merge";
import {
  type Clock,
  DataType,
  describeError,
  exchangeName,
  FeedState,
  type Instrument,
  RecordFlags,
  sleep,
} from "@ims/common";
import type {
  BookFields,
  FeedStatusFields,
  GapFields,
  ImsDataIntegration,
  IntegrationFactory,
  IntegrationLogger,
  MarketDataSink,
} from "@ims/traits";
import type { BookSource, FollowedBook } from "./book-source.js";
import { InstrumentList } from "./instrument-list.js";

const RETRY_MILLIS = 1000;
const BOOK = { dataType: DataType.Book } as const;

interface DirectBook extends FollowedBook {
  /** What the last record said. */
  isSuspect: boolean;
  /** Why the feed is down; empty while it is not. */
  trouble: string;
}

/** Reads the books of an integration that runs in this process: the integration's records go straight into them. */
export class DirectSource implements BookSource {
  readonly venue: string;
  readonly #integration: ImsDataIntegration;
  readonly #followed = new Map<string, DirectBook>();
  readonly #numbers = new Map<string, number>();
  readonly #symbols: string[] = [];
  readonly #closed = new AbortController();
  #list: InstrumentList | undefined;
  /** Starts and stops, one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(
    factory: IntegrationFactory,
    private readonly clock: Clock,
    private readonly logger: IntegrationLogger,
    random: () => number = Math.random,
  ) {
    this.#integration = factory({ sink: this.#sink(), clock, logger, random });
    this.venue = exchangeName(this.#integration.description.exchange) ?? "unknown";
  }

  open(listed: (instruments: readonly Instrument[]) => void): void {
    const { signal } = this.#closed;
    const list = new InstrumentList(listed);
    this.#list = list;
    const told = (instruments: readonly Instrument[]) => list.replace(instruments);
    this.#integration.symbols(signal).then(told, (error: unknown) => {
      if (!signal.aborted) this.logger.error({ venue: this.venue, error }, "no list of instruments");
    });
  }

  follow(symbol: string, book: VenueBook, changed: () => void): void {
    this.#followed.set(symbol, { book, changed, isSuspect: false, trouble: "" });
    this.#later(() => this.#start(symbol, book));
  }

  unfollow(symbol: string): void {
    this.#followed.delete(symbol);
    this.#later(async () => {
      if (!this.#followed.has(symbol)) await this.#integration.stop(BOOK, [symbol]);
    });
  }

  async close(): Promise<void> {
    this.#followed.clear();
    this.#closed.abort();
    // A start may wait for the venue's list: the end of the integration ends that, too.
    const ended = this.#integration.shutdown();
    await this.#work;
    await ended;
  }

  async #start(symbol: string, book: VenueBook): Promise<void> {
    if (this.#followed.get(symbol)?.book !== book) return;
    try {
      await this.#integration.start(BOOK, [symbol]);
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      book.suspend("stale", `the venue refuses it: ${describeError(error)}`);
      this.#followed.get(symbol)?.changed();
      void sleep(this.clock, RETRY_MILLIS, this.#closed.signal).then(
        () => this.#later(() => this.#start(symbol, book)),
        () => undefined,
      );
    }
  }

  #later(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.logger.warn({ venue: this.venue, error }, "a feed of the venue could not be changed");
    });
  }

  #of(instrumentId: number): DirectBook | undefined {
    const symbol = this.#symbols[instrumentId];
    return symbol === undefined ? undefined : this.#followed.get(symbol);
  }

  #take(fields: BookFields, isWhole: boolean): void {
    const followed = this.#of(fields.instrumentId);
    if (!followed) return;
    const { book } = followed;
    const now = this.clock.monotonicMillis();
    if (isWhole) book.replace(fields, fields.horizon, fields.eventMicros, now);
    else book.change(fields, fields.eventMicros, now);
    followed.isSuspect = (fields.flags & RecordFlags.Suspect) !== 0;
    this.#settle(followed);
  }

  #feedStatus({ dataType, instrumentId, state, text }: FeedStatusFields): void {
    if (dataType !== DataType.Book) return;
    const followed = this.#of(instrumentId);
    if (!followed) return;
    const isLive = state === FeedState.Live || state === FeedState.Quiet;
    if (isLive) followed.book.vouch(this.clock.monotonicMillis(), state === FeedState.Quiet);
    followed.trouble = isLive || state === FeedState.Starting ? "" : text || "the feed is down";
    this.#settle(followed);
  }

  /** Brings the state of the book to what record and feed say, and tells. */
  #settle({ book, changed, isSuspect, trouble }: DirectBook): void {
    if (trouble) book.suspend("stale", trouble);
    else if (isSuspect) book.suspend("suspect", "not proven right yet");
    else if (!book.isFresh) book.restore(this.clock.monotonicMillis());
    changed();
  }

  #gap({ dataType, instrumentId }: GapFields): void {
    const followed = dataType === DataType.Book ? this.#of(instrumentId) : undefined;
    followed?.book.lose("changes are missing");
    followed?.changed();
  }

  #register({ symbol }: Instrument): number {
    let number = this.#numbers.get(symbol);
    if (number === undefined) {
      number = this.#symbols.push(symbol) - 1;
      this.#numbers.set(symbol, number);
    }
    return number;
  }

  /** Only books are asked for, so only what is said of books is of interest. */
  #sink(): MarketDataSink {
    const ignore = () => undefined;
    return {
      register: (instrument) => this.#register(instrument),
      bookSnapshot: (fields) => this.#take(fields, true),
      bookDelta: (fields) => this.#take(fields, false),
      feedStatus: (fields) => this.#feedStatus(fields),
      gap: (fields) => this.#gap(fields),
      rejected: ({ reason, detail, symbol }) =>
        this.logger.warn({ venue: this.venue, symbol, reason }, `a frame is of no use: ${detail}`),
      trade: ignore,
      bar: ignore,
      topOfBook: ignore,
      orderSnapshot: ignore,
      order: ignore,
      markPrice: ignore,
      liquidation: ignore,
      optionTicker: ignore,
      ticker: ignore,
      instrument: (instrument) => this.#list?.change(instrument),
      accepting: true,
      whenAccepting: () => Promise.resolve(),
    };
  }
}

import type { VenueBook } from "@ims/book-merge";
import { type Clock, describeError, type Instrument, MARKET_DATA_TOPICS, sleep } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";
import {
  type FeedStatusMessage,
  type GapMessage,
  ImsClient,
  type MarketDataClient,
  type MissedRecords,
  type RecordFlyweights,
} from "ims-client";
import type { BookSource } from "./book-source.js";
import { BrokerBook } from "./broker-book.js";
import { InstrumentList } from "./instrument-list.js";
import { RecordLevels } from "./record-levels.js";
import { untilAnswered } from "./until-answered.js";

const RETRY_MILLIS = 1000;
/** How often the list of instruments is read again: how late a listing is seen. */
const INSTRUMENTS_MILLIS_DEFAULT = 10_000;

export interface BrokerSourceOptions {
  /** Address of the broker. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
  /** Pause between two readings of the list of instruments, milliseconds. Default 10,000. */
  readonly instrumentsMillis?: number;
  /** Opens a client that is logged in. Default: one of the broker at {@link url}. */
  readonly openClient?: (options: Parameters<typeof ImsClient.open>[0]) => Promise<MarketDataClient>;
}

/** Reads the books that the venue's service publishes, as a client of that service. */
export class BrokerSource implements BookSource {
  readonly #followed = new Map<string, BrokerBook>();
  /** By the number of the instrument in the venue's stream; what nobody follows is undefined. */
  readonly #byNumber = new Map<number, BrokerBook | undefined>();
  /** What the client has asked the service for, and the book that it was asked for. */
  readonly #asked = new Map<string, VenueBook>();
  readonly #levels = new RecordLevels();
  readonly #closed = new AbortController();
  #client: MarketDataClient | undefined;
  #running: Promise<void> | undefined;
  /** Starts and stops, one after the other. */
  #work: Promise<void> = Promise.resolve();
  /** Why nothing can come at the moment; empty while it can. */
  #trouble = "the service of the venue is not reached yet";

  constructor(
    readonly venue: string,
    private readonly options: BrokerSourceOptions,
  ) {}

  open(listed: (instruments: readonly Instrument[]) => void): void {
    this.#running ??= this.#run(new InstrumentList(listed));
  }

  follow(symbol: string, book: VenueBook, changed: () => void): void {
    this.#followed.set(symbol, new BrokerBook(book, changed));
    this.#byNumber.clear();
    if (this.#trouble) book.suspend("stale", this.#trouble);
    this.#later(() => this.#start(symbol, book));
  }

  unfollow(symbol: string): void {
    this.#followed.delete(symbol);
    this.#byNumber.clear();
    this.#later(async () => {
      if (!this.#followed.has(symbol)) await this.#stop(symbol);
    });
  }

  async close(): Promise<void> {
    this.#followed.clear();
    this.#byNumber.clear();
    this.#closed.abort();
    await this.#client?.shutdown();
    await this.#running;
    await this.#work;
  }

  /** Logs in anew, after a pause, whenever the client is lost. */
  async #run(list: InstrumentList): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        await this.#session(list);
      } catch (error) {
        if (signal.aborted) return;
        this.#setTrouble(describeError(error));
        this.options.logger.debug({ venue: this.venue, error }, "the service of the venue is not reached");
      } finally {
        const client = this.#client;
        this.#client = undefined;
        await client?.shutdown();
      }
      await sleep(this.options.clock, RETRY_MILLIS, signal).catch(() => undefined);
    }
  }

  async #session(list: InstrumentList): Promise<void> {
    const over = new AbortController();
    try {
      await this.#loggedIn(list, AbortSignal.any([this.#closed.signal, over.signal]));
    } finally {
      over.abort();
    }
  }

  /** One login; ends with an error when the client is lost, or as the source is closed. */
  async #loggedIn(list: InstrumentList, signal: AbortSignal): Promise<void> {
    const { url, clock, openClient = (options) => ImsClient.open(options) } = this.options;
    const client = await openClient({
      url,
      clock,
      exchange: this.venue,
      clientName: "order-book-service",
      signal,
    });
    this.#client = client;
    this.#byNumber.clear();
    this.#asked.clear();
    const lost = new Promise<never>((_, reject) => client.on("lost", reject));
    // The end of the client may come while nobody waits for it.
    lost.catch(() => undefined);
    client.on("disconnected", () => this.#setTrouble("the broker is not connected"));
    client.on("silent", () => {
      this.#setTrouble("the service of the venue does not answer");
      void untilAnswered(client, clock, signal).then((isAnswered) => isAnswered && this.#setTrouble(""));
    });
    client.on("connected", () => this.#setTrouble(""));
    client.on("resumed", () => {
      this.#byNumber.clear();
      this.#setTrouble("");
      // What the service did not grant anew runs no more: it is asked for once more. The others go on.
      this.#asked.clear();
      this.#startAll();
    });
    client.on("missed", (missed) => this.#missed(missed));
    client.onFlyweight("book-snapshot", (record) => this.#whole(record));
    client.onFlyweight("book-delta", (record) => this.#change(record));
    client.onMessage("gap", (gap) => this.#gap(gap));
    client.onMessage("feed-status", (status) => this.#feedStatus(status));
    const instruments = await client.symbols();
    if (signal.aborted) return;
    // Nobody read for the client that was lost: what it had of the books is old.
    for (const { chain } of this.#followed.values()) chain.beginAnew("the whole book is awaited");
    this.#setTrouble("");
    list.replace(instruments);
    this.#startAll();
    await Promise.race([lost, this.#watchInstruments(client, list, signal)]);
  }

  /** Reads the list again and again until the signal. One that cannot be read now is read the next time. */
  async #watchInstruments(
    client: MarketDataClient,
    list: InstrumentList,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, instrumentsMillis = INSTRUMENTS_MILLIS_DEFAULT, logger } = this.options;
    for (;;) {
      await sleep(clock, instrumentsMillis, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const instruments = await client.symbols();
        if (!signal.aborted) list.replace(instruments);
      } catch (error) {
        logger.debug({ venue: this.venue, error: describeError(error) }, "the instruments cannot be read");
      }
    }
  }

  #startAll(): void {
    for (const [symbol, { book }] of this.#followed) this.#later(() => this.#start(symbol, book));
  }

  /** @param isAgain though it runs */
  async #start(symbol: string, book: VenueBook, isAgain = false): Promise<void> {
    const client = this.#client;
    const followed = this.#followed.get(symbol);
    if (!client || followed?.book !== book) return;
    if (!isAgain && this.#asked.get(symbol) === book) return;
    try {
      // What runs already brings no whole book: it has to end first.
      await this.#stop(symbol);
      this.#asked.set(symbol, book);
      await client.startBook(symbol);
      if (followed.refusal === "") return;
      followed.refusal = "";
      this.#settle(followed);
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      if (this.#client === client) this.#asked.delete(symbol);
      followed.refusal = describeError(error);
      this.#settle(followed);
      void sleep(this.options.clock, RETRY_MILLIS, this.#closed.signal).then(
        () => this.#later(() => this.#start(symbol, book)),
        () => undefined,
      );
    }
  }

  async #stop(symbol: string): Promise<void> {
    const client = this.#client;
    if (!client || !this.#asked.has(symbol)) return;
    await client.stopBook(symbol);
    if (this.#client === client) this.#asked.delete(symbol);
  }

  #later(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.options.logger.warn({ venue: this.venue, error }, "a feed of the venue could not be changed");
    });
  }

  #whole(record: RecordFlyweights["book-snapshot"]): void {
    const followed = this.#of(record);
    if (!followed) return;
    followed.whole(record, this.#levels, this.options.clock.monotonicMillis());
    this.#settle(followed);
  }

  #change(record: RecordFlyweights["book-delta"]): void {
    const followed = this.#of(record);
    if (!followed) return;
    followed.change(record, this.#levels, this.options.clock.monotonicMillis());
    this.#settle(followed);
  }

  #gap({ data, reason, receiveMicros, symbol }: GapMessage): void {
    const followed = data === "book" ? this.#followed.get(symbol) : undefined;
    if (!followed) return;
    followed.chain.gap(`changes are missing: ${reason}`, receiveMicros);
    this.#settle(followed);
  }

  /** Without the gaps that were told nobody knows which books are whole. */
  #missed({ cause, subscriptions, topic }: MissedRecords): void {
    const symbols = new Set(subscriptions.filter(({ type }) => type === "book").map(({ symbol }) => symbol));
    for (const [symbol, followed] of this.#followed) {
      if (topic !== MARKET_DATA_TOPICS.gaps && !symbols.has(symbol)) continue;
      followed.chain.miss(`changes were not read: ${cause}`);
      this.#settle(followed);
    }
  }

  /** A whole book comes to a reader who begins. */
  #askAgain(followed: BrokerBook): void {
    if (followed.isAwaited) return;
    followed.isAwaited = true;
    void sleep(this.options.clock, RETRY_MILLIS, this.#closed.signal).then(
      () => {
        followed.isAwaited = false;
        if (!followed.chain.isMissed) return;
        followed.chain.asked();
        for (const [symbol, { book }] of this.#followed) {
          if (book === followed.book) this.#later(() => this.#start(symbol, book, true));
        }
      },
      () => undefined,
    );
  }

  #feedStatus({ data, state, symbol }: FeedStatusMessage): void {
    const followed = data === "book" ? this.#followed.get(symbol) : undefined;
    if (!followed) return;
    const { book, chain } = followed;
    if (chain.feed(state)) book.vouch(this.options.clock.monotonicMillis(), chain.isQuiet);
    this.#settle(followed);
  }

  /** The book of a record. Its symbol is made into a text once for each instrument. */
  #of(record: RecordFlyweights["book-snapshot" | "book-delta"]): BrokerBook | undefined {
    const number = record.instrumentId();
    const known = this.#byNumber.get(number);
    if (known !== undefined || this.#byNumber.has(number)) return known;
    const followed = this.#followed.get(record.symbol());
    this.#byNumber.set(number, followed);
    if (followed) followed.book.instrumentId = number;
    return followed;
  }

  #settle(followed: BrokerBook): void {
    if (followed.chain.isMissed) this.#askAgain(followed);
    followed.settle(this.#trouble, this.options.clock.monotonicMillis());
  }

  #setTrouble(trouble: string): void {
    if (this.#closed.signal.aborted) return;
    this.#trouble = trouble;
    for (const followed of this.#followed.values()) this.#settle(followed);
  }
}

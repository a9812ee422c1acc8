import type { VenueBook } from "@ims/book-merge";
import { BookLevels, type Clock, type Decimal, describeError, type Instrument, sleep } from "@ims/common";
import type { ScaledLevels } from "@ims/order-book";
import type { IntegrationLogger } from "@ims/traits";
import {
  Book,
  type BookLevel,
  type BookMessage,
  type FeedStatusMessage,
  type GapMessage,
  ImsClient,
} from "ims-client";
import type { BookSource, FollowedBook } from "./book-source.js";

const RETRY_MILLIS = 1000;

interface BrokerBook extends FollowedBook {
  /** Proves that no change is missing. */
  readonly proof: Book;
}

export interface BrokerSourceOptions {
  /** Address of the broker. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
}

/** Reads the books that the venue's service publishes, as a client of that service. */
export class BrokerSource implements BookSource {
  readonly #followed = new Map<string, BrokerBook>();
  readonly #closed = new AbortController();
  #client: ImsClient | undefined;
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
    this.#running ??= this.#run(listed);
  }

  follow(symbol: string, book: VenueBook, changed: () => void): void {
    this.#followed.set(symbol, { book, changed, proof: new Book(symbol) });
    if (this.#trouble) book.suspend("stale", this.#trouble);
    this.#later(() => this.#start(symbol, book));
  }

  unfollow(symbol: string): void {
    this.#followed.delete(symbol);
    this.#later(async () => {
      if (!this.#followed.has(symbol)) await this.#client?.stopBook(symbol);
    });
  }

  async close(): Promise<void> {
    this.#followed.clear();
    this.#closed.abort();
    await this.#client?.shutdown();
    await this.#running;
    await this.#work;
  }

  /** Logs in anew, after a pause, whenever the client is lost. */
  async #run(listed: (instruments: readonly Instrument[]) => void): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        await this.#session(listed);
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

  async #session(listed: (instruments: readonly Instrument[]) => void): Promise<void> {
    const { url, clock } = this.options;
    const { signal } = this.#closed;
    const client = await ImsClient.open({
      url,
      clock,
      exchange: this.venue,
      clientName: "order-book-service",
      signal,
    });
    this.#client = client;
    client.on("disconnected", () => this.#setTrouble("the broker is not connected"));
    client.on("silent", () => this.#setTrouble("the service of the venue does not answer"));
    client.on("connected", () => this.#setTrouble(""));
    client.on("resumed", () => this.#setTrouble(""));
    const instruments = await client.symbols();
    if (signal.aborted) return;
    this.#setTrouble("");
    listed(instruments);
    for (const [symbol, { book }] of this.#followed) this.#later(() => this.#start(symbol, book));
    await Promise.all([
      this.#read(client.book({ signal })),
      this.#read(client.gaps({ signal })),
      this.#read(client.feedStatus({ signal })),
    ]);
  }

  async #start(symbol: string, book: VenueBook): Promise<void> {
    const client = this.#client;
    if (!client || this.#followed.get(symbol)?.book !== book) return;
    try {
      await client.startBook(symbol);
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      book.suspend("stale", describeError(error));
      this.#followed.get(symbol)?.changed();
      void sleep(this.options.clock, RETRY_MILLIS, this.#closed.signal).then(
        () => this.#later(() => this.#start(symbol, book)),
        () => undefined,
      );
    }
  }

  #later(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.options.logger.warn({ venue: this.venue, error }, "a feed of the venue could not be changed");
    });
  }

  async #read(messages: AsyncIterable<BookMessage | GapMessage | FeedStatusMessage>): Promise<void> {
    for await (const message of messages) {
      const followed = this.#followed.get(message.symbol);
      if (followed) this.#take(followed, message);
    }
  }

  #take(followed: BrokerBook, message: BookMessage | GapMessage | FeedStatusMessage): void {
    const { book, proof, changed } = followed;
    const stateBefore = proof.state;
    const updateBefore = proof.lastUpdateId;
    proof.apply(message);
    const isWholeKnown = proof.state !== "empty" && proof.state !== "broken" && proof.state !== "incomplete";
    if (isWholeKnown && (message.type === "book-snapshot" || message.type === "book-delta")) {
      const now = this.options.clock.monotonicMillis();
      const micros = message.eventMicros ?? 0;
      if (message.type === "book-snapshot" || stateBefore === "incomplete" || book.state === "waiting") {
        const levels = levelsOf(proof.bids, proof.asks);
        if (levels) book.replace(levels, proof.horizon ?? 0, micros, now);
        else book.lose("a price or quantity does not fit into 64 bits");
      } else if (proof.lastUpdateId === null || proof.lastUpdateId !== updateBefore) {
        const levels = levelsOf(message.bids, message.asks);
        if (levels) book.change(levels, micros, now);
        else book.lose("a price or quantity does not fit into 64 bits");
      }
    }
    this.#settle(followed);
    changed();
  }

  /** Brings the state of the book to what is known of it. */
  #settle({ book, proof }: BrokerBook): void {
    if (this.#trouble) book.suspend("stale", this.#trouble);
    else if (proof.state === "empty" || proof.state === "broken") book.lose(proof.reason);
    else if (proof.state === "incomplete" || proof.state === "suspect") book.suspend("suspect", proof.reason);
    else if (proof.state === "stale") book.suspend("stale", proof.reason);
    else if (!book.isFresh) book.restore(this.options.clock.monotonicMillis());
  }

  #setTrouble(trouble: string): void {
    if (this.#closed.signal.aborted) return;
    this.#trouble = trouble;
    for (const followed of this.#followed.values()) {
      this.#settle(followed);
      followed.changed();
    }
  }
}

/** At the finest scales that occur; undefined where a value then does not fit. */
function levelsOf(bids: readonly BookLevel[], asks: readonly BookLevel[]): ScaledLevels | undefined {
  let priceScale = 0;
  let quantityScale = 0;
  for (const side of [bids, asks]) {
    for (const { price, quantity } of side) {
      if (price.scale > priceScale) priceScale = price.scale;
      if (quantity.scale > quantityScale) quantityScale = quantity.scale;
    }
  }
  try {
    return {
      priceScale,
      quantityScale,
      bids: columns(bids, priceScale, quantityScale),
      asks: columns(asks, priceScale, quantityScale),
    };
  } catch {
    return undefined;
  }
}

function columns(levels: readonly BookLevel[], priceScale: number, quantityScale: number): BookLevels {
  const result = new BookLevels();
  for (const { price, quantity } of levels) {
    const priceMantissa = mantissaAt(price, priceScale);
    const quantityMantissa = mantissaAt(quantity, quantityScale);
    result.push(
      word(priceMantissa),
      word(priceMantissa >> 32n),
      word(quantityMantissa),
      word(quantityMantissa >> 32n),
    );
  }
  return result;
}

function mantissaAt(value: Decimal, scale: number): bigint {
  return value.scale === scale ? value.mantissa : value.rescale(scale).mantissa;
}

function word(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

import { MergedBook } from "@ims/book-merge";
import { type Clock, describeError, sleep, type TimerHandle } from "@ims/common";
import { IggyClient, type TopicProducer } from "@ims/iggy-client";
import type { IntegrationLogger } from "@ims/traits";
import type { BookHub } from "../hub/book-hub.js";
import type { SymbolBooks } from "../hub/symbol-books.js";
import { MergedRecordEncoder, mergedRecordBytes, symbolNumber } from "./merged-record.js";

export const MERGED_STREAM = "merged-books";
export const MERGED_TOPIC = "books";
const PARTITION_COUNT = 4;
const RETRY_MILLIS = 1000;
/** Outgoing messages that wait for the broker; beyond them only the newest state of a symbol is kept. */
const BUFFER_BYTES = 4 * 1024 * 1024;
const BATCH_BYTES = 256 * 1024;
const DELIVERY_MILLIS_MAX_DEFAULT = 10_000;
const CLOSE_MILLIS_MAX = 1000;
/** Losses are told at most this often, with their number. */
const TELL_MILLIS = 10_000;
/** In place of an exchange in the highest octet of a message id; processors have 0xff. */
const MERGED_MARK = 0xfe;
const TWO_32 = 4294967296;

export interface MergedPublisherOptions {
  /** Address of the broker. */
  readonly url: string;
  /** Names of symbols, published whether watched or not; none: those that clients watch. */
  readonly symbols: readonly string[];
  /** Levels of each side, 1 to 1,000. */
  readonly depth: number;
  /** Least time between two messages of one symbol, milliseconds. States in between are not published. */
  readonly intervalMillis: number;
  /** After so long a state that the broker did not take is given up for the newest one. Default 10,000. */
  readonly deliveryMillisMax?: number;
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
}

interface PublishedSymbol {
  readonly books: SymbolBooks;
  merged: MergedBook;
  statesVersion: number;
  /** A state is not published yet, because there was no room. */
  isDue: boolean;
  /** Ends what keeps the books open; nothing for a symbol that is published while it is watched. */
  readonly unhold: () => void;
}

/**
 * Publishes merged books as message 230: the newest state of each symbol that changed, at a bounded rate. It never holds
 * up the merge: without a broker, or with one that is slow, states are left out and counted.
 */
export class MergedPublisher {
  readonly #published = new Map<string, PublishedSymbol>();
  readonly #encoder: MergedRecordEncoder;
  readonly #unlisted = new Set<string>();
  readonly #closed = new AbortController();
  readonly #id = new Uint32Array(4);
  #client: IggyClient | undefined;
  #producer: TopicProducer | undefined;
  #timer: TimerHandle | undefined;
  #running: Promise<void> | undefined;
  #publishedCount = 0;
  #heldUpCount = 0;
  #lostCount = 0;
  #tellAtMillis = 0;

  constructor(
    private readonly hub: BookHub,
    private readonly options: MergedPublisherOptions,
  ) {
    this.#encoder = new MergedRecordEncoder(options.clock);
  }

  /** Messages handed to the producer. */
  get publishedCount(): number {
    return this.#publishedCount;
  }

  /** Times that a state found no room and waited; the newest then goes out. */
  get heldUpCount(): number {
    return this.#heldUpCount;
  }

  /** Messages that the broker did not take in time, or refused. */
  get lostCount(): number {
    return this.#lostCount;
  }

  /** Begins; a broker that is not there yet is waited for. */
  open(): void {
    this.#running ??= this.#connect();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#timer?.cancel();
    for (const { unhold } of this.#published.values()) unhold();
    this.#published.clear();
    // A producer that is still being made ends with its client; one that is there sends what it has.
    if (!this.#producer) await this.#client?.close();
    await this.#running;
    await this.#producer?.close(CLOSE_MILLIS_MAX).catch(() => undefined);
    await this.#client?.close();
  }

  async #connect(): Promise<void> {
    const { clock, deliveryMillisMax = DELIVERY_MILLIS_MAX_DEFAULT, logger, url } = this.options;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        this.#client = await IggyClient.connect(url, { clock, signal });
        this.#producer = await this.#client.createTopicProducer({
          stream: MERGED_STREAM,
          topic: MERGED_TOPIC,
          createTopic: { partitionCount: PARTITION_COUNT },
          batchBytesMax: BATCH_BYTES,
          bufferBytesMax: BUFFER_BYTES,
          deliveryMillisMax,
          inFlightMax: 1,
          onFailed: (error, partition, count) => {
            this.#failed(error, count);
            this.#renew(partition);
          },
        });
        break;
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ error: describeError(error) }, "merged books are not published yet");
        await this.#client?.close();
        this.#client = undefined;
        await sleep(clock, RETRY_MILLIS, signal).catch(() => undefined);
      }
    }
    if (!signal.aborted) this.#lookLater();
  }

  #lookLater(): void {
    this.#timer = this.options.clock.setTimer(this.options.intervalMillis, () => {
      this.#choose();
      for (const published of this.#published.values()) this.#publish(published);
      this.#lookLater();
    });
  }

  /** Takes up symbols that came, and gives up those that went. */
  #choose(): void {
    const { symbols } = this.options;
    if (symbols.length === 0) {
      for (const [name, { books }] of this.#published) {
        if (this.hub.kept(name) !== books) this.#published.delete(name);
      }
      for (const [name, books] of this.hub.allKept) if (!this.#published.has(name)) this.#add(name, books);
      return;
    }
    for (const symbol of symbols) {
      const canonical = this.hub.symbols.find(symbol);
      if (!canonical) this.#tellUnlisted(symbol);
      if (!canonical || this.#published.has(canonical.name)) continue;
      const books = this.hub.booksOf(canonical);
      if (books) this.#add(canonical.name, books, books.hold());
    }
  }

  /** Once for each: it may be listed later, or never. */
  #tellUnlisted(symbol: string): void {
    if (!this.hub.isReady || this.#unlisted.has(symbol)) return;
    this.#unlisted.add(symbol);
    const near = this.hub.symbols.suggestions(symbol);
    this.options.logger.warn({ symbol, near }, "a symbol is not published until a venue lists it");
  }

  #add(name: string, books: SymbolBooks, unhold: () => void = () => undefined): void {
    const merged = new MergedBook(name, books.venueBooks, { depth: this.options.depth });
    this.#published.set(name, { books, merged, statesVersion: -1, isDue: false, unhold });
  }

  #publish(published: PublishedSymbol): void {
    const { books } = published;
    if (books.venueBooks !== published.merged.venues) {
      const { depth, symbol } = published.merged;
      published.merged = new MergedBook(symbol, books.venueBooks, { depth });
      published.statesVersion = -1;
    }
    const { merged } = published;
    let statesVersion = 0;
    for (const venue of merged.venues) statesVersion += venue.stateVersion;
    const isChanged = merged.refresh();
    if (isChanged || statesVersion !== published.statesVersion) published.isDue = true;
    published.statesVersion = statesVersion;
    if (!published.isDue) return;
    try {
      published.isDue = !this.#write(merged);
      if (published.isDue) this.#heldUpCount++;
      else this.#publishedCount++;
    } catch (error) {
      published.isDue = false;
      this.#failed(error, 1);
    }
  }

  /** False without room. */
  #write(merged: MergedBook): boolean {
    const producer = this.#producer!;
    const byteCount = mergedRecordBytes(merged);
    const partition = producer.partitionOfKey(merged.symbol);
    const at = producer.reserve(partition, byteCount);
    if (at < 0) return false;
    const number = symbolNumber(merged.symbol);
    this.#encoder.encode(producer.arena.view, at, merged, number);
    const nowMicros = this.options.clock.nowMicros();
    producer.commit(partition, byteCount, this.#idOf(number, nowMicros), nowMicros);
    return true;
  }

  /** Symbol and time: a message that is stored twice after a lost reply has the same id both times. */
  #idOf(symbol: number, publishMicros: number): Uint32Array {
    const id = this.#id;
    id[0] = publishMicros;
    id[1] = Math.floor(publishMicros / TWO_32);
    id[2] = symbol;
    id[3] = MERGED_MARK << 24;
    return id;
  }

  /** States of this partition were lost: the newest of each symbol goes out again, whether it changes or not. */
  #renew(partition: number): void {
    for (const [name, published] of this.#published) {
      if (this.#producer?.partitionOfKey(name) === partition) published.isDue = true;
    }
  }

  #failed(error: unknown, count: number): void {
    this.#lostCount += count;
    const now = this.options.clock.monotonicMillis();
    if (now < this.#tellAtMillis) return;
    this.#tellAtMillis = now + TELL_MILLIS;
    this.options.logger.warn(
      { error: describeError(error), count, total: this.#lostCount },
      "merged books were not stored",
    );
  }
}

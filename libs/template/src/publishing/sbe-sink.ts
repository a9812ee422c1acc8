import {
  type Clock,
  DataType,
  describeError,
  type ExchangeId,
  type Instrument,
  marketDataPartition,
} from "@ims/common";
import type { PartitionProducer } from "@ims/iggy-client";
import type { BarFields, MarketDataSink, RejectedFrame, TradeFields } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { Delivery } from "../control/control-request.js";
import { ServiceCounters } from "../health/service-counters.js";
import { CLOCK, EXCHANGE } from "../service/tokens.js";
import { type Feed, feedKey } from "../subscriptions/feed.js";
import type { Subscription, SubscriptionTable } from "../subscriptions/subscription-table.js";
import type { ClientOutboxes } from "./client-outboxes.js";
import { InstrumentNumbers } from "./instrument-numbers.js";
import type { MarketDataProducers } from "./market-data-producers.js";
import { MessageIds, messageIdOf } from "./message-ids.js";
import { PublishedInstrument } from "./published-instrument.js";
import { RateLimitedLog } from "./rate-limited-log.js";
import {
  BAR_BYTES,
  RecordEncoder,
  TRADE_BYTES,
  VERSION_1_BAR_BYTES,
  VERSION_1_TRADE_BYTES,
} from "./record-encoder.js";

/** Where the sink sends to, once the broker is there. */
export interface SinkTargets {
  readonly producers: MarketDataProducers;
  readonly outboxes: ClientOutboxes;
}

/**
 * Encodes each record once, straight into the outgoing batch of its partition, whoever reads it. Copies are made only
 * for clients that asked for private delivery.
 */
@scoped(Lifecycle.ContainerScoped)
export class SbeSink implements MarketDataSink {
  readonly #numbers = new InstrumentNumbers();
  private readonly instruments = new Map<number, PublishedInstrument>();
  private readonly encoder: RecordEncoder;
  private readonly ids: MessageIds;
  private targets: SinkTargets | undefined;

  constructor(
    @inject(EXCHANGE) exchange: ExchangeId,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
  ) {
    this.encoder = new RecordEncoder(exchange);
    this.ids = new MessageIds(exchange);
  }

  /** Begins to publish; records before that are dropped and counted. */
  attach(targets: SinkTargets): void {
    this.targets = targets;
    for (const instrument of this.instruments.values()) this.#place(instrument);
  }

  register(instrument: Instrument): number {
    const id = this.#numbers.numberOf(instrument.symbol);
    if (!this.instruments.has(id)) {
      const published = new PublishedInstrument(id, instrument.symbol);
      this.#place(published);
      this.instruments.set(id, published);
    }
    return id;
  }

  trade(trade: TradeFields): void {
    const instrument = this.instruments.get(trade.instrumentId);
    const producer = instrument && this.targets?.producers.trades[instrument.tradePartition];
    const at = producer ? this.#reserve(producer, TRADE_BYTES) : -1;
    if (at < 0) {
      this.#dropped(instrument);
      return;
    }
    const now = this.clock.nowMicros();
    try {
      this.encoder.trade(producer!.arena.view, at, trade, instrument!, now);
      producer!.commit(TRADE_BYTES, this.ids.trade(trade), now);
    } catch (error) {
      this.#unencodable(instrument!, error);
      return;
    }
    this.counters.tradesPublished++;
    instrument!.lastTradeMicros = now;
    const readers = instrument!.privateTrades;
    if (readers)
      this.#copyTrade(readers, trade, instrument!, producer!.arena.bytes.slice(at, at + TRADE_BYTES));
  }

  bar(bar: BarFields): void {
    const instrument = this.instruments.get(bar.instrumentId);
    const producer = instrument && this.targets?.producers.bars[instrument.barPartition];
    const at = producer ? this.#reserve(producer, BAR_BYTES) : -1;
    if (at < 0) {
      this.#dropped(instrument);
      return;
    }
    const now = this.clock.nowMicros();
    try {
      this.encoder.bar(producer!.arena.view, at, bar, instrument!, now);
      producer!.commit(BAR_BYTES, this.ids.bar(bar), now);
    } catch (error) {
      this.#unencodable(instrument!, error);
      return;
    }
    this.counters.barsPublished++;
    instrument!.lastBarMicros.set(bar.resolution, now);
    const readers = instrument!.privateBars?.get(bar.resolution);
    if (readers) this.#copyBar(readers, bar, instrument!, producer!.arena.bytes.slice(at, at + BAR_BYTES));
  }

  rejected(frame: RejectedFrame): void {
    this.counters.framesRejected[frame.reason]++;
    this.log.warn(`rejected-${frame.reason}`, "a venue frame was rejected", () => ({ ...frame }));
  }

  get accepting(): boolean {
    return this.targets?.producers.accepting ?? false;
  }

  async whenAccepting(): Promise<void> {
    await this.targets?.producers.whenAccepting();
  }

  /** Copies go to the clients that read the feed in private delivery at the moment. */
  setReaders(feed: Feed, table: SubscriptionTable): void {
    const instrument = this.instruments.get(this.#numbers.numberOf(feed.symbol));
    if (!instrument) return;
    const readers = table.subscribersOf(feed).filter(({ delivery }) => delivery === Delivery.Private);
    if (feed.dataType === DataType.Trade) {
      instrument.privateTrades = readers.length > 0 ? readers : undefined;
      return;
    }
    const bars = instrument.privateBars ?? new Map<number, readonly Subscription[]>();
    if (readers.length > 0) bars.set(feed.resolution, readers);
    else bars.delete(feed.resolution);
    instrument.privateBars = bars.size > 0 ? bars : undefined;
  }

  /** When the last record of a feed was published, microseconds; 0 before the first. */
  lastMicrosOf(feed: Feed): number {
    const instrument = this.instruments.get(this.#numbers.numberOf(feed.symbol));
    if (!instrument) return 0;
    return feed.dataType === DataType.Trade
      ? instrument.lastTradeMicros
      : (instrument.lastBarMicros.get(feed.resolution) ?? 0);
  }

  #place(instrument: PublishedInstrument): void {
    const producers = this.targets?.producers;
    if (!producers) return;
    instrument.tradePartition = marketDataPartition(instrument.id, producers.trades.length);
    instrument.barPartition = marketDataPartition(instrument.id, producers.bars.length);
  }

  /** Room for a record, or -1: also when the producer is closed, since a venue delivers what it had read until its end. */
  #reserve(producer: PartitionProducer, byteCount: number): number {
    try {
      return producer.reserve(byteCount);
    } catch {
      return -1;
    }
  }

  /** A field outside its range, for example an id above 2^53: what was reserved is simply reserved again. */
  #unencodable(instrument: PublishedInstrument, error: unknown): void {
    this.rejected({ reason: "overflow", detail: describeError(error), symbol: instrument.symbol });
  }

  #dropped(instrument: PublishedInstrument | undefined): void {
    this.counters.recordsDropped++;
    this.log.error("record-dropped", "records are lost: the outgoing batches are full or closed", () => ({
      symbol: instrument?.symbol ?? "not registered",
      pending: this.targets?.producers.pendingCount ?? 0,
      total: this.counters.recordsDropped,
    }));
  }

  #copyTrade(
    readers: readonly Subscription[],
    trade: TradeFields,
    instrument: PublishedInstrument,
    record: Uint8Array,
  ): void {
    let version1: Uint8Array | undefined;
    for (const reader of readers) {
      this.#copy(reader, () => {
        if (reader.generation !== 1) return record;
        if (!version1) {
          version1 = new Uint8Array(VERSION_1_TRADE_BYTES);
          this.encoder.version1Trade(new DataView(version1.buffer), 0, trade, instrument);
        }
        return version1;
      });
    }
  }

  #copyBar(
    readers: readonly Subscription[],
    bar: BarFields,
    instrument: PublishedInstrument,
    record: Uint8Array,
  ): void {
    let version1: Uint8Array | undefined;
    for (const reader of readers) {
      this.#copy(reader, () => {
        if (reader.generation !== 1) return record;
        if (!version1) {
          version1 = new Uint8Array(VERSION_1_BAR_BYTES);
          this.encoder.version1Bar(new DataView(version1.buffer), 0, bar, instrument);
        }
        return version1;
      });
    }
  }

  /** Version 1 has narrower fields, so a record may fail to become a payload of it; the other copies still go out. */
  #copy(reader: Subscription, payload: () => Uint8Array): void {
    try {
      if (this.targets!.outboxes.of(reader.clientId).push(payload(), messageIdOf(this.ids.words))) {
        this.counters.privateCopies++;
        return;
      }
    } catch (error) {
      this.log.error("copy-failed", "a client's private copy cannot be made", () => ({
        clientId: reader.clientId,
        feed: feedKey(reader.feed),
        error: describeError(error),
      }));
      this.counters.privateCopiesDropped++;
      return;
    }
    this.counters.privateCopiesDropped++;
    this.log.error("copy-dropped", "a client's private copies are lost: its own stream is too slow", () => ({
      clientId: reader.clientId,
      feed: feedKey(reader.feed),
      total: this.counters.privateCopiesDropped,
    }));
  }
}

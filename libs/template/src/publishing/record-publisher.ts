import { type Clock, describeError, type Instrument, isImsError, marketDataPartition } from "@ims/common";
import type { PartitionProducer } from "@ims/iggy-client";
import type { RejectedFrame } from "@ims/traits";
import type { ServiceCounters } from "../health/service-counters.js";
import type { Subscription } from "../subscriptions/subscription-table.js";
import type { Channel } from "./channels.js";
import type { ClientOutboxes } from "./client-outboxes.js";
import { InstrumentNumbers } from "./instrument-numbers.js";
import type { MarketDataProducers } from "./market-data-producers.js";
import { messageIdOf } from "./message-ids.js";
import { PrivateCopies } from "./private-copies.js";
import { PublishedInstrument } from "./published-instrument.js";
import type { RateLimitedLog } from "./rate-limited-log.js";

/** Where records go, once the broker is there. */
export interface PublishingTargets {
  readonly producers: Pick<MarketDataProducers, "of" | "accepting" | "whenAccepting" | "pendingCount">;
  readonly outboxes: Pick<ClientOutboxes, "of">;
}

/**
 * The way of one record into its outgoing batch: {@link begin} finds the place, the caller writes there, {@link end}
 * commits it. What is between belongs to one turn of the event loop and one record, so it is kept in fields.
 */
export class RecordPublisher {
  readonly #numbers = new InstrumentNumbers();
  private readonly instruments = new Map<number, PublishedInstrument>();
  private targets: PublishingTargets | undefined;
  private copies: PrivateCopies | undefined;
  /** Of the record under way. */
  instrument!: PublishedInstrument;
  view!: DataView;
  /** Where in the view it is to be written. */
  at = 0;
  /** Wall time, microseconds. */
  now = 0;
  private producer!: PartitionProducer;
  private channel: Channel = 0;
  private byteCount = 0;
  private id!: Uint32Array;

  constructor(
    private readonly clock: Clock,
    private readonly counters: ServiceCounters,
    private readonly log: RateLimitedLog,
  ) {}

  /** Begins to publish; records before that are dropped and counted. */
  attach(targets: PublishingTargets): void {
    this.targets = targets;
    this.copies = new PrivateCopies(targets.outboxes, this.counters, this.log);
    for (const { producers } of this.instruments.values()) producers.fill(undefined);
  }

  get accepting(): boolean {
    return this.targets?.producers.accepting ?? false;
  }

  async whenAccepting(): Promise<void> {
    await this.targets?.producers.whenAccepting();
  }

  /** The instrument's number, given at the first call. */
  register(instrument: Instrument): number {
    const id = this.#numbers.numberOf(instrument.symbol);
    if (!this.instruments.has(id)) this.instruments.set(id, new PublishedInstrument(id, instrument.symbol));
    return id;
  }

  /** A registered instrument. */
  find(instrumentId: number): PublishedInstrument | undefined {
    return this.instruments.get(instrumentId);
  }

  findSymbol(symbol: string): PublishedInstrument | undefined {
    return this.instruments.get(this.#numbers.numberOf(symbol));
  }

  /** True when there is room for a record of so many octets; otherwise its loss is counted. */
  begin(channel: Channel, instrumentId: number, byteCount: number): boolean {
    const instrument = this.instruments.get(instrumentId);
    const producer = instrument && (instrument.producers[channel] ?? this.#open(channel, instrument));
    const at = producer ? this.#reserve(producer, byteCount) : -1;
    if (at < 0) {
      this.dropped(instrument);
      return false;
    }
    this.instrument = instrument!;
    this.producer = producer!;
    this.view = producer!.arena.view;
    this.channel = channel;
    this.byteCount = byteCount;
    this.at = at;
    this.now = this.clock.nowMicros();
    return true;
  }

  /** The record was written: it goes out with its batch. */
  end(id: Uint32Array): void {
    this.producer.commit(this.byteCount, id, this.now);
    this.id = id;
    this.counters.published[this.channel]!++;
    this.instrument.lastMicros[this.channel] = this.now;
  }

  /** After {@link end}: copies the record for the clients that want it in their own streams. */
  copy(readers: readonly Subscription[], version1?: () => Uint8Array): void {
    const record = this.producer.arena.bytes.slice(this.at, this.at + this.byteCount);
    this.copies!.push(readers, record, messageIdOf(this.id), version1);
  }

  /** For example an id above 2^53: what was reserved is simply reserved again. */
  unencodable(error: unknown): void {
    this.rejected({
      reason: isImsError(error, "service.mixed-scales") ? "unexpected" : "overflow",
      detail: describeError(error),
      symbol: this.instrument.symbol,
    });
  }

  rejected(frame: RejectedFrame): void {
    this.counters.framesRejected[frame.reason]++;
    this.log.warn(`rejected-${frame.reason}`, "a venue frame was rejected", () => ({ ...frame }));
  }

  dropped(instrument: PublishedInstrument | undefined): void {
    this.counters.recordsDropped++;
    this.log.error("record-dropped", "records are lost: the outgoing batches are full or closed", () => ({
      symbol: instrument?.symbol ?? "not registered",
      pending: this.targets?.producers.pendingCount ?? 0,
      total: this.counters.recordsDropped,
    }));
  }

  /** The first record of an instrument in this channel. */
  #open(channel: Channel, instrument: PublishedInstrument): PartitionProducer | undefined {
    const producers = this.targets?.producers.of(channel) ?? [];
    if (producers.length === 0) return undefined;
    const producer = producers[marketDataPartition(instrument.id, producers.length)];
    instrument.producers[channel] = producer;
    return producer;
  }

  /** Room for a record, or -1: also when the producer is closed, since a venue delivers what it had read until its end. */
  #reserve(producer: PartitionProducer, byteCount: number): number {
    try {
      return producer.reserve(byteCount);
    } catch {
      return -1;
    }
  }
}

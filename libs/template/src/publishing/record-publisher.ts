import {
  type Clock,
  describeError,
  type Instrument,
  InstrumentMap,
  isImsError,
  marketDataPartition,
  type TimeResolution,
} from "@ims/common";
import type { PartitionProducer } from "@ims/iggy-client";
import type { RecordHead, RejectedFrame } from "@ims/traits";
import type { ServiceCounters } from "../health/service-counters.js";
import type { Subscription } from "../subscriptions/subscription-table.js";
import { CHANNEL_DATA_TYPES, type Channel } from "./channels.js";
import type { ClientOutboxes } from "./client-outboxes.js";
import { FeedMeter } from "./feed-meter.js";
import { InstrumentNumbers } from "./instrument-numbers.js";
import { LossLedger, type LostRecord } from "./loss-ledger.js";
import type { MarketDataProducers } from "./market-data-producers.js";
import { messageIdOf } from "./message-ids.js";
import { PrivateCopies } from "./private-copies.js";
import type { PrivateLosses } from "./private-losses.js";
import { PublishedInstrument } from "./published-instrument.js";
import type { PublishingPressure } from "./publishing-pressure.js";
import type { RateLimitedLog } from "./rate-limited-log.js";

/** Where records go, once the broker is there. */
export interface PublishingTargets {
  readonly producers: Pick<MarketDataProducers, "of" | "pressure" | "pendingCount">;
  readonly outboxes: Pick<ClientOutboxes, "of">;
}

/**
 * Records of a burst that share a time of publishing, some microseconds' worth: asking for the time costs as much as
 * encoding a record.
 */
const SHARED_TIME_COUNT = 16;
/** What hangs on it is called before anything else happens than the run of records under way. */
const TURN_END = Promise.resolve();

/**
 * The way of one record into its outgoing batch: {@link begin} finds the place, the caller writes there, {@link end}
 * commits it. What is between belongs to one turn of the event loop and one record, so it is kept in fields.
 */
export class RecordPublisher {
  readonly losses = new LossLedger();
  readonly #numbers = new InstrumentNumbers();
  private readonly instruments = new InstrumentMap<PublishedInstrument>();
  private targets: PublishingTargets | undefined;
  private pressure: PublishingPressure | undefined;
  private copies: PrivateCopies | undefined;
  /** Of the record under way. */
  instrument!: PublishedInstrument;
  view!: DataView;
  /** Where in the view it is to be written. */
  at = 0;
  /** Wall time, microseconds. */
  now = 0;
  /** How many more records of this turn {@link now} may serve. */
  private timeSharesLeft = 0;
  private readonly endTurn = () => {
    this.timeSharesLeft = 0;
  };
  private producer!: PartitionProducer;
  private channel: Channel = 0;
  private byteCount = 0;
  private id!: Uint32Array;
  private lostRecord: LostRecord | undefined;
  /** Told of each record that is lost and stands in {@link losses}. */
  onLoss: () => void = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly counters: ServiceCounters,
    private readonly log: RateLimitedLog,
  ) {}

  /** Begins to publish; records before that are lost. */
  attach(targets: PublishingTargets, privateLosses: PrivateLosses): void {
    this.targets = targets;
    this.pressure = targets.producers.pressure;
    this.copies = new PrivateCopies(targets.outboxes, this.counters, this.log, privateLosses);
    for (const { producers } of this.all()) producers.fill(undefined);
  }

  get accepting(): boolean {
    return this.pressure?.accepting ?? false;
  }

  async whenAccepting(): Promise<void> {
    await this.pressure?.whenAccepting();
  }

  /** Whether records of a channel are given up at the moment. */
  isShed(channel: Channel): boolean {
    return this.pressure?.shed[channel] === 1;
  }

  /** The instrument's number, given at the first call. */
  register(instrument: Instrument): number {
    const id = this.#numbers.numberOf(instrument.symbol);
    if (!this.instruments.get(id)) this.instruments.set(id, new PublishedInstrument(id, instrument.symbol));
    return id;
  }

  /** A registered instrument. */
  find(instrumentId: number): PublishedInstrument | undefined {
    return this.instruments.get(instrumentId);
  }

  findSymbol(symbol: string): PublishedInstrument | undefined {
    return this.instruments.get(this.#numbers.numberOf(symbol));
  }

  all(): IterableIterator<PublishedInstrument> {
    return this.instruments.values();
  }

  /** True when there is room for a record of so many octets; otherwise the caller tells of the loss. */
  begin(channel: Channel, instrumentId: number, byteCount: number): boolean {
    const { pressure } = this;
    if (pressure?.isShedding && pressure.sheds(channel)) return false;
    const instrument = this.instruments.get(instrumentId);
    const producer = instrument && (instrument.producers[channel] ?? this.#open(channel, instrument));
    const at = producer ? this.#reserve(producer, byteCount) : -1;
    if (at < 0) return false;
    this.instrument = instrument!;
    this.producer = producer!;
    this.view = producer!.arena.view;
    this.channel = channel;
    this.byteCount = byteCount;
    this.at = at;
    if (--this.timeSharesLeft < 0) this.#takeTime();
    return true;
  }

  /** The record was written: it goes out with its batch. */
  end(id: Uint32Array, eventMicros: number): void {
    this.producer.commit(this.byteCount, id, this.now);
    this.id = id;
    this.counters.published[this.channel]!++;
    this.instrument.meters[this.channel]!.published(this.now, eventMicros);
  }

  /**
   * After {@link end}: copies the record for the clients that want it in their own streams. The parameters between are
   * those of {@link lost}, for clients whose streams have no room.
   */
  copy(
    readers: readonly Subscription[],
    resolution: TimeResolution | 0,
    head: RecordHead,
    firstId = 0,
    lastId = firstId,
    version1?: () => Uint8Array,
  ): void {
    const lost = this.#asLost(this.channel, this.instrument, resolution, head, firstId, lastId);
    this.copies!.push(readers, this.#written(), messageIdOf(this.id), lost, version1);
  }

  /** The same for what is told about feeds. */
  copyNotice(readers: readonly Subscription[]): void {
    this.copies!.push(readers, this.#written(), messageIdOf(this.id), undefined);
  }

  /**
   * A record between {@link begin} and {@link end} failed: it cannot be encoded (an id above 2^53, say), which is
   * rejected and what was reserved simply reserved again; or its batch took no more, which is a loss as any other.
   * The other parameters are those of {@link lost}.
   */
  failed(
    error: unknown,
    channel: Channel,
    resolution: TimeResolution | 0,
    head: RecordHead,
    firstId = 0,
    lastId = 0,
  ): void {
    if (isImsError(error, "iggy-client.argument")) {
      this.lost(channel, resolution, head, firstId, lastId);
      return;
    }
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

  /**
   * A record that is not published: counted, and kept in {@link losses} until a gap tells of it.
   * @param firstId of what it holds; 0 where the data has no ids
   */
  lost(
    channel: Channel,
    resolution: TimeResolution | 0,
    head: RecordHead,
    firstId = 0,
    lastId = firstId,
  ): void {
    const instrument = this.instruments.get(head.instrumentId);
    this.countLoss(channel, instrument);
    const record = instrument && this.#asLost(channel, instrument, resolution, head, firstId, lastId);
    if (!record) return;
    this.losses.lost(record);
    this.onLoss();
  }

  countLoss(channel: Channel, instrument: PublishedInstrument | undefined): void {
    this.counters.recordsDropped++;
    this.counters.shed[channel]!++;
    this.log.error("record-dropped", "records are lost: the broker takes less than the venue gives", () => ({
      symbol: instrument?.symbol ?? "not registered",
      phase: this.pressure?.phase ?? "no broker yet",
      pending: this.targets?.producers.pendingCount ?? 0,
      total: this.counters.recordsDropped,
    }));
  }

  /** The record that was committed last, for keeping. */
  #written(): Uint8Array {
    return this.producer.arena.bytes.slice(this.at, this.at + this.byteCount);
  }

  /** In the one object that is reused; undefined for what is told about feeds. */
  #asLost(
    channel: Channel,
    instrument: PublishedInstrument,
    resolution: TimeResolution | 0,
    head: RecordHead,
    firstId: number,
    lastId: number,
  ): LostRecord | undefined {
    const dataType = CHANNEL_DATA_TYPES[channel];
    if (dataType === undefined) return undefined;
    this.lostRecord ??= {
      instrument,
      dataType,
      resolution: 0,
      firstId: 0,
      lastId: 0,
      eventMicros: 0,
      lastPublishedMicros: 0,
    };
    const record = this.lostRecord;
    record.instrument = instrument;
    record.dataType = dataType;
    record.resolution = resolution;
    record.firstId = firstId;
    record.lastId = lastId;
    record.eventMicros = head.eventMicros || head.receiveMicros;
    record.lastPublishedMicros = instrument.meterOf(channel, resolution)?.lastEventMicros ?? 0;
    return record;
  }

  #takeTime(): void {
    this.now = this.clock.nowMicros();
    void TURN_END.then(this.endTurn);
    this.timeSharesLeft = SHARED_TIME_COUNT - 1;
  }

  /** The first record of an instrument in this channel. */
  #open(channel: Channel, instrument: PublishedInstrument): PartitionProducer | undefined {
    const producers = this.targets?.producers.of(channel) ?? [];
    if (producers.length === 0) return undefined;
    const producer = producers[marketDataPartition(instrument.id, producers.length)];
    instrument.producers[channel] = producer;
    instrument.meters[channel] ??= new FeedMeter();
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

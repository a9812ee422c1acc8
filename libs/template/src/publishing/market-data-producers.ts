import { type Clock, describeError } from "@ims/common";
import { BatchArena, type IggyClient, type PartitionProducer } from "@ims/iggy-client";
import { inject, Lifecycle, scoped } from "tsyringe";
import { ServiceCounters } from "../health/service-counters.js";
import { CLIENT, CLOCK, SETTINGS } from "../service/tokens.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { PartitionOffsets } from "../topology/partition-offsets.js";
import { StreamTopology } from "../topology/stream-topology.js";
import { CHANNEL_TOPICS, type Channel } from "./channels.js";
import { FailedBatches } from "./failed-batches.js";
import { PublishingPressure } from "./publishing-pressure.js";
import { RateLimitedLog } from "./rate-limited-log.js";

/** A broker that is silent is waited for: what happens to records meanwhile is decided by the pressure. */
const TIMEOUTS_MAX = 1000;

/** A batch that the broker refused for good. */
export interface FailedBatch {
  readonly channel: Channel;
  readonly producer: PartitionProducer;
  readonly messageCount: number;
  /** Before this time none of its records was published, wall time in microseconds; 0 if unknown. */
  readonly fromMicros: number;
}

/**
 * One producer per partition of a topic, made when its first record comes. All fill batches in one memory of fixed
 * size, so a topic that is busy uses what the others leave, and what waits for a broker has one bound.
 */
@scoped(Lifecycle.ContainerScoped)
export class MarketDataProducers {
  readonly arena: BatchArena;
  readonly pressure: PublishingPressure;
  /** Told when a batch is given up; its records are lost. */
  onBatchFailed: (batch: FailedBatch) => void = () => {};
  readonly #byChannel: (readonly PartitionProducer[] | undefined)[] = [];
  readonly #all: PartitionProducer[] = [];
  #isClosed = false;

  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "createProducer">,
    @inject(StreamTopology) private readonly topology: StreamTopology,
    @inject(PartitionOffsets) private readonly offsets: PartitionOffsets,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(SETTINGS) private readonly settings: ServiceSettings,
  ) {
    const { publishBufferMebibytes, publishBatchKibibytes, publishBlockMillis } = settings;
    const slotBytes = publishBatchKibibytes * 1024;
    const slotCount = Math.max(1, Math.floor((publishBufferMebibytes * 1_048_576) / slotBytes));
    this.arena = BatchArena.create({ slotCount, slotBytes });
    this.pressure = new PublishingPressure(clock, this.arena, publishBlockMillis);
    this.pressure.onPhase((phase) => {
      if (phase === "flowing") return;
      const message = phase === "blocking" ? "the venue is not read for now" : "records are given up";
      log.warn(phase, `the broker is slow or away: ${message}`, () => ({ pending: this.pendingCount }));
    });
  }

  /** The producers of a channel by partition; those of a channel that nobody used are not made after {@link close}. */
  of(channel: Channel): readonly PartitionProducer[] {
    const known = this.#byChannel[channel];
    if (known) return known;
    if (this.#isClosed) return [];
    const topic = CHANNEL_TOPICS[channel]!;
    const producers = Array.from({ length: this.topology.partitionCount(topic) }, (_, partitionId) =>
      this.#create(channel, topic, partitionId),
    );
    this.#byChannel[channel] = producers;
    this.#all.push(...producers);
    return producers;
  }

  /** Records that are taken and not confirmed. */
  get pendingCount(): number {
    let count = 0;
    for (const producer of this.#all) count += producer.pendingCount;
    return count;
  }

  pendingCountOf(channel: Channel): number {
    let count = 0;
    for (const producer of this.#byChannel[channel] ?? []) count += producer.pendingCount;
    return count;
  }

  /** Sends what is buffered, waits for it up to the time, and frees the memory. */
  async close(timeoutMillis: number): Promise<void> {
    this.#isClosed = true;
    this.pressure.close();
    await Promise.allSettled(this.#all.map((producer) => producer.close(timeoutMillis)));
  }

  #create(channel: Channel, topic: string, partitionId: number): PartitionProducer {
    const { arena, clock, counters, offsets, settings } = this;
    const outcomes = new FailedBatches();
    const settled = (messageCount: number) =>
      outcomes.settle(messageCount, producer.pendingCount, clock.nowMicros());
    const producer = this.client.createProducer({
      stream: this.topology.names.marketDataStream,
      topic,
      partitionId,
      arena,
      lingerMillis: settings.publishLingerMillis,
      eager: true,
      batchCountMax: settings.publishBatchCount,
      timeoutsMax: TIMEOUTS_MAX,
      onConfirmed: (baseOffset, messageCount) => {
        settled(messageCount);
        offsets.confirmed(topic, partitionId, baseOffset, messageCount);
      },
      onFailed: (error, messageCount) => {
        counters.recordsFailed += messageCount;
        this.log.error("records-failed", "the broker did not store a batch of records", () => ({
          topic,
          partitionId,
          messageCount,
          error: describeError(error),
        }));
        this.onBatchFailed({ channel, producer, messageCount, fromMicros: settled(messageCount) });
      },
    });
    return producer;
  }
}

import { describeError } from "@ims/common";
import type { IggyClient, PartitionProducer } from "@ims/iggy-client";
import { inject, Lifecycle, scoped } from "tsyringe";
import { ServiceCounters } from "../health/service-counters.js";
import { CLIENT } from "../service/tokens.js";
import { PartitionOffsets } from "../topology/partition-offsets.js";
import { StreamTopology } from "../topology/stream-topology.js";
import { CHANNEL_TOPICS, type Channel } from "./channels.js";
import { RateLimitedLog } from "./rate-limited-log.js";

/** One producer per partition of a topic, each with its own outgoing batches; made when its first record comes. */
@scoped(Lifecycle.ContainerScoped)
export class MarketDataProducers {
  readonly #byChannel: (readonly PartitionProducer[] | undefined)[] = [];
  readonly #all: PartitionProducer[] = [];
  #isClosed = false;

  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "createProducer">,
    @inject(StreamTopology) private readonly topology: StreamTopology,
    @inject(PartitionOffsets) private readonly offsets: PartitionOffsets,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
  ) {}

  /** The producers of a channel by partition; those of a channel that nobody used are not made after {@link close}. */
  of(channel: Channel): readonly PartitionProducer[] {
    const known = this.#byChannel[channel];
    if (known) return known;
    if (this.#isClosed) return [];
    const topic = CHANNEL_TOPICS[channel]!;
    const producers = Array.from({ length: this.topology.partitionCount(topic) }, (_, partitionId) =>
      this.#create(topic, partitionId),
    );
    this.#byChannel[channel] = producers;
    this.#all.push(...producers);
    return producers;
  }

  /** False when any partition is short of room: the venue cannot know where its next record goes. */
  get accepting(): boolean {
    for (const producer of this.#all) if (!producer.accepting) return false;
    return true;
  }

  async whenAccepting(): Promise<void> {
    while (!this.accepting) await Promise.all(this.#all.map((producer) => producer.whenAccepting()));
  }

  /** Records that are taken and not confirmed. */
  get pendingCount(): number {
    let count = 0;
    for (const producer of this.#all) count += producer.pendingCount;
    return count;
  }

  /** Sends what is buffered, waits for it up to the time, and frees the memory. */
  async close(timeoutMillis: number): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#all.map((producer) => producer.close(timeoutMillis)));
  }

  #create(topic: string, partitionId: number): PartitionProducer {
    return this.client.createProducer({
      stream: this.topology.names.marketDataStream,
      topic,
      partitionId,
      onConfirmed: (baseOffset, messageCount) =>
        this.offsets.confirmed(topic, partitionId, baseOffset, messageCount),
      onFailed: (error, messageCount) => {
        this.counters.recordsFailed += messageCount;
        this.log.error("records-failed", "the broker did not store a batch of records", () => ({
          topic,
          partitionId,
          messageCount,
          error: describeError(error),
        }));
      },
    });
  }
}

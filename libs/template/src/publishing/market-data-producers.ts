import { describeError, MARKET_DATA_TOPICS } from "@ims/common";
import type { IggyClient, PartitionProducer } from "@ims/iggy-client";
import { inject, Lifecycle, scoped } from "tsyringe";
import { ServiceCounters } from "../health/service-counters.js";
import { CLIENT } from "../service/tokens.js";
import { PartitionOffsets } from "../topology/partition-offsets.js";
import { StreamTopology } from "../topology/stream-topology.js";
import { RateLimitedLog } from "./rate-limited-log.js";

/** One producer per partition of `trades` and `bars`, each with its own outgoing batches. */
@scoped(Lifecycle.ContainerScoped)
export class MarketDataProducers {
  readonly trades: readonly PartitionProducer[];
  readonly bars: readonly PartitionProducer[];
  readonly #all: readonly PartitionProducer[];

  constructor(
    @inject(CLIENT) client: Pick<IggyClient, "createProducer">,
    @inject(StreamTopology) topology: StreamTopology,
    @inject(PartitionOffsets) offsets: PartitionOffsets,
    @inject(ServiceCounters) counters: ServiceCounters,
    @inject(RateLimitedLog) log: RateLimitedLog,
  ) {
    const { marketDataStream } = topology.names;
    const producersOf = (topic: string) =>
      Array.from({ length: topology.partitionCount(topic) }, (_, partitionId) =>
        client.createProducer({
          stream: marketDataStream,
          topic,
          partitionId,
          onConfirmed: (baseOffset, messageCount) =>
            offsets.confirmed(topic, partitionId, baseOffset, messageCount),
          onFailed: (error, messageCount) => {
            counters.recordsFailed += messageCount;
            log.error("records-failed", "the broker did not store a batch of records", () => ({
              topic,
              partitionId,
              messageCount,
              error: describeError(error),
            }));
          },
        }),
      );
    this.trades = producersOf(MARKET_DATA_TOPICS.trades);
    this.bars = producersOf(MARKET_DATA_TOPICS.bars);
    this.#all = [...this.trades, ...this.bars];
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
    await Promise.allSettled(this.#all.map((producer) => producer.close(timeoutMillis)));
  }
}

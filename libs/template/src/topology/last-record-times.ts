import { marketDataTopicOf } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { inject, Lifecycle, scoped } from "tsyringe";
import { CLIENT } from "../service/tokens.js";
import { StreamTopology } from "./stream-topology.js";

/** When this service last stored a record of a data type, as the broker has it. */
@scoped(Lifecycle.ContainerScoped)
export class LastRecordTimes {
  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "poll">,
    @inject(StreamTopology) private readonly topology: StreamTopology,
  ) {}

  /** Microseconds since 1970 by data type, over all partitions; none for a data type without any record. */
  async of(dataTypes: Iterable<number>): Promise<ReadonlyMap<number, number>> {
    const times = new Map<number, number>();
    for (const dataType of dataTypes) {
      const topic = marketDataTopicOf(dataType);
      if (topic === undefined) continue;
      const micros = await this.#ofTopic(topic);
      if (micros > 0) times.set(dataType, micros);
    }
    return times;
  }

  async #ofTopic(topic: string): Promise<number> {
    const { marketDataStream, exchange } = this.topology.names;
    const partitionIds = Array.from({ length: this.topology.partitionCount(topic) }, (_, id) => id);
    const times = await Promise.all(
      partitionIds.map(async (partitionId) => {
        const polled = await this.client.poll({
          stream: marketDataStream,
          topic,
          partitionId,
          consumer: { kind: "consumer", id: `${exchange}-data-service` },
          strategy: { kind: "last" },
          count: 1,
        });
        return polled.next() ? polled.timestampMicros : 0;
      }),
    );
    return Math.max(...times);
  }
}

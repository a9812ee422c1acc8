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

  /**
   * Microseconds since 1970 by data type, of each partition; 0 for one without any record. Partitions are stored
   * independently of each other: what one of them lost may be older than what another one holds.
   */
  async of(dataTypes: Iterable<number>): Promise<ReadonlyMap<number, readonly number[]>> {
    const times = new Map<number, readonly number[]>();
    for (const dataType of dataTypes) {
      const topic = marketDataTopicOf(dataType);
      if (topic === undefined) continue;
      times.set(dataType, await this.#ofTopic(topic));
    }
    return times;
  }

  #ofTopic(topic: string): Promise<number[]> {
    const { marketDataStream, exchange } = this.topology.names;
    const partitionIds = Array.from({ length: this.topology.partitionCount(topic) }, (_, id) => id);
    return Promise.all(
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
  }
}

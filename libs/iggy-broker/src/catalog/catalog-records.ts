import type {
  PartitionRecord,
  StreamDetails,
  StreamRecord,
  TopicDetails,
  TopicRecord,
} from "@ims/iggy-protocol";
import type { PartitionStore } from "../partitions/partition-store.js";
import type { PartitionEntry, StreamEntry, TopicEntry } from "./catalog.js";
import { derivedOptions } from "./topic-settings.js";

/** Turns catalog entries into the records of replies, with the figures of their partitions. */
export class CatalogRecords {
  constructor(private readonly partitions: PartitionStore) {}

  stream(stream: StreamEntry): StreamRecord {
    const topics = stream.topics.sorted().map((topic) => this.topic(topic));
    return this.streamOf(stream, topics);
  }

  streamDetails(stream: StreamEntry): StreamDetails {
    const topics = stream.topics.sorted().map((topic) => this.topic(topic));
    return { ...this.streamOf(stream, topics), topics };
  }

  topic(topic: TopicEntry): TopicRecord {
    let sizeBytes = 0;
    let messageCount = 0;
    for (const { storageId } of topic.partitions) {
      const log = this.partitions.find(storageId)?.log;
      sizeBytes += log?.sizeBytes ?? 0;
      messageCount += log?.messageCount ?? 0;
    }
    return {
      id: topic.id,
      createdAtMicros: topic.createdAtMicros,
      partitionCount: topic.partitions.length,
      messageExpiryMicros: topic.settings.messageExpiryMicros,
      compressionAlgorithm: topic.settings.compressionAlgorithm,
      maxTopicBytes: topic.settings.maxTopicBytes,
      sizeBytes,
      messageCount,
      name: topic.name,
      options: topic.options,
      derivedOptions: derivedOptions(topic.options),
    };
  }

  /** @param emptySegmentCount what a partition without a segment reports: 0 in the reply of its creation, else 1 */
  topicDetails(topic: TopicEntry, emptySegmentCount: 0 | 1): TopicDetails {
    const partitions = topic.partitions.map((partition) => this.partition(partition, emptySegmentCount));
    return { ...this.topic(topic), partitions };
  }

  private partition(
    { id, createdAtMicros, storageId }: PartitionEntry,
    emptySegmentCount: 0 | 1,
  ): PartitionRecord {
    const partition = this.partitions.find(storageId);
    return {
      id,
      createdAtMicros,
      segmentCount: Math.max(partition?.log.segmentCount ?? 0, emptySegmentCount),
      currentOffset: partition?.currentOffset ?? 0,
      sizeBytes: partition?.log.sizeBytes ?? 0,
      messageCount: partition?.log.messageCount ?? 0,
    };
  }

  private streamOf(stream: StreamEntry, topics: readonly TopicRecord[]): StreamRecord {
    return {
      id: stream.id,
      createdAtMicros: stream.createdAtMicros,
      topicCount: topics.length,
      sizeBytes: topics.reduce((sum, topic) => sum + topic.sizeBytes, 0),
      messageCount: topics.reduce((sum, topic) => sum + topic.messageCount, 0),
      name: stream.name,
      options: [],
    };
  }
}

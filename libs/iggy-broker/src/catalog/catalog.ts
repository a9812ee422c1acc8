import type { Identifier, Option } from "@ims/iggy-protocol";
import { type Named, NamedRegistry } from "./named-registry.js";
import { type TopicSettings, topicSettings } from "./topic-settings.js";
import { UserRegistry } from "./user-registry.js";

/** A place for messages. `storageId` names its folder and is never used twice, so a purge is a new storage id. */
export interface PartitionEntry {
  readonly id: number;
  readonly createdAtMicros: number;
  storageId: number;
}

/** A consumer group as the catalog keeps it; who its members are lives only in memory. */
export type GroupEntry = Named;

export interface TopicEntry extends Named {
  readonly createdAtMicros: number;
  /** As listed: those that were sent, in canonical kinds. */
  options: readonly Option[];
  settings: TopicSettings;
  /** In order of id, which counts from 0 without gaps. */
  readonly partitions: PartitionEntry[];
  readonly groups: NamedRegistry<GroupEntry>;
  /** Above every group id that was ever given here: a new group never finds the offsets of an old one. */
  nextGroupId: number;
  /** Partition index of the next balanced send; kept in memory only. */
  nextBalanced: number;
}

export interface StreamEntry extends Named {
  readonly createdAtMicros: number;
  readonly topics: NamedRegistry<TopicEntry>;
}

/** All streams, topics, groups and users. Changes come only through `applyChange`. */
export class Catalog {
  readonly streams = new NamedRegistry<StreamEntry>();
  readonly users = new UserRegistry();
  /** Above every storage id that was ever given. */
  nextStorageId = 1;

  findTopic(stream: Identifier, topic: Identifier): { stream: StreamEntry; topic: TopicEntry } | undefined {
    const streamEntry = this.streams.find(stream);
    const topicEntry = streamEntry?.topics.find(topic);
    return streamEntry && topicEntry && { stream: streamEntry, topic: topicEntry };
  }

  *topics(): Generator<TopicEntry> {
    for (const stream of this.streams.sorted()) yield* stream.topics.sorted();
  }
}

/** A topic without partitions. */
export function newTopic(
  id: number,
  name: string,
  createdAtMicros: number,
  options: readonly Option[],
): TopicEntry {
  return {
    id,
    name,
    createdAtMicros,
    options,
    settings: topicSettings(options),
    partitions: [],
    groups: new NamedRegistry(),
    nextGroupId: 0,
    nextBalanced: 0,
  };
}

/** Adds partitions at the end, with consecutive storage ids. */
export function addPartitions(
  topic: TopicEntry,
  count: number,
  firstStorageId: number,
  createdAtMicros: number,
): void {
  for (let index = 0; index < count; index++) {
    topic.partitions.push({
      id: topic.partitions.length,
      createdAtMicros,
      storageId: firstStorageId + index,
    });
  }
}

import type { Option } from "@ims/iggy-protocol";
import { addPartitions, type Catalog, newTopic, type TopicEntry } from "./catalog.js";
import { known } from "./known.js";
import { NamedRegistry } from "./named-registry.js";
import { applyUserChange, isUserChange, type UserChange } from "./user-change.js";

/** An option as it is stored: key, kind, value in base64. */
export type StoredOption = readonly [key: string, kind: number, base64: string];

/**
 * One entry of the metadata journal, stored as JSON. A change holds decisions, not requests: applying the same changes
 * in the same order always gives the same catalog. Fields are only ever added.
 */
export type CatalogChange =
  | { readonly type: "session-registered" }
  | { readonly type: "stream-created"; readonly stream: number; readonly name: string; readonly at: number }
  | { readonly type: "stream-renamed"; readonly stream: number; readonly name: string }
  | { readonly type: "stream-deleted"; readonly stream: number }
  | { readonly type: "stream-purged"; readonly stream: number; readonly firstStorageId: number }
  | {
      readonly type: "topic-created";
      readonly stream: number;
      readonly topic: number;
      readonly name: string;
      readonly at: number;
      readonly options: readonly StoredOption[];
      readonly partitionCount: number;
      readonly firstStorageId: number;
    }
  | {
      readonly type: "topic-updated";
      readonly stream: number;
      readonly topic: number;
      readonly name: string;
      readonly options: readonly StoredOption[];
    }
  | { readonly type: "topic-deleted"; readonly stream: number; readonly topic: number }
  | {
      readonly type: "topic-purged";
      readonly stream: number;
      readonly topic: number;
      readonly firstStorageId: number;
    }
  | {
      readonly type: "partitions-created";
      readonly stream: number;
      readonly topic: number;
      readonly at: number;
      readonly count: number;
      readonly firstStorageId: number;
    }
  | {
      readonly type: "partitions-deleted";
      readonly stream: number;
      readonly topic: number;
      readonly count: number;
    }
  | {
      readonly type: "group-created";
      readonly stream: number;
      readonly topic: number;
      readonly group: number;
      readonly name: string;
    }
  | {
      readonly type: "group-deleted";
      readonly stream: number;
      readonly topic: number;
      readonly group: number;
    }
  | UserChange;

/** Applies a change; returns the storage ids whose content is gone by it. */
export function applyChange(catalog: Catalog, change: CatalogChange): number[] {
  if (change.type === "session-registered") return [];
  if (isUserChange(change)) {
    applyUserChange(catalog.users, change);
    return [];
  }
  if (change.type === "stream-created") {
    const { stream: id, name, at } = change;
    catalog.streams.add({ id, name, createdAtMicros: at, topics: new NamedRegistry() });
    return [];
  }
  const stream = known(catalog.streams.find(change.stream), change);
  switch (change.type) {
    case "stream-renamed":
      catalog.streams.rename(stream, change.name);
      return [];
    case "stream-deleted":
      catalog.streams.remove(stream);
      catalog.users.dropGrants(stream.id);
      return stream.topics.sorted().flatMap(storageIds);
    case "stream-purged": {
      let firstStorageId = change.firstStorageId;
      return stream.topics.sorted().flatMap((topic) => {
        const replaced = replaceStorage(catalog, topic, firstStorageId);
        firstStorageId += replaced.length;
        return replaced;
      });
    }
    case "topic-created": {
      const topic = newTopic(change.topic, change.name, change.at, change.options.map(restoredOption));
      stream.topics.add(topic);
      return grow(catalog, topic, change.partitionCount, change.firstStorageId, change.at);
    }
    default:
      break;
  }
  const topic = known(stream.topics.find(change.topic), change);
  switch (change.type) {
    case "topic-updated": {
      stream.topics.rename(topic, change.name);
      const updated = newTopic(
        topic.id,
        topic.name,
        topic.createdAtMicros,
        change.options.map(restoredOption),
      );
      topic.options = updated.options;
      topic.settings = updated.settings;
      return [];
    }
    case "topic-deleted":
      stream.topics.remove(topic);
      catalog.users.dropGrants(stream.id, topic.id);
      return storageIds(topic);
    case "topic-purged":
      return replaceStorage(catalog, topic, change.firstStorageId);
    case "partitions-created":
      return grow(catalog, topic, change.count, change.firstStorageId, change.at);
    case "partitions-deleted":
      return topic.partitions
        .splice(topic.partitions.length - change.count)
        .map((partition) => partition.storageId);
    case "group-created":
      topic.groups.add({ id: change.group, name: change.name });
      topic.nextGroupId = Math.max(topic.nextGroupId, change.group + 1);
      return [];
    case "group-deleted":
      topic.groups.remove(known(topic.groups.find(change.group), change));
      return [];
  }
}

export function storedOption({ key, value }: Option): StoredOption {
  return [key, value.kind, Buffer.from(value.bytes).toString("base64")];
}

export function restoredOption([key, kind, base64]: StoredOption): Option {
  return { key, value: { kind, bytes: new Uint8Array(Buffer.from(base64, "base64")) } };
}

function grow(
  catalog: Catalog,
  topic: TopicEntry,
  count: number,
  firstStorageId: number,
  at: number,
): number[] {
  addPartitions(topic, count, firstStorageId, at);
  catalog.nextStorageId = Math.max(catalog.nextStorageId, firstStorageId + count);
  return [];
}

function replaceStorage(catalog: Catalog, topic: TopicEntry, firstStorageId: number): number[] {
  const replaced = storageIds(topic);
  for (const [index, partition] of topic.partitions.entries()) partition.storageId = firstStorageId + index;
  catalog.nextStorageId = Math.max(catalog.nextStorageId, firstStorageId + topic.partitions.length);
  return replaced;
}

function storageIds(topic: TopicEntry): number[] {
  return topic.partitions.map((partition) => partition.storageId);
}

import type { Permissions, UserStatus } from "@ims/iggy-protocol";
import { Catalog, newTopic, type TopicEntry } from "./catalog.js";
import { restoredOption, type StoredOption, storedOption } from "./catalog-change.js";
import { NamedRegistry } from "./named-registry.js";
import { newUser, restoredToken, type StoredExpiry, storedExpiry } from "./user-change.js";
import type { UserEntry } from "./user-registry.js";

/**
 * The whole catalog as JSON. Version 1 had neither groups nor users and is still read; versions that know only it
 * refuse version 2 rather than lose them.
 */
interface CatalogSnapshot {
  readonly version: 1 | 2;
  readonly nextStorageId: number;
  readonly streams: readonly {
    readonly id: number;
    readonly name: string;
    readonly at: number;
    readonly topics: readonly StoredTopic[];
  }[];
  readonly users?: readonly StoredUser[];
}

interface StoredTopic {
  readonly id: number;
  readonly name: string;
  readonly at: number;
  readonly options: readonly StoredOption[];
  /** Creation time and storage id, index = partition id. */
  readonly partitions: readonly (readonly [at: number, storageId: number])[];
  readonly groups?: readonly (readonly [id: number, name: string])[];
  readonly nextGroupId?: number;
}

interface StoredUser {
  readonly id: number;
  readonly name: string;
  readonly at: number;
  readonly status: UserStatus;
  readonly passwordHash: string;
  readonly permissions: Permissions | null;
  readonly tokens: readonly {
    readonly name: string;
    readonly hash: string;
    readonly expiresAt: StoredExpiry;
  }[];
}

export function encodeCatalog(catalog: Catalog): Uint8Array {
  const snapshot: CatalogSnapshot = {
    version: 2,
    nextStorageId: catalog.nextStorageId,
    streams: catalog.streams.sorted().map((stream) => ({
      id: stream.id,
      name: stream.name,
      at: stream.createdAtMicros,
      topics: stream.topics.sorted().map(storedTopic),
    })),
    users: catalog.users.sorted().map(storedUser),
  };
  return Buffer.from(JSON.stringify(snapshot));
}

/** Throws for bytes that are no snapshot of these versions. */
export function decodeCatalog(bytes: Uint8Array): Catalog {
  const snapshot = JSON.parse(Buffer.from(bytes).toString()) as CatalogSnapshot;
  if (snapshot.version !== 1 && snapshot.version !== 2)
    throw new RangeError(`catalog snapshot of unknown version ${String(snapshot.version)}`);
  const catalog = new Catalog();
  catalog.nextStorageId = snapshot.nextStorageId;
  for (const { id, name, at, topics } of snapshot.streams) {
    const stream = { id, name, createdAtMicros: at, topics: new NamedRegistry<TopicEntry>() };
    catalog.streams.add(stream);
    for (const stored of topics) stream.topics.add(restoredTopic(stored));
  }
  for (const stored of snapshot.users ?? []) catalog.users.add(restoredUser(stored));
  return catalog;
}

function storedTopic(topic: TopicEntry): StoredTopic {
  return {
    id: topic.id,
    name: topic.name,
    at: topic.createdAtMicros,
    options: topic.options.map(storedOption),
    partitions: topic.partitions.map(({ createdAtMicros, storageId }) => [createdAtMicros, storageId]),
    groups: topic.groups.sorted().map(({ id, name }) => [id, name]),
    nextGroupId: topic.nextGroupId,
  };
}

function restoredTopic(stored: StoredTopic): TopicEntry {
  const topic = newTopic(stored.id, stored.name, stored.at, stored.options.map(restoredOption));
  for (const [createdAtMicros, storageId] of stored.partitions) {
    topic.partitions.push({ id: topic.partitions.length, createdAtMicros, storageId });
  }
  for (const [id, name] of stored.groups ?? []) topic.groups.add({ id, name });
  topic.nextGroupId = stored.nextGroupId ?? 0;
  return topic;
}

function storedUser(user: UserEntry): StoredUser {
  const { id, name, createdAtMicros, status, passwordHash, permissions } = user;
  const tokens = [...user.tokens.values()].map((token) => ({
    name: token.name,
    hash: token.hash,
    expiresAt: storedExpiry(token),
  }));
  return { id, name, at: createdAtMicros, status, passwordHash, permissions, tokens };
}

function restoredUser(stored: StoredUser): UserEntry {
  const user = newUser(stored.id, stored);
  for (const token of stored.tokens) user.tokens.set(token.name, restoredToken(token));
  return user;
}

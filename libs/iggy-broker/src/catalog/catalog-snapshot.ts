import { Catalog, newTopic } from "./catalog.js";
import { restoredOption, type StoredOption, storedOption } from "./catalog-change.js";
import { NamedRegistry } from "./named-registry.js";

/** The whole catalog as JSON; `version` changes when a field changes its meaning. */
interface CatalogSnapshot {
  readonly version: 1;
  readonly nextStorageId: number;
  readonly streams: readonly {
    readonly id: number;
    readonly name: string;
    readonly at: number;
    readonly topics: readonly {
      readonly id: number;
      readonly name: string;
      readonly at: number;
      readonly options: readonly StoredOption[];
      /** Creation time and storage id, index = partition id. */
      readonly partitions: readonly (readonly [at: number, storageId: number])[];
    }[];
  }[];
}

export function encodeCatalog(catalog: Catalog): Uint8Array {
  const snapshot: CatalogSnapshot = {
    version: 1,
    nextStorageId: catalog.nextStorageId,
    streams: catalog.streams.sorted().map((stream) => ({
      id: stream.id,
      name: stream.name,
      at: stream.createdAtMicros,
      topics: stream.topics.sorted().map((topic) => ({
        id: topic.id,
        name: topic.name,
        at: topic.createdAtMicros,
        options: topic.options.map(storedOption),
        partitions: topic.partitions.map(
          (partition) => [partition.createdAtMicros, partition.storageId] as const,
        ),
      })),
    })),
  };
  return Buffer.from(JSON.stringify(snapshot));
}

/** Throws for bytes that are no snapshot of this version. */
export function decodeCatalog(bytes: Uint8Array): Catalog {
  const snapshot = JSON.parse(Buffer.from(bytes).toString()) as CatalogSnapshot;
  if (snapshot.version !== 1)
    throw new RangeError(`catalog snapshot of unknown version ${String(snapshot.version)}`);
  const catalog = new Catalog();
  catalog.nextStorageId = snapshot.nextStorageId;
  for (const { id, name, at, topics } of snapshot.streams) {
    const stream = {
      id,
      name,
      createdAtMicros: at,
      topics: new NamedRegistry<ReturnType<typeof newTopic>>(),
    };
    catalog.streams.add(stream);
    for (const stored of topics) {
      const topic = newTopic(stored.id, stored.name, stored.at, stored.options.map(restoredOption));
      for (const [createdAtMicros, storageId] of stored.partitions) {
        topic.partitions.push({ id: topic.partitions.length, createdAtMicros, storageId });
      }
      stream.topics.add(topic);
    }
  }
  return catalog;
}

import { MemoryFileSystem, systemError } from "@ims/segment-log";
import { describe, expect, it } from "vitest";
import type { BrokerLogger } from "../broker-options.js";
import type { CatalogChange } from "./catalog-change.js";
import { encodeCatalog } from "./catalog-snapshot.js";
import { MetadataStore } from "./metadata-store.js";

const silent = () => undefined;
const logger: BrokerLogger = { debug: silent, info: silent, warn: silent, error: silent };
const directory = "/metadata";

/** Every kind of change, each valid behind those before it. */
const CHANGES: readonly CatalogChange[] = [
  { type: "session-registered" },
  { type: "stream-created", stream: 0, name: "a", at: 1 },
  { type: "stream-created", stream: 1, name: "b", at: 2 },
  { type: "stream-renamed", stream: 0, name: "c" },
  {
    type: "topic-created",
    stream: 0,
    topic: 0,
    name: "t",
    at: 3,
    options: [["enforce_fsync", 3, "AQ=="]],
    partitionCount: 3,
    firstStorageId: 1,
  },
  {
    type: "topic-created",
    stream: 1,
    topic: 0,
    name: "t",
    at: 3,
    options: [],
    partitionCount: 1,
    firstStorageId: 4,
  },
  { type: "topic-updated", stream: 0, topic: 0, name: "u", options: [["message_expiry", 2, "MSBo"]] },
  { type: "partitions-created", stream: 0, topic: 0, at: 5, count: 2, firstStorageId: 5 },
  { type: "partitions-deleted", stream: 0, topic: 0, count: 1 },
  { type: "topic-purged", stream: 0, topic: 0, firstStorageId: 7 },
  { type: "stream-purged", stream: 0, firstStorageId: 11 },
  { type: "topic-deleted", stream: 1, topic: 0 },
  { type: "stream-deleted", stream: 1 },
];

describe("MetadataStore", () => {
  it.each([1, 100_000])(
    "restores the same catalog after every change, with a snapshot every %i bytes",
    async (compactBytes) => {
      const fileSystem = new MemoryFileSystem();
      let store = await MetadataStore.open({ fileSystem, directory, logger, compactBytes });
      for (const [index, change] of CHANGES.entries()) {
        const { sequence } = await store.exclusive(() => store.commit(change));
        expect(sequence).toBe(index + 1);
        const expected = Buffer.from(encodeCatalog(store.catalog)).toString();
        await store.close();
        store = await MetadataStore.open({ fileSystem, directory, logger, compactBytes });
        expect(Buffer.from(encodeCatalog(store.catalog)).toString()).toBe(expected);
        expect(store.sequence).toBe(index + 1);
      }
    },
  );

  it("names the storage that a change leaves behind, and never gives it out again", async () => {
    const store = await MetadataStore.open({ fileSystem: new MemoryFileSystem(), directory, logger });
    const dropped: number[] = [];
    for (const change of CHANGES)
      dropped.push(...(await store.exclusive(() => store.commit(change))).droppedStorageIds);
    expect(dropped.sort((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(store.catalog.nextStorageId).toBe(15);
  });

  it("refuses a journal that does not fit together", async () => {
    const fileSystem = new MemoryFileSystem();
    const store = await MetadataStore.open({ fileSystem, directory, logger });
    await expect(store.exclusive(() => store.commit({ type: "stream-deleted", stream: 9 }))).rejects.toThrow(
      "nothing",
    );
    await store.close();
    await expect(MetadataStore.open({ fileSystem, directory, logger })).rejects.toMatchObject({
      code: "broker.data-corrupt",
    });
  });

  it("reports a failed snapshot in words that cross to another thread, and goes on", async () => {
    const fileSystem = new MemoryFileSystem();
    const warnings: string[] = [];
    const store = await MetadataStore.open({
      fileSystem,
      directory,
      logger: { ...logger, warn: (context) => warnings.push(JSON.stringify(context)) },
      compactBytes: 1,
    });
    fileSystem.fault = ({ kind, path }) =>
      kind === "rename" ? { error: systemError("EIO", path) } : undefined;
    await store.exclusive(() => store.commit(CHANGES[0]!));
    expect(warnings).toEqual([expect.stringContaining("EIO: /metadata/snapshot-")]);
    await store.exclusive(() => store.commit(CHANGES[1]!));
    await store.close();
  });
});

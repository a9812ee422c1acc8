import { globalPermissions, streamPermissions, topicPermissions } from "@ims/iggy-protocol";
import { Journal, MemoryFileSystem, systemError } from "@ims/segment-log";
import { assertSeeded } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BrokerLogger } from "../broker-options.js";
import type { Catalog } from "./catalog.js";
import type { CatalogChange } from "./catalog-change.js";
import { decodeCatalog, encodeCatalog } from "./catalog-snapshot.js";
import { MetadataStore } from "./metadata-store.js";

const silent = () => undefined;
const logger: BrokerLogger = { debug: silent, info: silent, warn: silent, error: silent };
const directory = "/metadata";

const PERMISSIONS = {
  global: globalPermissions("readStreams"),
  streams: [streamPermissions(1, ["readTopics"], [topicPermissions(0, ["sendMessages"])])],
};

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
  { type: "group-created", stream: 0, topic: 0, group: 0, name: "g" },
  { type: "group-created", stream: 0, topic: 0, group: 1, name: "h" },
  { type: "group-deleted", stream: 0, topic: 0, group: 1 },
  {
    type: "user-created",
    user: 0,
    name: "root",
    at: 1,
    status: "active",
    passwordHash: "scrypt$1",
    permissions: null,
  },
  {
    type: "user-created",
    user: 1,
    name: "alice",
    at: 9,
    status: "inactive",
    passwordHash: "scrypt$2",
    permissions: PERMISSIONS,
  },
  { type: "token-created", user: 1, name: "t", hash: "abc", expiresAt: "18446744073709551615" },
  { type: "token-created", user: 1, name: "u", hash: "def", expiresAt: null },
  { type: "token-deleted", user: 1, name: "u" },
  { type: "user-updated", user: 1, name: "alicia", status: "active" },
  { type: "password-changed", user: 1, passwordHash: "scrypt$3" },
  { type: "permissions-updated", user: 0, permissions: PERMISSIONS },
  { type: "topic-deleted", stream: 1, topic: 0 },
  { type: "stream-deleted", stream: 1 },
  { type: "user-deleted", user: 1 },
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

  it("reads what the version before wrote, that had neither groups nor users", async () => {
    const fileSystem = new MemoryFileSystem();
    const { journal } = await Journal.open({ fileSystem, directory });
    const topic = { id: 4, name: "t", at: 2, options: [["enforce_fsync", 3, "AQ=="]], partitions: [[3, 7]] };
    const streams = [{ id: 2, name: "s", at: 1, topics: [topic] }];
    await journal.compact(Buffer.from(JSON.stringify({ version: 1, nextStorageId: 8, streams })));
    const change = { type: "partitions-created", stream: 2, topic: 4, at: 5, count: 1, firstStorageId: 8 };
    await journal.append(Buffer.from(JSON.stringify(change)));
    await journal.close();
    const store = await MetadataStore.open({ fileSystem, directory, logger });
    const found = store.catalog.findTopic("s", 4)!.topic;
    expect(found.partitions.map(({ storageId }) => storageId)).toEqual([7, 8]);
    expect([found.settings.messageSync, found.nextGroupId, store.catalog.users.count]).toEqual([
      "always",
      0,
      0,
    ]);
    await store.close();
  });

  it.each([
    ["a change", { type: "topic-painted", stream: 0, topic: 0 }],
    ["a snapshot", { version: 3, nextStorageId: 1, streams: [] }],
  ])("refuses %s of a later version rather than lose it", async (_what, entry) => {
    const fileSystem = new MemoryFileSystem();
    const store = await MetadataStore.open({ fileSystem, directory, logger });
    for (const change of CHANGES.slice(0, 5)) await store.exclusive(() => store.commit(change));
    await store.close();
    const { journal } = await Journal.open({ fileSystem, directory });
    const bytes = Buffer.from(JSON.stringify(entry));
    if ("version" in entry) await journal.compact(bytes);
    else await journal.append(bytes);
    await journal.close();
    await expect(MetadataStore.open({ fileSystem, directory, logger })).rejects.toMatchObject({
      code: "broker.data-corrupt",
    });
  });

  it("refuses changes while the disk does and takes them as soon as it does, in the log and for the next start", async () => {
    const fileSystem = new MemoryFileSystem();
    const logged: string[] = [];
    const note = (_context: object, message: string) => logged.push(message);
    const store = await MetadataStore.open({
      fileSystem,
      directory,
      logger: { ...logger, info: note, error: note },
    });
    for (const change of CHANGES.slice(0, 3)) await store.exclusive(() => store.commit(change));
    const before = Buffer.from(encodeCatalog(store.catalog)).toString();
    fileSystem.fault = ({ kind, path }) =>
      kind === "sync" ? { error: systemError("EIO", path), writtenBytes: 9 } : undefined;
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(store.exclusive(() => store.commit(CHANGES[3]!))).rejects.toMatchObject({
        code: "journal.failed",
      });
    }
    expect(store.isRefusing).toBe(true);
    expect(Buffer.from(encodeCatalog(store.catalog)).toString()).toBe(before);
    fileSystem.fault = undefined;
    for (const change of CHANGES.slice(4)) await store.exclusive(() => store.commit(change));
    expect(store.isRefusing).toBe(false);
    expect(logged).toEqual([
      "the disk refuses changes of the metadata",
      "the disk takes changes of the metadata again",
    ]);
    const found = await MetadataStore.open({ fileSystem: fileSystem.crashed(() => 0), directory, logger });
    expect(encodeCatalog(found.catalog)).toEqual(encodeCatalog(store.catalog));
    expect(found.sequence).toBe(store.sequence);
  });

  it("never believes a change with a field missing or of another kind", async () => {
    const wrong = fc.constantFrom<unknown>(undefined, null, -1, 1.5, 2 ** 53, "x", [], {}, true, [["a"]]);
    const damaged = fc
      .constantFrom(...CHANGES.filter(({ type }) => type !== "session-registered"))
      .chain((change) => fc.tuple(fc.constant(change), fc.constantFrom(...Object.keys(change)), wrong));
    await assertSeeded(
      fc.asyncProperty(damaged, async ([change, field, value]) => {
        const before = CHANGES.slice(0, CHANGES.indexOf(change));
        const fileSystem = new MemoryFileSystem();
        const { journal } = await Journal.open({ fileSystem, directory });
        for (const entry of [...before, { ...change, [field]: value }]) {
          await journal.append(Buffer.from(JSON.stringify(entry)));
        }
        await journal.close();
        const outcome = await MetadataStore.open({ fileSystem, directory, logger }).then(
          (store) => store.catalog,
          (error: unknown) => error,
        );
        // What fits may be another valid change; then the catalog must still be one that a snapshot keeps.
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "broker.data-corrupt" });
        else {
          const encoded = encodeCatalog(outcome as Catalog);
          expect(Buffer.from(encodeCatalog(decodeCatalog(encoded))).toString()).toBe(
            Buffer.from(encoded).toString(),
          );
        }
      }),
      300,
    );
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

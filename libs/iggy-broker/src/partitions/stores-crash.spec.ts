import { SimulatedClock } from "@ims/common";
import { decodeBatch, encodeBatch, FieldKind } from "@ims/iggy-protocol";
import { BlockPool, MemoryFileSystem, systemError } from "@ims/segment-log";
import { assertSeeded, seededMillis } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TopicEntry } from "../catalog/catalog.js";
import type { CatalogChange, StoredOption } from "../catalog/catalog-change.js";
import { MetadataStore } from "../catalog/metadata-store.js";
import type { Partition } from "./partition.js";
import { PartitionStore } from "./partition-store.js";

const RUN_COUNT = 300;
const PARTITION_COUNT = 2;
const textOption = (key: string, text: string): StoredOption => {
  return [key, FieldKind.Text, Buffer.from(text).toString("base64")];
};
const EVERY_BATCH: readonly StoredOption[] = [["enforce_fsync", FieldKind.Bool, "AQ=="]];
const NOTHING = ["durability", "consumer_offset_durability"].map((key) => textOption(key, "none"));
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };

type Step =
  | { readonly kind: "send"; readonly partition: number; readonly payloadBytes: number }
  | { readonly kind: "store"; readonly partition: number; readonly consumer: number; readonly back: number }
  | { readonly kind: "delete-segments"; readonly partition: number; readonly count: number }
  | { readonly kind: "retain" | "sync" | "purge" | "stream" };

const partition = fc.nat(PARTITION_COUNT - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant("send" as const), partition, payloadBytes: fc.nat(900) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("store" as const),
      partition,
      consumer: fc.integer({ min: 1, max: 3 }),
      back: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("delete-segments" as const),
      partition,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("retain", "sync", "purge", "stream") }) },
);

/** What one storage id of the partition has promised. */
interface Promised {
  readonly confirmed: Map<number, string>;
  nextOffset: number;
  firstOffset: number;
  readonly tried: Map<number, Set<string>>;
  /** Offset stored for each consumer, and those that were on their way since. */
  readonly offsets: Map<number, { stored: number; underWay: Set<number> }>;
}

/** The stores of one broker on one disk. */
class Stores {
  private constructor(
    readonly metadata: MetadataStore,
    readonly partitions: PartitionStore,
    readonly clock: SimulatedClock,
  ) {}

  static async open(fileSystem: MemoryFileSystem): Promise<Stores> {
    const clock = new SimulatedClock();
    const metadata = await MetadataStore.open({
      fileSystem,
      directory: "/metadata",
      logger,
      compactBytes: 600,
    });
    const partitions = new PartitionStore({
      directory: "/partitions",
      fileSystem,
      clock,
      logger,
      blocks: new BlockPool(0),
      hotTailBytesMax: 10_000,
      openFileCountMax: 8,
    });
    const stores = new Stores(metadata, partitions, clock);
    stores.shrinkSegments();
    const { topic } = stores;
    const ids = topic?.partitions.map(({ storageId }) => [storageId, topic.settings] as const) ?? [];
    await partitions.openExisting(new Map(ids));
    return stores;
  }

  get topic(): TopicEntry | undefined {
    return this.metadata.catalog.findTopic("s", "t")?.topic;
  }

  async commit(change: CatalogChange): Promise<void> {
    const { metadata, partitions } = this;
    partitions.remove((await metadata.exclusive(() => metadata.commit(change))).droppedStorageIds);
    this.shrinkSegments();
  }

  partition(index: number): Promise<Partition> {
    const topic = this.topic!;
    return this.partitions.open(topic.partitions[index]!.storageId, topic.settings);
  }

  async close(): Promise<void> {
    await this.partitions.close();
    await this.metadata.close();
  }

  /** Smaller than a topic's option may say, so that there are many. */
  private shrinkSegments(): void {
    const { topic } = this;
    if (topic === undefined) return;
    topic.settings = { ...topic.settings, segmentBytes: 3000, maxTopicBytes: 12_000n };
  }
}

class Workload {
  /** By storage id. */
  readonly promised = new Map<number, Promised>();
  streamCount = 0;
  private number = 0;

  constructor(private readonly stores: Stores) {}

  /** @param options of the topic */
  async prepare(options: readonly StoredOption[]): Promise<void> {
    await this.stores.commit({ type: "stream-created", stream: 0, name: "s", at: 1 });
    await this.stores.commit({
      type: "topic-created",
      stream: 0,
      topic: 0,
      name: "t",
      at: 2,
      options,
      partitionCount: PARTITION_COUNT,
      firstStorageId: 1,
    });
  }

  async run(next: Step): Promise<void> {
    const { stores } = this;
    const topic = stores.topic!;
    switch (next.kind) {
      case "send":
        return this.send(next.partition, next.payloadBytes);
      case "store":
        return this.store(next.partition, next.consumer, next.back);
      case "sync":
        return stores.partitions.sync();
      case "retain":
        stores.partitions.applyRetention(stores.metadata.catalog.topics());
        return this.noteFirst();
      case "delete-segments":
        stores.partitions.deleteSegments(topic, topic.partitions[next.partition]!, next.count);
        return this.noteFirst();
      case "purge": {
        const firstStorageId = stores.metadata.catalog.nextStorageId;
        return stores.commit({ type: "topic-purged", stream: 0, topic: 0, firstStorageId });
      }
      case "stream": {
        const stream = this.streamCount + 1;
        await stores.commit({ type: "stream-created", stream, name: `s${stream}`, at: 3 });
        this.streamCount = stream;
      }
    }
  }

  private of(storageId: number): Promised {
    const fresh = {
      confirmed: new Map(),
      nextOffset: 0,
      firstOffset: 0,
      tried: new Map(),
      offsets: new Map(),
    };
    const promised: Promised = this.promised.get(storageId) ?? fresh;
    this.promised.set(storageId, promised);
    return promised;
  }

  private async send(index: number, payloadBytes: number): Promise<void> {
    const promised = this.of(this.stores.topic!.partitions[index]!.storageId);
    const partition = await this.stores.partition(index);
    const text = `${++this.number}`.padEnd(payloadBytes);
    const batch = encodeBatch([{ id: 1n, payload: Buffer.from(text), originMicros: 1 }]);
    const { baseOffset, stored } = partition.append(batch, index);
    promised.tried.set(baseOffset, (promised.tried.get(baseOffset) ?? new Set()).add(text));
    await stored;
    promised.confirmed.set(baseOffset, text);
    promised.nextOffset = baseOffset + 1;
  }

  private async store(index: number, consumer: number, back: number): Promise<void> {
    const promised = this.of(this.stores.topic!.partitions[index]!.storageId);
    const partition = await this.stores.partition(index);
    const offset = partition.log.committedNextOffset - 1 - back;
    if (offset < 0) return;
    const known = promised.offsets.get(consumer) ?? { stored: -1, underWay: new Set<number>() };
    promised.offsets.set(consumer, known);
    known.underWay.add(offset);
    await partition.offsets.store("consumer", consumer, offset);
    known.stored = offset;
    known.underWay.clear();
  }

  private noteFirst(): void {
    for (const { storageId } of this.stores.topic!.partitions) {
      const log = this.stores.partitions.find(storageId)?.log;
      if (log !== undefined) this.of(storageId).firstOffset = log.firstOffset;
    }
  }
}

/** A copy that later work does not change. */
function frozen(promised: ReadonlyMap<number, Promised>): Map<number, Promised> {
  return structuredClone(new Map(promised));
}

/** @param isSynced whether what was confirmed must be there; without it a prefix of what was sent is */
async function check(
  found: Partition,
  promised: Promised,
  tried: Promised["tried"],
  isSynced: boolean,
): Promise<void> {
  const { log } = found;
  if (isSynced) expect(log.nextOffset).toBeGreaterThanOrEqual(promised.nextOffset);
  const { records } = await found.read(0, 1_000_000, 100_000_000);
  let offset = log.firstOffset;
  for (const { bytes } of records) {
    for (const message of decodeBatch(bytes, 0).messages) {
      expect(message.offset).toBe(offset);
      const text = Buffer.from(message.payload).toString();
      if (isSynced && offset < promised.nextOffset) expect(text).toBe(promised.confirmed.get(offset));
      else expect(tried.get(offset)).toContain(text);
      offset++;
    }
  }
  expect(offset).toBe(log.nextOffset);
  if (!isSynced) return;
  for (const [consumer, { stored, underWay }] of promised.offsets) {
    const offsetFound = found.offsets.get("consumer", consumer) ?? -1;
    expect([stored, ...underWay]).toContain(offsetFound);
  }
}

const faults = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 3 }), fc.nat(100)), { maxLength: 3 });

describe("the stores of a broker", () => {
  it.each([
    ["keep every promise of a topic that syncs every batch", EVERY_BATCH, true],
    ["keep a prefix without a hole of a topic that syncs nothing", NOTHING, false],
  ] as const)(
    "%s, over refused writes and a loss of power",
    async (_what, options, isSynced) => {
      await assertSeeded(
        fc.asyncProperty(
          fc.array(step, { minLength: 5, maxLength: 30 }),
          faults,
          fc.nat(250),
          fc.infiniteStream(fc.nat(999).map((thousandths) => thousandths / 1000)),
          async (steps, refusals, crashAt, randoms) => {
            const fileSystem = new MemoryFileSystem();
            const stores = await Stores.open(fileSystem);
            const workload = new Workload(stores);
            await workload.prepare(options);
            let crash:
              | {
                  disk: MemoryFileSystem;
                  promised: Map<number, Promised>;
                  streams: number;
                  storage: number[];
                }
              | undefined;
            const storageIds = () => stores.topic!.partitions.map(({ storageId }) => storageId);
            const cutPower = () => {
              if (crash !== undefined) return;
              const disk = fileSystem.crashed(() => randoms.next().value!);
              const promised = frozen(workload.promised);
              crash = { disk, promised, streams: workload.streamCount, storage: storageIds() };
            };
            let operationCount = 0;
            fileSystem.fault = ({ kind, path }) => {
              const count = operationCount++;
              if (count === crashAt) cutPower();
              if (kind === "read" || kind === "open") return undefined;
              const refusal = refusals.find(([at, length]) => count >= at && count < at + length);
              return (
                refusal && {
                  error: systemError("EIO", path),
                  writtenBytes: refusal[2],
                  losesUnsynced: refusal[2] % 2 === 0,
                }
              );
            };
            // What is refused is told; everything else goes on.
            for (const next of steps) await workload.run(next).catch(() => undefined);
            cutPower();
            fileSystem.fault = undefined;
            await stores.close();

            const { disk, promised, streams, storage } = crash!;
            const after = await Stores.open(disk);
            const found = after.topic!.partitions;
            expect(after.metadata.catalog.streams.count - 1).toBeGreaterThanOrEqual(streams);
            // A purge that was on its way may have happened or not, for all partitions alike.
            const isPurged = found[0]!.storageId !== storage[0];
            for (const [index, { storageId }] of found.entries()) {
              expect(storageId !== storage[index]).toBe(isPurged);
              const known = promised.get(storageId);
              const partitionFound = after.partitions.find(storageId);
              if (known === undefined) continue;
              const { tried } = workload.promised.get(storageId)!;
              if (partitionFound !== undefined) await check(partitionFound, known, tried, isSynced);
              else if (isSynced) expect([known.nextOffset, known.offsets.size]).toEqual([0, 0]);
            }
            const again = new Workload(after);
            for (let index = 0; index < PARTITION_COUNT; index++) {
              await again.run({ kind: "send", partition: index, payloadBytes: 5 });
            }
            await after.close();
          },
        ),
        RUN_COUNT,
      );
    },
    seededMillis(RUN_COUNT),
  );
});

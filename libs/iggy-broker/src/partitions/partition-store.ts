import { type Clock, describeError } from "@ims/common";
import { type BlockPool, type FileSystem, MemoryBudget, OpenFiles, PartitionLog } from "@ims/segment-log";
import type { BrokerLogger } from "../broker-options.js";
import type { PartitionEntry, TopicEntry } from "../catalog/catalog.js";
import type { TopicSettings } from "../catalog/topic-settings.js";
import { OffsetFile } from "../offsets/offset-file.js";
import { batchFormat } from "./batch-format.js";
import { Partition } from "./partition.js";
import { Removals } from "./removals.js";
import { countExpired, isPassed } from "./retention.js";

export interface PartitionStoreOptions {
  /** Holds one folder per storage id. */
  readonly directory: string;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly logger: BrokerLogger;
  /** Memory for reads and tails. */
  readonly blocks: BlockPool;
  readonly hotTailBytesMax: number;
  readonly openFileCountMax: number;
}

const OPEN_AT_ONCE_MAX = 16;
const APPEND_SYNC = { none: "never", interval: "later", always: "every-append" } as const;
const OFFSET_SYNC = { none: "never", interval: "later", always: "every-store" } as const;
const READ_AHEAD_BYTES_MAX = 16 * 2 ** 20;

/** All partitions by storage id. Folders appear with the first message or offset and go with the partition. */
export class PartitionStore {
  private readonly partitions = new Map<number, Partition>();
  private readonly opening = new Map<number, Promise<Partition>>();
  private readonly removals: Removals;
  /** Storage ids whose stored offsets could not be synced the last time. */
  private readonly offsetsRefused = new Set<number>();
  private readonly files: OpenFiles;
  private readonly tailBudget: MemoryBudget;
  private readonly readAheadBudget: MemoryBudget;

  constructor(private readonly options: PartitionStoreOptions) {
    this.removals = new Removals(options.logger);
    this.files = new OpenFiles(options.fileSystem, options.openFileCountMax);
    this.readAheadBudget = new MemoryBudget(READ_AHEAD_BYTES_MAX);
    this.tailBudget = new MemoryBudget(options.hotTailBytesMax);
  }

  /** Opens every partition that has a folder and removes the folders that no partition owns any more. */
  async openExisting(settingsOf: ReadonlyMap<number, TopicSettings>): Promise<void> {
    const { directory, fileSystem } = this.options;
    await fileSystem.makeDirectory(directory);
    // What a repair set aside has other names.
    const names = (await fileSystem.list(directory)).filter((name) => /^\d+$/.test(name));
    const next = names.values();
    const work = async () => {
      for (const name of next) {
        const settings = settingsOf.get(Number(name));
        if (settings === undefined) this.remove([Number(name)]);
        else await this.open(Number(name), settings);
      }
    };
    await Promise.all(Array.from({ length: OPEN_AT_ONCE_MAX }, work));
  }

  /** The partition if it is open; one that never was holds nothing. */
  find(storageId: number): Partition | undefined {
    return this.partitions.get(storageId);
  }

  async open(storageId: number, settings: TopicSettings): Promise<Partition> {
    const open = this.partitions.get(storageId);
    if (open !== undefined) return open;
    let opening = this.opening.get(storageId);
    if (opening === undefined) {
      opening = this.load(storageId, settings).finally(() => this.opening.delete(storageId));
      this.opening.set(storageId, opening);
    }
    return opening;
  }

  /** Partitions that have files. */
  get count(): number {
    return this.partitions.size;
  }

  /** Partitions whose disk refused the last append or sync. */
  get refusingCount(): number {
    let count = 0;
    for (const { log } of this.partitions.values()) if (log.isRefusing) count++;
    return count;
  }

  /** Takes partitions away at once; their files are removed behind the scenes. */
  remove(storageIds: readonly number[]): void {
    for (const storageId of storageIds) {
      this.removals.begin({
        name: `partition folder ${storageId}`,
        remove: () => this.removeOne(storageId),
        again: () => this.options.fileSystem.remove(this.directoryOf(storageId)),
      });
    }
  }

  /** Removals that the disk refused; they are tried again with every {@link applyRetention}. */
  get refusedRemovalCount(): number {
    return this.removals.refusedCount;
  }

  /**
   * Removes the oldest sealed segments of a partition, but none with messages that a consumer or group has not come to
   * yet. Readers see the outcome at once; the files go behind the scenes.
   */
  deleteSegments(topic: TopicEntry, { storageId }: PartitionEntry, segmentCountMax: number): void {
    const partition = this.partitions.get(storageId);
    if (partition === undefined) return;
    const barrierOffset = barrierOf(topic, partition);
    const count = partition.log.countOldest(
      ({ nextOffset }) => isPassed(nextOffset, barrierOffset),
      segmentCountMax,
    );
    this.dropOldest(storageId, partition, count);
  }

  /**
   * Removes the segments that are too old or too much for their topics, as {@link deleteSegments} does, and what the disk
   * refused to remove before.
   */
  applyRetention(topics: Iterable<TopicEntry>): void {
    this.removals.retry();
    const nowMicros = this.options.clock.nowMicros();
    for (const topic of topics) {
      const { settings, partitions } = topic;
      for (const { storageId } of partitions) {
        const partition = this.partitions.get(storageId);
        if (partition === undefined) continue;
        const barrierOffset = barrierOf(topic, partition);
        const state = { settings, partitionCount: partitions.length, barrierOffset, nowMicros };
        this.dropOldest(storageId, partition, countExpired(partition.log, state));
      }
    }
  }

  private dropOldest(storageId: number, { log }: Partition, segmentCount: number): void {
    if (segmentCount === 0) return;
    this.removals.begin({
      name: `segments of partition folder ${storageId}`,
      remove: () => log.dropOldest(segmentCount),
      again: () => log.dropOldest(0),
    });
    this.options.logger.info(
      { storageId, segmentCount, firstOffset: log.firstOffset },
      "the oldest segments are deleted",
    );
  }

  /** Deletes what a group had stored, behind the scenes. What a failure leaves is never asked for again. */
  forgetGroup(topic: TopicEntry, groupId: number): void {
    for (const { storageId } of topic.partitions) {
      const offsets = this.partitions.get(storageId)?.offsets;
      if (offsets?.get("group", groupId) === undefined) continue;
      offsets
        .delete("group", groupId)
        .catch((error: unknown) =>
          this.options.logger.warn(
            { error: describeError(error), storageId, groupId },
            "the offset of a deleted group could not be removed",
          ),
        );
    }
  }

  /**
   * Syncs all partitions whose topics want it, one after the other. A failing one is reported once, until it can be synced again, and leaves
   * the others alone.
   */
  async sync(): Promise<void> {
    for (const [storageId, { log, offsets, settings }] of this.partitions) {
      // The log reports by itself that the disk refuses.
      if (settings.messageSync !== "none") await log.sync().catch(() => undefined);
      if (settings.offsetSync === "none") continue;
      await offsets.sync().then(
        () => this.offsetsRefused.delete(storageId),
        (error: unknown) => {
          if (this.offsetsRefused.has(storageId)) return;
          this.offsetsRefused.add(storageId);
          const reason = describeError(error);
          this.options.logger.error({ error: reason, storageId }, "stored offsets could not be synced");
        },
      );
    }
  }

  async close(): Promise<void> {
    while (this.opening.size > 0) await Promise.allSettled(this.opening.values());
    await this.removals.settled();
    const closed = await Promise.allSettled(
      [...this.partitions.values()].map((partition) => partition.close()),
    );
    for (const outcome of closed) {
      if (outcome.status === "rejected") {
        const reason = describeError(outcome.reason);
        this.options.logger.error({ error: reason }, "a partition could not be closed in order");
      }
    }
    await this.files.close();
    this.partitions.clear();
  }

  private async load(storageId: number, settings: TopicSettings): Promise<Partition> {
    const { fileSystem, clock } = this.options;
    const log = await this.openLog(storageId, settings);
    const path = `${this.directoryOf(storageId)}/offsets`;
    const offsets = await OffsetFile.open(
      { path, fileSystem, files: this.files, sync: OFFSET_SYNC[settings.offsetSync] },
      log.committedNextOffset,
    );
    const partition = new Partition(log, offsets, clock, settings);
    this.partitions.set(storageId, partition);
    return partition;
  }

  private openLog(storageId: number, settings: TopicSettings): Promise<PartitionLog> {
    const { fileSystem, clock, logger, blocks } = this.options;
    return PartitionLog.open({
      directory: this.directoryOf(storageId),
      fileSystem,
      files: this.files,
      format: batchFormat,
      clock,
      tailBudget: this.tailBudget,
      readAheadBudget: this.readAheadBudget,
      blocks,
      segmentBytesMax: settings.segmentBytes,
      appendSync: APPEND_SYNC[settings.messageSync],
      onRecovery: (repair) => logger.warn(repair, "unconfirmed bytes at the end of a segment were cut off"),
      onDisk: (state, cause) => {
        const { refusingCount: refusingPartitionCount } = this;
        const context = { storageId, refusingPartitionCount };
        if (state === "accepting") logger.info(context, "the disk takes messages of a partition again");
        else
          logger.error(
            { ...context, error: describeError(cause) },
            "the disk refuses messages of a partition; it is read only until it takes them again",
          );
      },
    });
  }

  private async removeOne(storageId: number): Promise<void> {
    const partition =
      (await this.opening.get(storageId)?.catch(() => undefined)) ?? this.partitions.get(storageId);
    this.partitions.delete(storageId);
    await partition?.settled();
    partition?.log.abandon();
    await partition?.offsets.close().catch(() => undefined);
    await this.options.fileSystem.remove(this.directoryOf(storageId));
  }

  private directoryOf(storageId: number): string {
    return `${this.options.directory}/${storageId}`;
  }
}

/** The smallest offset that a consumer or an existing group has stored; undefined when there is none. */
function barrierOf(topic: TopicEntry, { offsets }: Partition): number | undefined {
  return offsets.lowest((kind, id) => kind === "consumer" || topic.groups.find(id) !== undefined);
}

import type { ImsError } from "@ims/common";
import { fail } from "../errors.js";
import { recoverSegments } from "../recovery/recover-log.js";
import { loadIndex } from "../recovery/recover-segment.js";
import type { Segment } from "../segment/segment.js";
import { SYNCED_MARK_NAME, SyncedMarkFile } from "../segment/synced-mark.js";
import { AppendQueue, type PendingAppend } from "./append-queue.js";
import { checkedAppend } from "./checked-append.js";
import { DiskState } from "./disk-state.js";
import { GoneSegments } from "./gone-segments.js";
import { HotTail } from "./hot-tail.js";
import { type LogContext, logContext, type PartitionLogOptions, type SealedSegment } from "./log-context.js";
import { LogReader, type ReadLimits } from "./log-reader.js";
import { LogSync } from "./log-sync.js";
import { ReadAhead } from "./read-ahead.js";
import type { LogRead } from "./record-format.js";
import { SegmentChain } from "./segment-chain.js";
import { SettledWaiters } from "./settled-waiters.js";

/**
 * An append-only log of records with consecutive offsets, kept in segments.
 *
 * Appends are confirmed in order, each when its bytes are written (and synced, with `appendSync: "every-append"`).
 * What arrives during one write goes out with the next, so a lone append waits for nothing.
 *
 * Invariants: `firstOffset <= committedNextOffset <= nextOffset`; readers see offsets below `committedNextOffset` only;
 * a segment is synced before the next one is begun, so only the newest can be torn; `appendSync: "never"` alone leaves
 * that to the recovery, which then keeps what lies in front of the first damage behind the last sync.
 */
export class PartitionLog {
  private readonly segments: SegmentChain;
  private readonly queue = new AppendQueue();
  private readonly tail: HotTail;
  private readonly reader: LogReader;
  private readonly ahead: ReadAhead;
  private readonly disk: DiskState;
  private readonly mark: SyncedMarkFile;
  private readonly syncer: LogSync;
  private readonly gone: GoneSegments;
  private pumping: Promise<void> | undefined;
  private readonly waiters = new SettledWaiters();
  private refusal: ImsError | undefined;
  /** The newest segment's file may hold more than the segment counts. */
  private hasRemnant = false;
  private stampedNextOffset: number;
  private visibleNextOffset: number;
  private storedBytes: number;

  private constructor(
    private readonly context: LogContext,
    segments: Segment[],
    markSequence: number,
  ) {
    this.segments = new SegmentChain(context, segments);
    this.disk = new DiskState(context.onDisk);
    const markPath = `${context.directory}/${SYNCED_MARK_NAME}`;
    this.mark = new SyncedMarkFile(markPath, context.files, markSequence);
    const { newest } = this.segments;
    // A log that never syncs relies on the first sync to tell of writes that failed behind its back.
    const isUnsure = context.appendSync !== "never" && !(newest?.isSynced ?? true);
    this.syncer = new LogSync(() => this.unsynced(), this.mark, this.disk, isUnsure);
    this.gone = new GoneSegments(context, () => this.syncer.sync());
    this.tail = new HotTail(context.tailBudget, context.tailBytesMax, context.blocks);
    this.reader = new LogReader(context, segments);
    this.ahead = new ReadAhead(
      (offset, endOffset, limits) => this.reader.read(offset, endOffset, limits),
      context.readAheadBudget,
    );
    this.visibleNextOffset = newest?.nextOffset ?? 0;
    this.stampedNextOffset = this.visibleNextOffset;
    this.storedBytes = segments.reduce((sum, segment) => sum + segment.recordBytes, 0);
  }

  /**
   * Opens the log in a folder, or an empty one where there is none; nothing is created before the first append.
   * @throws ImsError `log.corrupt`, `log.gap`, `log.format`
   */
  static async open(options: PartitionLogOptions): Promise<PartitionLog> {
    const context = logContext(options);
    const { segments, markSequence } = await recoverSegments(context);
    const active = segments.at(-1);
    if (active !== undefined) active.index ??= await loadIndex(context, active);
    const log = new PartitionLog(context, segments, markSequence);
    // Readers see what was found, also a record whose append was never confirmed; it must not vanish again. A disk that
    // refuses this is made up for by the next append or sync.
    if (context.appendSync === "every-append") await log.sync().catch(() => undefined);
    return log;
  }

  /** Offset of the oldest message kept. */
  get firstOffset(): number {
    return this.segments.oldest?.baseOffset ?? 0;
  }

  /** The offset that the next append must carry; counts appends that are not yet confirmed. */
  get nextOffset(): number {
    return this.stampedNextOffset;
  }

  /** Offset behind the last message that readers see. */
  get committedNextOffset(): number {
    return this.visibleNextOffset;
  }

  /** Messages that readers see. */
  get messageCount(): number {
    return this.visibleNextOffset - this.firstOffset;
  }

  /** Bytes of the records that readers see. */
  get sizeBytes(): number {
    return this.storedBytes;
  }

  get segmentCount(): number {
    return this.segments.count;
  }

  /** Timestamp of the last committed record, microseconds since 1970; 0 when there is none. */
  get lastTimestampMicros(): number {
    return this.segments.newest?.lastTimestampMicros ?? 0;
  }

  /** Whether the disk refused the last append or sync. Reads go on, and so do appends as soon as it takes them. */
  get isRefusing(): boolean {
    return this.disk.isRefusing;
  }

  /** Bytes of appends not yet confirmed. */
  get pendingBytes(): number {
    return this.queue.bytes;
  }

  /**
   * Appends one record that was stamped with {@link nextOffset}. The bytes must not change before the result settles;
   * after that they are the caller's again.
   * @returns when the record is written, and synced if the log was opened so
   * @throws ImsError (rejected) `log.write-failed` when the disk refused it: this and all later pending appends are
   *   undone and `nextOffset` steps back; `log.closed`, `log.record-invalid`
   */
  append(record: Uint8Array): Promise<void> {
    const pending = this.refusal ?? checkedAppend(this.context, record, this.stampedNextOffset);
    if (pending instanceof Error) return Promise.reject(pending);
    this.stampedNextOffset += pending.messageCount;
    return new Promise((resolve, reject) => {
      this.queue.push({ ...pending, resolve, reject });
      this.pumping ??= this.pump();
    });
  }

  /** Resolves when every append made so far is confirmed or refused; later ones do not prolong the wait. */
  settled(): Promise<void> {
    const targetOffset = this.stampedNextOffset;
    if (this.visibleNextOffset >= targetOffset) return Promise.resolve();
    return this.waiters.wait(targetOffset);
  }

  /** Reads committed records from the one that holds `offset`; from the oldest one when that is gone. */
  async read(offset: number, limits: ReadLimits): Promise<LogRead> {
    this.checkOpen();
    const from = Math.max(offset, this.firstOffset);
    if (from >= this.visibleNextOffset) return NOTHING_READ;
    if (from >= this.tail.firstOffset) return this.tail.read(from, limits.bytesMax, limits.messageCountMax);
    return this.ahead.read(from, this.visibleNextOffset, limits);
  }

  /** Offset of the first record appended at that time or later; `committedNextOffset` when there is none. */
  async offsetOfTimestamp(timestampMicros: number): Promise<number> {
    this.checkOpen();
    return this.reader.offsetOfTimestamp(timestampMicros, this.visibleNextOffset);
  }

  /**
   * Makes all confirmed records survive a loss of power. Calls during a running sync join the next one.
   * @throws ImsError `log.sync-failed` when the disk refuses; what is not certain then is written again before the next
   *   append, and by the next sync. `log.failed` when it cannot be, because bytes are gone
   */
  async sync(): Promise<void> {
    if (this.refusal === undefined) await this.syncer.sync();
  }

  /** How many of the oldest segments may go in a row, the newest one never among them. */
  countOldest(mayGo: (segment: SealedSegment) => boolean, countMax: number): number {
    return this.segments.countOldest(mayGo, countMax);
  }

  /**
   * Takes the oldest segments away: readers see them no more, and those within one go on with the first that stays.
   * @param count at most as many as {@link countOldest} says
   * @returns when their files are gone
   * @throws the operating system's error or `log.sync-failed`; the next call tries those files again
   */
  async dropOldest(count: number): Promise<void> {
    this.checkOpen();
    if (count === 0 && this.gone.isEmpty) return;
    const dropped = this.segments.takeOldest(count);
    this.storedBytes -= dropped.reduce((sum, segment) => sum + segment.recordBytes, 0);
    this.ahead.dropHeld();
    await this.gone.remove(dropped);
  }

  /**
   * Confirms what is pending, syncs, writes the index and lets go of every file.
   * @throws ImsError `log.sync-failed`, `log.failed`; the files are let go of all the same
   */
  async close(): Promise<void> {
    if (this.refusal?.code === "log.closed") return;
    await this.pumping;
    try {
      await this.sync();
      if (this.refusal === undefined) await this.segments.newest?.writeIndex();
    } finally {
      this.abandon();
    }
  }

  /** Takes no more calls and lets go of every file without writing anything, as before the folder is removed. */
  abandon(): void {
    this.refusal = fail("log.closed", `the log in ${this.context.directory} is closed`);
    this.tail.dropHeld();
    this.ahead.dropHeld();
    this.mark.forget();
    for (const segment of this.segments.list) this.context.files.forget(segment.path);
  }

  private async pump(): Promise<void> {
    while (!this.queue.isEmpty) {
      let group: PendingAppend[] = [];
      try {
        if (this.hasRemnant) await this.discardRemnant();
        const active = await this.segments.active(() => this.sync());
        group = this.queue.takeGroup(this.context.segmentBytesMax - active.sizeBytes);
        await this.store(active, group);
      } catch (error) {
        await this.undo(group, error);
      }
      this.waiters.settled(this.queue.isEmpty ? Number.POSITIVE_INFINITY : this.visibleNextOffset);
    }
    // In the same turn as the look at the queue: an append in between would find a pump that no longer looks.
    this.pumping = undefined;
  }

  private unsynced(): readonly Segment[] {
    const kept = this.segments.unsynced();
    return this.context.appendSync === "never" ? [...this.gone.unsynced, ...kept] : kept;
  }

  /** Writes a group, syncs it if every append is, and shows it to readers. */
  private async store(active: Segment, group: readonly PendingAppend[]): Promise<void> {
    const before = active.summary();
    await this.syncer.whileWriting(async () => {
      await active.write(group.map((append) => append.record));
      for (const { baseOffset, messageCount, record, timestampMicros } of group) {
        active.advance(baseOffset, messageCount, record.length, timestampMicros);
      }
    });
    if (this.context.appendSync === "every-append") {
      try {
        await this.syncer.sync();
      } catch (error) {
        active.restore(before);
        throw error;
      }
    }
    for (const { baseOffset, messageCount, record } of group) {
      this.tail.add({ bytes: record, baseOffset, messageCount });
      this.storedBytes += record.length;
    }
    this.visibleNextOffset = active.nextOffset;
    this.disk.accepts("write");
    for (const append of group) append.resolve();
  }

  /** The failed group and everything stamped behind it are refused together, so the next offset is certain again. */
  private async undo(group: readonly PendingAppend[], cause: unknown): Promise<void> {
    const { directory } = this.context;
    this.disk.refuses("write", cause);
    const error =
      this.refusal ?? fail("log.write-failed", `a record could not be stored in ${directory}`, { cause });
    const refused = [...group, ...this.queue.takeAll()];
    this.stampedNextOffset = this.visibleNextOffset;
    this.hasRemnant = true;
    // Tried again before the next write: a refused record must not come to stand behind a later one.
    await this.discardRemnant().catch(() => undefined);
    for (const append of refused) append.reject(error);
  }

  private async discardRemnant(): Promise<void> {
    const { newest } = this.segments;
    if (this.refusal === undefined && newest !== undefined) {
      await newest.discardUnaccounted();
      // Where later appends are not synced, nothing else would keep the refused ones from standing in their place.
      if (this.context.appendSync !== "every-append") await this.syncer.sync(true);
    }
    this.hasRemnant = false;
  }

  private checkOpen(): void {
    if (this.refusal?.code === "log.closed") throw this.refusal;
  }
}

const NOTHING_READ: LogRead = { records: [], release: () => undefined };

import { fail } from "../errors.js";
import type { Segment } from "../segment/segment.js";
import type { SyncedMarkFile } from "../segment/synced-mark.js";
import type { DiskState } from "./disk-state.js";

/** An index file is written again when this much was appended and synced since the last one. */
const INDEX_CHECKPOINT_BYTES = 64 * 2 ** 20;

/**
 * Syncs the newest segments of a log and makes up for a sync that failed: nobody knows then what of the unsynced bytes is
 * on disk, so they are read, checked and written again before anything else is.
 *
 * Invariants: nothing is written to a segment while its unsynced bytes are written again; segments are synced in the order
 * of their offsets, so what the mark says of one holds for all before it.
 */
export class LogSync {
  private syncing: Promise<void> | undefined;
  private writing: Promise<void> | undefined;

  /**
   * @param unsynced the newest segment, and those before it that were not synced when they were sealed
   * @param isUnsure a sync failed and none has succeeded since, maybe that of a process before this one
   */
  constructor(
    private readonly unsynced: () => readonly Segment[],
    private readonly mark: SyncedMarkFile,
    private readonly disk: DiskState,
    private isUnsure: boolean,
  ) {}

  /** Runs a write to the newest segment, once everything before it is certain. */
  async whileWriting(work: () => Promise<void>): Promise<void> {
    while (this.isUnsure) await this.sync();
    this.writing = work();
    try {
      await this.writing;
    } finally {
      this.writing = undefined;
    }
  }

  /**
   * Makes everything that the segments count survive a loss of power. Calls during a running sync join the next one.
   * @param isCut the newest file was cut, which must survive too although nothing was added
   * @throws ImsError `log.sync-failed`, `log.failed`
   */
  async sync(isCut = false): Promise<void> {
    while (this.syncing !== undefined) await this.syncing;
    const segments = this.unsynced();
    const newest = segments.at(-1);
    if (newest === undefined) return;
    if (!isCut && !this.isUnsure && newest.isSynced) return;
    this.syncing = this.syncAll(segments).finally(() => {
      this.syncing = undefined;
    });
    await this.syncing;
  }

  private async syncAll(segments: readonly Segment[]): Promise<void> {
    for (const segment of segments) await this.syncSegment(segment);
    this.isUnsure = false;
    this.disk.accepts("sync");
  }

  private async syncSegment(segment: Segment): Promise<void> {
    try {
      if (this.isUnsure) await this.rewrite(segment);
      await segment.sync();
    } catch (cause) {
      this.isUnsure = true;
      const error =
        cause instanceof DamagedTail
          ? fail("log.failed", `${segment.path} is damaged at byte ${cause.position} after a failed sync`, {
              context: { path: segment.path, position: cause.position },
            })
          : fail("log.sync-failed", `${segment.path} could not be synced`, { cause });
      this.disk.refuses("sync", error);
      throw error;
    }
    const { baseOffset, syncedBytes } = segment;
    await this.mark.write({ baseOffset, syncedBytes });
    if (segment.sizeBytes - segment.indexedBytes >= INDEX_CHECKPOINT_BYTES)
      await segment.writeIndex().catch(() => undefined);
  }

  private async rewrite(segment: Segment): Promise<void> {
    await this.writing?.catch(() => undefined);
    const position = await segment.rewriteUnsynced();
    if (position !== undefined) throw new DamagedTail(position);
  }
}

class DamagedTail extends Error {
  constructor(readonly position: number) {
    super("bytes were lost by a failed sync");
  }
}

import { fail } from "../errors.js";
import type { Segment } from "../segment/segment.js";
import type { SyncedMarkFile } from "../segment/synced-mark.js";
import type { DiskState } from "./disk-state.js";

/** An index file is written again when this much was appended and synced since the last one. */
const INDEX_CHECKPOINT_BYTES = 64 * 2 ** 20;

/**
 * Syncs the newest segment of a log and makes up for a sync that failed: nobody knows then what of the unsynced bytes is
 * on disk, so they are read, checked and written again before anything else is.
 *
 * Invariant: nothing is written to the segment while its unsynced bytes are written again.
 */
export class LogSync {
  private syncing: Promise<void> | undefined;
  private writing: Promise<void> | undefined;
  /** A sync failed and none has succeeded since. */
  private isUnsure = false;

  constructor(
    private readonly newest: () => Segment | undefined,
    private readonly mark: SyncedMarkFile,
    private readonly disk: DiskState,
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
   * Makes everything that the segment counts survive a loss of power. Calls during a running sync join the next one.
   * @throws ImsError `log.sync-failed`, `log.failed`
   */
  async sync(): Promise<void> {
    while (this.syncing !== undefined) await this.syncing;
    const segment = this.newest();
    if (segment === undefined || (!this.isUnsure && segment.syncedBytes === segment.sizeBytes)) return;
    this.syncing = this.syncSegment(segment).finally(() => {
      this.syncing = undefined;
    });
    await this.syncing;
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
    this.isUnsure = false;
    this.disk.accepts("sync");
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

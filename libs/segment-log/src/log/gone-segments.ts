import type { Segment } from "../segment/segment.js";
import type { LogContext } from "./log-context.js";

/**
 * Segments that a log no longer has, whose files are still to be removed. A file that cannot be removed is tried again
 * with the next ones; until then a restart finds its messages again.
 */
export class GoneSegments {
  private readonly waiting: Segment[] = [];
  private removing: Promise<void> = Promise.resolve();

  /**
   * @param secure syncs the log, {@link unsynced} included: the newest segment alone says with which offset the log goes
   *   on, and where one is known to be on disk those before it must be too, as long as their files are there
   */
  constructor(
    private readonly context: LogContext,
    private readonly secure: () => Promise<void>,
  ) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Those that are not on disk. */
  get unsynced(): readonly Segment[] {
    return this.waiting.filter(({ isSynced }) => !isSynced);
  }

  /** Removes the files of these segments, the oldest of the log, and of those that are left from before. */
  remove(segments: readonly Segment[]): Promise<void> {
    this.waiting.push(...segments);
    const removing = this.removing.then(() => this.removeWaiting());
    this.removing = removing.catch(() => undefined);
    return removing;
  }

  private async removeWaiting(): Promise<void> {
    const { fileSystem, files, directory } = this.context;
    if (this.waiting.length === 0) return;
    await this.secure();
    for (let segment = this.waiting[0]; segment !== undefined; segment = this.waiting[0]) {
      await fileSystem.remove(segment.path);
      files.forget(segment.path);
      // One at a time: a loss of power may take a later removal and leave an earlier one, which would be a gap.
      await fileSystem.syncDirectory(directory);
      await fileSystem.remove(segment.indexPath);
      this.waiting.shift();
    }
  }
}

import type { Clock } from "@ims/common";
import { stampBatch } from "@ims/iggy-protocol";
import type { LogRead, PartitionLog } from "@ims/segment-log";
import type { OffsetFile } from "../offsets/offset-file.js";

/** Where a poll begins, already freed of identifiers. */
export type PollStart =
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "timestamp"; readonly micros: number }
  | { readonly kind: "last" };

/** Messages and stored offsets of one partition. */
export class Partition {
  private lastTimestampMicros: number;
  private readCount = 0;
  private onUnread: (() => void) | undefined;
  private replacing: Promise<void> | undefined;

  constructor(
    private current: PartitionLog,
    readonly offsets: OffsetFile,
    private readonly clock: Clock,
  ) {
    this.lastTimestampMicros = current.lastTimestampMicros;
  }

  get log(): PartitionLog {
    return this.current;
  }

  /** Resolves when the log can be used; undefined when it can be at once. To be asked before every append. */
  get replaced(): Promise<void> | undefined {
    return this.replacing;
  }

  /** Resolves when every append made so far is confirmed or refused. */
  async settled(): Promise<void> {
    while (this.replacing !== undefined) await this.replacing;
    await this.current.settled();
  }

  /**
   * Closes the log for some work on its files and goes on with the one that the work opens. Requests wait meanwhile.
   * When it fails, the closed log stays and refuses them.
   */
  replaceLog(work: (log: PartitionLog) => Promise<PartitionLog>): Promise<void> {
    const before = this.replacing;
    const replacing = (async () => {
      await before?.catch(() => undefined);
      while (this.readCount > 0) {
        await new Promise<void>((resolve) => {
          this.onUnread = resolve;
        });
      }
      await this.current.close();
      this.current = await work(this.current);
    })().finally(() => {
      if (this.replacing === waitable) this.replacing = undefined;
    });
    // Those who wait are not told of a failure: the closed log tells them.
    const waitable = replacing.catch(() => undefined);
    this.replacing = waitable;
    return replacing;
  }

  /** Last offset that readers see, 0 when there is none: see `log.messageCount`. */
  get currentOffset(): number {
    return Math.max(0, this.log.committedNextOffset - 1);
  }

  /**
   * Stamps a valid batch in place and appends it. The bytes must stay as they are until it is stored.
   * @returns the offset of its first message, at once, and a promise that it is stored as the topic demands
   */
  append(
    batch: Uint8Array,
    partitionId: number,
  ): { readonly baseOffset: number; readonly stored: Promise<void> } {
    const baseOffset = this.log.nextOffset;
    // Time looked up by binary search must not go back when the machine's clock does.
    this.lastTimestampMicros = Math.max(this.lastTimestampMicros, this.clock.nowMicros());
    stampBatch(batch, 0, { partitionId, baseOffset, baseTimestampMicros: this.lastTimestampMicros });
    return { baseOffset, stored: this.log.append(batch) };
  }

  /** The offset where a poll begins; at or beyond `log.committedNextOffset` when there is nothing to read. */
  async startOffset(start: PollStart, count: number): Promise<number> {
    switch (start.kind) {
      case "offset":
        return Math.max(start.offset, this.log.firstOffset);
      case "timestamp":
        return this.whileReading((log) => log.offsetOfTimestamp(start.micros));
      case "last":
        return Math.max(this.log.committedNextOffset - count, this.log.firstOffset);
    }
  }

  read(offset: number, messageCountMax: number, bytesMax: number): Promise<LogRead> {
    return this.whileReading((log) => log.read(offset, { messageCountMax, bytesMax }));
  }

  async sync(): Promise<void> {
    while (this.replacing !== undefined) await this.replacing;
    await this.log.sync();
    await this.offsets.sync();
  }

  /** Writes and syncs everything and lets go of the files. */
  async close(): Promise<void> {
    while (this.replacing !== undefined) await this.replacing;
    try {
      await this.log.close();
    } finally {
      await this.offsets.close();
    }
  }

  private async whileReading<Result>(read: (log: PartitionLog) => Promise<Result>): Promise<Result> {
    while (this.replacing !== undefined) await this.replacing;
    this.readCount++;
    try {
      return await read(this.current);
    } finally {
      this.readCount--;
      if (this.readCount === 0) this.onUnread?.();
    }
  }
}

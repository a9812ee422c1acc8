import type { Clock } from "@ims/common";
import { stampBatch } from "@ims/iggy-protocol";
import type { LogRead, PartitionLog } from "@ims/segment-log";
import type { TopicSettings } from "../catalog/topic-settings.js";
import type { OffsetFile } from "../offsets/offset-file.js";

/** Where a poll begins, already freed of identifiers. */
export type PollStart =
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "timestamp"; readonly micros: number }
  | { readonly kind: "last" };

/** Messages and stored offsets of one partition. */
export class Partition {
  private lastTimestampMicros: number;

  constructor(
    readonly log: PartitionLog,
    readonly offsets: OffsetFile,
    private readonly clock: Clock,
    /** When what is stored is synced; fixed for the life of a topic. */
    readonly settings: Pick<TopicSettings, "messageSync" | "offsetSync">,
  ) {
    this.lastTimestampMicros = log.lastTimestampMicros;
  }

  /** Resolves when every append made so far is confirmed or refused. */
  settled(): Promise<void> {
    return this.log.settled();
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
        return this.log.offsetOfTimestamp(start.micros);
      case "last":
        return Math.max(this.log.committedNextOffset - count, this.log.firstOffset);
    }
  }

  read(offset: number, messageCountMax: number, bytesMax: number): Promise<LogRead> {
    return this.log.read(offset, { messageCountMax, bytesMax });
  }

  /** Writes and syncs everything and lets go of the files. */
  async close(): Promise<void> {
    try {
      await this.log.close();
    } finally {
      await this.offsets.close();
    }
  }
}

import {
  BATCH_AT,
  type BatchSlice,
  decodeBatch,
  type PollingStrategy,
  sliceBatch,
  stampBatch,
  viewOf,
} from "@ims/iggy-protocol";

/** A stored message, for the judgement of a test. */
export interface StoredMessage {
  readonly offset: number;
  readonly id: bigint;
  readonly payload: Uint8Array;
}

interface StoredBatch {
  readonly bytes: Uint8Array;
  readonly baseOffset: number;
  readonly timestampMicros: number;
}

/** What a poll found: pieces of stored batches and the last offset among them, −1 = none. */
export interface PollResult {
  readonly batches: Uint8Array;
  readonly messageCount: number;
  readonly lastOffset: number;
}

/** One partition: batches as they came, stamped, and the offsets that consumers stored. */
export class PartitionModel {
  readonly messages: StoredMessage[] = [];
  /** Stored offsets, by "consumer 1" or "group 0". */
  readonly offsets = new Map<string, number>();
  private batches: StoredBatch[] = [];

  constructor(
    readonly id: number,
    readonly createdAtMicros: number,
  ) {}

  /** Last assigned offset, 0 when the partition is empty. */
  get currentOffset(): number {
    return Math.max(0, this.messages.length - 1);
  }

  get sizeBytes(): number {
    return this.batches.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Stores a valid batch, which is copied; returns the offset of its first message. */
  append(batch: Uint8Array, nowMicros: number): number {
    const bytes = batch.slice();
    const baseOffset = this.messages.length;
    stampBatch(bytes, 0, { partitionId: this.id, baseOffset, baseTimestampMicros: nowMicros });
    this.batches.push({ bytes, baseOffset, timestampMicros: nowMicros });
    for (const { offset, id, payload } of decodeBatch(bytes).messages)
      this.messages.push({ offset, id, payload });
    return baseOffset;
  }

  /** @param consumerKey whose stored offset "next" continues behind */
  poll(strategy: PollingStrategy, count: number, consumerKey: string): PollResult {
    const from = this.startOf(strategy, count, consumerKey);
    const pieces: Uint8Array[] = [];
    let messageCount = 0;
    let lastOffset = -1;
    for (const { bytes } of this.batches) {
      if (messageCount >= count) break;
      const slice: BatchSlice | undefined = sliceBatch(bytes, 0, from, count - messageCount);
      if (!slice) continue;
      pieces.push(slice.header, bytes.subarray(slice.framesStart, slice.framesEnd));
      messageCount += slice.messageCount;
      lastOffset = slice.lastOffset;
    }
    return { batches: Buffer.concat(pieces), messageCount, lastOffset };
  }

  /** Everything goes, offsets included; the next message gets offset 0. */
  purge(): void {
    this.messages.length = 0;
    this.batches = [];
    this.offsets.clear();
  }

  /** Damages a stored batch, as a fault of the disk would: its checksum no longer holds. */
  damage(batchIndex: number): void {
    const batch = this.batches[batchIndex];
    if (!batch) throw new Error(`partition ${this.id} has no batch ${batchIndex}`);
    const view = viewOf(batch.bytes);
    view.setUint8(BATCH_AT.checksum, view.getUint8(BATCH_AT.checksum) ^ 1);
  }

  private startOf(strategy: PollingStrategy, count: number, consumerKey: string): number {
    switch (strategy.kind) {
      case "offset":
        return Number(strategy.value);
      case "timestamp": {
        const found = this.batches.find(({ timestampMicros }) => timestampMicros >= Number(strategy.value));
        return found?.baseOffset ?? this.messages.length;
      }
      case "first":
        return 0;
      case "last":
        return Math.max(0, this.messages.length - count);
      case "next":
        return (this.offsets.get(consumerKey) ?? -1) + 1;
    }
  }
}

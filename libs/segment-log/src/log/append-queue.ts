/** One record on its way into the log. */
export interface PendingAppend {
  readonly record: Uint8Array;
  readonly baseOffset: number;
  readonly messageCount: number;
  readonly timestampMicros: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One write takes no more than this, so that a confirmation never waits for an endless group. */
const GROUP_BYTES_MAX = 8 * 2 ** 20;
const GROUP_COUNT_MAX = 512;

/** Appends that wait for the write before them; what gathers meanwhile is written together. */
export class AppendQueue {
  private waiting: PendingAppend[] = [];
  private waitingBytes = 0;

  get bytes(): number {
    return this.waitingBytes;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  push(append: PendingAppend): void {
    this.waiting.push(append);
    this.waitingBytes += append.record.length;
  }

  /** Takes the next group: at least one record, and none that would begin at or behind `roomBytes`. */
  takeGroup(roomBytes: number): PendingAppend[] {
    let count = 0;
    let bytes = 0;
    while (count < this.waiting.length && count < GROUP_COUNT_MAX) {
      const recordBytes = this.waiting[count]!.record.length;
      if (count > 0 && (bytes >= roomBytes || bytes + recordBytes > GROUP_BYTES_MAX)) break;
      bytes += recordBytes;
      count++;
    }
    if (count === this.waiting.length) return this.takeAll();
    this.waitingBytes -= bytes;
    return this.waiting.splice(0, count);
  }

  takeAll(): PendingAppend[] {
    const all = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    return all;
  }
}

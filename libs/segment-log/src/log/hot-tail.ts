import type { HotTailBudget, TailOwner } from "./hot-tail-budget.js";
import type { LogRecord } from "./record-format.js";

/**
 * The newest records of one log in memory, so that readers who keep up never touch the disk.
 * Invariant: records are consecutive in offset and end with the log's last committed record, or there are none.
 */
export class HotTail implements TailOwner {
  private records: LogRecord[] = [];
  private first = 0;
  private bytes = 0;

  constructor(
    private readonly budget: HotTailBudget,
    private readonly bytesMax: number,
  ) {}

  get tailBytes(): number {
    return this.bytes;
  }

  /** Offset of the oldest message in memory; infinite when there is none. */
  get firstOffset(): number {
    return this.records[this.first]?.baseOffset ?? Number.POSITIVE_INFINITY;
  }

  /** Keeps a record; older ones leave when the bound is reached. */
  add(record: LogRecord): void {
    this.records.push(withoutSlack(record));
    this.bytes += record.bytes.length;
    let releasedBytes = 0;
    while (this.bytes > this.bytesMax && this.first < this.records.length) {
      const oldestBytes = this.records[this.first]!.bytes.length;
      this.records[this.first++] = EMPTY;
      this.bytes -= oldestBytes;
      releasedBytes += oldestBytes;
    }
    this.compact();
    this.budget.change(this, record.bytes.length - releasedBytes);
  }

  /** Index of the record that holds the offset, to be used with {@link at} before anything else happens. */
  find(offset: number): number {
    let low = this.first;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.records[middle]!.baseOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  at(index: number): LogRecord | undefined {
    return this.records[index];
  }

  dropTail(): void {
    const releasedBytes = this.bytes;
    this.records = [];
    this.first = 0;
    this.bytes = 0;
    this.budget.change(this, -releasedBytes);
  }

  private compact(): void {
    if (this.first < 1024 || this.first * 2 < this.records.length) return;
    this.records = this.records.slice(this.first);
    this.first = 0;
  }
}

const EMPTY: LogRecord = { bytes: new Uint8Array(0), baseOffset: 0, messageCount: 0 };

/** A short view of a large buffer would keep all of it alive, beyond what the budget counts. */
function withoutSlack(record: LogRecord): LogRecord {
  const { bytes } = record;
  return bytes.buffer.byteLength <= bytes.length * 2 ? record : { ...record, bytes: new Uint8Array(bytes) };
}

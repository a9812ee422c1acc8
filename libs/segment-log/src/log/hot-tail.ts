import type { BlockPool } from "../memory/block-pool.js";
import type { MemoryBudget, MemoryHolder } from "../memory/memory-budget.js";
import type { LogRead, LogRecord } from "./record-format.js";

/** Slabs grow with the tail up to this part of its bound, so that dropping the oldest one drops little. */
const SLAB_SHARE = 16;
const SLAB_BYTES_MIN = 4096;
const SLAB_BYTES_MAX = 1024 * 1024;

/** Memory for records one behind the other. */
interface Slab {
  readonly bytes: Uint8Array;
  usedBytes: number;
  recordCount: number;
  /** Reads that have not been released. */
  readerCount: number;
  /** No longer part of the tail: its memory is free once the last reader is done. */
  retired: boolean;
}

interface TailRecord extends LogRecord {
  readonly slab: Slab;
}

/**
 * Copies of the newest records of one log in memory, so that readers who keep up never touch the disk.
 * Invariant: records are consecutive in offset and end with the log's last committed record, or there are none.
 */
export class HotTail implements MemoryHolder {
  private records: TailRecord[] = [];
  private first = 0;
  private slabs: Slab[] = [];
  private bytes = 0;

  constructor(
    private readonly budget: MemoryBudget,
    private readonly bytesMax: number,
    private readonly blocks: BlockPool,
  ) {}

  /** Memory of the slabs. */
  get heldBytes(): number {
    return this.bytes;
  }

  /** Offset of the oldest message in memory; infinite when there is none. */
  get firstOffset(): number {
    return this.records[this.first]?.baseOffset ?? Number.POSITIVE_INFINITY;
  }

  /** Keeps a copy of a record; older ones leave when the bound is reached. */
  add({ bytes, baseOffset, messageCount }: LogRecord): void {
    const bytesBefore = this.bytes;
    const slab = this.slabFor(bytes.length);
    const copy = slab.bytes.subarray(slab.usedBytes, slab.usedBytes + bytes.length);
    copy.set(bytes);
    slab.usedBytes += bytes.length;
    slab.recordCount++;
    this.records.push({ bytes: copy, baseOffset, messageCount, slab });
    while (this.bytes > this.bytesMax && this.slabs.length > 0) this.dropOldest();
    this.compact();
    this.budget.change(this, this.bytes - bytesBefore);
  }

  /** Records from the one that holds `offset`, which must not lie before {@link firstOffset}. */
  read(offset: number, bytesMax: number, messageCountMax: number): LogRead {
    const records: TailRecord[] = [];
    let bytes = 0;
    let messageCount = 0;
    for (let at = this.find(offset); messageCount < messageCountMax; at++) {
      const record = this.records[at];
      if (record === undefined || (records.length > 0 && bytes + record.bytes.length > bytesMax)) break;
      records.push(record);
      record.slab.readerCount++;
      bytes += record.bytes.length;
      messageCount += record.baseOffset + record.messageCount - Math.max(offset, record.baseOffset);
    }
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      for (const { slab } of records) {
        slab.readerCount--;
        this.reuse(slab);
      }
    };
    return { records, release };
  }

  dropHeld(): void {
    const releasedBytes = this.bytes;
    while (this.slabs.length > 0) this.dropOldest();
    this.records = [];
    this.first = 0;
    this.budget.change(this, -releasedBytes);
  }

  /** Index of the record that holds the offset. */
  private find(offset: number): number {
    let low = this.first;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.records[middle]!.baseOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private slabFor(byteCount: number): Slab {
    const newest = this.slabs.at(-1);
    if (newest !== undefined && newest.usedBytes + byteCount <= newest.bytes.length) return newest;
    const largest = Math.min(SLAB_BYTES_MAX, Math.floor(this.bytesMax / SLAB_SHARE));
    const usual = Math.min(largest, Math.max(SLAB_BYTES_MIN, this.bytes));
    const bytes = this.blocks.take(Math.max(byteCount, usual));
    const slab = { bytes, usedBytes: 0, recordCount: 0, readerCount: 0, retired: false };
    this.slabs.push(slab);
    this.bytes += bytes.length;
    return slab;
  }

  private dropOldest(): void {
    const slab = this.slabs.shift()!;
    for (let count = slab.recordCount; count > 0; count--) this.records[this.first++] = GONE;
    this.bytes -= slab.bytes.length;
    slab.retired = true;
    this.reuse(slab);
  }

  private reuse(slab: Slab): void {
    if (slab.retired && slab.readerCount === 0) this.blocks.giveBack(slab.bytes);
  }

  private compact(): void {
    if (this.first < 1024 || this.first * 2 < this.records.length) return;
    this.records = this.records.slice(this.first);
    this.first = 0;
  }
}

const GONE: TailRecord = {
  bytes: new Uint8Array(0),
  baseOffset: 0,
  messageCount: 0,
  slab: { bytes: new Uint8Array(0), usedBytes: 0, recordCount: 0, readerCount: 0, retired: true },
};

import type { ConsumedBatch } from "./consumed-batch.js";
import type { PartitionStart } from "./find-start.js";

/** Where a partition is read, and how much of it there is. */
export class ReadPosition {
  /** Offset to ask for next, −1 = not known yet. */
  next = -1;
  /** The message at `next` must be the next one: finding a later one instead is a gap. */
  isExact = false;
  /** Last offset of the partition as the server said last, −1 = not known. */
  end = -1;
  /** Last offset that was fetched, −1 = none since the start or the last {@link seek}. */
  fetchedThrough = -1;
  private isEmpty = false;

  get isKnown(): boolean {
    return this.next >= 0;
  }

  /** @param next offset to begin at, at or behind the start's own */
  begin({ exact, end }: PartitionStart, next: number): void {
    this.next = next;
    this.isExact = exact;
    this.end = end;
  }

  /** Reading goes on at another place, with nothing of what was fetched. */
  seek(offset: number): void {
    this.next = offset;
    this.isExact = false;
    this.fetchedThrough = -1;
  }

  /** Messages up to this offset are not asked for any more. */
  passOver(throughOffset: number): void {
    this.next = Math.max(this.next, throughOffset + 1);
  }

  /** Leaves out the message at the position. */
  skip(): void {
    this.next++;
    this.isExact = false;
  }

  /** How much there is now, by a reply from the position on. */
  learnEnd({ messageCount, currentOffset }: ConsumedBatch): void {
    this.end = currentOffset;
    this.isEmpty = messageCount === 0 && currentOffset === 0 && this.next === 0;
  }

  /** The messages up to this offset were fetched. */
  fetched(lastOffset: number): void {
    this.passOver(lastOffset);
    this.isExact = true;
    this.fetchedThrough = Math.max(this.fetchedThrough, lastOffset);
  }

  /** Messages from this offset on; `undefined` while the server has not said how much there is. */
  lagFrom(offset: number): number | undefined {
    if (this.end < 0 || this.next < 0) return undefined;
    return this.isEmpty ? 0 : Math.max(0, this.end + 1 - offset);
  }
}

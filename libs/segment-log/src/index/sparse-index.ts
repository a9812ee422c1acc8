/**
 * Where some of a segment's records lie: one entry for about every `intervalBytes` of the file.
 * Invariant: entries ascend strictly in offset and position and never descend in time.
 */
export class SparseIndex {
  readonly offsets: number[] = [];
  readonly positions: number[] = [];
  readonly timestamps: number[] = [];
  private nextPosition = 0;

  /** @param intervalBytes distance between entries, at least 1 */
  constructor(readonly intervalBytes: number) {}

  get entryCount(): number {
    return this.offsets.length;
  }

  /** Tells of a record; it becomes an entry when the last entry lies far enough back. */
  note(offset: number, position: number, timestampMicros: number): void {
    if (position < this.nextPosition) return;
    this.add(offset, position, timestampMicros);
  }

  /** Adds an entry without regard to the distance, as when reading an index file. */
  add(offset: number, position: number, timestampMicros: number): void {
    this.offsets.push(offset);
    this.positions.push(position);
    this.timestamps.push(timestampMicros);
    this.nextPosition = position + this.intervalBytes;
  }

  /** Forgets the entries of records at or behind a position, as when they are undone. */
  cutAt(position: number): void {
    let count = this.positions.length;
    while (count > 0 && this.positions[count - 1]! >= position) count--;
    if (count === this.positions.length) return;
    this.offsets.length = count;
    this.positions.length = count;
    this.timestamps.length = count;
    this.nextPosition = count === 0 ? 0 : this.positions[count - 1]! + this.intervalBytes;
  }

  /** Position of the last known record that begins at or before the offset, or `fallback`. */
  positionOfOffset(offset: number, fallback: number): number {
    const entry = lastNotAbove(this.offsets, offset);
    return entry < 0 ? fallback : this.positions[entry]!;
  }

  /** Position of the last known record that is older than the time, or `fallback`. */
  positionBeforeTimestamp(timestampMicros: number, fallback: number): number {
    const entry = lastNotAbove(this.timestamps, timestampMicros - 1);
    return entry < 0 ? fallback : this.positions[entry]!;
  }
}

/** Index of the last element that is not above the limit, -1 when all are. */
function lastNotAbove(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Something that can give memory back. */
export interface TailOwner {
  readonly tailBytes: number;
  dropTail(): void;
}

/**
 * Bounds the memory that all tails take together: above the bound, the tails that grew longest ago are dropped whole.
 * Invariant: `owners` is in order of last growth, least recent first.
 */
export class HotTailBudget {
  private usedBytes = 0;
  private readonly owners = new Set<TailOwner>();

  /** @param bytesMax 0 keeps no tail at all */
  constructor(readonly bytesMax: number) {}

  get bytes(): number {
    return this.usedBytes;
  }

  /** Tells of growth (positive) or release (negative) of a tail. */
  change(owner: TailOwner, byteCount: number): void {
    this.usedBytes += byteCount;
    this.owners.delete(owner);
    if (owner.tailBytes > 0) this.owners.add(owner);
    if (byteCount <= 0) return;
    for (const oldest of this.owners) {
      if (this.usedBytes <= this.bytesMax) break;
      oldest.dropTail();
    }
  }
}

/** Something that holds memory it can do without. */
export interface MemoryHolder {
  readonly heldBytes: number;
  /** Lets go of all of it. */
  dropHeld(): void;
}

/**
 * Bounds the memory that all holders take together: above the bound, those that grew longest ago let go of theirs.
 * Invariant: `holders` is in order of last growth, least recent first.
 */
export class MemoryBudget {
  private usedBytes = 0;
  private readonly holders = new Set<MemoryHolder>();

  /** @param bytesMax 0 lets nobody hold anything */
  constructor(readonly bytesMax: number) {}

  get bytes(): number {
    return this.usedBytes;
  }

  /** Tells of growth (positive) or release (negative) of a holder. */
  change(holder: MemoryHolder, byteCount: number): void {
    this.usedBytes += byteCount;
    this.holders.delete(holder);
    if (holder.heldBytes > 0) this.holders.add(holder);
    if (byteCount <= 0) return;
    for (const oldest of this.holders) {
      if (this.usedBytes <= this.bytesMax) break;
      oldest.dropHeld();
    }
  }
}

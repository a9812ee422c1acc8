/** Blocks are rounded up to one of four steps for each power of two, so that one block serves many sizes. */
const STEPS_PER_DOUBLING = 4;
const BLOCK_BYTES_MIN = 4096;

/**
 * Memory that is used again instead of being left to the garbage collector. Fresh memory costs the machine far more
 * than the copying that fills it, and large buffers make collections frequent.
 *
 * Giving back is optional: a block that never comes back is collected like any other memory. What must not happen is
 * to use a block after it was given back; whoever gives it back must be its last user.
 */
export class BlockPool {
  private readonly free = new Map<number, ArrayBuffer[]>();
  private readonly lent = new WeakSet<ArrayBuffer>();
  private freeBytes = 0;

  /** @param keptBytesMax blocks beyond this are not kept when they come back; 0 keeps none */
  constructor(readonly keptBytesMax: number) {}

  /** Bytes of the blocks that wait to be used again. */
  get keptBytes(): number {
    return this.freeBytes;
  }

  /** `byteCount` bytes with whatever was in them before. */
  take(byteCount: number): Uint8Array {
    const capacity = capacityFor(byteCount);
    let buffer = this.free.get(capacity)?.pop();
    if (buffer === undefined) buffer = uninitialised(capacity);
    else this.freeBytes -= capacity;
    this.lent.add(buffer);
    return new Uint8Array(buffer, 0, byteCount);
  }

  /** Ends the use of a block, given as any view of it. Memory that is not of this pool, or came back already, is left alone. */
  giveBack(bytes: Uint8Array): void {
    const buffer = bytes.buffer as ArrayBuffer;
    if (!this.lent.delete(buffer)) return;
    if (this.freeBytes + buffer.byteLength > this.keptBytesMax) return;
    const blocks = this.free.get(buffer.byteLength);
    if (blocks === undefined) this.free.set(buffer.byteLength, [buffer]);
    else blocks.push(buffer);
    this.freeBytes += buffer.byteLength;
  }
}

function capacityFor(byteCount: number): number {
  let doubling = BLOCK_BYTES_MIN;
  while (doubling * 2 < byteCount) doubling *= 2;
  const step = doubling / STEPS_PER_DOUBLING;
  return Math.max(BLOCK_BYTES_MIN, Math.ceil(byteCount / step) * step);
}

/** Memory of its own, not from a pool that views of it would keep alive, and not zeroed: it is about to be overwritten. */
function uninitialised(byteCount: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(byteCount).buffer as ArrayBuffer;
}

import type { FrameMemory } from "@ims/iggy-protocol";

const SLAB_BYTES_MIN = 64 * 1024;
const SLAB_BYTES_MAX = 1024 * 1024;
/** Slabs hold about so many of the largest reads: fewer, and frames often straddle two of them. */
const READS_PER_SLAB = 4;
/** Less room than this is not worth a read. */
const ROOM_BYTES_MIN = 16 * 1024;
/** Memory that waits to be used again, at most. */
const FREE_BYTES_MAX = 4 * 1024 * 1024;

/** Memory that replies lie in. It is free when nothing more is written into it and all of its replies were released. */
interface Slab {
  readonly bytes: Uint8Array;
  readonly owner: ReceiveMemory;
  heldCount: number;
  isClosed: boolean;
  isFree: boolean;
}

/** Forgets slabs that nobody can reach any more; a reply that is never released only keeps its slab from being reused. */
const slabs = new WeakMap<ArrayBufferLike, Slab>();

/** Says that somebody keeps this reply until {@link releaseReply}; of no effect on memory that is not managed here. */
export function holdReply(frame: Uint8Array): void {
  const slab = slabs.get(frame.buffer);
  if (slab) slab.heldCount++;
}

/** Ends what {@link holdReply} began, exactly once for each: the reply's memory will be used again. */
export function releaseReply(frame: Uint8Array): void {
  const slab = slabs.get(frame.buffer);
  if (!slab || slab.heldCount === 0) return;
  slab.heldCount--;
  slab.owner.reuse(slab);
}

/**
 * Where the bytes of one connection land: one behind the other in large blocks, so that replies made of several reads
 * need no copy. Blocks grow and shrink with what arrives, and are used again once their replies are released.
 */
export class ReceiveMemory implements FrameMemory {
  private current: Slab;
  private usedBytes = 0;
  private largestRead = 0;
  /** The one before: the begin of a reply may still lie in it until the next read is taken. */
  private previous: Slab | undefined;
  private readonly free: Slab[] = [];
  private freeBytes = 0;

  constructor() {
    this.current = this.slabOf(SLAB_BYTES_MIN);
  }

  /** Where the next read goes. */
  room(): Uint8Array {
    if (this.current.bytes.length - this.usedBytes < ROOM_BYTES_MIN) this.nextSlab();
    return this.current.bytes.subarray(this.usedBytes);
  }

  /** The bytes of the last read, which filled so many of {@link room}. */
  taken(byteCount: number): Uint8Array {
    const chunk = this.current.bytes.subarray(this.usedBytes, this.usedBytes + byteCount);
    this.usedBytes += byteCount;
    if (byteCount > this.largestRead) this.largestRead = byteCount;
    return chunk;
  }

  /** Memory for a reply that straddles two blocks. */
  take(byteCount: number): Uint8Array {
    const slab = this.slabOf(byteCount);
    slab.isClosed = true;
    return slab.bytes.subarray(0, byteCount);
  }

  giveBack(bytes: Uint8Array): void {
    const slab = slabs.get(bytes.buffer);
    if (slab) this.reuse(slab);
  }

  /** Called when a slab may have become free. */
  reuse(slab: Slab): void {
    if (!slab.isClosed || slab.heldCount > 0 || slab.isFree) return;
    if (this.freeBytes + slab.bytes.length > FREE_BYTES_MAX) return;
    slab.isFree = true;
    this.free.push(slab);
    this.freeBytes += slab.bytes.length;
  }

  private nextSlab(): void {
    if (this.previous) {
      this.previous.isClosed = true;
      this.reuse(this.previous);
    }
    this.previous = this.current;
    const wanted = 2 ** Math.ceil(Math.log2(this.largestRead * READS_PER_SLAB + 1));
    this.current = this.slabOf(Math.min(SLAB_BYTES_MAX, Math.max(SLAB_BYTES_MIN, wanted)));
    this.usedBytes = 0;
    this.largestRead = 0;
  }

  /** A free slab that is large enough and not wastefully so, or a new one. */
  private slabOf(byteCount: number): Slab {
    const at = this.free.findIndex(({ bytes }) => bytes.length >= byteCount && bytes.length <= 2 * byteCount);
    const [found] = at < 0 ? [] : this.free.splice(at, 1);
    if (found) {
      this.freeBytes -= found.bytes.length;
      found.isClosed = false;
      found.isFree = false;
      return found;
    }
    // A plain view: the slices of a Buffer share its memory, those of other arrays are copies.
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(byteCount).buffer);
    const slab = { bytes, owner: this, heldCount: 0, isClosed: false, isFree: false };
    slabs.set(bytes.buffer, slab);
    return slab;
  }
}

import { fail } from "../errors/protocol-errors.js";
import { FRAME_BYTES_MAX, FRAME_KIND_MAX, frameKind, frameSize, HEADER_BYTES } from "./frame-layout.js";

/** Memory taken on the word of a size field alone; beyond it, memory follows the bytes that really came. */
const TRUSTED_BYTES = 1024 * 1024;

/** Where the memory of frames that arrive in several chunks comes from. */
export interface FrameMemory {
  take(byteCount: number): Uint8Array;
  /** The memory was outgrown; the frame goes on elsewhere. */
  giveBack(bytes: Uint8Array): void;
}

const FRESH_MEMORY: FrameMemory = {
  take: (byteCount) => new Uint8Array(byteCount),
  giveBack: () => undefined,
};

/**
 * Reassembles frames from chunks cut anywhere. `push` a chunk, then take frames with `next` until it gives `undefined`.
 * A frame that lies within one chunk is a view of that chunk, so a caller must not write into a chunk afterwards. So is
 * one that lies within several chunks that follow each other in the same memory; others are put together in
 * {@link FrameMemory}.
 * Throws `iggy-protocol.frame-size` or `iggy-protocol.frame-kind` for a stream that cannot be read further, and keeps
 * throwing it.
 */
export class FrameReader {
  private chunk: Uint8Array = new Uint8Array(0);
  private chunkAt = 0;
  /** Bytes of a frame that began in an earlier chunk. */
  private partial: Uint8Array | undefined;
  private partialLength = 0;
  private broken: Error | undefined;

  /**
   * @param frameBytesMax largest accepted frame, header included
   * @param memory for frames that do not lie within one chunk; whoever takes such a frame may give it back
   */
  constructor(
    private readonly frameBytesMax: number = FRAME_BYTES_MAX,
    private readonly memory: FrameMemory = FRESH_MEMORY,
  ) {}

  /** Bytes held back until the rest of their frame arrives. */
  get pendingBytes(): number {
    return this.partialLength + this.chunk.length - this.chunkAt;
  }

  /** Best called once `next` gave `undefined`: what is left of the previous chunk is copied otherwise. */
  push(chunk: Uint8Array): void {
    const left = this.chunk.length - this.chunkAt;
    if (left === 0) this.chunk = chunk;
    else if (follows(this.chunk, chunk)) {
      const start = this.chunk.byteOffset + this.chunkAt;
      this.chunk = new Uint8Array(chunk.buffer, start, left + chunk.length);
    } else if (this.partial === undefined && this.setAside(left)) this.chunk = chunk;
    else this.chunk = joined(this.chunk.subarray(this.chunkAt), chunk);
    this.chunkAt = 0;
  }

  next(): Uint8Array | undefined {
    if (this.broken) throw this.broken;
    return this.partial ? this.completePartial() : this.frameOfChunk();
  }

  private frameOfChunk(): Uint8Array | undefined {
    const at = this.chunkAt;
    const present = this.chunk.length - at;
    if (present < HEADER_BYTES) return undefined;
    const size = this.checkedSize(this.chunk, at);
    if (present < size) return undefined;
    this.chunkAt = at + size;
    return this.chunk.subarray(at, at + size);
  }

  /** Moves the begin of a frame out of the chunk. False where a whole frame was not taken yet. */
  private setAside(present: number): boolean {
    if (this.broken) return true;
    if (present < HEADER_BYTES) {
      this.partial = new Uint8Array(HEADER_BYTES);
    } else {
      const size = frameSize(this.chunk, this.chunkAt);
      if (present >= size) return false;
      this.partial = this.memory.take(Math.max(present, Math.min(size, TRUSTED_BYTES)));
    }
    this.keep(present);
    return true;
  }

  private completePartial(): Uint8Array | undefined {
    if (this.partialLength < HEADER_BYTES) {
      this.keep(Math.min(HEADER_BYTES - this.partialLength, this.chunk.length - this.chunkAt));
      if (this.partialLength < HEADER_BYTES) return undefined;
    }
    const size = this.checkedSize(this.partial!, 0);
    this.keep(Math.min(size - this.partialLength, this.chunk.length - this.chunkAt), size);
    if (this.partialLength < size) return undefined;
    const frame = this.partial!.subarray(0, size);
    this.partial = undefined;
    this.partialLength = 0;
    return frame;
  }

  /** Moves bytes from the chunk to the partial frame, growing it by doubling up to the frame's size. */
  private keep(count: number, frameBytes = HEADER_BYTES): void {
    const needed = this.partialLength + count;
    let partial = this.partial ?? new Uint8Array(Math.max(needed, HEADER_BYTES));
    if (needed > partial.length) {
      const capacity = Math.max(needed, Math.min(frameBytes, Math.max(partial.length * 2, TRUSTED_BYTES)));
      const grown = this.memory.take(capacity);
      grown.set(partial.subarray(0, this.partialLength));
      this.memory.giveBack(partial);
      partial = grown;
    }
    partial.set(this.chunk.subarray(this.chunkAt, this.chunkAt + count), this.partialLength);
    this.partial = partial;
    this.partialLength = needed;
    this.chunkAt += count;
  }

  private checkedSize(bytes: Uint8Array, at: number): number {
    const size = frameSize(bytes, at);
    if (size < HEADER_BYTES || size > this.frameBytesMax) {
      throw this.fatal(
        fail(
          "iggy-protocol.frame-size",
          `a frame declares ${size} bytes, allowed are ${HEADER_BYTES} to ${this.frameBytesMax}`,
          {
            context: { size, frameBytesMax: this.frameBytesMax },
          },
        ),
      );
    }
    const kind = frameKind(bytes, at);
    if (kind > FRAME_KIND_MAX) {
      throw this.fatal(fail("iggy-protocol.frame-kind", `command byte ${kind} is above ${FRAME_KIND_MAX}`));
    }
    return size;
  }

  private fatal(error: Error): Error {
    this.broken = error;
    this.chunk = new Uint8Array(0);
    this.chunkAt = 0;
    this.partial = undefined;
    this.partialLength = 0;
    return error;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function follows(first: Uint8Array, second: Uint8Array): boolean {
  return first.buffer === second.buffer && first.byteOffset + first.length === second.byteOffset;
}

import { fail } from "../errors/protocol-errors.js";
import {
  createKernel,
  createKernelMemory,
  type HashKernel,
  KERNEL_BYTES,
  scratchBytesFor,
} from "../hash/kernel.js";
import { MESSAGE_HEADER_BYTES } from "./batch-header.js";
import { BatchSlot } from "./batch-slot.js";

export interface ArenaSize {
  /** Batches that can be filled or in flight at once. */
  readonly slotCount: number;
  /** Bytes of one request: 256 header, route, 256 batch header, messages. A multiple of 8, at least 1024. */
  readonly slotBytes: number;
}

const ARENA_BYTES_MAX = 1024 * 1024 * 1024;

/**
 * The memory of outgoing batches: one WebAssembly memory with the hash kernel, never grown, its views made once.
 * ```
 * [kernel][checksum input of one batch][slot 0][slot 1]…
 * ```
 * Payloads are written where they will be sent from, and the kernel hashes them there.
 */
export class BatchArena {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly slotCount: number;
  readonly slotBytes: number;
  /** Functions and place that slots seal with. */
  readonly kernel: HashKernel;
  readonly scratchAt = KERNEL_BYTES;
  private readonly free: BatchSlot[] = [];
  private readonly listeners = new Set<() => void>();

  /** Throws `iggy-protocol.argument-out-of-range` for sizes outside {@link ArenaSize} or above 1 GiB together. */
  static create(size: ArenaSize): BatchArena {
    return new BatchArena(size);
  }

  private constructor({ slotCount, slotBytes }: ArenaSize) {
    if (!Number.isInteger(slotCount) || slotCount < 1 || slotCount * slotBytes > ARENA_BYTES_MAX) {
      throw fail(
        "iggy-protocol.argument-out-of-range",
        `an arena of ${slotCount} slots of ${slotBytes} bytes: at least 1 slot and at most 1 GiB together`,
      );
    }
    if (!Number.isInteger(slotBytes) || slotBytes < 1024 || slotBytes % 8 !== 0) {
      throw fail(
        "iggy-protocol.argument-out-of-range",
        `slots of ${slotBytes} bytes: a multiple of 8 from 1024 is needed`,
      );
    }
    const scratchBytes = scratchBytesFor(Math.ceil(slotBytes / MESSAGE_HEADER_BYTES));
    const slotsAt = (this.scratchAt + scratchBytes + 63) & ~63;
    const memory = createKernelMemory(slotsAt + slotCount * slotBytes);
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.kernel = createKernel(memory);
    this.slotCount = slotCount;
    this.slotBytes = slotBytes;
    for (let i = slotCount - 1; i >= 0; i--) this.free.push(new BatchSlot(this, slotsAt + i * slotBytes));
  }

  get freeSlotCount(): number {
    return this.free.length;
  }

  /** A slot for `begin`, or `undefined` when all are in use. */
  acquire(): BatchSlot | undefined {
    return this.free.pop();
  }

  /** Called by `BatchSlot.release`. */
  giveBack(slot: BatchSlot): void {
    this.free.push(slot);
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` whenever a slot becomes free; returns a function that ends it. */
  onSlotFree(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

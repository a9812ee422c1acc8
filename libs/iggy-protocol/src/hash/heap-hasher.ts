import {
  createKernel,
  createKernelMemory,
  type HashKernel,
  KERNEL_BYTES,
  PAGE_BYTES,
  type WasmMemory,
} from "./kernel.js";

/**
 * A kernel with a memory of its own for bytes that lie elsewhere: they are copied in, which costs far less than
 * hashing them in JavaScript. The memory grows to the largest input seen.
 */
export class HeapHasher {
  readonly kernel: HashKernel;
  private readonly memory: WasmMemory;
  private memoryBytes: Uint8Array;
  private memoryView: DataView;

  constructor() {
    this.memory = createKernelMemory(4 * PAGE_BYTES);
    this.kernel = createKernel(this.memory);
    this.memoryBytes = new Uint8Array(this.memory.buffer);
    this.memoryView = new DataView(this.memory.buffer);
  }

  /** Where inputs begin. */
  readonly inputAt = KERNEL_BYTES;

  get bytes(): Uint8Array {
    return this.memoryBytes;
  }

  get view(): DataView {
    return this.memoryView;
  }

  /** Makes room for `byteCount` bytes at {@link inputAt}; the views are new ones after it grew. */
  reserve(byteCount: number): void {
    const missing = this.inputAt + byteCount - this.memoryBytes.length;
    if (missing <= 0) return;
    this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.memoryBytes = new Uint8Array(this.memory.buffer);
    this.memoryView = new DataView(this.memory.buffer);
  }

  /** Copies bytes in, with room for `scratchBytes` behind them, and returns the position of that room. */
  load(bytes: Uint8Array, start: number, end: number, scratchBytes = 0): number {
    const scratchAt = (this.inputAt + (end - start) + 7) & ~7;
    this.reserve(scratchAt - this.inputAt + scratchBytes);
    this.memoryBytes.set(
      start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end),
      this.inputAt,
    );
    return scratchAt;
  }
}

let shared: HeapHasher | undefined;

/** One per thread. Its contents last until the next call that uses it. */
export function heapHasher(): HeapHasher {
  shared ??= new HeapHasher();
  return shared;
}

/** XXH3-64 with seed 0 of `bytes[start, end)`, as an unsigned 64-bit value. */
export function xxh3(bytes: Uint8Array, start = 0, end: number = bytes.length): bigint {
  const hasher = heapHasher();
  hasher.load(bytes, start, end);
  return BigInt.asUintN(64, hasher.kernel.xxh3(hasher.inputAt, end - start));
}

const PAGE_WINDOWS = 64;
const LINE = 8;

/**
 * Windows of one size, side by side in pages. A window that is over for good is used again, so that opening one costs no
 * buffer of its own. There are as many as were open at once at most; pages stay.
 */
export class WindowPool {
  private readonly free: Float64Array[] = [];

  /** @param size places of each window */
  constructor(readonly size: number) {}

  /** A window of zeros, the caller's until it is given back. */
  take(): Float64Array {
    const slots = this.free.pop();
    if (slots) return slots.fill(0);
    const step = Math.ceil(this.size / LINE) * LINE;
    const page = new Float64Array(PAGE_WINDOWS * step);
    for (let index = PAGE_WINDOWS - 1; index > 0; index--) {
      this.free.push(page.subarray(index * step, index * step + this.size));
    }
    return page.subarray(0, this.size);
  }

  /** The caller has no further use for it. */
  give(slots: Float64Array): void {
    this.free.push(slots);
  }
}

import type { Clock } from "@ims/common";

/** A write that takes longer than this was held up by the disk. */
const SLOW_MILLIS = 4;
/** Writes go by way of another thread for so long after one that was held up. */
const WARY_MILLIS = 1000;
/** Larger writes always do: for them the way costs little beside the copy, which another processor can make. */
export const IN_PLACE_BYTES_MAX = 32 * 1024;

/**
 * Decides whether a write is made in place. A small write to a file is a short copy into the memory of the system, far
 * cheaper than handing it to another thread and back; but now and then the system lets a writer wait for the disk, and
 * then everything else in this thread would wait as well. So small writes are made in place as long as they are quick,
 * and by way of another thread for a while after one that was not.
 */
export class WritePace {
  private waryUntilMillis = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Pick<Clock, "monotonicMillis">) {}

  /** Whether a write of so many bytes is to be made in place. */
  allowsInPlace(byteCount: number): boolean {
    return byteCount <= IN_PLACE_BYTES_MAX && this.clock.monotonicMillis() >= this.waryUntilMillis;
  }

  /** Runs a write in place and judges how long it took, also when it fails. */
  inPlace<Result>(write: () => Result): Result {
    const began = this.clock.monotonicMillis();
    try {
      return write();
    } finally {
      const ended = this.clock.monotonicMillis();
      if (ended - began > SLOW_MILLIS) this.waryUntilMillis = ended + WARY_MILLIS;
    }
  }
}

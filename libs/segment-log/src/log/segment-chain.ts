import { Segment } from "../segment/segment.js";
import type { LogContext, SealedSegment } from "./log-context.js";

/** The segments of one log, oldest first: which is written to, which may go, which are not certainly on disk. */
export class SegmentChain {
  /** @param list the segments that were found; it is kept and changed */
  constructor(
    private readonly context: LogContext,
    readonly list: Segment[],
  ) {}

  get oldest(): Segment | undefined {
    return this.list[0];
  }

  get newest(): Segment | undefined {
    return this.list.at(-1);
  }

  get count(): number {
    return this.list.length;
  }

  /**
   * The segment to write to: the newest, or the next one where that is full.
   * @param sync makes the newest survive a loss of power, before the next is begun; not called with `appendSync: "never"`
   */
  async active(sync: () => Promise<void>): Promise<Segment> {
    const last = this.newest;
    if (last !== undefined && last.sizeBytes < this.context.segmentBytesMax) return last;
    if (last !== undefined) {
      if (this.context.appendSync !== "never") await sync();
      // Without its index a sealed segment is read from end to end at the next start, no more.
      await last.writeIndex().catch(() => undefined);
    }
    const next = new Segment(this.context, last?.nextOffset ?? 0);
    await next.create(this.context.clock.nowMicros());
    this.list.push(next);
    // The reader loads it again for those who read that far back, and bounds how many are in memory.
    if (last !== undefined) last.index = undefined;
    return next;
  }

  /** The newest, and those in a row before it that were not synced when they were sealed. */
  unsynced(): readonly Segment[] {
    const { list } = this;
    if (this.context.appendSync !== "never") return list.slice(-1);
    let first = Math.max(0, list.length - 1);
    while (first > 0 && !list[first - 1]!.isSynced) first--;
    return list.slice(first);
  }

  /** How many of the oldest may go in a row, the newest one never among them. */
  countOldest(mayGo: (segment: SealedSegment) => boolean, countMax: number): number {
    const limit = Math.min(countMax, this.list.length - 1);
    let count = 0;
    while (count < limit && mayGo(this.list[count]!)) count++;
    return count;
  }

  /** Takes so many of the oldest away, the newest one never among them. */
  takeOldest(count: number): Segment[] {
    return this.list.splice(0, Math.min(count, this.list.length - 1));
  }
}

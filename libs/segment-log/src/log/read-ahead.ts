import type { MemoryBudget, MemoryHolder } from "../memory/memory-budget.js";
import type { ReadLimits } from "./log-reader.js";
import type { LogRead } from "./record-format.js";

/** Reads from disk; limits and end as for the log. */
export type DiskRead = (offset: number, endOffset: number, limits: ReadLimits) => Promise<LogRead>;

interface Ahead {
  readonly offset: number;
  readonly limits: ReadLimits;
  readonly reading: Promise<LogRead | undefined>;
  /** Undefined while the disk is at work. */
  result: LogRead | undefined;
}

/**
 * Reads the next records of one log while the reader is busy with the ones before. It begins when a read goes on where
 * the last one ended, and holds one read at most; a read that nobody comes for is dropped by the budget.
 */
export class ReadAhead implements MemoryHolder {
  private ahead: Ahead | undefined;
  private lastEnd = -1;
  heldBytes = 0;

  constructor(
    private readonly disk: DiskRead,
    private readonly budget: MemoryBudget,
  ) {}

  async read(offset: number, endOffset: number, limits: ReadLimits): Promise<LogRead> {
    const isNext = offset === this.lastEnd;
    const found = await this.take(offset, limits);
    const read = found ?? (await this.disk(offset, endOffset, limits));
    const last = read.records.at(-1);
    this.lastEnd = last === undefined ? -1 : last.baseOffset + last.messageCount;
    // A reply ends inside a record when its count says so; the next read then begins there.
    if (last !== undefined) this.lastEnd = Math.min(this.lastEnd, offset + limits.messageCountMax);
    if (isNext && this.lastEnd >= 0 && this.lastEnd < endOffset) this.start(this.lastEnd, endOffset, limits);
    return read;
  }

  dropHeld(): void {
    const { ahead } = this;
    this.ahead = undefined;
    // One that still reads is let go of when it is done: see start.
    ahead?.result?.release();
    this.hold(0);
  }

  /** The read that was begun for this offset, if it gives all that is asked for. */
  private async take(offset: number, limits: ReadLimits): Promise<LogRead | undefined> {
    const { ahead } = this;
    if (ahead === undefined || ahead.offset !== offset) return undefined;
    const { bytesMax, messageCountMax } = ahead.limits;
    if (bytesMax !== limits.bytesMax || messageCountMax !== limits.messageCountMax) return undefined;
    this.ahead = undefined;
    const read = await ahead.reading;
    this.hold(0);
    const last = read?.records.at(-1);
    if (read === undefined || last === undefined) return undefined;
    // It saw the log as it was then: records that came later may be missing.
    if (last.baseOffset + last.messageCount - offset >= messageCountMax) return read;
    read.release();
    return undefined;
  }

  private start(offset: number, endOffset: number, limits: ReadLimits): void {
    if (this.ahead !== undefined) this.dropHeld();
    const reading = this.disk(offset, endOffset, limits).catch(() => undefined);
    const ahead: Ahead = { offset, limits, reading, result: undefined };
    this.ahead = ahead;
    void reading.then((read) => {
      // Somebody waits for it, or it was dropped meanwhile and nobody ever will.
      if (read === undefined) return;
      ahead.result = read;
      if (this.ahead === ahead) this.hold(read.records.reduce((sum, { bytes }) => sum + bytes.length, 0));
    });
  }

  private hold(byteCount: number): void {
    const grown = byteCount - this.heldBytes;
    this.heldBytes = byteCount;
    if (grown !== 0) this.budget.change(this, grown);
  }
}

import { fail } from "../errors.js";
import { loadIndex } from "../recovery/recover-segment.js";
import { scanRecords } from "../segment/scan-records.js";
import type { Segment } from "../segment/segment.js";
import { SEGMENT_HEADER_BYTES } from "../segment/segment-file.js";
import type { LogContext } from "./log-context.js";
import type { LogRead, LogRecord } from "./record-format.js";

/** Bounds of one read; the first record comes even when it alone exceeds them. */
export interface ReadLimits {
  readonly bytesMax: number;
  /** Messages counted from the wanted offset on. */
  readonly messageCountMax: number;
}

const CHUNK_BYTES_MIN = 16 * 1024;
const CHUNK_BYTES_MAX = 4 * 2 ** 20;
/** Indexes of sealed segments that one log keeps in memory. */
const LOADED_INDEX_COUNT_MAX = 4;

/** Memory of one read: every chunk is put in the list. */
interface ChunkRoom {
  readonly chunks: Uint8Array[];
  readonly firstBytes: number;
}

/** Finds records on disk through the sparse indexes; never loads a segment whole. */
export class LogReader {
  private readonly loaded: Segment[] = [];

  /** @param segments the log's own list, in offset order */
  constructor(
    private readonly context: LogContext,
    private readonly segments: readonly Segment[],
  ) {}

  async read(offset: number, endOffset: number, limits: ReadLimits): Promise<LogRead> {
    const chunks: Uint8Array[] = [];
    const release = () => {
      for (const chunk of chunks.splice(0)) this.context.blocks.giveBack(chunk);
    };
    try {
      return { records: await this.collect(offset, endOffset, limits, chunks), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  private async collect(
    offset: number,
    endOffset: number,
    limits: ReadLimits,
    chunks: Uint8Array[],
  ): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    let bytes = 0;
    let next = offset;
    let wanted = limits.messageCountMax;
    while (next < endOffset && wanted > 0) {
      const from = Math.max(next, this.segments[0]!.baseOffset);
      next = from;
      const segment = this.segmentOf(from);
      const firstBytes = this.expectedBytes(
        segment,
        Math.min(wanted, endOffset - next),
        limits.bytesMax - bytes,
      );
      const full = await this.whileThere(segment, () =>
        this.scan(segment, from, endOffset, { chunks, firstBytes }, (record) => {
          if (wanted <= 0 || (records.length > 0 && bytes + record.bytes.length > limits.bytesMax))
            return false;
          records.push(record);
          bytes += record.bytes.length;
          next = record.baseOffset + record.messageCount;
          wanted -= next - Math.max(offset, record.baseOffset);
          return wanted > 0 || "last";
        }),
      );
      // What was read of a segment that is gone now is whole, and the next read goes on behind the gap.
      if (full === "gone" && records.length > 0) break;
      if (full === "gone") continue;
      if (full) break;
      if (next === from) throw this.damaged(segment, `the record with offset ${from} is missing`, 0);
    }
    return records;
  }

  async offsetOfTimestamp(timestampMicros: number, endOffset: number): Promise<number> {
    for (;;) {
      const segment = this.segments.find((candidate) => candidate.lastTimestampMicros >= timestampMicros);
      if (segment === undefined || segment.baseOffset >= endOffset) return endOffset;
      const found = await this.whileThere(segment, () =>
        this.offsetWithin(segment, timestampMicros, endOffset),
      );
      if (found !== "gone") return found;
    }
  }

  private async offsetWithin(segment: Segment, timestampMicros: number, endOffset: number): Promise<number> {
    const index = await this.indexOf(segment);
    const start = index.positionBeforeTimestamp(timestampMicros, SEGMENT_HEADER_BYTES);
    let found = endOffset;
    const chunks: Uint8Array[] = [];
    const room = { chunks, firstBytes: 2 * this.context.indexIntervalBytes };
    await this.walk(segment, start, endOffset, room, (record, recordMicros) => {
      if (recordMicros < timestampMicros) return true;
      found = record.baseOffset;
      return false;
    });
    for (const chunk of chunks) this.context.blocks.giveBack(chunk);
    return Math.min(found, endOffset);
  }

  /** Reads from a segment that retention may take away meanwhile, and with it its file. */
  private async whileThere<Result>(segment: Segment, read: () => Promise<Result>): Promise<Result | "gone"> {
    try {
      return await read();
    } catch (error) {
      if (this.segments.includes(segment)) throw error;
      return "gone";
    }
  }

  /** @returns true when the visitor stopped it */
  private async scan(
    segment: Segment,
    offset: number,
    endOffset: number,
    room: ChunkRoom,
    visit: (record: LogRecord) => boolean | "last",
  ): Promise<boolean> {
    const index = await this.indexOf(segment);
    const start = index.positionOfOffset(offset, SEGMENT_HEADER_BYTES);
    let stopped = false;
    await this.walk(segment, start, endOffset, room, (record) => {
      if (record.baseOffset + record.messageCount <= offset) return true;
      const verdict = visit(record);
      stopped = verdict !== true;
      return verdict;
    });
    return stopped;
  }

  /** Visits records up to the last committed one, checking that each continues the one before. */
  private async walk(
    segment: Segment,
    start: number,
    endOffset: number,
    room: ChunkRoom,
    visit: (record: LogRecord, timestampMicros: number) => boolean | "last",
  ): Promise<void> {
    const { format, files, blocks } = this.context;
    let expectedOffset = -1;
    let damagedAt = -1;
    const range = {
      start,
      end: segment.sizeBytes,
      chunkBytes: room.firstBytes,
      chunkBytesMax: CHUNK_BYTES_MAX,
      allocate: (byteCount: number) => {
        const chunk = blocks.take(byteCount);
        room.chunks.push(chunk);
        return chunk;
      },
    };
    const end = await files.use(segment.path, "write", (file) =>
      scanRecords(file, format, range, (view, chunk, at, length, position) => {
        const baseOffset = format.baseOffset(view, at);
        const messageCount = format.messageCount(view, at);
        if (messageCount < 1 || (expectedOffset >= 0 && baseOffset !== expectedOffset)) {
          damagedAt = position;
          return false;
        }
        if (baseOffset >= endOffset) return false;
        expectedOffset = baseOffset + messageCount;
        const record = { bytes: chunk.subarray(at, at + length), baseOffset, messageCount };
        return visit(record, format.timestampMicros(view, at));
      }),
    );
    if (damagedAt >= 0)
      throw this.damaged(segment, "a record does not continue the one before it", damagedAt);
    if (end.reason === "torn" || end.reason === "invalid") {
      throw this.damaged(segment, `a record is ${end.reason}`, end.position);
    }
  }

  /** What so many messages take on average, with room for the record in which the first one lies. */
  private expectedBytes(segment: Segment, messageCount: number, bytesMax: number): number {
    const messageBytes = segment.recordBytes / Math.max(1, segment.nextOffset - segment.baseOffset);
    const expected =
      Math.min(Math.ceil(messageCount * messageBytes), bytesMax) + this.context.format.headerBytes;
    return Math.min(CHUNK_BYTES_MAX, Math.max(CHUNK_BYTES_MIN, expected));
  }

  /** The last segment that begins at or before the offset. */
  private segmentOf(offset: number): Segment {
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.segments[middle]!.baseOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return this.segments[low - 1]!;
  }

  private async indexOf(segment: Segment) {
    if (segment.index !== undefined) return segment.index;
    segment.index = await loadIndex(this.context, segment);
    this.loaded.push(segment);
    if (this.loaded.length > LOADED_INDEX_COUNT_MAX) this.loaded.shift()!.index = undefined;
    return segment.index;
  }

  private damaged(segment: Segment, what: string, position: number) {
    return fail("log.corrupt", `${segment.path} is damaged at byte ${position}: ${what}`, {
      context: { path: segment.path, position },
    });
  }
}

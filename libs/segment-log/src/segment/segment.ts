import { type SegmentSummary, writeIndexFile } from "../index/index-file.js";
import { SparseIndex } from "../index/sparse-index.js";
import type { LogContext } from "../log/log-context.js";
import { reusedMemory, scanRecords } from "./scan-records.js";
import {
  encodeSegmentHeader,
  INDEX_SUFFIX,
  SEGMENT_HEADER_BYTES,
  SEGMENT_SUFFIX,
  segmentName,
} from "./segment-file.js";

const REWRITE_CHUNK_BYTES = 2 ** 20;

/**
 * One file of the log.
 * Invariants: `syncedBytes <= sizeBytes`; offsets `baseOffset..nextOffset` lie within the first `sizeBytes` bytes;
 * the file may hold more than `sizeBytes` only behind a failed write.
 */
export class Segment {
  readonly path: string;
  readonly indexPath: string;
  index: SparseIndex | undefined;
  nextOffset: number;
  sizeBytes: number;
  lastTimestampMicros: number;
  /** Bytes known to survive a loss of power. */
  syncedBytes: number;
  /** Bytes that the index file on disk speaks for. */
  indexedBytes: number;
  /** False while the file's name may not survive a loss of power, also when an earlier process made the file. */
  private nameSynced = false;

  constructor(
    private readonly context: LogContext,
    readonly baseOffset: number,
    summary?: SegmentSummary,
  ) {
    this.path = `${context.directory}/${segmentName(baseOffset)}${SEGMENT_SUFFIX}`;
    this.indexPath = `${context.directory}/${segmentName(baseOffset)}${INDEX_SUFFIX}`;
    this.nextOffset = summary?.nextOffset ?? baseOffset;
    this.sizeBytes = summary?.segmentBytes ?? SEGMENT_HEADER_BYTES;
    this.lastTimestampMicros = summary?.lastTimestampMicros ?? 0;
    this.syncedBytes = 0;
    this.indexedBytes = 0;
  }

  /** Whether everything appended is known to survive a loss of power. */
  get isSynced(): boolean {
    return this.syncedBytes >= this.sizeBytes;
  }

  /** Bytes of records, without the file's header. */
  get recordBytes(): number {
    return this.sizeBytes - SEGMENT_HEADER_BYTES;
  }

  /** Makes the file with its header; a remnant of the same name is emptied. */
  async create(createdMicros: number): Promise<void> {
    await this.context.fileSystem.makeDirectory(this.context.directory);
    await this.context.files.use(this.path, "create", async (file) => {
      await file.truncate(0);
      await file.write([encodeSegmentHeader({ baseOffset: this.baseOffset, createdMicros })], 0);
    });
    this.index = new SparseIndex(this.context.indexIntervalBytes);
  }

  /** Writes records behind the last one. Nothing counts as appended before {@link advance}. */
  write(records: readonly Uint8Array[]): Promise<void> {
    return this.context.files.use(this.path, "write", (file) => file.write(records, this.sizeBytes));
  }

  /** Takes one written record into account. */
  advance(offset: number, messageCount: number, byteCount: number, timestampMicros: number): void {
    this.index?.note(offset, this.sizeBytes, timestampMicros);
    this.sizeBytes += byteCount;
    this.nextOffset = offset + messageCount;
    this.lastTimestampMicros = timestampMicros;
  }

  /** Goes back to an earlier {@link summary}: what was advanced since counts as never appended. */
  restore({ nextOffset, segmentBytes, lastTimestampMicros }: SegmentSummary): void {
    this.index?.cutAt(segmentBytes);
    this.nextOffset = nextOffset;
    this.sizeBytes = segmentBytes;
    this.lastTimestampMicros = lastTimestampMicros;
  }

  /**
   * Reads what is not known to be on disk, checks every record of it and writes it again. After a sync that failed, the
   * system may show bytes that it has given up writing; only a new write makes it try once more.
   * @returns the position of the first record that is not as it was written, undefined when all are
   */
  async rewriteUnsynced(): Promise<number | undefined> {
    const { files, format } = this.context;
    const end = this.sizeBytes;
    const memory = reusedMemory(REWRITE_CHUNK_BYTES);
    return files.use(this.path, "write", async (file) => {
      const range = {
        start: Math.max(this.syncedBytes, SEGMENT_HEADER_BYTES),
        end,
        chunkBytes: REWRITE_CHUNK_BYTES,
        chunkBytesMax: REWRITE_CHUNK_BYTES,
        allocate: memory,
      };
      const scan = await scanRecords(file, format, range, (_view, bytes, at, length) =>
        format.verify(bytes.subarray(at, at + length)),
      );
      if (scan.reason !== "end") return scan.position;
      for (let at = this.syncedBytes; at < end; at += REWRITE_CHUNK_BYTES) {
        const chunk = memory(Math.min(REWRITE_CHUNK_BYTES, end - at));
        if ((await file.read(chunk, at)) < chunk.length) return at;
        await file.write([chunk], at);
      }
      await file.truncate(end);
      return undefined;
    });
  }

  /** Cuts off what a failed write may have left. */
  discardUnaccounted(): Promise<void> {
    return this.context.files.use(this.path, "write", (file) => file.truncate(this.sizeBytes));
  }

  /** Makes everything that was written when this was called survive a loss of power. */
  async sync(): Promise<void> {
    const sizeBytes = this.sizeBytes;
    await this.context.files.use(this.path, "write", (file) => file.sync());
    if (!this.nameSynced) {
      const { directory, fileSystem } = this.context;
      await fileSystem.syncDirectory(directory);
      await fileSystem.syncDirectory(directory.slice(0, directory.lastIndexOf("/")) || "/");
      this.nameSynced = true;
    }
    this.syncedBytes = Math.max(this.syncedBytes, sizeBytes);
  }

  /**
   * Writes the index file, so that the next recovery begins behind what is synced now. The caller syncs first, but for a
   * log that never does: its recovery believes an index only as far as it knows the segment to be synced.
   */
  async writeIndex(): Promise<void> {
    const { appendSync, fileSystem } = this.context;
    const { isSynced } = this;
    if (this.index === undefined || this.indexedBytes === this.sizeBytes) return;
    if (!isSynced && appendSync !== "never") return;
    const summary = this.summary();
    await writeIndexFile(fileSystem, this.indexPath, summary, this.index, isSynced);
    this.indexedBytes = summary.segmentBytes;
  }

  summary(): SegmentSummary {
    return {
      baseOffset: this.baseOffset,
      nextOffset: this.nextOffset,
      segmentBytes: this.sizeBytes,
      lastTimestampMicros: this.lastTimestampMicros,
    };
  }
}

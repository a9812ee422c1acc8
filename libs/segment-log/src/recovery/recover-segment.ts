import { fail } from "../errors.js";
import { decodeIndex, type SegmentSummary } from "../index/index-file.js";
import { SparseIndex } from "../index/sparse-index.js";
import type { LogContext } from "../log/log-context.js";
import { reusedMemory, type ScanEnd, scanRecords } from "../segment/scan-records.js";
import { Segment } from "../segment/segment.js";
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentHeader } from "../segment/segment-file.js";

const SCAN_CHUNK_BYTES = 2 ** 20;

/** What is known of the newest segment from elsewhere. */
export interface TailKnowledge {
  /** Bytes of it that were synced; none of them may be cut off. */
  readonly syncedBytes: number;
  /** There is no older segment, so this one's name alone says which offset is next. */
  readonly isOnly: boolean;
}

/**
 * Opens a segment whose end may be torn, as the newest one's: what its index speaks for is taken as it is, the rest is verified record by record, and
 * the file is cut in front of the first record that is torn or wrong.
 * @returns undefined when not even the header was written; the file is then gone
 * @throws ImsError `log.corrupt` when that record had been synced, which a crash cannot explain
 */
export async function recoverTailSegment(
  context: LogContext,
  baseOffset: number,
  { syncedBytes, isOnly }: TailKnowledge,
): Promise<Segment | undefined> {
  const segment = new Segment(context, baseOffset);
  const sizeBytes = await fileBytes(context, segment.path);
  if ((await readHeader(context, segment, sizeBytes)) === "torn") {
    if (syncedBytes > 0) throw corrupt(segment.path, 0, "segment header");
    report(context, segment.path, 0, sizeBytes, "segment header");
    if (isOnly && baseOffset > 0) {
      await segment.create(context.clock.nowMicros());
      return segment;
    }
    context.files.forget(segment.path);
    await context.fileSystem.remove(segment.path);
    await context.fileSystem.remove(segment.indexPath);
    return undefined;
  }
  const { recovered, end } = await loadAndScan(context, segment, sizeBytes);
  recovered.syncedBytes = Math.max(recovered.syncedBytes, Math.min(syncedBytes, recovered.sizeBytes));
  if (recovered.sizeBytes < syncedBytes)
    throw corrupt(segment.path, recovered.sizeBytes, `${end.reason} record`);
  if (recovered.sizeBytes < sizeBytes) {
    await context.files.use(segment.path, "write", async (file) => {
      await file.truncate(recovered.sizeBytes);
      await file.sync();
    });
    report(
      context,
      segment.path,
      recovered.sizeBytes,
      sizeBytes - recovered.sizeBytes,
      `${end.reason} record`,
    );
  }
  return recovered;
}

/**
 * Opens a segment that was sealed. Its index, when whole, saves reading it.
 * @throws ImsError `log.corrupt` naming file and position when it has to be scanned and is not whole
 */
export async function openSealedSegment(context: LogContext, baseOffset: number): Promise<Segment> {
  const segment = new Segment(context, baseOffset);
  const sizeBytes = await fileBytes(context, segment.path);
  if ((await readHeader(context, segment, sizeBytes)) === "torn")
    throw corrupt(segment.path, 0, "segment header");
  const { recovered, end } = await loadAndScan(context, segment, sizeBytes);
  if (recovered.sizeBytes < sizeBytes)
    throw corrupt(segment.path, recovered.sizeBytes, `${end.reason} record`);
  if (recovered.syncedBytes < sizeBytes) await recovered.sync();
  await recovered.writeIndex();
  return recovered;
}

/** Reads the index of a sealed segment again after it was dropped from memory. */
export async function loadIndex(context: LogContext, segment: Segment): Promise<SparseIndex> {
  const loaded = await readIndex(context, segment.indexPath);
  if (
    loaded &&
    loaded.summary.segmentBytes === segment.sizeBytes &&
    loaded.summary.baseOffset === segment.baseOffset
  ) {
    return loaded.index;
  }
  const { recovered } = await scanFrom(context, segment.baseOffset, segment.sizeBytes, undefined);
  return recovered.index ?? new SparseIndex(context.indexIntervalBytes);
}

async function loadAndScan(context: LogContext, segment: Segment, sizeBytes: number) {
  const loaded = await readIndex(context, segment.indexPath);
  const usable =
    loaded !== undefined &&
    loaded.summary.baseOffset === segment.baseOffset &&
    loaded.summary.segmentBytes <= sizeBytes;
  return scanFrom(context, segment.baseOffset, sizeBytes, usable ? loaded : undefined);
}

async function scanFrom(
  context: LogContext,
  baseOffset: number,
  sizeBytes: number,
  known: { summary: SegmentSummary; index: SparseIndex } | undefined,
): Promise<{ recovered: Segment; end: ScanEnd }> {
  const { format } = context;
  const start = known?.summary ?? {
    baseOffset,
    nextOffset: baseOffset,
    segmentBytes: SEGMENT_HEADER_BYTES,
    lastTimestampMicros: 0,
  };
  const segment = new Segment(context, baseOffset, start);
  segment.index = known?.index ?? new SparseIndex(context.indexIntervalBytes);
  segment.indexedBytes = known?.summary.segmentBytes ?? 0;
  const range = {
    start: start.segmentBytes,
    end: sizeBytes,
    chunkBytes: SCAN_CHUNK_BYTES,
    chunkBytesMax: SCAN_CHUNK_BYTES,
    allocate: reusedMemory(SCAN_CHUNK_BYTES),
  };
  const end = await context.files.use(segment.path, "write", (file) =>
    scanRecords(file, format, range, (view, chunk, at, length) => {
      const offset = format.baseOffset(view, at);
      const messageCount = format.messageCount(view, at);
      if (offset !== segment.nextOffset || messageCount < 1) return false;
      if (!format.verify(chunk.subarray(at, at + length))) return false;
      segment.advance(offset, messageCount, length, format.timestampMicros(view, at));
      return true;
    }),
  );
  segment.syncedBytes = segment.indexedBytes;
  return { recovered: segment, end };
}

async function readHeader(
  context: LogContext,
  segment: Segment,
  sizeBytes: number,
): Promise<SegmentHeader | "torn"> {
  const bytes = new Uint8Array(Math.min(SEGMENT_HEADER_BYTES, sizeBytes));
  await context.files.use(segment.path, "write", (file) => file.read(bytes, 0));
  const header = decodeSegmentHeader(bytes);
  if (header === "version") {
    throw fail("log.format", `${segment.path} is not a segment of format version 1`, {
      context: { path: segment.path },
    });
  }
  if (header !== "torn" && header.baseOffset !== segment.baseOffset) {
    throw corrupt(segment.path, 8, `base offset ${header.baseOffset}, which differs from the name`);
  }
  return header;
}

async function readIndex(context: LogContext, path: string) {
  const bytes = await context.fileSystem.readFile(path);
  return bytes && decodeIndex(bytes, context.indexIntervalBytes);
}

function fileBytes(context: LogContext, path: string): Promise<number> {
  return context.files.use(path, "write", (file) => file.sizeBytes());
}

function report(
  context: LogContext,
  path: string,
  position: number,
  removedBytes: number,
  reason: string,
): void {
  context.onRecovery({ path, position, removedBytes, reason });
}

function corrupt(path: string, position: number, what: string) {
  return fail("log.corrupt", `${path} holds a damaged ${what} at byte ${position}`, {
    context: { path, position },
  });
}

import type { FileSystem } from "../file-system/file-system.js";
import { decodeIndex } from "../index/index-file.js";
import type { RecordFormat } from "../log/record-format.js";
import { reusedMemory, type ScanEnd, scanRecords } from "../segment/scan-records.js";
import {
  baseOffsetOfName,
  decodeSegmentHeader,
  INDEX_SUFFIX,
  SEGMENT_HEADER_BYTES,
  SEGMENT_SUFFIX,
  segmentName,
} from "../segment/segment-file.js";
import { readSyncedMark, SYNCED_MARK_NAME } from "../segment/synced-mark.js";
import type { StorageProblem } from "./storage-problem.js";

const SCAN_CHUNK_BYTES = 2 ** 20;

/** A log that nobody has open. */
export interface CheckedLog {
  readonly fileSystem: FileSystem;
  readonly directory: string;
  readonly format: RecordFormat;
  /** The log was written with `appendSync: "never"`: a loss of power may have left a hole anywhere behind the mark. */
  readonly isNeverSynced?: boolean;
}

interface CheckedSegment {
  readonly path: string;
  readonly indexPath: string;
  readonly baseOffset: number;
  readonly sizeBytes: number;
  /** Behind the last record that is as it was written. */
  readonly validBytes: number;
  readonly nextOffset: number;
  readonly positions: ReadonlySet<number>;
  readonly damage: string | undefined;
}

/**
 * Reads every byte of a log: headers, every record with its checksums, indexes, the mark of synced bytes, and whether
 * segments follow on each other. Nothing is changed.
 */
export async function checkLog(log: CheckedLog): Promise<StorageProblem[]> {
  const names = await log.fileSystem.list(log.directory);
  const baseOffsets = names.map(baseOffsetOfName).filter((offset): offset is number => offset !== undefined);
  const segments: CheckedSegment[] = [];
  const problems: StorageProblem[] = [];
  const isUnsynced = await unsyncedIn(log);
  for (const [position, baseOffset] of baseOffsets.entries()) {
    const previous = segments.at(-1);
    // What a start would take away as well.
    if (previous !== undefined && previous.nextOffset !== baseOffset && isUnsynced(previous.baseOffset)) {
      problems.push(hole(log, previous, baseOffsets.slice(position)));
      break;
    }
    const segment = await scanSegment(log, baseOffset);
    segments.push(segment);
    const isNewest = baseOffset === baseOffsets.at(-1);
    if (segment.damage !== undefined && !isNewest && isUnsynced(baseOffset)) {
      problems.push(hole(log, segment, baseOffsets.slice(position + 1)));
      break;
    }
    if (segment.damage !== undefined) problems.push(damaged(log, segments, isNewest));
    else problems.push(...(await checkIndex(log, segment)));
    if (previous !== undefined && previous.damage === undefined && previous.nextOffset !== baseOffset)
      problems.push(gap(log, segments.slice(0, -1), segment, previous.nextOffset));
  }
  problems.push(...(await checkMark(log, segments.at(-1))));
  return problems;
}

async function scanSegment(log: CheckedLog, baseOffset: number): Promise<CheckedSegment> {
  const { fileSystem, directory, format } = log;
  const path = `${directory}/${segmentName(baseOffset)}${SEGMENT_SUFFIX}`;
  const indexPath = `${directory}/${segmentName(baseOffset)}${INDEX_SUFFIX}`;
  const file = await fileSystem.open(path, "read");
  try {
    const sizeBytes = await file.sizeBytes();
    const start = new Uint8Array(Math.min(SEGMENT_HEADER_BYTES, sizeBytes));
    await file.read(start, 0);
    const header = decodeSegmentHeader(start);
    const positions = new Set<number>();
    let nextOffset = baseOffset;
    const found = (validBytes: number, damage: string | undefined): CheckedSegment => {
      return { path, indexPath, baseOffset, sizeBytes, validBytes, nextOffset, positions, damage };
    };
    if (header === "version") return found(0, "the header is of an unknown format version");
    if (header === "torn") return found(0, "the header is torn or fails its checksum");
    if (header.baseOffset !== baseOffset) return found(0, "the header names another offset than the file");
    const range = {
      start: SEGMENT_HEADER_BYTES,
      end: sizeBytes,
      chunkBytes: SCAN_CHUNK_BYTES,
      chunkBytesMax: SCAN_CHUNK_BYTES,
      allocate: reusedMemory(SCAN_CHUNK_BYTES),
    };
    const end = await scanRecords(file, format, range, (view, chunk, at, length, position) => {
      const isNext = format.baseOffset(view, at) === nextOffset && format.messageCount(view, at) > 0;
      if (!isNext || !format.verify(chunk.subarray(at, at + length))) return false;
      nextOffset += format.messageCount(view, at);
      positions.add(position);
      return true;
    });
    return found(end.position, REASONS[end.reason]);
  } finally {
    await file.close();
  }
}

const REASONS: Readonly<Record<ScanEnd["reason"], string | undefined>> = {
  end: undefined,
  stopped: "a record fails its checksum or does not continue the one before it",
  torn: "a record ends behind the end of the file",
  invalid: "no record begins where one should",
};

/** The newest segment is cut; of older ones only what comes behind them can stay, for offsets must follow on each other. */
function damaged(log: CheckedLog, segments: readonly CheckedSegment[], isNewest: boolean): StorageProblem {
  const segment = segments.at(-1)!;
  const { path, validBytes, sizeBytes, nextOffset, indexPath } = segment;
  const problem = { path, position: validBytes, what: segment.damage! };
  if (!isNewest) return { ...problem, ...setAside(segments) };
  const loss = `messages from offset ${nextOffset} on: ${sizeBytes - validBytes} bytes`;
  const derived = [indexPath, `${log.directory}/${SYNCED_MARK_NAME}`];
  if (validBytes > 0)
    return { ...problem, loss, repair: { kind: "cut", path, position: validBytes, derived } };
  return { ...problem, loss, repair: { kind: "set-aside", paths: [path], derived } };
}

/** Tells the segments that a loss of power may have torn although others come behind them. */
async function unsyncedIn({ fileSystem, directory, isNeverSynced = false }: CheckedLog) {
  const mark = await readSyncedMark(fileSystem, directory);
  if (!isNeverSynced || mark === "version") return () => false;
  return (baseOffset: number) => baseOffset >= (mark?.baseOffset ?? 0);
}

/** Segments behind a hole are set aside, the newest being what lies in front of it from then on. */
function hole(log: CheckedLog, before: CheckedSegment, laterOffsets: readonly number[]): StorageProblem {
  const { path, validBytes, nextOffset, damage } = before;
  const what = damage ?? `ends with offset ${nextOffset - 1}, and the segment behind it does not go on there`;
  const names = laterOffsets.map((baseOffset) => `${log.directory}/${segmentName(baseOffset)}`);
  const paths = names.map((name) => `${name}${SEGMENT_SUFFIX}`);
  const derived = names.map((name) => `${name}${INDEX_SUFFIX}`);
  const loss = `messages from offset ${nextOffset} on, which were never synced`;
  return { path, position: validBytes, what, loss, repair: { kind: "set-aside", paths, derived } };
}

function gap(
  log: CheckedLog,
  before: readonly CheckedSegment[],
  segment: CheckedSegment,
  expectedOffset: number,
): StorageProblem {
  const { path, baseOffset } = segment;
  const what = `begins with offset ${baseOffset} where ${expectedOffset} is next in ${log.directory}`;
  return { path, position: 0, what, ...setAside(before) };
}

function setAside(segments: readonly CheckedSegment[]): Pick<StorageProblem, "loss" | "repair"> {
  const first = segments[0]!;
  const last = segments.at(-1)!;
  const bytes = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const derived = segments.map(({ indexPath }) => indexPath);
  return {
    loss: `messages from offset ${first.baseOffset} to the end of segment ${last.baseOffset}: ${bytes} bytes in ${segments.length} segments`,
    repair: { kind: "set-aside", paths: segments.map(({ path }) => path), derived },
  };
}

async function checkIndex({ fileSystem }: CheckedLog, segment: CheckedSegment): Promise<StorageProblem[]> {
  const { indexPath } = segment;
  const bytes = await fileSystem.readFile(indexPath);
  if (bytes === undefined) return [];
  const decoded = decodeIndex(bytes, 1);
  const { summary, index } = decoded ?? {};
  const isTrue =
    summary?.baseOffset === segment.baseOffset &&
    summary.segmentBytes <= segment.sizeBytes &&
    (summary.segmentBytes < segment.sizeBytes || summary.nextOffset === segment.nextOffset) &&
    index?.positions.every((position) => segment.positions.has(position));
  if (isTrue) return [];
  const what = decoded ? "the index does not fit its segment" : "the index fails its checksum";
  const repair = { kind: "remove", derived: [indexPath] } as const;
  return [{ path: indexPath, position: 0, what, loss: "nothing, it is made again", repair }];
}

async function checkMark(
  { fileSystem, directory }: CheckedLog,
  newest: CheckedSegment | undefined,
): Promise<StorageProblem[]> {
  const mark = await readSyncedMark(fileSystem, directory);
  const path = `${directory}/${SYNCED_MARK_NAME}`;
  const repair = { kind: "remove", derived: [path] } as const;
  if (mark === undefined) return [];
  if (mark === "version") {
    const what = "is of an unknown format version";
    return [{ path, position: 0, what, loss: "nothing, it is made again", repair }];
  }
  if (mark.baseOffset > (newest?.baseOffset ?? -1)) {
    const what = `speaks of a segment with base offset ${mark.baseOffset}, which is missing`;
    return [{ path, position: 0, what, loss: `messages from offset ${mark.baseOffset} on`, repair }];
  }
  const isShort = mark.baseOffset === newest?.baseOffset && mark.syncedBytes > newest.sizeBytes;
  if (!isShort || newest.damage !== undefined) return [];
  const what = `${newest.path} has ${newest.sizeBytes} bytes where ${mark.syncedBytes} had been synced`;
  return [{ path, position: 0, what, loss: `messages from offset ${newest.nextOffset} on`, repair }];
}

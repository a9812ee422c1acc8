import { fail } from "../errors.js";
import type { LogContext } from "../log/log-context.js";
import type { Segment } from "../segment/segment.js";
import { baseOffsetOfName, INDEX_SUFFIX, SEGMENT_SUFFIX, segmentName } from "../segment/segment-file.js";
import { readSyncedMark, SYNCED_MARK_NAME, type SyncedMark } from "../segment/synced-mark.js";
import { openSealedSegment, recoverTailSegment } from "./recover-segment.js";

/** What a folder holds once its end was repaired. */
export interface RecoveredLog {
  readonly segments: Segment[];
  /** Sequence of the mark of synced bytes that was found, 0 when there was none. */
  readonly markSequence: number;
}

/**
 * Opens all segments of a folder in offset order; the last one is the tail and is repaired.
 * @throws ImsError `log.corrupt`, `log.gap` or `log.format`, each naming the file
 */
export async function recoverSegments(context: LogContext): Promise<RecoveredLog> {
  const names = await context.fileSystem.list(context.directory);
  const baseOffsets = names.map(baseOffsetOfName).filter((offset): offset is number => offset !== undefined);
  const mark = await syncedMark(context, baseOffsets.at(-1));
  const segments: Segment[] = [];
  for (const [position, baseOffset] of baseOffsets.entries()) {
    const isTail = position === baseOffsets.length - 1;
    const syncedBytes = mark?.baseOffset === baseOffset ? mark.syncedBytes : 0;
    const segment = isTail
      ? await recoverTailSegment(context, baseOffset, { syncedBytes, isOnly: position === 0 })
      : await openSealedSegment(context, baseOffset);
    if (segment === undefined) continue;
    const previous = segments.at(-1);
    if (previous !== undefined && previous.nextOffset !== baseOffset) {
      throw fail(
        "log.gap",
        `${segment.path} begins at offset ${baseOffset}, but the segment before it ends with ${previous.nextOffset - 1}`,
        { context: { path: segment.path, expectedOffset: previous.nextOffset } },
      );
    }
    segments.push(segment);
  }
  for (const segment of segments.slice(0, -1)) segment.index = undefined;
  await removeOrphans(context, names, new Set(baseOffsets));
  return { segments, markSequence: mark?.sequence ?? 0 };
}

/** @throws ImsError `log.gap` when the segment that it speaks of is gone, `log.format` */
async function syncedMark(
  { fileSystem, directory }: LogContext,
  newestOffset: number | undefined,
): Promise<(SyncedMark & { readonly sequence: number }) | undefined> {
  const mark = await readSyncedMark(fileSystem, directory);
  const path = `${directory}/${SYNCED_MARK_NAME}`;
  if (mark === "version") {
    throw fail("log.format", `${path} is not of format version 1`, { context: { path } });
  }
  if (mark !== undefined && mark.baseOffset > (newestOffset ?? -1)) {
    const missing = `${directory}/${segmentName(mark.baseOffset)}${SEGMENT_SUFFIX}`;
    throw fail("log.gap", `${missing} is missing, of which ${mark.syncedBytes} bytes had been synced`, {
      context: { path: missing, position: 0 },
    });
  }
  return mark;
}

/** Indexes whose segment is gone; a removal that a loss of power cut short leaves them. */
async function removeOrphans(
  { fileSystem, directory }: LogContext,
  names: readonly string[],
  baseOffsets: ReadonlySet<number>,
): Promise<void> {
  for (const name of names) {
    if (!name.endsWith(INDEX_SUFFIX)) continue;
    const baseOffset = baseOffsetOfName(name.replace(INDEX_SUFFIX, SEGMENT_SUFFIX));
    if (baseOffset === undefined || baseOffsets.has(baseOffset)) continue;
    await fileSystem.remove(`${directory}/${name}`).catch(() => undefined);
  }
}

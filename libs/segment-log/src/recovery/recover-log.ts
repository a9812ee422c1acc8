import { fail } from "../errors.js";
import type { LogContext } from "../log/log-context.js";
import type { Segment } from "../segment/segment.js";
import { baseOffsetOfName, INDEX_SUFFIX, SEGMENT_SUFFIX, segmentName } from "../segment/segment-file.js";
import { readSyncedMark, SYNCED_MARK_NAME, type SyncedMark } from "../segment/synced-mark.js";
import { openSealedSegment, recoverTailSegment } from "./recover-segment.js";
import { dropBehind, forgetIndexes } from "./unsynced-segments.js";

/** What a folder holds once its end was repaired. */
export interface RecoveredLog {
  readonly segments: Segment[];
  /** Sequence of the mark of synced bytes that was found, 0 when there was none. */
  readonly markSequence: number;
}

/**
 * Opens all segments of a folder in offset order; the last one is the tail and is repaired. Of a log that is never synced
 * every segment behind the mark may be torn: the first that is becomes the last.
 * @throws ImsError `log.corrupt`, `log.gap` or `log.format`, each naming the file
 */
export async function recoverSegments(context: LogContext): Promise<RecoveredLog> {
  const names = await context.fileSystem.list(context.directory);
  const baseOffsets = names.map(baseOffsetOfName).filter((offset): offset is number => offset !== undefined);
  const mark = await syncedMark(context, baseOffsets.at(-1));
  const segments: Segment[] = [];
  const isUnsynced = (baseOffset: number) =>
    context.appendSync === "never" && baseOffset >= (mark?.baseOffset ?? 0);
  // Nothing that was synced can be missing behind this one.
  const isBehindMark = (newest: Segment | undefined) =>
    newest === undefined ? mark === undefined && isUnsynced(0) : isUnsynced(newest.baseOffset);
  await forgetIndexes(context, baseOffsets.filter(isUnsynced), mark);
  let expectedOffset = baseOffsets[0] ?? 0;
  for (const [position, baseOffset] of baseOffsets.entries()) {
    if (expectedOffset !== baseOffset && isBehindMark(segments.at(-1))) {
      await dropBehind(context, baseOffsets.splice(position));
      break;
    }
    const isTail = position === baseOffsets.length - 1;
    const syncedBytes = mark?.baseOffset === baseOffset ? mark.syncedBytes : 0;
    const segment =
      isTail || isUnsynced(baseOffset)
        ? await recoverTailSegment(context, baseOffset, { syncedBytes, isOnly: position === 0 })
        : await openSealedSegment(context, baseOffset);
    if (segment === undefined) continue;
    if (expectedOffset !== baseOffset) throw gap(segment, expectedOffset);
    expectedOffset = segment.nextOffset;
    segments.push(segment);
  }
  for (const segment of segments.slice(0, -1)) {
    await segment.writeIndex().catch(() => undefined);
    segment.index = undefined;
  }
  await removeOrphans(context, names, new Set(baseOffsets));
  return { segments, markSequence: mark?.sequence ?? 0 };
}

function gap({ path, baseOffset }: Segment, expectedOffset: number) {
  return fail(
    "log.gap",
    `${path} begins at offset ${baseOffset}, but the segment before it ends with ${expectedOffset - 1}`,
    { context: { path, expectedOffset } },
  );
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

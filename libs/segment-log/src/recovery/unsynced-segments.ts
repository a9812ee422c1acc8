import { decodeIndex } from "../index/index-file.js";
import type { LogContext } from "../log/log-context.js";
import { INDEX_SUFFIX, SEGMENT_SUFFIX, segmentName } from "../segment/segment-file.js";
import type { SyncedMark } from "../segment/synced-mark.js";

/**
 * Removes the indexes of segments that were never synced, for they may speak of bytes that a loss of power took. They are
 * gone for good before anything is appended: one that came back later would speak of other records.
 */
export async function forgetIndexes(
  { fileSystem, directory, indexIntervalBytes }: LogContext,
  baseOffsets: readonly number[],
  mark: SyncedMark | undefined,
): Promise<void> {
  let isChanged = false;
  for (const baseOffset of baseOffsets) {
    const path = `${directory}/${segmentName(baseOffset)}${INDEX_SUFFIX}`;
    const bytes = await fileSystem.readFile(path);
    if (bytes === undefined) continue;
    const syncedBytes = mark?.baseOffset === baseOffset ? mark.syncedBytes : 0;
    const summary = decodeIndex(bytes, indexIntervalBytes)?.summary;
    if (summary !== undefined && summary.segmentBytes <= syncedBytes) continue;
    await fileSystem.remove(path);
    isChanged = true;
  }
  if (isChanged) await fileSystem.syncDirectory(directory);
}

/**
 * Removes segments that do not follow on the last one that is whole, the newest first, so that a loss of power meanwhile
 * leaves no other gap. They are gone for good before anything is appended.
 */
export async function dropBehind(context: LogContext, baseOffsets: readonly number[]): Promise<void> {
  const { fileSystem, files, directory } = context;
  for (const baseOffset of [...baseOffsets].reverse()) {
    const path = `${directory}/${segmentName(baseOffset)}${SEGMENT_SUFFIX}`;
    const removedBytes = await files.use(path, "write", (file) => file.sizeBytes());
    files.forget(path);
    await fileSystem.remove(path);
    const reason = "segment behind one that was never synced and is not whole";
    context.onRecovery({ path, position: 0, removedBytes, reason });
  }
  await fileSystem.syncDirectory(directory);
}

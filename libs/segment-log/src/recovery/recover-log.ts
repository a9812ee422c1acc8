import { fail } from "../errors.js";
import type { LogContext } from "../log/log-context.js";
import type { Segment } from "../segment/segment.js";
import { baseOffsetOfName } from "../segment/segment-file.js";
import { openSealedSegment, recoverTailSegment } from "./recover-segment.js";

/**
 * Opens all segments of a folder in offset order; the last one is the tail and is repaired.
 * @throws ImsError `log.corrupt`, `log.gap` or `log.format`, each naming the file
 */
export async function recoverSegments(context: LogContext): Promise<Segment[]> {
  const baseOffsets = (await context.fileSystem.list(context.directory))
    .map(baseOffsetOfName)
    .filter((offset): offset is number => offset !== undefined);
  const segments: Segment[] = [];
  for (const [position, baseOffset] of baseOffsets.entries()) {
    const isTail = position === baseOffsets.length - 1;
    const segment = isTail
      ? await recoverTailSegment(context, baseOffset)
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
  return segments;
}

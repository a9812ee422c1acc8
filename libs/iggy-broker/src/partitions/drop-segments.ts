import type { FileSystem } from "@ims/segment-log";

const SEGMENT_NAME = /^(\d{20})\.log$/;

/** What may go of a partition. */
export interface DropLimits {
  readonly segmentCountMax: number;
  /** Smallest offset that a consumer or group has stored; a segment with messages behind it stays. */
  readonly barrierOffset: number | undefined;
}

/**
 * Removes the oldest segments of a folder whose log is closed. The newest one is never among them.
 * @returns how many went
 */
export async function dropOldestSegments(
  fileSystem: FileSystem,
  directory: string,
  { segmentCountMax, barrierOffset = Number.POSITIVE_INFINITY }: DropLimits,
): Promise<number> {
  const names = await fileSystem.list(directory);
  const baseOffsets = names.flatMap(baseOffsetOf).sort((left, right) => left - right);
  let dropped = 0;
  for (const [index, baseOffset] of baseOffsets.slice(0, -1).entries()) {
    const lastOffset = baseOffsets[index + 1]! - 1;
    if (dropped >= segmentCountMax || lastOffset > barrierOffset) break;
    const name = `${directory}/${String(baseOffset).padStart(20, "0")}`;
    // The messages first: an index without them is no harm, a gap in the middle would be.
    await fileSystem.remove(`${name}.log`);
    await fileSystem.remove(`${name}.index`);
    dropped++;
  }
  return dropped;
}

function baseOffsetOf(name: string): number[] {
  const match = SEGMENT_NAME.exec(name);
  return match === null ? [] : [Number(match[1])];
}

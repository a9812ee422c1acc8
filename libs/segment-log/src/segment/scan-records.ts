import type { FileHandle } from "../file-system/file-system.js";
import type { RecordFormat } from "../log/record-format.js";

export interface ScanRange {
  /** Position of a record's first byte. */
  readonly start: number;
  /** Nothing at or behind this position is looked at. */
  readonly end: number;
  /** Size of the first read; later ones double up to `chunkBytesMax`. */
  readonly chunkBytes: number;
  readonly chunkBytesMax: number;
  /** Memory for one chunk; visitors may keep views of it. */
  readonly allocate: (byteCount: number) => Uint8Array;
}

/** `stopped`: the visitor had enough. `torn`: the bytes end inside a record. `invalid`: no record can begin there. */
export interface ScanEnd {
  readonly position: number;
  readonly reason: "end" | "stopped" | "torn" | "invalid";
}

/** Sees one whole record: `length` bytes of `chunk` from `at`. Returns false to stop in front of it, "last" to stop behind it. */
export type RecordVisitor = (
  view: DataView,
  chunk: Uint8Array,
  at: number,
  length: number,
  position: number,
) => boolean | "last";

/** Walks the records of a range. */
export async function scanRecords(
  file: FileHandle,
  format: RecordFormat,
  range: ScanRange,
  visit: RecordVisitor,
): Promise<ScanEnd> {
  let position = range.start;
  let chunkBytes = Math.max(range.chunkBytes, format.headerBytes);
  while (position + format.headerBytes <= range.end) {
    const chunk = range.allocate(Math.min(chunkBytes, range.end - position));
    const filled = await file.read(chunk, position);
    const view = new DataView(chunk.buffer, chunk.byteOffset, filled);
    let at = 0;
    let neededBytes = 0;
    while (at + format.headerBytes <= filled) {
      const length = format.recordBytes(view, at);
      if (length < format.headerBytes || length > format.recordBytesMax) {
        return { position: position + at, reason: "invalid" };
      }
      if (position + at + length > range.end) return { position: position + at, reason: "torn" };
      if (at + length > filled) {
        neededBytes = length;
        break;
      }
      const verdict = visit(view, chunk, at, length, position + at);
      if (verdict === false) return { position: position + at, reason: "stopped" };
      at += length;
      if (verdict === "last") return { position: position + at, reason: "stopped" };
    }
    position += at;
    if (filled < chunk.length) return { position, reason: "torn" };
    chunkBytes = Math.max(neededBytes, Math.min(chunkBytes * 2, range.chunkBytesMax));
  }
  return { position, reason: position === range.end ? "end" : "torn" };
}

/** Memory of its own (not from a pool, which views of it would keep alive) that is about to be overwritten. */
export function ownMemory(byteCount: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(byteCount).buffer, 0, byteCount);
}

/** One chunk for a whole scan whose visitor keeps nothing. */
export function reusedMemory(chunkBytes: number): (byteCount: number) => Uint8Array {
  let memory = ownMemory(chunkBytes);
  return (byteCount) => {
    if (byteCount > memory.length) memory = ownMemory(byteCount);
    return memory.subarray(0, byteCount);
  };
}

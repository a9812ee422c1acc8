import type { FileSystem, StorageProblem } from "@ims/segment-log";
import { OFFSETS_HEADER, OFFSETS_SLOT_BYTES, offsetsVersion, readSlot } from "../offsets/offset-slots.js";

/** Checks every slot of an offsets file. One that was never written is all zero. */
export async function checkOffsets(fileSystem: FileSystem, path: string): Promise<StorageProblem[]> {
  const source = await fileSystem.readFile(path);
  if (source === undefined) return [];
  const bytes = Buffer.from(source);
  const version = offsetsVersion(bytes);
  if (version === "unknown") {
    const what = "the header is of an unknown format version";
    return [{ path, position: 0, what, loss: "nothing yet", repair: { kind: "none" } }];
  }
  const problems: StorageProblem[] = [];
  const header = bytes.subarray(0, OFFSETS_HEADER.length);
  if (version === "damaged" && header.some((byte) => byte !== 0)) {
    const what = "the header is damaged";
    const repair = { kind: "clear", path, position: 0, byteCount: OFFSETS_HEADER.length } as const;
    problems.push({ path, position: 0, what, loss: "nothing, it is written again", repair });
  }
  for (let at = OFFSETS_HEADER.length; at < bytes.length; at += OFFSETS_SLOT_BYTES) {
    const slot = bytes.subarray(at, at + OFFSETS_SLOT_BYTES);
    if (slot.every((byte) => byte === 0) || readSlot(bytes, at) !== undefined) continue;
    problems.push({
      path,
      position: at,
      what: "a stored offset fails its checksum",
      loss: "the last offset that one consumer stored; the one before it counts, and messages may come again",
      repair: { kind: "clear", path, position: at, byteCount: slot.length },
    });
  }
  return problems;
}

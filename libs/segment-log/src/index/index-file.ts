import { crc32 } from "node:zlib";
import type { FileSystem } from "../file-system/file-system.js";
import { SparseIndex } from "./sparse-index.js";

/*
 * Index file "<base offset, 20 digits>.index", little-endian. It speaks for the first `segment bytes` of the segment,
 * which were verified and synced before it was written, so recovery looks only at what follows.
 *
 *   @0   magic            6 bytes  "IMSIDX"
 *   @6   version          u8       1
 *   @7   reserved         u8       0
 *   @8   base offset      u64
 *   @16  next offset      u64      offset behind the last message within the segment bytes
 *   @24  segment bytes    u64      with the segment's own header
 *   @32  last timestamp   u64      of the last record, microseconds since 1970
 *   @40  entry count      u32
 *   @44  checksum         u32      CRC-32 of bytes 0..44 and all entries
 *   @48  entries, 16 bytes each: offset - base offset u32, position u32, timestamp u64
 *
 * Missing, damaged or of another version: the segment is scanned and the index made again.
 */
const MAGIC = "IMSIDX";
const VERSION = 1;
const HEADER_BYTES = 48;
const ENTRY_BYTES = 16;
const CHECKSUM_AT = 44;

/** What an index file says about its segment. */
export interface SegmentSummary {
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly segmentBytes: number;
  readonly lastTimestampMicros: number;
}

export function encodeIndex(summary: SegmentSummary, index: SparseIndex): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES + index.entryCount * ENTRY_BYTES);
  bytes.write(MAGIC, 0, "latin1");
  bytes.writeUInt8(VERSION, MAGIC.length);
  bytes.writeBigUInt64LE(BigInt(summary.baseOffset), 8);
  bytes.writeBigUInt64LE(BigInt(summary.nextOffset), 16);
  bytes.writeBigUInt64LE(BigInt(summary.segmentBytes), 24);
  bytes.writeBigUInt64LE(BigInt(summary.lastTimestampMicros), 32);
  bytes.writeUInt32LE(index.entryCount, 40);
  for (let entry = 0, at = HEADER_BYTES; entry < index.entryCount; entry++, at += ENTRY_BYTES) {
    bytes.writeUInt32LE(index.offsets[entry]! - summary.baseOffset, at);
    bytes.writeUInt32LE(index.positions[entry]!, at + 4);
    bytes.writeBigUInt64LE(BigInt(index.timestamps[entry]!), at + 8);
  }
  bytes.writeUInt32LE(checksum(bytes), CHECKSUM_AT);
  return bytes;
}

/** Undefined for anything that is not a whole valid index of this version. */
export function decodeIndex(
  source: Uint8Array,
  intervalBytes: number,
): { summary: SegmentSummary; index: SparseIndex } | undefined {
  if (source.length < HEADER_BYTES) return undefined;
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.length);
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC || bytes.readUInt8(MAGIC.length) !== VERSION)
    return undefined;
  const entryCount = bytes.readUInt32LE(40);
  if (bytes.length !== HEADER_BYTES + entryCount * ENTRY_BYTES) return undefined;
  if (bytes.readUInt32LE(CHECKSUM_AT) !== checksum(bytes)) return undefined;
  const summary = {
    baseOffset: Number(bytes.readBigUInt64LE(8)),
    nextOffset: Number(bytes.readBigUInt64LE(16)),
    segmentBytes: Number(bytes.readBigUInt64LE(24)),
    lastTimestampMicros: Number(bytes.readBigUInt64LE(32)),
  };
  const index = new SparseIndex(intervalBytes);
  for (let at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) {
    index.add(
      summary.baseOffset + bytes.readUInt32LE(at),
      bytes.readUInt32LE(at + 4),
      Number(bytes.readBigUInt64LE(at + 8)),
    );
  }
  return { summary, index };
}

/** Puts the index in place of an older one; a crash leaves the one or the other, or with `isSynced` false a torn one. */
export async function writeIndexFile(
  fileSystem: FileSystem,
  path: string,
  summary: SegmentSummary,
  index: SparseIndex,
  isSynced: boolean,
): Promise<void> {
  const draft = `${path}.new`;
  // Before the first wait: appends go on meanwhile, and their entries lie behind what the summary speaks for.
  const bytes = encodeIndex(summary, index);
  const handle = await fileSystem.open(draft, "create");
  try {
    await handle.truncate(0);
    await handle.write([bytes], 0);
    if (isSynced) await handle.sync();
  } finally {
    await handle.close();
  }
  await fileSystem.rename(draft, path);
}

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, CHECKSUM_AT)));
}

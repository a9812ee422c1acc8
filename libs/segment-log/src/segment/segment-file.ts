import { crc32 } from "node:zlib";

/*
 * Segment file "<base offset, 20 digits>.log", little-endian:
 *
 *   @0   magic          6 bytes  "IMSSEG"
 *   @6   version        u8       1
 *   @7   reserved       u8       0
 *   @8   base offset    u64      equals the number in the file's name
 *   @16  created        u64      microseconds since 1970
 *   @24  reserved       u32      0
 *   @28  checksum       u32      CRC-32 of bytes 0..28
 *   @32  records, one behind the other, no padding
 *
 * The format of a record is not this library's matter; see RecordFormat.
 */
export const SEGMENT_HEADER_BYTES = 32;
const MAGIC = "IMSSEG";
const VERSION = 1;
const CHECKSUM_AT = 28;

export const SEGMENT_SUFFIX = ".log";
export const INDEX_SUFFIX = ".index";

export interface SegmentHeader {
  readonly baseOffset: number;
  readonly createdMicros: number;
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  bytes.write(MAGIC, 0, "latin1");
  bytes.writeUInt8(VERSION, MAGIC.length);
  bytes.writeBigUInt64LE(BigInt(header.baseOffset), 8);
  bytes.writeBigUInt64LE(BigInt(header.createdMicros), 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, CHECKSUM_AT)), CHECKSUM_AT);
  return bytes;
}

/** `torn`: not a whole valid header, as after a crash. `version`: valid, but of a format this code does not know. */
export function decodeSegmentHeader(source: Uint8Array): SegmentHeader | "torn" | "version" {
  if (source.length < SEGMENT_HEADER_BYTES) return "torn";
  const bytes = Buffer.from(source.buffer, source.byteOffset, SEGMENT_HEADER_BYTES);
  if (bytes.readUInt32LE(CHECKSUM_AT) !== crc32(bytes.subarray(0, CHECKSUM_AT))) return "torn";
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC || bytes.readUInt8(MAGIC.length) !== VERSION)
    return "version";
  return {
    baseOffset: Number(bytes.readBigUInt64LE(8)),
    createdMicros: Number(bytes.readBigUInt64LE(16)),
  };
}

/** Name of a segment's files without suffix: 20 digits, so that names sort by offset. */
export function segmentName(baseOffset: number): string {
  return String(baseOffset).padStart(20, "0");
}

/** The base offset in a segment file's name, or undefined for any other name. */
export function baseOffsetOfName(name: string): number | undefined {
  const match = /^(\d{20})\.log$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

import { crc32 } from "node:zlib";

/*
 * Journal file "journal-<first sequence, 20 digits>.log", little-endian:
 *
 *   @0   magic           6 bytes  "IMSJNL"
 *   @6   version         u8       1
 *   @7   reserved        u8       0
 *   @8   first sequence  u64      of the first entry
 *   @16  entries, one behind the other:
 *          @0   payload length  u32
 *          @4   checksum        u32  CRC-32 of bytes 8..24 and the payload
 *          @8   sequence        u64  one more than the entry before
 *          @16  synced bytes    u64  length of the file that was known to be on disk when this entry was written
 *          @24  payload
 *
 * Snapshot file "snapshot-<sequence, 20 digits>.snap", the state after that sequence:
 *
 *   @0   magic           6 bytes  "IMSSNP"
 *   @6   version         u8       1
 *   @7   reserved        u8       0
 *   @8   sequence        u64
 *   @16  payload length  u32
 *   @20  checksum        u32      CRC-32 of bytes 0..20 and the payload
 *   @24  payload
 */
const JOURNAL_MAGIC = "IMSJNL";
const SNAPSHOT_MAGIC = "IMSSNP";
const VERSION = 1;
export const JOURNAL_HEADER_BYTES = 16;
export const ENTRY_HEADER_BYTES = 24;
const SNAPSHOT_HEADER_BYTES = 24;
/** A longer entry is not believed when reading, nor taken when writing. */
export const ENTRY_PAYLOAD_BYTES_MAX = 16 * 2 ** 20;

export interface JournalEntry {
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export function journalName(firstSequence: number): string {
  return `journal-${String(firstSequence).padStart(20, "0")}.log`;
}

export function snapshotName(sequence: number): string {
  return `snapshot-${String(sequence).padStart(20, "0")}.snap`;
}

/** The number in the name of a journal or snapshot, undefined for other names. */
export function sequenceOfName(name: string, kind: "journal" | "snapshot"): number | undefined {
  const match = /^(journal|snapshot)-(\d{20})\.(log|snap)$/.exec(name);
  return match && match[1] === kind ? Number(match[2]) : undefined;
}

export function encodeJournalHeader(firstSequence: number): Uint8Array {
  const bytes = Buffer.alloc(JOURNAL_HEADER_BYTES);
  bytes.write(JOURNAL_MAGIC, 0, "latin1");
  bytes.writeUInt8(VERSION, 6);
  bytes.writeBigUInt64LE(BigInt(firstSequence), 8);
  return bytes;
}

/** The first sequence, or undefined when the bytes are no header of this version. */
export function decodeJournalHeader(source: Uint8Array): number | undefined {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.length);
  if (
    bytes.length < JOURNAL_HEADER_BYTES ||
    bytes.toString("latin1", 0, 6) !== JOURNAL_MAGIC ||
    bytes[6] !== VERSION
  ) {
    return undefined;
  }
  return Number(bytes.readBigUInt64LE(8));
}

export function encodeEntryHeader(sequence: number, syncedBytes: number, payload: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(ENTRY_HEADER_BYTES);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.writeBigUInt64LE(BigInt(sequence), 8);
  bytes.writeBigUInt64LE(BigInt(syncedBytes), 16);
  bytes.writeUInt32LE(crc32(payload, crc32(bytes.subarray(8))), 4);
  return bytes;
}

/** The entry at a position, or undefined when no whole valid entry is there. */
export function decodeEntry(
  bytes: Buffer,
  at: number,
): (JournalEntry & { readonly syncedBytes: number; readonly end: number }) | undefined {
  if (at + ENTRY_HEADER_BYTES > bytes.length) return undefined;
  const payloadBytes = bytes.readUInt32LE(at);
  const end = at + ENTRY_HEADER_BYTES + payloadBytes;
  if (payloadBytes > ENTRY_PAYLOAD_BYTES_MAX || end > bytes.length) return undefined;
  if (crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) return undefined;
  return {
    sequence: Number(bytes.readBigUInt64LE(at + 8)),
    syncedBytes: Number(bytes.readBigUInt64LE(at + 16)),
    payload: bytes.subarray(at + ENTRY_HEADER_BYTES, end),
    end,
  };
}

export function encodeSnapshot(sequence: number, payload: Uint8Array): Uint8Array[] {
  const header = Buffer.alloc(SNAPSHOT_HEADER_BYTES);
  header.write(SNAPSHOT_MAGIC, 0, "latin1");
  header.writeUInt8(VERSION, 6);
  header.writeBigUInt64LE(BigInt(sequence), 8);
  header.writeUInt32LE(payload.length, 16);
  header.writeUInt32LE(crc32(payload, crc32(header.subarray(0, 20))), 20);
  return [header, payload];
}

export function decodeSnapshot(source: Uint8Array): JournalEntry | undefined {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.length);
  if (
    bytes.length < SNAPSHOT_HEADER_BYTES ||
    bytes.toString("latin1", 0, 6) !== SNAPSHOT_MAGIC ||
    bytes[6] !== VERSION
  ) {
    return undefined;
  }
  if (bytes.length !== SNAPSHOT_HEADER_BYTES + bytes.readUInt32LE(16)) return undefined;
  const payload = bytes.subarray(SNAPSHOT_HEADER_BYTES);
  if (crc32(payload, crc32(bytes.subarray(0, 20))) !== bytes.readUInt32LE(20)) return undefined;
  return { sequence: Number(bytes.readBigUInt64LE(8)), payload };
}

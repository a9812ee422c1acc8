import { crc32 } from "node:zlib";
import { SimulatedClock } from "@ims/common";
import { MemoryFileSystem } from "../file-system/memory-file-system.js";
import { OpenFiles } from "../file-system/open-files.js";
import type { PartitionLogOptions } from "../log/log-context.js";
import type { PartitionLog } from "../log/partition-log.js";
import type { RecordFormat } from "../log/record-format.js";
import { MemoryBudget } from "../memory/memory-budget.js";

/** The plainest record: length u32, message count u32, base offset u64, timestamp u64, CRC-32 of all else, payload. */
export const TEST_HEADER_BYTES = 28;
const CHECKSUM_AT = 24;

export const testFormat: RecordFormat = {
  headerBytes: TEST_HEADER_BYTES,
  recordBytesMax: 1 << 20,
  recordBytes: (view, at) => view.getUint32(at, true),
  messageCount: (view, at) => view.getUint32(at + 4, true),
  baseOffset: (view, at) => Number(view.getBigUint64(at + 8, true)),
  timestampMicros: (view, at) => Number(view.getBigUint64(at + 16, true)),
  verify: (record) => checksum(record) === viewOf(record).getUint32(CHECKSUM_AT, true),
};

export function testRecord(
  baseOffset: number,
  messageCount: number,
  payloadBytes: number,
  timestampMicros = baseOffset,
): Uint8Array {
  const record = new Uint8Array(TEST_HEADER_BYTES + payloadBytes);
  const view = viewOf(record);
  view.setUint32(0, record.length, true);
  view.setUint32(4, messageCount, true);
  view.setBigUint64(8, BigInt(baseOffset), true);
  view.setBigUint64(16, BigInt(timestampMicros), true);
  record.fill((baseOffset * 7 + 1) & 0xff, TEST_HEADER_BYTES);
  view.setUint32(CHECKSUM_AT, checksum(record), true);
  return record;
}

/** Options for a log in memory; nothing is shared with another call unless it is passed. */
export function testLogOptions(overrides: Partial<PartitionLogOptions> = {}): PartitionLogOptions {
  const fileSystem = overrides.fileSystem ?? new MemoryFileSystem();
  return {
    directory: "/log",
    fileSystem,
    files: new OpenFiles(fileSystem, 4),
    format: testFormat,
    clock: new SimulatedClock(),
    tailBudget: new MemoryBudget(0),
    segmentBytesMax: 512,
    indexIntervalBytes: 64,
    ...overrides,
  };
}

/** Every record of the log, in order. */
export async function readAll(log: PartitionLog): Promise<Uint8Array[]> {
  const { records } = await log.read(0, {
    bytesMax: Number.MAX_SAFE_INTEGER,
    messageCountMax: Number.MAX_SAFE_INTEGER,
  });
  return records.map((record) => record.bytes);
}

function checksum(record: Uint8Array): number {
  return crc32(record.subarray(TEST_HEADER_BYTES), crc32(record.subarray(0, CHECKSUM_AT)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

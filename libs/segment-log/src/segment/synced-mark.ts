import { crc32 } from "node:zlib";
import type { FileSystem } from "../file-system/file-system.js";
import type { OpenFiles } from "../file-system/open-files.js";

/*
 * File "synced" of a log's or journal's folder, little-endian: how much of the newest file is known to survive a loss of
 * power.
 *
 *   @0   magic     6 bytes  "IMSSYN"
 *   @6   version   u8       1
 *   @7   reserved  u8       0
 *   @8   two slots of 32 bytes, written in turn:
 *          @0   checksum      u32  CRC-32 of bytes 4..32
 *          @4   reserved      u32
 *          @8   base offset   u64  of the segment; first sequence of a journal
 *          @16  synced bytes  u64  of its file
 *          @24  sequence      u64  grows with every write to this file
 *
 * It is written behind a sync and never synced itself, so it may be older than the truth but never ahead of it. Recovery
 * cuts off no byte that it vouches for. Missing, or with both slots torn: nothing is vouched for.
 */
const MAGIC = "IMSSYN";
const VERSION = 1;
const HEADER_BYTES = 8;
const SLOT_BYTES = 32;

export const SYNCED_MARK_NAME = "synced";

/** What a log knows to be on disk. */
export interface SyncedMark {
  readonly baseOffset: number;
  readonly syncedBytes: number;
}

/** `version` for a file of a format that this code does not know, undefined for one that says nothing. */
export function decodeSyncedMark(
  source: Uint8Array,
): (SyncedMark & { readonly sequence: number }) | "version" | undefined {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.length);
  const version = bytes.length < HEADER_BYTES ? 0 : bytes.readUInt8(MAGIC.length);
  // 0 is what a torn header leaves; the slots carry checksums of their own.
  if (bytes.toString("latin1", 0, MAGIC.length) === MAGIC && version !== VERSION && version !== 0)
    return "version";
  const slots = [HEADER_BYTES, HEADER_BYTES + SLOT_BYTES].flatMap((at) => {
    const slot = bytes.subarray(at, at + SLOT_BYTES);
    if (slot.length < SLOT_BYTES || slot.readUInt32LE(0) !== crc32(slot.subarray(4))) return [];
    const [baseOffset, syncedBytes, sequence] = [8, 16, 24].map((field) =>
      Number(slot.readBigUInt64LE(field)),
    );
    return [{ baseOffset: baseOffset!, syncedBytes: syncedBytes!, sequence: sequence! }];
  });
  return slots.sort((left, right) => right.sequence - left.sequence)[0];
}

/** Keeps the mark of one log. A mark that cannot be written is no failure: the one before stays true. */
export class SyncedMarkFile {
  private hasHeader = false;

  /** @param sequence of the mark that was found, 0 when there was none */
  constructor(
    private readonly path: string,
    private readonly files: OpenFiles,
    private sequence: number,
  ) {}

  async write({ baseOffset, syncedBytes }: SyncedMark): Promise<void> {
    const sequence = ++this.sequence;
    const bytes = Buffer.alloc(HEADER_BYTES + SLOT_BYTES);
    bytes.write(MAGIC, 0, "latin1");
    bytes.writeUInt8(VERSION, MAGIC.length);
    const slot = bytes.subarray(HEADER_BYTES);
    slot.writeBigUInt64LE(BigInt(baseOffset), 8);
    slot.writeBigUInt64LE(BigInt(syncedBytes), 16);
    slot.writeBigUInt64LE(BigInt(sequence), 24);
    slot.writeUInt32LE(crc32(slot.subarray(4)), 0);
    try {
      await this.files.use(this.path, "create", async (file) => {
        if (!this.hasHeader) await file.write([bytes.subarray(0, HEADER_BYTES)], 0);
        this.hasHeader = true;
        await file.write([slot], HEADER_BYTES + (sequence % 2) * SLOT_BYTES);
      });
    } catch {
      // See above.
    }
  }

  forget(): void {
    this.files.forget(this.path);
  }
}

/** Reads the mark of a folder. @throws nothing of its own; the file system's errors pass */
export async function readSyncedMark(fileSystem: FileSystem, directory: string) {
  const bytes = await fileSystem.readFile(`${directory}/${SYNCED_MARK_NAME}`);
  return bytes === undefined ? undefined : decodeSyncedMark(bytes);
}

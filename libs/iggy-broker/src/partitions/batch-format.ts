import {
  BATCH_AT,
  BATCH_HEADER_BYTES,
  FRAME_BYTES_MAX,
  readSafeU64,
  validateBatch,
} from "@ims/iggy-protocol";
import type { RecordFormat } from "@ims/segment-log";

/** Message batches as records of the log: stored byte for byte as they travel, with the server's stamps. */
export const batchFormat: RecordFormat = {
  headerBytes: BATCH_HEADER_BYTES,
  recordBytesMax: FRAME_BYTES_MAX,
  recordBytes: (view, at) => safe(view, at + BATCH_AT.batchLength),
  messageCount: (view, at) => view.getUint32(at + BATCH_AT.messageCount, true),
  baseOffset: (view, at) => safe(view, at + BATCH_AT.baseOffset),
  timestampMicros: (view, at) => safe(view, at + BATCH_AT.baseTimestamp),
  verify(record) {
    try {
      validateBatch(record);
      return true;
    } catch {
      return false;
    }
  },
};

/** Damaged bytes may hold more than 2^53; -1 stands for "no such value". */
function safe(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) > 0x1f_ffff ? -1 : readSafeU64(view, at, "batch field");
}

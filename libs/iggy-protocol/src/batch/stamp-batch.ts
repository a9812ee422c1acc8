import { viewOf } from "../frame/frame-layout.js";
import { batchChecksum } from "./batch-checksum.js";
import { BATCH_AT, BATCH_HEADER_BYTES, MESSAGE_HEADER_BYTES, writeSafeU64 } from "./batch-header.js";
import { invalidBatch } from "./invalid-batch.js";

/** What a server writes into a batch that it stores. */
export interface BatchStamp {
  readonly partitionId: number;
  readonly baseOffset: number;
  /** Time of storing, microseconds since 1970; one for all messages of the batch. */
  readonly baseTimestampMicros: number;
}

/** Stamps the valid batch at `at` in place and renews its batch checksum; the frames stay as they are. */
export function stampBatch(bytes: Uint8Array, at: number, stamp: BatchStamp): void {
  const view = viewOf(bytes);
  if (at + BATCH_HEADER_BYTES + MESSAGE_HEADER_BYTES > bytes.length)
    throw invalidBatch(at, "it is too short");
  writeSafeU64(view, at + BATCH_AT.partitionId, stamp.partitionId);
  writeSafeU64(view, at + BATCH_AT.baseOffset, stamp.baseOffset);
  writeSafeU64(view, at + BATCH_AT.baseTimestamp, stamp.baseTimestampMicros);
  view.setBigUint64(at + BATCH_AT.checksum, batchChecksum(view, at), true);
}

import { fail } from "../errors/protocol-errors.js";

/**
 * A batch is a header of 256 bytes and `message_count` frames without padding. The same bytes travel in a send, in a
 * poll reply and lie in a segment file.
 * ```
 * header                              frame
 *   0 partition_id u64                  0 checksum u64      XXH3-64 of the frame from byte 8 to its end
 *   8 base_offset u64                   8 id u128
 *  16 base_timestamp u64               24 offset_delta u32
 *  24 origin_timestamp u64             28 timestamp_delta u32
 *  32 batch_length u64                 32 user_headers_length u32
 *  40 batch_checksum u64               36 payload_length u32
 *  48 message_count u32                40 reserved u64, zero
 *  52 reserved, 204 zero bytes         48 payload, then user headers
 * ```
 * batch_checksum = XXH3-64 of header bytes 0..40, 48..52 and the checksum of every frame in order.
 */
export const BATCH_HEADER_BYTES = 256;
export const MESSAGE_HEADER_BYTES = 48;

export const BATCH_AT = {
  partitionId: 0,
  baseOffset: 8,
  baseTimestamp: 16,
  originTimestamp: 24,
  batchLength: 32,
  checksum: 40,
  messageCount: 48,
} as const;

export const MESSAGE_AT = {
  checksum: 0,
  id: 8,
  offsetDelta: 24,
  timestampDelta: 28,
  headersLength: 32,
  payloadLength: 36,
  reserved: 40,
} as const;

export interface BatchHeader {
  readonly partitionId: number;
  /** Offset of the batch as it was stored; a slice keeps it, so its first message may lie behind it. */
  readonly baseOffset: number;
  /** When the server stored the batch. */
  readonly baseTimestampMicros: number;
  /** Smallest creation time of the messages. */
  readonly originMicros: number;
  /** Header and frames. */
  readonly batchBytes: number;
  readonly checksum: bigint;
  readonly messageCount: number;
}

/** A u64 of the header as a number; throws `iggy-protocol.unsafe-integer` above 2^53. */
export function readSafeU64(view: DataView, at: number, field: string): number {
  const high = view.getUint32(at + 4, true);
  if (high > 0x1f_ffff) throw unsafe(field, at);
  return high * 0x1_0000_0000 + view.getUint32(at, true);
}

export function writeSafeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
}

/** A u64 of the header as a number; senders may write anything here, so what exceeds 2^53 is only near. */
export function readNearU64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
}

/**
 * Reads the header at `at` without judging it: a value above 2^53 comes out rounded. The bytes must hold at least 256
 * from there: throws `iggy-protocol.truncated` otherwise.
 */
export function readBatchHeader(view: DataView, at: number): BatchHeader {
  const present = view.byteLength - at;
  if (at < 0 || present < BATCH_HEADER_BYTES) {
    throw fail(
      "iggy-protocol.truncated",
      `a batch header at byte ${at} needs ${BATCH_HEADER_BYTES} bytes, ${present} are present`,
      {
        context: { field: "batch header", offset: at, needed: BATCH_HEADER_BYTES, present },
      },
    );
  }
  return {
    partitionId: readNearU64(view, at + BATCH_AT.partitionId),
    baseOffset: readNearU64(view, at + BATCH_AT.baseOffset),
    baseTimestampMicros: readNearU64(view, at + BATCH_AT.baseTimestamp),
    originMicros: readNearU64(view, at + BATCH_AT.originTimestamp),
    batchBytes: readNearU64(view, at + BATCH_AT.batchLength),
    checksum: view.getBigUint64(at + BATCH_AT.checksum, true),
    messageCount: view.getUint32(at + BATCH_AT.messageCount, true),
  };
}

/** Bytes of the frame whose header begins at `at`. */
export function messageBytesAt(view: DataView, at: number): number {
  return (
    MESSAGE_HEADER_BYTES +
    view.getUint32(at + MESSAGE_AT.headersLength, true) +
    view.getUint32(at + MESSAGE_AT.payloadLength, true)
  );
}

function unsafe(field: string, at: number): Error {
  return fail("iggy-protocol.unsafe-integer", `${field} of a batch at byte ${at} exceeds 2^53`, {
    context: { field, offset: at },
  });
}

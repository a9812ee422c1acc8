import { viewOf } from "../frame/frame-layout.js";
import { batchChecksum } from "./batch-checksum.js";
import {
  BATCH_AT,
  BATCH_HEADER_BYTES,
  MESSAGE_AT,
  MESSAGE_HEADER_BYTES,
  messageBytesAt,
  readBatchHeader,
  writeSafeU64,
} from "./batch-header.js";
import { invalidBatch } from "./invalid-batch.js";

/** A run of messages of a stored batch: a new header, and the place of its frames in the stored bytes. */
export interface BatchSlice {
  /** 256 bytes to send in front of the frames. */
  readonly header: Uint8Array;
  readonly framesStart: number;
  readonly framesEnd: number;
  readonly messageCount: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/**
 * The messages of the batch at `at` from offset `fromOffset` on, at most `countMax`. Length, count and checksum of the
 * header are renewed; the base offset and the deltas of the frames stay, as the reference server does. `undefined` when
 * no message qualifies. Throws `iggy-protocol.invalid-batch` when a frame leaves the bytes.
 */
export function sliceBatch(
  bytes: Uint8Array,
  at: number,
  fromOffset: number,
  countMax: number,
): BatchSlice | undefined {
  const view = viewOf(bytes);
  const { baseOffset, messageCount } = readBatchHeader(view, at);
  let frame = at + BATCH_HEADER_BYTES;
  let framesStart = -1;
  let count = 0;
  let firstOffset = 0;
  let lastOffset = 0;
  for (let i = 0; i < messageCount && count < countMax; i++) {
    if (frame + MESSAGE_HEADER_BYTES > bytes.length)
      throw invalidBatch(at, `message ${i} begins behind the end`);
    const offset = baseOffset + view.getUint32(frame + MESSAGE_AT.offsetDelta, true);
    if (count > 0 || offset >= fromOffset) {
      if (count === 0) {
        framesStart = frame;
        firstOffset = offset;
      }
      lastOffset = offset;
      count++;
    }
    frame += messageBytesAt(view, frame);
    if (frame > bytes.length) throw invalidBatch(at, `message ${i} ends behind the end`);
  }
  if (count === 0) return undefined;
  const slice = { framesStart, framesEnd: frame, messageCount: count, firstOffset, lastOffset };
  if (count === messageCount)
    return { ...slice, header: new Uint8Array(bytes.subarray(at, at + BATCH_HEADER_BYTES)) };
  return { ...slice, header: sliceHeader(bytes, at, slice) };
}

function sliceHeader(bytes: Uint8Array, at: number, slice: Omit<BatchSlice, "header">): Uint8Array {
  const header = new Uint8Array(bytes.subarray(at, at + BATCH_HEADER_BYTES));
  const view = viewOf(header);
  writeSafeU64(view, BATCH_AT.batchLength, BATCH_HEADER_BYTES + slice.framesEnd - slice.framesStart);
  view.setUint32(BATCH_AT.messageCount, slice.messageCount, true);
  const source = viewOf(bytes);
  view.setBigUint64(BATCH_AT.checksum, batchChecksum(view, 0, source, slice.framesStart), true);
  return header;
}

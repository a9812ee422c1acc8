import { heapHasher } from "../hash/heap-hasher.js";
import { scratchBytesFor } from "../hash/kernel.js";
import { BATCH_AT, BATCH_HEADER_BYTES, MESSAGE_HEADER_BYTES, messageBytesAt } from "./batch-header.js";
import { invalidBatch } from "./invalid-batch.js";

/**
 * The batch checksum over the header at `at` and the checksums that its frames carry; they may lie elsewhere.
 * Frames are not hashed again. Throws `iggy-protocol.invalid-batch` when they do not lie within the bytes.
 */
export function batchChecksum(
  view: DataView,
  at: number,
  frames: DataView = view,
  framesAt: number = at + BATCH_HEADER_BYTES,
): bigint {
  const count = view.getUint32(at + BATCH_AT.messageCount, true);
  if (count * MESSAGE_HEADER_BYTES > frames.byteLength)
    throw invalidBatch(at, `${count} messages cannot fit`);
  const hasher = heapHasher();
  hasher.reserve(scratchBytesFor(count));
  const input = hasher.view;
  const start = hasher.inputAt;
  for (let i = 0; i < 40; i += 4) input.setUint32(start + i, view.getUint32(at + i, true), true);
  input.setUint32(start + 40, count, true);
  let frame = framesAt;
  let sum = start + 44;
  for (let i = 0; i < count; i++, sum += 8) {
    if (frame + MESSAGE_HEADER_BYTES > frames.byteLength)
      throw invalidBatch(at, `message ${i} begins behind the end`);
    input.setUint32(sum, frames.getUint32(frame, true), true);
    input.setUint32(sum + 4, frames.getUint32(frame + 4, true), true);
    frame += messageBytesAt(frames, frame);
  }
  return BigInt.asUintN(64, hasher.kernel.xxh3(start, sum - start));
}

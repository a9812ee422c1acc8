import { fail } from "../errors/protocol-errors.js";
import { viewOf } from "../frame/frame-layout.js";
import { heapHasher } from "../hash/heap-hasher.js";
import { scratchBytesFor } from "../hash/kernel.js";
import {
  BATCH_AT,
  BATCH_HEADER_BYTES,
  MESSAGE_AT,
  MESSAGE_HEADER_BYTES,
  messageBytesAt,
  readBatchHeader,
} from "./batch-header.js";
import { invalidBatch } from "./invalid-batch.js";

/**
 * Checks a whole batch of `byteCount` bytes at `at`: length, message count (also against `messageCount` if given),
 * zero reserved areas, every message checksum and the batch checksum. Throws `iggy-protocol.invalid-batch` or
 * `iggy-protocol.checksum-mismatch` with the place. Partition id, base offset and base timestamp may hold anything: a
 * server overwrites them. Offset deltas are looked at by {@link checkOffsetDeltas}.
 */
export function validateBatch(
  bytes: Uint8Array,
  at = 0,
  byteCount: number = bytes.length - at,
  messageCount?: number,
): void {
  if (byteCount < BATCH_HEADER_BYTES + MESSAGE_HEADER_BYTES || at + byteCount > bytes.length) {
    throw invalidBatch(at, `${byteCount} bytes cannot hold a header and a message`);
  }
  const view = viewOf(bytes);
  const declaredCount = view.getUint32(at + BATCH_AT.messageCount, true);
  if (messageCount !== undefined && declaredCount !== messageCount) {
    throw invalidBatch(at, `it declares ${declaredCount} messages, the request ${messageCount}`);
  }
  const hasher = heapHasher();
  const scratchBytes = scratchBytesFor(Math.min(declaredCount, Math.floor(byteCount / MESSAGE_HEADER_BYTES)));
  const scratchAt = hasher.load(bytes, at, at + byteCount, scratchBytes);
  const result = hasher.kernel.checkBatch(hasher.inputAt, byteCount, scratchAt, scratchBytes);
  if (result === 0) return;
  if (result === -1) throw describeStructure(view, at, byteCount);
  const what = result === -2 ? "batch checksum" : `checksum of message ${result - 1}`;
  throw fail("iggy-protocol.checksum-mismatch", `batch at byte ${at}: the ${what} does not match`, {
    context: { offset: at, messageIndex: result - 1 },
  });
}

/** Offset deltas must count 0, 1, 2, …: otherwise messages would get offsets outside the batch's run. */
export function checkOffsetDeltas(bytes: Uint8Array, at = 0): void {
  const view = viewOf(bytes);
  const { messageCount } = readBatchHeader(view, at);
  let frame = at + BATCH_HEADER_BYTES;
  for (let i = 0; i < messageCount; i++) {
    if (frame + MESSAGE_HEADER_BYTES > bytes.length)
      throw invalidBatch(at, `message ${i} begins behind the end`);
    const delta = view.getUint32(frame + MESSAGE_AT.offsetDelta, true);
    if (delta !== i) throw invalidBatch(at, `message ${i} has offset delta ${delta}`);
    frame += messageBytesAt(view, frame);
  }
}

/** Walks a batch that the kernel found malformed, to say where. */
function describeStructure(view: DataView, at: number, byteCount: number): Error {
  const header = readBatchHeader(view, at);
  if (header.batchBytes !== byteCount)
    return invalidBatch(at, `it declares ${header.batchBytes} bytes of ${byteCount}`);
  if (header.messageCount === 0) return invalidBatch(at, "it holds no message");
  const end = at + byteCount;
  let frame = at + BATCH_HEADER_BYTES;
  for (let i = 0; i < header.messageCount; i++) {
    if (end - frame < MESSAGE_HEADER_BYTES)
      return invalidBatch(at, `message ${i} of ${header.messageCount} is missing`);
    if (view.getBigUint64(frame + MESSAGE_AT.reserved, true) !== 0n) {
      return invalidBatch(at, `message ${i} has a non-zero reserved field`);
    }
    const messageBytes = messageBytesAt(view, frame);
    if (messageBytes > end - frame) {
      return invalidBatch(at, `message ${i} declares ${messageBytes} bytes, ${end - frame} are left`);
    }
    frame += messageBytes;
  }
  if (frame !== end) return invalidBatch(at, `${end - frame} bytes follow the last message`);
  return invalidBatch(at, "a reserved byte of the header is not zero");
}

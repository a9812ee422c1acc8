import { fail } from "../errors/protocol-errors.js";
import { FRAME_BYTES_MAX, HEADER_BYTES, readU128, viewOf } from "../frame/frame-layout.js";
import { heapHasher } from "../hash/heap-hasher.js";
import { scratchBytesFor } from "../hash/kernel.js";
import { ByteReader } from "../primitives/byte-reader.js";
import {
  BATCH_AT,
  BATCH_HEADER_BYTES,
  type BatchHeader,
  MESSAGE_AT,
  MESSAGE_HEADER_BYTES,
  readBatchHeader,
  writeSafeU64,
} from "./batch-header.js";
import { checkMessageBytes } from "./message-limits.js";

/** A message to send; the official clients replace id 0 by a random one, the wire does not care. */
export interface BatchMessage {
  /** 128 bits. */
  readonly id: bigint;
  /** 1 to 64,000,000 bytes. */
  readonly payload: Uint8Array;
  /** Creation time, microseconds since 1970; a bigint may use all 64 bits. */
  readonly originMicros: number | bigint;
  /** Encoded user headers, at most 100,000 bytes. */
  readonly headers?: Uint8Array | undefined;
}

/** A batch travels in a frame of at most 64 MiB. */
const BATCH_BYTES_MAX = FRAME_BYTES_MAX - HEADER_BYTES;

/**
 * Builds a batch from whole messages. For the hot path see `BatchArena`, which writes the same bytes in place. Throws
 * `iggy-protocol.argument-out-of-range` without messages, for sizes outside their limits, ids above 128 bits, or when
 * creation times lie more than 2^32 microseconds apart (number 4038 of the official clients).
 */
export function encodeBatch(messages: readonly BatchMessage[]): Uint8Array {
  let byteCount = BATCH_HEADER_BYTES;
  for (let index = 0; index < messages.length; index++) {
    const { payload, headers } = messages[index]!;
    const headersLength = headers === undefined ? 0 : headers.length;
    checkMessageBytes(payload.length, headersLength, index);
    byteCount += MESSAGE_HEADER_BYTES + payload.length + headersLength;
  }
  if (byteCount > BATCH_BYTES_MAX) {
    throw fail(
      "iggy-protocol.argument-out-of-range",
      `a batch of ${byteCount} bytes fits no frame, allowed: at most ${BATCH_BYTES_MAX}`,
      { context: { field: "batch", rule: `at most ${BATCH_BYTES_MAX} bytes` } },
    );
  }
  return encodeBatchUnchecked(messages);
}

/** As {@link encodeBatch}, for payloads and user headers of any size: for proxies, recordings and tests of servers. */
export function encodeBatchUnchecked(messages: readonly BatchMessage[]): Uint8Array {
  if (messages.length === 0)
    throw fail("iggy-protocol.argument-out-of-range", "a batch needs at least one message");
  let byteCount = BATCH_HEADER_BYTES;
  let oldest = messages[0]!.originMicros;
  for (const { payload, headers, originMicros } of messages) {
    byteCount += MESSAGE_HEADER_BYTES + payload.length + (headers === undefined ? 0 : headers.length);
    if (originMicros < oldest) oldest = originMicros;
  }
  const hasher = heapHasher();
  const batchAt = hasher.inputAt;
  const scratchAt = (batchAt + byteCount + 7) & ~7;
  hasher.reserve(scratchAt - batchAt + scratchBytesFor(messages.length));
  const { bytes, view } = hasher;
  bytes.fill(0, batchAt, batchAt + BATCH_HEADER_BYTES);
  view.setBigUint64(batchAt + BATCH_AT.originTimestamp, checkedOrigin(oldest, 0), true);
  writeSafeU64(view, batchAt + BATCH_AT.batchLength, byteCount);
  view.setUint32(batchAt + BATCH_AT.messageCount, messages.length, true);
  let at = batchAt + BATCH_HEADER_BYTES;
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index]!;
    const { payload, headers } = message;
    const headersLength = headers === undefined ? 0 : headers.length;
    writeId(view, at + MESSAGE_AT.id, message.id, index);
    view.setUint32(at + MESSAGE_AT.offsetDelta, index, true);
    view.setUint32(at + MESSAGE_AT.timestampDelta, timestampDelta(message.originMicros, oldest, index), true);
    view.setUint32(at + MESSAGE_AT.headersLength, headersLength, true);
    view.setUint32(at + MESSAGE_AT.payloadLength, payload.length, true);
    view.setUint32(at + MESSAGE_AT.reserved, 0, true);
    view.setUint32(at + MESSAGE_AT.reserved + 4, 0, true);
    at += MESSAGE_HEADER_BYTES;
    bytes.set(payload, at);
    at += payload.length;
    if (headers !== undefined) bytes.set(headers, at);
    at += headersLength;
  }
  hasher.kernel.sealBatch(batchAt, scratchAt);
  return bytes.slice(batchAt, at);
}

const U64_MAX = 0xffff_ffff_ffff_ffffn;

function writeId(view: DataView, at: number, id: bigint, index: number): void {
  const high = id >> 64n;
  if (high < 0n || high > U64_MAX) {
    throw fail(
      "iggy-protocol.argument-out-of-range",
      `id of message ${index} is ${id}, allowed: 0 to 2^128 − 1`,
      { context: { field: "id", index } },
    );
  }
  view.setBigUint64(at, id, true);
  view.setBigUint64(at + 8, high, true);
}

function timestampDelta(originMicros: number | bigint, oldest: number | bigint, index: number): number {
  const delta =
    typeof originMicros === "number" && typeof oldest === "number"
      ? originMicros - oldest
      : Number(checkedOrigin(originMicros, index) - BigInt(oldest));
  if (delta <= 0xffff_ffff && (typeof originMicros === "bigint" || Number.isSafeInteger(originMicros)))
    return delta;
  throw fail(
    "iggy-protocol.argument-out-of-range",
    `message ${index} has a creation time of ${originMicros}, ${delta} microseconds behind the oldest of its batch`,
  );
}

function checkedOrigin(originMicros: number | bigint, index: number): bigint {
  if (typeof originMicros === "number" && !Number.isSafeInteger(originMicros))
    throw badOrigin(originMicros, index);
  const micros = BigInt(originMicros);
  if (micros < 0n || micros > U64_MAX) throw badOrigin(originMicros, index);
  return micros;
}

function badOrigin(originMicros: number | bigint, index: number): Error {
  return fail(
    "iggy-protocol.argument-out-of-range",
    `message ${index} has a creation time of ${originMicros}, allowed: whole microseconds from 0 to 2^64 − 1`,
  );
}

/** A message as it lies in a batch. */
export interface DecodedMessage extends BatchMessage {
  /** Above 2^53 the number is only near. */
  readonly originMicros: number;
  readonly checksum: bigint;
  readonly offset: number;
  readonly headers: Uint8Array;
}

/** The header and messages of one batch; checksums are not verified. For the hot path see `PolledBatches`. */
export function decodeBatch(bytes: Uint8Array, at = 0): { header: BatchHeader; messages: DecodedMessage[] } {
  const view = viewOf(bytes);
  const header = readBatchHeader(view, at);
  const reader = new ByteReader(
    bytes,
    "message batch",
    at + BATCH_HEADER_BYTES,
    Math.min(bytes.length, at + header.batchBytes),
  );
  const messages: DecodedMessage[] = [];
  for (let i = 0; i < header.messageCount; i++) {
    const frame = reader.position;
    reader.raw(MESSAGE_HEADER_BYTES, "message header");
    messages.push({
      checksum: view.getBigUint64(frame, true),
      id: readU128(view, frame + MESSAGE_AT.id),
      offset: header.baseOffset + view.getUint32(frame + MESSAGE_AT.offsetDelta, true),
      originMicros: header.originMicros + view.getUint32(frame + MESSAGE_AT.timestampDelta, true),
      payload: reader.raw(view.getUint32(frame + MESSAGE_AT.payloadLength, true), "payload"),
      headers: reader.raw(view.getUint32(frame + MESSAGE_AT.headersLength, true), "user headers"),
    });
  }
  return { header, messages };
}

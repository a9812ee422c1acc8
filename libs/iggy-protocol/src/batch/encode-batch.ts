import { fail } from "../errors/protocol-errors.js";
import { readU128, viewOf, writeU128 } from "../frame/frame-layout.js";
import { xxh3 } from "../hash/heap-hasher.js";
import { ByteReader } from "../primitives/byte-reader.js";
import { batchChecksum } from "./batch-checksum.js";
import {
  BATCH_AT,
  BATCH_HEADER_BYTES,
  type BatchHeader,
  MESSAGE_AT,
  MESSAGE_HEADER_BYTES,
  readBatchHeader,
  writeSafeU64,
} from "./batch-header.js";

/** A message to send; the official clients replace id 0 by a random one, the wire does not care. */
export interface BatchMessage {
  /** 128 bits. */
  readonly id: bigint;
  readonly payload: Uint8Array;
  /** Creation time, microseconds since 1970. */
  readonly originMicros: number;
  /** Encoded user headers. */
  readonly headers?: Uint8Array;
}

/**
 * Builds a batch from whole messages, one allocation for all. For the hot path see `BatchArena`, which writes the same
 * bytes in place. Throws `iggy-protocol.argument-out-of-range` without messages, or when creation times lie more than
 * 2^32 microseconds apart (number 4038 of the official clients).
 */
export function encodeBatch(messages: readonly BatchMessage[]): Uint8Array {
  if (messages.length === 0)
    throw fail("iggy-protocol.argument-out-of-range", "a batch needs at least one message");
  let byteCount = BATCH_HEADER_BYTES;
  let originMicros = Number.MAX_SAFE_INTEGER;
  for (const message of messages) {
    byteCount += MESSAGE_HEADER_BYTES + message.payload.length + (message.headers?.length ?? 0);
    originMicros = Math.min(originMicros, message.originMicros);
  }
  const bytes = new Uint8Array(byteCount);
  const view = viewOf(bytes);
  writeSafeU64(view, BATCH_AT.originTimestamp, originMicros);
  writeSafeU64(view, BATCH_AT.batchLength, byteCount);
  view.setUint32(BATCH_AT.messageCount, messages.length, true);
  let at = BATCH_HEADER_BYTES;
  messages.forEach((message, index) => {
    const timestampDelta = message.originMicros - originMicros;
    if (!Number.isSafeInteger(message.originMicros) || originMicros < 0 || timestampDelta > 0xffff_ffff) {
      throw fail(
        "iggy-protocol.argument-out-of-range",
        `message ${index} has a creation time of ${message.originMicros}, ${timestampDelta} microseconds behind the oldest of its batch`,
      );
    }
    writeU128(view, at + MESSAGE_AT.id, message.id);
    view.setUint32(at + MESSAGE_AT.offsetDelta, index, true);
    view.setUint32(at + MESSAGE_AT.timestampDelta, timestampDelta, true);
    view.setUint32(at + MESSAGE_AT.headersLength, message.headers?.length ?? 0, true);
    view.setUint32(at + MESSAGE_AT.payloadLength, message.payload.length, true);
    const payloadAt = at + MESSAGE_HEADER_BYTES;
    bytes.set(message.payload, payloadAt);
    if (message.headers) bytes.set(message.headers, payloadAt + message.payload.length);
    const end = payloadAt + message.payload.length + (message.headers?.length ?? 0);
    view.setBigUint64(at, xxh3(bytes, at + 8, end), true);
    at = end;
  });
  view.setBigUint64(BATCH_AT.checksum, batchChecksum(view, 0), true);
  return bytes;
}

/** A message as it lies in a batch. */
export interface DecodedMessage extends BatchMessage {
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

import { POLL_REPLY_HEAD_BYTES, RESYNC_PARTITION_ID } from "../commands/poll-messages.js";
import { fail } from "../errors/protocol-errors.js";
import { viewOf } from "../frame/frame-layout.js";
import { decodeUserHeaders, type UserHeader } from "../primitives/user-headers.js";
import {
  BATCH_AT,
  BATCH_HEADER_BYTES,
  MESSAGE_AT,
  MESSAGE_HEADER_BYTES,
  readNearU64,
  readSafeU64,
} from "./batch-header.js";
import { invalidBatch } from "./invalid-batch.js";
import { validateBatch } from "./validate-batch.js";

/**
 * A cursor over the messages of a poll reply, in place: `while (batches.next()) decode(batches.view,
 * batches.payloadStart, batches.payloadLength)`. The fields describe the message that `next` moved to, and nothing is
 * allocated per message. Every length is checked: bytes that do not follow the layout raise `iggy-protocol.truncated`,
 * `iggy-protocol.invalid-batch` or `iggy-protocol.unsafe-integer`. The reply's memory lives as long as the cursor.
 */
export class PolledBatches {
  readonly view: DataView;
  readonly partitionId: number;
  /** Last offset of the partition, 0 when it is empty. */
  readonly currentOffset: number;
  /** Messages in all batches together, as the reply declares. */
  readonly messageCount: number;

  offset = -1;
  /** When the server stored the message. */
  timestampMicros = 0;
  /** When the sender created it, by its own word: above 2^53 the number is only near. */
  originMicros = 0;
  payloadStart = 0;
  payloadLength = 0;
  headersLength = 0;

  private readonly start: number;
  private frameAt: number;
  private batchEnd: number;
  private messagesLeft = 0;
  private messagesSeen = 0;
  private baseOffset = 0;
  private baseOrigin = 0;
  private messageAt = 0;

  /** @param bytes payload of a poll reply: `[partition_id u32][current_offset u64][message_count u32]` and batches */
  constructor(readonly bytes: Uint8Array) {
    if (bytes.length < POLL_REPLY_HEAD_BYTES) {
      throw fail(
        "iggy-protocol.truncated",
        `a poll reply needs ${POLL_REPLY_HEAD_BYTES} bytes, ${bytes.length} are present`,
        {
          context: { field: "poll reply", offset: 0, needed: POLL_REPLY_HEAD_BYTES, present: bytes.length },
        },
      );
    }
    this.view = viewOf(bytes);
    this.partitionId = this.view.getUint32(0, true);
    this.currentOffset = readSafeU64(this.view, 4, "current offset");
    this.messageCount = this.view.getUint32(12, true);
    this.start = POLL_REPLY_HEAD_BYTES;
    this.frameAt = this.start;
    this.batchEnd = this.start;
  }

  /** The reader must synchronise its group assignment before it may poll. */
  get resyncRequired(): boolean {
    return this.partitionId === RESYNC_PARTITION_ID;
  }

  /** Moves to the next message; false at the end. */
  next(): boolean {
    if (this.messagesLeft === 0 && !this.enterBatch()) return false;
    const { view, frameAt, batchEnd } = this;
    if (batchEnd - frameAt < MESSAGE_HEADER_BYTES)
      throw invalidBatch(frameAt, "a message begins behind the end");
    const headersLength = view.getUint32(frameAt + MESSAGE_AT.headersLength, true);
    const payloadLength = view.getUint32(frameAt + MESSAGE_AT.payloadLength, true);
    const end = frameAt + MESSAGE_HEADER_BYTES + payloadLength + headersLength;
    if (end > batchEnd)
      throw invalidBatch(frameAt, `a message ends ${end - batchEnd} bytes behind its batch`);
    this.messageAt = frameAt;
    this.offset = this.baseOffset + view.getUint32(frameAt + MESSAGE_AT.offsetDelta, true);
    this.originMicros = this.baseOrigin + view.getUint32(frameAt + MESSAGE_AT.timestampDelta, true);
    this.payloadStart = frameAt + MESSAGE_HEADER_BYTES;
    this.payloadLength = payloadLength;
    this.headersLength = headersLength;
    this.frameAt = end;
    if (--this.messagesLeft === 0 && end !== batchEnd) {
      throw invalidBatch(end, `${batchEnd - end} bytes follow the last message`);
    }
    this.messagesSeen++;
    return true;
  }

  /** Back to before the first message. */
  rewind(): void {
    this.frameAt = this.start;
    this.batchEnd = this.start;
    this.messagesLeft = 0;
    this.messagesSeen = 0;
    this.offset = -1;
  }

  /** Where the current message's id begins in {@link bytes}: 16 bytes, little-endian. */
  get idStart(): number {
    return this.messageAt + MESSAGE_AT.id;
  }

  /** Lower and upper half of the current message's id. */
  get idLow(): bigint {
    return this.view.getBigUint64(this.idStart, true);
  }

  get idHigh(): bigint {
    return this.view.getBigUint64(this.idStart + 8, true);
  }

  /** A view of the current payload. */
  payload(): Uint8Array {
    return this.bytes.subarray(this.payloadStart, this.payloadStart + this.payloadLength);
  }

  /** A view of the current message's encoded user headers. `HeaderMap` reads them when asked. */
  headersBytes(): Uint8Array {
    const start = this.payloadStart + this.payloadLength;
    return this.bytes.subarray(start, start + this.headersLength);
  }

  /** The current message's user headers, decoded. */
  headers(): UserHeader[] {
    return decodeUserHeaders(this.headersBytes());
  }

  /** Checks every message and batch checksum; throws `iggy-protocol.checksum-mismatch` with the place. */
  verifyChecksums(): void {
    let at = this.start;
    while (at < this.bytes.length) {
      const byteCount = this.batchBytesAt(at);
      validateBatch(this.bytes, at, byteCount);
      at += byteCount;
    }
  }

  private enterBatch(): boolean {
    const at = this.batchEnd;
    if (at === this.bytes.length) {
      if (this.messagesSeen !== this.messageCount) {
        throw invalidBatch(
          at,
          `the reply declares ${this.messageCount} messages and holds ${this.messagesSeen}`,
        );
      }
      return false;
    }
    const byteCount = this.batchBytesAt(at);
    const count = this.view.getUint32(at + BATCH_AT.messageCount, true);
    if (count === 0) throw invalidBatch(at, "it holds no message");
    this.baseOffset = readSafeU64(this.view, at + BATCH_AT.baseOffset, "base offset");
    this.timestampMicros = readSafeU64(this.view, at + BATCH_AT.baseTimestamp, "base timestamp");
    this.baseOrigin = readNearU64(this.view, at + BATCH_AT.originTimestamp);
    this.messagesLeft = count;
    this.frameAt = at + BATCH_HEADER_BYTES;
    this.batchEnd = at + byteCount;
    return true;
  }

  private batchBytesAt(at: number): number {
    const present = this.bytes.length - at;
    if (present < BATCH_HEADER_BYTES) throw invalidBatch(at, `${present} bytes cannot hold a header`);
    const byteCount = readSafeU64(this.view, at + BATCH_AT.batchLength, "batch length");
    if (byteCount < BATCH_HEADER_BYTES || byteCount > present) {
      throw invalidBatch(at, `it declares ${byteCount} bytes, ${present} are present`);
    }
    return byteCount;
  }
}

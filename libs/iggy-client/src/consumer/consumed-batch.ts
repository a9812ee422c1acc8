import {
  BATCH_AT,
  BATCH_HEADER_BYTES,
  decodeUserHeaders,
  MESSAGE_AT,
  POLL_REPLY_HEAD_BYTES,
  readSafeU64,
  type UserHeader,
} from "@ims/iggy-protocol";
import { PolledReply } from "../client/polled-reply.js";
import type { Encryptor } from "../encryption/encryptor.js";
import { consumerError } from "./consumer-errors.js";

/** Called where the offsets inside a reply do not follow one another. */
export type OnHole = (expected: number, found: number) => void;

/**
 * The messages of one poll, as a cursor over the reply's own bytes: `while (batch.next())` moves from message to
 * message, and `payloadStart`, `payloadLength`, `offset` and the other fields describe the current one. Nothing is
 * copied or allocated per message. With an encryptor, `payload()` and `headers()` decrypt, while the positions describe
 * the encrypted bytes. The memory lives as long as the batch or a view of it, unless
 * {@link release} gives it back once the batch was read.
 */
export class ConsumedBatch extends PolledReply {
  /** First and last offset of the reply; −1 without messages. */
  firstOffset = -1;
  lastOffset = -1;
  /** Messages up to this offset are passed over: they were handled before. */
  private passedOver = -1;
  private held = false;

  /** @param encryptor decrypts payloads and headers */
  constructor(
    bytes: Uint8Array,
    private readonly encryptor?: Encryptor,
  ) {
    super(bytes);
  }

  override next(): boolean {
    if (this.held) {
      this.held = false;
      return true;
    }
    while (super.next()) if (this.offset > this.passedOver) return true;
    return false;
  }

  /** Lets the next call of {@link next} give the current message once more. */
  hold(): void {
    this.held = true;
  }

  /** Passes over messages up to this offset. Returns how many of the reply that are at most. */
  passOver(throughOffset: number): number {
    this.passedOver = Math.max(this.passedOver, throughOffset);
    return Math.max(0, Math.min(this.lastOffset, throughOffset) - this.firstOffset + 1);
  }

  /** Messages that are not passed over. */
  get countLeft(): number {
    return Math.max(0, this.lastOffset - Math.max(this.firstOffset - 1, this.passedOver));
  }

  /** Whether the current message is the last one. */
  get atLast(): boolean {
    return this.offset === this.lastOffset;
  }

  /** Throws `iggy-client.decryption` where it does not succeed. */
  override payload(): Uint8Array {
    return this.encryptor ? this.encryptor.decrypt(super.payload()) : super.payload();
  }

  /** Throws `iggy-client.decryption` where it does not succeed, and protocol errors for headers that are none. */
  override headers(): UserHeader[] {
    if (!this.encryptor || this.headersLength === 0) return super.headers();
    const start = this.payloadStart + this.payloadLength;
    return decodeUserHeaders(this.encryptor.decrypt(this.bytes.subarray(start, start + this.headersLength)));
  }

  /**
   * Reads the range of offsets from the batch headers. Servers count the messages of a batch one by one from its base
   * offset (server-behaviour.md section 6), and a slice begins at its first message. Throws
   * `iggy-client.message-unreadable` where the headers do not add up to the reply.
   */
  findRange(onHole: OnHole): void {
    const { view } = this;
    let at = POLL_REPLY_HEAD_BYTES;
    let total = 0;
    while (at + BATCH_HEADER_BYTES + MESSAGE_AT.offsetDelta + 4 <= view.byteLength) {
      const count = view.getUint32(at + BATCH_AT.messageCount, true);
      const delta = view.getUint32(at + BATCH_HEADER_BYTES + MESSAGE_AT.offsetDelta, true);
      const first = readSafeU64(view, at + BATCH_AT.baseOffset, "base offset") + delta;
      if (this.firstOffset < 0) this.firstOffset = first;
      else if (first !== this.lastOffset + 1) onHole(this.lastOffset + 1, first);
      this.lastOffset = first + count - 1;
      total += count;
      at += Math.max(BATCH_HEADER_BYTES, readSafeU64(view, at + BATCH_AT.batchLength, "batch length"));
    }
    if (total === this.messageCount && at === view.byteLength) return;
    throw consumerError(
      "iggy-client.message-unreadable",
      `a reply of ${view.byteLength} bytes declares ${this.messageCount} messages and holds ${total} in ${at} bytes`,
    );
  }
}

import { fail } from "../errors/protocol-errors.js";
import {
  COMMAND_AT,
  FrameKind,
  HEADER_BYTES,
  REQUEST_AT,
  SIZE_AT,
  writeU128,
} from "../frame/frame-layout.js";
import { Operation } from "../frame/operation.js";
import type { BatchArena } from "./batch-arena.js";
import {
  BATCH_AT,
  BATCH_HEADER_BYTES,
  MESSAGE_AT,
  MESSAGE_HEADER_BYTES,
  messageBytesAt,
  writeSafeU64,
} from "./batch-header.js";
import { checkMessageBytes } from "./message-limits.js";

/** A 128-bit message id as four u32 words, lowest first. Reuse one array: the words are copied. */
export type MessageIdWords = Uint32Array;

/** Creation times of one batch may differ by this much, so that their differences fit 32 bits whichever is the oldest. */
export const ORIGIN_SPREAD_MICROS_MAX = 0x7fff_ffff;

/**
 * One send request, built in place:
 * ```
 * [pad][request header 256][route, message count last][batch header 256][frame][frame]…
 * ```
 * The pad places the batch header on a multiple of 8, so payloads lie 8-aligned as long as all lengths are multiples
 * of 8. Order of calls: `begin`, then `reserve` and `commit` per message, `seal`, `stampRequest` before each sending,
 * `release` once the reply is in.
 */
export class BatchSlot {
  messageCount = 0;
  /** Creation time of the first message. */
  firstOriginMicros = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly end: number;
  private frameStart = 0;
  private batchAt = 0;
  private nextAt = 0;
  private oldestOriginMicros = 0;
  private state: "free" | "filling" | "sealed" = "free";

  /** Made by `BatchArena` only. */
  constructor(
    private readonly arena: BatchArena,
    private readonly start: number,
  ) {
    this.bytes = arena.bytes;
    this.view = arena.view;
    this.end = start + arena.slotBytes;
  }

  /** Request bytes so far, headers included. */
  get byteCount(): number {
    return this.nextAt - this.frameStart;
  }

  /** Largest payload that an empty slot takes behind this route. */
  static payloadBytesMax(slotBytes: number, routeBytes: number): number {
    return slotBytes - 8 - HEADER_BYTES - routeBytes - BATCH_HEADER_BYTES - MESSAGE_HEADER_BYTES;
  }

  /** Starts an empty batch. @param route as `encodeSendRoute` gives it */
  begin(route: Uint8Array): void {
    if (this.state !== "free") throw wrongState("begin", this.state);
    const headBytes = HEADER_BYTES + route.length;
    if (headBytes + BATCH_HEADER_BYTES + MESSAGE_HEADER_BYTES + 8 > this.arena.slotBytes) {
      throw fail(
        "iggy-protocol.argument-out-of-range",
        `a route of ${route.length} bytes leaves no room in a slot of ${this.arena.slotBytes}`,
      );
    }
    this.frameStart = this.start + ((8 - (headBytes & 7)) & 7);
    this.batchAt = this.frameStart + headBytes;
    this.nextAt = this.batchAt + BATCH_HEADER_BYTES;
    this.bytes.fill(0, this.frameStart, this.nextAt);
    this.bytes.set(route, this.frameStart + HEADER_BYTES);
    this.messageCount = 0;
    this.state = "filling";
  }

  /** Where in `arena.bytes` a payload of this length must be written, or -1 when it does not fit any more. */
  reserve(payloadLength: number): number {
    const payloadAt = this.nextAt + MESSAGE_HEADER_BYTES;
    return payloadAt + payloadLength > this.end ? -1 : payloadAt;
  }

  /**
   * Appends the message whose payload lies where `reserve` said. Throws `iggy-protocol.argument-out-of-range`, and
   * appends nothing, when its creation time is further than {@link ORIGIN_SPREAD_MICROS_MAX} from the first one's, or
   * for sizes outside the limits of {@link checkMessageBytes}.
   * @param originMicros creation time, microseconds since 1970
   * @param headersLength encoded user headers, which lie directly behind the payload; reserved together with it
   */
  commit(payloadLength: number, id: MessageIdWords, originMicros: number, headersLength = 0): void {
    const { view, nextAt, messageCount } = this;
    if (this.state !== "filling") throw wrongState("commit", this.state);
    checkMessageBytes(payloadLength, headersLength, messageCount);
    if (messageCount === 0) {
      this.firstOriginMicros = originMicros;
      this.oldestOriginMicros = originMicros;
    }
    const timestampDelta = originMicros - this.firstOriginMicros;
    if (!(timestampDelta <= ORIGIN_SPREAD_MICROS_MAX && timestampDelta >= -ORIGIN_SPREAD_MICROS_MAX)) {
      throw originTooFar(originMicros, this.firstOriginMicros);
    }
    if (originMicros < this.oldestOriginMicros) this.oldestOriginMicros = originMicros;
    view.setUint32(nextAt + 8, id[0]!, true);
    view.setUint32(nextAt + 12, id[1]!, true);
    view.setUint32(nextAt + 16, id[2]!, true);
    view.setUint32(nextAt + 20, id[3]!, true);
    view.setUint32(nextAt + MESSAGE_AT.offsetDelta, messageCount, true);
    view.setUint32(nextAt + MESSAGE_AT.timestampDelta, timestampDelta, true);
    view.setUint32(nextAt + MESSAGE_AT.headersLength, headersLength, true);
    view.setUint32(nextAt + MESSAGE_AT.payloadLength, payloadLength, true);
    view.setUint32(nextAt + MESSAGE_AT.reserved, 0, true);
    view.setUint32(nextAt + MESSAGE_AT.reserved + 4, 0, true);
    this.nextAt = nextAt + MESSAGE_HEADER_BYTES + payloadLength + headersLength;
    this.messageCount = messageCount + 1;
  }

  /** Completes headers and checksums; the slot then holds one contiguous frame. At least one message is needed. */
  seal(): void {
    if (this.state !== "filling" || this.messageCount === 0) {
      throw wrongState("seal", this.messageCount === 0 ? "empty" : this.state);
    }
    const { view, batchAt } = this;
    if (this.oldestOriginMicros < this.firstOriginMicros) this.rebaseTimestamps();
    writeSafeU64(view, batchAt + BATCH_AT.originTimestamp, this.oldestOriginMicros);
    writeSafeU64(view, batchAt + BATCH_AT.batchLength, this.nextAt - batchAt);
    view.setUint32(batchAt + BATCH_AT.messageCount, this.messageCount, true);
    view.setUint32(batchAt - 4, this.messageCount, true);
    this.arena.kernel.sealBatch(batchAt, this.arena.scratchAt);
    this.state = "sealed";
  }

  /** Writes the request header for one sending; may be repeated for another session. */
  stampRequest(client: bigint, session: bigint, requestNumber: number): void {
    if (this.state !== "sealed") throw wrongState("stampRequest", this.state);
    const { view, frameStart } = this;
    view.setUint32(frameStart + SIZE_AT, this.byteCount, true);
    view.setUint8(frameStart + COMMAND_AT, FrameKind.Request);
    writeU128(view, frameStart + REQUEST_AT.client, client);
    writeSafeU64(view, frameStart + REQUEST_AT.request, requestNumber);
    view.setUint8(frameStart + REQUEST_AT.operation, Operation.SendMessages);
    view.setBigUint64(frameStart + REQUEST_AT.session, session, true);
  }

  /** The request within `arena.bytes`. */
  frame(): { readonly start: number; readonly end: number } {
    if (this.state !== "sealed") throw wrongState("frame", this.state);
    return { start: this.frameStart, end: this.nextAt };
  }

  /** Gives the slot back to its arena. Its bytes must not be read after that. */
  release(): void {
    if (this.state === "free") throw wrongState("release", this.state);
    this.state = "free";
    this.messageCount = 0;
    this.arena.giveBack(this);
  }

  /** Differences were written against the first message, modulo 2^32; the oldest one came later. */
  private rebaseTimestamps(): void {
    const shift = this.firstOriginMicros - this.oldestOriginMicros;
    const { view } = this;
    for (let at = this.batchAt + BATCH_HEADER_BYTES; at < this.nextAt; at += messageBytesAt(view, at)) {
      const delta = view.getUint32(at + MESSAGE_AT.timestampDelta, true);
      view.setUint32(at + MESSAGE_AT.timestampDelta, delta + shift, true);
    }
  }
}

function wrongState(call: string, state: string): Error {
  return fail("iggy-protocol.slot-state", `${call} on a batch slot that is ${state}`);
}

function originTooFar(originMicros: number, firstMicros: number): Error {
  return fail(
    "iggy-protocol.argument-out-of-range",
    `creation time ${originMicros} is more than ${ORIGIN_SPREAD_MICROS_MAX} microseconds away from ${firstMicros}, the first of its batch`,
  );
}

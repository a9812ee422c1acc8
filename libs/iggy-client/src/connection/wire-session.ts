import { type Clock, describeError, type ImsError } from "@ims/common";
import {
  decodeReplyHeader,
  type Eviction,
  FrameReader,
  IggyErrorCode,
  REPLY_AT,
  type ReplyOutcome,
  readReply,
  viewOf,
} from "@ims/iggy-protocol";
import type { ClientLog } from "../client/client-options.js";
import type { ClientMetrics } from "../diagnostics/client-metrics.js";
import { evicted, fail } from "../errors.js";
import { AcceptanceWatch } from "./acceptance-watch.js";
import type { ByteStream } from "./byte-stream.js";
import { PendingRequests, type ReplyHandler } from "./pending-requests.js";
import { holdReply } from "./receive-memory.js";

export interface WireSettings {
  readonly clock: Clock;
  /** A reply that stays away longer ends the connection. */
  readonly requestTimeoutMillis: number;
  readonly inFlightMax: number;
  readonly frameBytesMax: number;
  readonly metrics: ClientMetrics;
  readonly log?: ClientLog;
}

/** Replies up to this are copied out of the memory they arrived in. */
const SMALL_REPLY_BYTES = 4096;

/** A frame of this size is worth a system call of its own. */
const LARGE_FRAME_BYTES = 16 * 1024;

/**
 * One open connection: writes request frames, matches replies by request number, watches the age of every request. It
 * ends once, by `destroy`: when the peer closes, a reply stays away, a frame makes no sense, an eviction comes, or the
 * owner says so. Then every pending request is lost, in the order of sending.
 *
 * Request numbers count up over all kinds of requests. Servers only demand that numbers of metadata operations grow, and
 * echo all others (wire.md section 4.3), so one counter makes every number of a session unique.
 */
export class WireSession {
  clientId = 0n;
  /** 0 before the login. */
  sessionNumber = 0n;
  /** Resolves with the reason of the end; never rejects. */
  readonly ended: Promise<ImsError>;
  /** Called when the server has been refusing changes with 58 for two seconds, and every two seconds from then on. */
  onNotAccepted: (() => void) | undefined;
  private endReason: ImsError | undefined;
  private resolveEnded!: (reason: ImsError) => void;
  private readonly reader: FrameReader;
  private readonly pending: PendingRequests;
  private readonly acceptance: AcceptanceWatch;
  private readonly roomWaiters = new Set<() => void>();
  private lastRequestNumber = 0;
  private corked = false;
  /** Set while logging in: an eviction then answers the login and ends nothing else. */
  private onEviction: ((eviction: Eviction) => void) | undefined;

  constructor(
    private readonly stream: ByteStream,
    private readonly settings: WireSettings,
  ) {
    this.reader = new FrameReader(settings.frameBytesMax, stream.memory);
    this.acceptance = new AcceptanceWatch(settings.clock);
    this.pending = new PendingRequests(settings.clock, (waitedMillis) =>
      this.destroy(fail("iggy-client.connection-lost", `no reply within ${waitedMillis} ms`)),
    );
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    stream.on("data", (chunk) => this.receive(chunk));
    stream.on("error", (cause) =>
      this.destroy(fail("iggy-client.connection-lost", `the connection failed: ${cause.message}`, { cause })),
    );
    stream.on("close", () =>
      this.destroy(fail("iggy-client.connection-lost", "the server closed the connection")),
    );
  }

  get isOpen(): boolean {
    return this.endReason === undefined;
  }

  get inFlightCount(): number {
    return this.pending.count;
  }

  get hasRoom(): boolean {
    return this.pending.count < this.settings.inFlightMax;
  }

  nextRequestNumber(): number {
    return ++this.lastRequestNumber;
  }

  /**
   * Calls `retry` once, when there is room or the session has ended; first come, first served. Returns a function that
   * leaves the queue.
   */
  waitForRoom(retry: () => void): () => void {
    // A queue of its own kind: the same function may wait again while it is being called.
    const waiter = () => retry();
    if (this.isOpen) this.roomWaiters.add(waiter);
    else queueMicrotask(retry);
    return () => void this.roomWaiters.delete(waiter);
  }

  /**
   * Writes a frame, which must stay unchanged until the handler is called. The caller has looked at `isOpen` and
   * `hasRoom` just before.
   * @param patienceMillis how long the answer may take where that is longer than the setting
   */
  submit(frame: Uint8Array, requestNumber: number, handler: ReplyHandler, patienceMillis = 0): void {
    const { requestTimeoutMillis, metrics } = this.settings;
    this.pending.add(requestNumber, handler, Math.max(patienceMillis, requestTimeoutMillis));
    metrics.requestSent(this.pending.count, frame.length);
    this.write(frame);
  }

  /** Nobody waits for this answer any more: it has no place on the wire, and is ignored should it come. */
  forget(requestNumber: number): void {
    if (!this.pending.take(requestNumber)) return;
    this.settings.metrics.requestsLost(1);
    this.offerRoom();
  }

  /** Lets an eviction answer the request in flight instead of ending the session, for the time of the login. */
  interceptEviction(handler: ((eviction: Eviction) => void) | undefined): void {
    this.onEviction = handler;
  }

  /** Ends the connection at once; what is pending is lost for this reason. Only the first call counts. */
  destroy(reason: ImsError): void {
    if (this.endReason) return;
    this.endReason = reason;
    const lost = this.pending.takeAll();
    this.stream.destroy();
    const { clock, metrics } = this.settings;
    metrics.requestsLost(lost.length);
    const nowMillis = clock.monotonicMillis();
    for (const { handler, dueAtMillis } of lost) {
      this.guard(() => handler.onLost(reason, dueAtMillis <= nowMillis));
    }
    this.resolveEnded(reason);
    const waiters = [...this.roomWaiters];
    this.roomWaiters.clear();
    for (const retry of waiters) this.guard(retry);
  }

  /** Small frames of one turn of the event loop share a system call; a large one does not wait for others. */
  private write(frame: Uint8Array): void {
    const { stream } = this;
    if (frame.length >= LARGE_FRAME_BYTES) this.uncork();
    else if (!this.corked && stream.cork) {
      this.corked = true;
      stream.cork();
      process.nextTick(this.uncork);
    }
    stream.write(frame);
  }

  private readonly uncork = (): void => {
    if (!this.corked) return;
    this.corked = false;
    this.stream.uncork?.();
  };

  private receive(chunk: Uint8Array): void {
    // What arrives behind the end belongs to nobody.
    if (!this.isOpen) return;
    this.settings.metrics.bytesReceived(chunk.length);
    try {
      this.reader.push(chunk);
      for (let frame = this.reader.next(); frame && this.isOpen; frame = this.reader.next())
        this.handle(frame);
    } catch (cause) {
      const detail = `the server sent bytes that cannot be read: ${describeError(cause)}`;
      this.destroy(fail("iggy-client.connection-lost", detail, { cause }));
    }
  }

  private handle(received: Uint8Array): void {
    // A small reply must not keep a large block from being used again, whoever holds on to it.
    const isSmall = received.length <= SMALL_REPLY_BYTES;
    const frame = isSmall && this.stream.memory ? new Uint8Array(received) : received;
    const outcome = readReply(frame);
    if (outcome.kind === "evicted") {
      if (this.onEviction) this.onEviction(outcome.eviction);
      else this.destroy(evicted(outcome.eviction));
      return;
    }
    const requestNumber = Number(viewOf(frame).getBigUint64(REPLY_AT.request, true));
    const request = this.pending.take(requestNumber);
    if (!request) {
      const { operation } = decodeReplyHeader(frame);
      this.settings.log?.debug({ requestNumber, operation }, "ignored a reply to no request");
      return;
    }
    const { clock, metrics } = this.settings;
    metrics.requestAnswered(this.pending.count, clock.monotonicMillis() - request.sentAtMillis);
    if (isSessionDenied(outcome) && this.sessionNumber !== 0n) {
      const reason = fail("iggy-client.session-gone", "the server does not know the session any more");
      this.guard(() => request.handler.onLost(reason, false, true));
      this.destroy(reason);
      return;
    }
    if (!isSmall) holdReply(frame);
    this.guard(() => request.handler.onReply(outcome));
    if (this.acceptance.isRefusing(outcome, frame[REPLY_AT.operation]!)) this.onNotAccepted?.();
    this.offerRoom();
  }

  private offerRoom(): void {
    while (this.isOpen && this.hasRoom) {
      const [next] = this.roomWaiters;
      if (!next) break;
      this.roomWaiters.delete(next);
      this.guard(next);
    }
  }

  /** A fault in a handler must not break the reading of the next frames. */
  private guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.settings.log?.error({ error: describeError(error) }, "a reply handler failed");
    }
  }
}

function isSessionDenied(outcome: ReplyOutcome): boolean {
  return (
    outcome.kind === "refused" &&
    outcome.channel === "status" &&
    outcome.code === IggyErrorCode.Unauthenticated
  );
}

import type { Socket } from "node:net";
import type { Clock, TimerHandle } from "@ims/common";
import { describeError, type ImsError, isImsError } from "@ims/common";
import {
  decodeReplyHeader,
  type Eviction,
  FrameReader,
  REPLY_AT,
  type ReplyOutcome,
  readReply,
  viewOf,
} from "@ims/iggy-protocol";
import type { ClientLog } from "../client/client-options.js";
import { evicted, fail } from "../errors.js";

/** What becomes of one sent request: exactly one of the two is called. */
export interface ReplyHandler {
  onReply(outcome: Exclude<ReplyOutcome, { kind: "evicted" }>): void;
  /** The connection ended first. @param timedOut this request's reply was overdue */
  onLost(error: ImsError, timedOut: boolean): void;
}

interface PendingRequest {
  readonly handler: ReplyHandler;
  readonly sentAtMillis: number;
}

export interface WireSettings {
  readonly clock: Clock;
  readonly requestTimeoutMillis: number;
  readonly inFlightMax: number;
  readonly frameBytesMax: number;
  readonly log?: ClientLog;
}

/**
 * One open connection: writes request frames, matches replies by request number, watches the age of the oldest request.
 * It ends once, by `destroy`: when the peer closes, a reply stays away, a frame makes no sense, an eviction comes, or
 * the owner says so. Then every pending request is lost, in the order of sending.
 *
 * Request numbers count up over all kinds of requests. Servers only demand that numbers of metadata operations grow, and
 * echo all others (wire.md section 4.3), so one counter makes every number of a session unique.
 */
export class WireSession {
  clientId = 0n;
  sessionNumber = 0n;
  /** Resolves with the reason of the end; never rejects. */
  readonly ended: Promise<ImsError>;
  private endReason: ImsError | undefined;
  private resolveEnded!: (reason: ImsError) => void;
  private readonly reader: FrameReader;
  private readonly pending = new Map<number, PendingRequest>();
  private roomWaiters: (() => void)[] = [];
  private ageTimer: TimerHandle | undefined;
  private lastRequestNumber = 0;
  /** Set while logging in: an eviction then answers the login and ends nothing else. */
  private onEviction: ((eviction: Eviction) => void) | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly settings: WireSettings,
  ) {
    this.reader = new FrameReader(settings.frameBytesMax);
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    socket.on("error", (cause) =>
      this.destroy(fail("iggy-client.connection-lost", `the connection failed: ${cause.message}`, { cause })),
    );
    socket.on("close", () =>
      this.destroy(fail("iggy-client.connection-lost", "the server closed the connection")),
    );
  }

  get isOpen(): boolean {
    return this.endReason === undefined;
  }

  get inFlightCount(): number {
    return this.pending.size;
  }

  get hasRoom(): boolean {
    return this.pending.size < this.settings.inFlightMax;
  }

  nextRequestNumber(): number {
    return ++this.lastRequestNumber;
  }

  /** Calls `retry` once, when there is room or the session has ended; first come, first served. */
  waitForRoom(retry: () => void): void {
    if (this.isOpen) this.roomWaiters.push(retry);
    else queueMicrotask(retry);
  }

  /**
   * Writes a frame, which must stay unchanged until the handler is called. The caller has looked at `isOpen` and
   * `hasRoom` just before.
   */
  submit(frame: Uint8Array, requestNumber: number, handler: ReplyHandler): void {
    const sentAtMillis = this.settings.clock.monotonicMillis();
    this.pending.set(requestNumber, { handler, sentAtMillis });
    this.armAgeTimer();
    this.socket.write(frame);
  }

  /** Lets an eviction answer the request in flight instead of ending the session, for the time of the login. */
  interceptEviction(handler: ((eviction: Eviction) => void) | undefined): void {
    this.onEviction = handler;
  }

  /** Ends the connection at once; what is pending is lost for this reason. Only the first call counts. */
  destroy(reason: ImsError): void {
    if (this.endReason) return;
    this.endReason = reason;
    this.ageTimer?.cancel();
    this.socket.destroy();
    const lost = [...this.pending.values()];
    this.pending.clear();
    const overdueBefore = this.settings.clock.monotonicMillis() - this.settings.requestTimeoutMillis;
    for (const { handler, sentAtMillis } of lost)
      this.guard(() => handler.onLost(reason, sentAtMillis <= overdueBefore));
    this.resolveEnded(reason);
    const waiters = this.roomWaiters;
    this.roomWaiters = [];
    for (const retry of waiters) this.guard(retry);
  }

  private receive(chunk: Buffer): void {
    try {
      this.reader.push(chunk);
      for (let frame = this.reader.next(); frame && this.isOpen; frame = this.reader.next())
        this.handle(frame);
    } catch (error) {
      const cause = isImsError(error) ? error : undefined;
      this.settings.log?.warn({ error: describeError(error) }, "the server sent bytes that are no reply");
      this.destroy(
        fail(
          "iggy-client.connection-lost",
          `the server sent bytes that cannot be read: ${describeError(error)}`,
          {
            cause: cause ?? error,
          },
        ),
      );
    }
  }

  private handle(frame: Uint8Array): void {
    const outcome = readReply(frame);
    if (outcome.kind === "evicted") {
      if (this.onEviction) this.onEviction(outcome.eviction);
      else this.destroy(evicted(outcome.eviction));
      return;
    }
    const requestNumber = Number(viewOf(frame).getBigUint64(REPLY_AT.request, true));
    const request = this.pending.get(requestNumber);
    if (!request) {
      const { operation } = decodeReplyHeader(frame);
      this.settings.log?.debug({ requestNumber, operation }, "ignored a reply to no request");
      return;
    }
    this.pending.delete(requestNumber);
    if (this.pending.size === 0) this.cancelAgeTimer();
    this.guard(() => request.handler.onReply(outcome));
    while (this.isOpen && this.hasRoom && this.roomWaiters.length > 0) this.guard(this.roomWaiters.shift()!);
  }

  /** All requests have the same time, so the oldest is the first in the map. */
  private armAgeTimer(): void {
    if (this.ageTimer) return;
    const [oldest] = this.pending.values();
    if (!oldest) return;
    const { clock, requestTimeoutMillis } = this.settings;
    const dueInMillis = oldest.sentAtMillis + requestTimeoutMillis - clock.monotonicMillis();
    this.ageTimer = clock.setTimer(Math.max(1, dueInMillis), () => {
      this.ageTimer = undefined;
      const [first] = this.pending.values();
      if (first && clock.monotonicMillis() - first.sentAtMillis >= requestTimeoutMillis) {
        this.destroy(fail("iggy-client.connection-lost", `no reply within ${requestTimeoutMillis} ms`));
      } else this.armAgeTimer();
    });
  }

  private cancelAgeTimer(): void {
    this.ageTimer?.cancel();
    this.ageTimer = undefined;
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

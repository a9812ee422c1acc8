import type { Clock, ImsError, TimerHandle } from "@ims/common";
import type { ReplyOutcome } from "@ims/iggy-protocol";

/** What becomes of one sent request: exactly one of the two is called. */
export interface ReplyHandler {
  onReply(outcome: Exclude<ReplyOutcome, { kind: "evicted" }>): void;
  /**
   * The connection ended first.
   * @param timedOut this request's reply was overdue
   * @param denied the server said that it has no session for it: it was certainly not executed
   */
  onLost(error: ImsError, timedOut: boolean, denied?: boolean): void;
}

/** A request on the wire. */
export interface PendingRequest {
  readonly handler: ReplyHandler;
  readonly sentAtMillis: number;
  readonly dueAtMillis: number;
}

/** The requests of one connection whose replies have not come, in the order of sending, with one timer for all of them. */
export class PendingRequests {
  private readonly requests = new Map<number, PendingRequest>();
  private timer: TimerHandle | undefined;
  private timerAtMillis = 0;

  /** @param onOverdue called when a reply has not come within so many milliseconds; the request is still pending */
  constructor(
    private readonly clock: Clock,
    private readonly onOverdue: (waitedMillis: number) => void,
  ) {}

  get count(): number {
    return this.requests.size;
  }

  /** @param timeoutMillis longest wait for the reply */
  add(requestNumber: number, handler: ReplyHandler, timeoutMillis: number): void {
    const sentAtMillis = this.clock.monotonicMillis();
    const dueAtMillis = sentAtMillis + timeoutMillis;
    this.requests.set(requestNumber, { handler, sentAtMillis, dueAtMillis });
    if (!this.timer || dueAtMillis < this.timerAtMillis) this.arm(dueAtMillis);
  }

  /** The request of this number, which is pending no more; `undefined` when there was none. */
  take(requestNumber: number): PendingRequest | undefined {
    const request = this.requests.get(requestNumber);
    if (!request) return undefined;
    this.requests.delete(requestNumber);
    if (this.requests.size === 0) this.disarm();
    return request;
  }

  /** All requests, in the order of sending; none is pending any more. */
  takeAll(): PendingRequest[] {
    this.disarm();
    const all = [...this.requests.values()];
    this.requests.clear();
    return all;
  }

  private arm(dueAtMillis: number): void {
    const { clock } = this;
    this.timer?.cancel();
    this.timerAtMillis = dueAtMillis;
    this.timer = clock.setTimer(Math.max(1, dueAtMillis - clock.monotonicMillis()), () => this.checkAge());
  }

  private disarm(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private checkAge(): void {
    this.timer = undefined;
    let earliest: PendingRequest | undefined;
    for (const request of this.requests.values()) {
      if (!earliest || request.dueAtMillis < earliest.dueAtMillis) earliest = request;
    }
    if (!earliest) return;
    if (this.clock.monotonicMillis() < earliest.dueAtMillis) this.arm(earliest.dueAtMillis);
    else this.onOverdue(earliest.dueAtMillis - earliest.sentAtMillis);
  }
}

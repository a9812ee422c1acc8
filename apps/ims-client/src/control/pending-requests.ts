import type { Clock, TimerHandle } from "@ims/common";
import type { ControlReply } from "./reply.js";

interface Pending {
  readonly requestType: number;
  readonly resolve: (reply: ControlReply | undefined) => void;
  readonly deadline: TimerHandle;
}

/**
 * Requests that wait for their reply, by request id. A reply counts only if it names the id and the type of a waiting
 * request, so replies to an earlier program under the same client id fall through.
 */
export class PendingRequests {
  readonly #pending = new Map<number, Pending>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.#pending.size;
  }

  /** Resolves with the reply, or with undefined when none came within `timeoutMillis` or {@link abandonAll} was called. */
  wait(requestId: number, requestType: number, timeoutMillis: number): Promise<ControlReply | undefined> {
    return new Promise((resolve) => {
      const deadline = this.clock.setTimer(timeoutMillis, () => {
        this.#pending.delete(requestId);
        resolve(undefined);
      });
      this.#pending.set(requestId, { requestType, resolve, deadline });
    });
  }

  /** Hands a reply to its request; false if none waits for it. */
  settle(reply: ControlReply): boolean {
    const pending = this.#pending.get(reply.requestId);
    if (pending?.requestType !== reply.requestType) return false;
    this.#finish(reply.requestId, pending, reply);
    return true;
  }

  isWaiting(requestId: number): boolean {
    return this.#pending.has(requestId);
  }

  /** Gives up one request, as if its time were over. */
  abandon(requestId: number): void {
    const pending = this.#pending.get(requestId);
    if (pending) this.#finish(requestId, pending, undefined);
  }

  abandonAll(): void {
    for (const requestId of [...this.#pending.keys()]) this.abandon(requestId);
  }

  #finish(requestId: number, pending: Pending, reply: ControlReply | undefined): void {
    this.#pending.delete(requestId);
    pending.deadline.cancel();
    pending.resolve(reply);
  }
}

import { type Clock, describeError, isImsError } from "@ims/common";
import type { IggyClient, OutgoingMessage } from "@ims/iggy-client";
import type { ByteBudget } from "./byte-budget.js";
import type { RateLimitedLog } from "./rate-limited-log.js";

/** Messages of one client share a batch if they come within this time. */
const LINGER_MILLIS = 1;
const BATCH_COUNT_MAX = 500;
const RETRY_MILLIS_MIN = 50;
const RETRY_MILLIS_MAX = 2000;
/** A refusal may mean that somebody deleted the stream: it is made again, but not for ever. */
const REFUSALS_MAX = 3;

export interface OutboxOptions {
  readonly stream: string;
  readonly topic: string;
  /** Messages that may wait; more are turned away. */
  readonly messageCountMax: number;
  /** Memory of all outboxes together; copies beyond it are turned away, replies are not. */
  readonly budget: ByteBudget;
  /** Makes sure that the stream exists; called before each batch and after a refusal. */
  readonly prepare: (afterRefusal: boolean) => Promise<void>;
  /** Messages that were taken and could not be delivered. */
  readonly onLost: (messageCount: number) => void;
}

/**
 * Ordered, bounded queue of messages to partition 0 of one topic: replies, and the copies of private delivery. A lost
 * connection is waited out and the batch sent again; only refusals and {@link close} lose messages, and say so.
 */
export class Outbox {
  readonly #queue: OutgoingMessage[] = [];
  readonly #waiting: (() => void)[] = [];
  #running = false;
  #closed = false;

  constructor(
    private readonly client: Pick<IggyClient, "sendMessages">,
    private readonly clock: Clock,
    private readonly log: RateLimitedLog,
    private readonly options: OutboxOptions,
  ) {}

  get pendingCount(): number {
    return this.#queue.length;
  }

  /**
   * Takes a message, which must not change afterwards; false when the queue is full or closed.
   * @param id of a copy of a record; replies have none
   */
  push(payload: Uint8Array, id?: bigint): boolean {
    const { messageCountMax, budget } = this.options;
    if (this.#closed || this.#queue.length >= messageCountMax) return false;
    if (id !== undefined && !budget.allows(payload.length)) return false;
    budget.take(payload.length);
    this.#queue.push(
      id === undefined
        ? { payload, originMicros: this.clock.nowMicros() }
        : { payload, id, originMicros: this.clock.nowMicros() },
    );
    if (!this.#running) {
      this.#running = true;
      this.clock.setTimer(LINGER_MILLIS, () => void this.#drain());
    }
    return true;
  }

  /** True when everything taken so far left the queue within the time. */
  whenEmpty(timeoutMillis: number): Promise<boolean> {
    if (this.#queue.length === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(timeoutMillis, () => resolve(this.#queue.length === 0));
      this.#waiting.push(() => {
        timer.cancel();
        resolve(this.#queue.length === 0);
      });
    });
  }

  /** Takes nothing more and gives up what still waits. */
  close(): void {
    this.#closed = true;
    this.#lose(this.#queue.length);
    this.#wake();
  }

  async #drain(): Promise<void> {
    let retryMillis = RETRY_MILLIS_MIN;
    let refusals = 0;
    while (this.#queue.length > 0 && !this.#closed) {
      const batch = this.#queue.slice(0, BATCH_COUNT_MAX);
      try {
        await this.options.prepare(refusals > 0);
        await this.#send(batch);
        this.#removeFirst(batch.length);
        retryMillis = RETRY_MILLIS_MIN;
        refusals = 0;
      } catch (error) {
        if (this.#closed) break;
        const mayPass = isImsError(error) && error.retryable;
        if (!mayPass) refusals++;
        this.log.warn("outbox", "messages could not be delivered", () => ({
          stream: this.options.stream,
          messageCount: batch.length,
          retries: mayPass || refusals < REFUSALS_MAX,
          error: describeError(error),
        }));
        if (refusals >= REFUSALS_MAX) {
          this.#lose(batch.length);
          refusals = 0;
        } else {
          await this.#pause(retryMillis);
          retryMillis = Math.min(retryMillis * 2, RETRY_MILLIS_MAX);
        }
      }
    }
    this.#running = false;
    this.#wake();
  }

  async #send(messages: readonly OutgoingMessage[]): Promise<void> {
    const { stream, topic } = this.options;
    await this.client.sendMessages({
      stream,
      topic,
      partitioning: { kind: "partition", partitionId: 0 },
      messages,
      // Readers tell repeated replies by their request id and repeated records by their venue id.
      resend: true,
    });
  }

  #lose(messageCount: number): void {
    if (messageCount === 0) return;
    this.#removeFirst(messageCount);
    this.options.onLost(messageCount);
  }

  #removeFirst(messageCount: number): void {
    for (const { payload } of this.#queue.splice(0, messageCount))
      this.options.budget.giveBack(payload.length);
  }

  #pause(millis: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimer(millis, resolve);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

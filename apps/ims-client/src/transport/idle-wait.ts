import { type Clock, sleep } from "@ims/common";

/** Longest wait between two looks at a quiet partition, milliseconds. */
export const IDLE_MILLIS_MAX = 20;

/** Longest wait after a failed look, milliseconds. */
const FAILED_MILLIS_MAX = 2000;

/**
 * How long a poll loop waits: 1 ms after data, doubling to 20 ms while there is none, and 50 ms to 2 s while looking
 * fails. The waits end at once, without error, when the signal aborts.
 */
export class IdleWait {
  #idleMillis = 1;
  #failedMillis = 50;

  constructor(
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Data was found: the next wait is short again. */
  reset(): void {
    this.#idleMillis = 1;
    this.#failedMillis = 50;
  }

  async afterNothing(): Promise<void> {
    const millis = this.#idleMillis;
    this.#idleMillis = Math.min(millis * 2, IDLE_MILLIS_MAX);
    this.#failedMillis = 50;
    await this.#sleep(millis);
  }

  async afterFailure(): Promise<void> {
    const millis = this.#failedMillis;
    this.#failedMillis = Math.min(millis * 2, FAILED_MILLIS_MAX);
    await this.#sleep(millis);
  }

  async #sleep(millis: number): Promise<void> {
    try {
      await sleep(this.clock, millis, this.signal);
    } catch {
      // Only the signal ends a sleep early; loops look at it themselves.
    }
  }
}

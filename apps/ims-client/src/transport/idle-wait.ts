import type { Clock, TimerHandle } from "@ims/common";

/** Longest wait between two looks at a quiet partition, milliseconds. */
export const IDLE_MILLIS_MAX = 20;

/** Longest wait after a failed look, milliseconds. */
const FAILED_MILLIS_MAX = 2000;

/**
 * How long a poll loop waits: 1 ms after data, doubling to 20 ms while there is none, and 50 ms to 2 s while looking
 * fails. The waits end at once, without error, when the signal aborts. One loop waits for one thing at a time; it calls
 * {@link end} when it ends.
 *
 * It listens to the signal once and not in each wait, which is far more often and costs as much as the poll's timers.
 */
export class IdleWait {
  #idleMillis = 1;
  #failedMillis = 50;
  #timer: TimerHandle | undefined;
  #resolve: (() => void) | undefined;
  readonly #wake = (): void => {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.();
  };
  readonly #onAbort = (): void => {
    this.#timer?.cancel();
    this.#wake();
  };

  constructor(
    private readonly clock: Pick<Clock, "setTimer">,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Data was found: the next wait is short again. */
  reset(): void {
    this.#idleMillis = 1;
    this.#failedMillis = 50;
  }

  afterNothing(): Promise<void> {
    const millis = this.#idleMillis;
    this.#idleMillis = Math.min(millis * 2, IDLE_MILLIS_MAX);
    this.#failedMillis = 50;
    return this.#sleep(millis);
  }

  afterFailure(): Promise<void> {
    const millis = this.#failedMillis;
    this.#failedMillis = Math.min(millis * 2, FAILED_MILLIS_MAX);
    return this.#sleep(millis);
  }

  /** Lets go of the signal, which mostly lives longer than the loop. */
  end(): void {
    this.signal.removeEventListener("abort", this.#onAbort);
  }

  #sleep(millis: number): Promise<void> {
    if (this.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#timer = this.clock.setTimer(millis, this.#wake);
    });
  }
}

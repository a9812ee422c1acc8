import type { Clock, TimerHandle } from "@ims/common";

/** Longest wait between two looks at a quiet partition, milliseconds. */
export const IDLE_MILLIS_MAX = 20;

/** The quiet time so far holds a wait this many times. */
const QUIET_SHARE = 4;

/** Longest wait after a failed look, milliseconds. */
const FAILED_MILLIS_MAX = 2000;

/**
 * How long a poll loop waits: 1 ms after data, then a quarter of the time without any, up to 20 ms, so that whoever
 * publishes after a short stop is found at most a quarter later than it stopped; and 50 ms to 2 s while looking fails.
 * The waits end at once, without error, when the signal aborts. One loop waits for one thing at a time; it calls
 * {@link end} when it ends.
 *
 * It listens to the signal once and not in each wait, which is far more often and costs as much as the poll's timers.
 */
export class IdleWait {
  /** Waited since there was data. */
  #quietMillis = 0;
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
    this.#quietMillis = 0;
    this.#failedMillis = 50;
  }

  afterNothing(): Promise<void> {
    const share = Math.floor(this.#quietMillis / QUIET_SHARE);
    const millis = Math.min(Math.max(1, share), IDLE_MILLIS_MAX);
    this.#quietMillis += millis;
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

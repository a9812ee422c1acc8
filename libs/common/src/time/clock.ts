/** A pending timer; cancelling twice, or after it fired, does nothing. */
export interface TimerHandle {
  cancel(): void;
}

/**
 * The only source of time. Libraries take one; tests pass a `SimulatedClock`.
 * All wall times are microseconds since 1970, UTC: whole numbers below 2^53 until the year 2255.
 */
export interface Clock {
  nowMicros(): number;
  /** Milliseconds from an arbitrary start, never going back; for measuring and deadlines. */
  monotonicMillis(): number;
  /** Calls `fire` once after `delayMillis`, brought into range by {@link timerMillis}. */
  setTimer(delayMillis: number, fire: () => void): TimerHandle;
}

const TIMER_MILLIS_MAX = 0x7fffffff;

/** A delay as timers take it: whole milliseconds rounded up, 0 to 2^31 − 1; 0 for negative values and NaN. */
export function timerMillis(delayMillis: number): number {
  return delayMillis > 0 ? Math.min(Math.ceil(delayMillis), TIMER_MILLIS_MAX) : 0;
}

/** Resolves after the delay, or rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, delayMillis: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal!.reason);
    };
    const timer = clock.setTimer(delayMillis, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

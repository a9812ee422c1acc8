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
  /** Calls `fire` once after `delayMillis` (rounded up to whole milliseconds, at most 2^31 − 1). */
  setTimer(delayMillis: number, fire: () => void): TimerHandle;
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

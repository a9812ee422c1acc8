import type { Clock, TimerHandle } from "./clock.js";

const originMicros = Math.round(performance.timeOrigin * 1000);
const RESYNC_MILLIS = 1000;

/**
 * The machine's clock. Microseconds come from the monotonic timer on top of a wall-clock anchor that is taken anew
 * every second, so a corrected system clock is followed without a system call per message.
 */
class SystemClock implements Clock {
  #anchorMicros = originMicros;
  #anchorMonotonic = 0;

  constructor() {
    this.#resync(performance.now());
  }

  nowMicros(): number {
    const monotonic = performance.now();
    if (monotonic - this.#anchorMonotonic > RESYNC_MILLIS) this.#resync(monotonic);
    return this.#anchorMicros + Math.round((monotonic - this.#anchorMonotonic) * 1000);
  }

  monotonicMillis(): number {
    return performance.now();
  }

  setTimer(delayMillis: number, fire: () => void): TimerHandle {
    const timer = setTimeout(fire, Math.min(Math.ceil(delayMillis), 0x7fffffff));
    return { cancel: () => clearTimeout(timer) };
  }

  /** Date.now() is cut to whole milliseconds: follow it only when it differs by more than that. */
  #resync(monotonic: number): void {
    const predicted = this.#anchorMicros + Math.round((monotonic - this.#anchorMonotonic) * 1000);
    const wall = Date.now() * 1000;
    this.#anchorMicros = Math.abs(predicted - wall) > 2000 ? wall : predicted;
    this.#anchorMonotonic = monotonic;
  }
}

export const systemClock: Clock = new SystemClock();

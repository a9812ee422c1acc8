import type { Clock, TimerHandle } from "@ims/common";

/**
 * The same time, with a count of the timers taken through it: what is given to one part of a simulation shows that
 * part's leaks, whatever timers the others have pending.
 */
export class ScopedClock implements Clock {
  private count = 0;

  constructor(private readonly clock: Clock) {}

  /** Timers taken here, neither fired nor cancelled. */
  get pendingTimerCount(): number {
    return this.count;
  }

  nowMicros(): number {
    return this.clock.nowMicros();
  }

  monotonicMillis(): number {
    return this.clock.monotonicMillis();
  }

  setTimer(delayMillis: number, fire: () => void): TimerHandle {
    let pending = true;
    this.count++;
    const settle = (): boolean => {
      if (!pending) return false;
      pending = false;
      this.count--;
      return true;
    };
    const handle = this.clock.setTimer(delayMillis, () => {
      if (settle()) fire();
    });
    return {
      cancel: () => {
        if (settle()) handle.cancel();
      },
    };
  }
}

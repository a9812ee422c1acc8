import type { Clock, TimerHandle } from "@ims/common";

/** The venue's clock: true time plus a skew that faults may change. Timers and durations are not skewed. */
export class VenueClock implements Clock {
  skewMicros = 0;

  constructor(private readonly base: Clock) {}

  nowMicros(): number {
    return this.base.nowMicros() + this.skewMicros;
  }

  monotonicMillis(): number {
    return this.base.monotonicMillis();
  }

  setTimer(delayMillis: number, fire: () => void): TimerHandle {
    return this.base.setTimer(delayMillis, fire);
  }
}

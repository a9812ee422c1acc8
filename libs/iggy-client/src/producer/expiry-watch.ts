import type { Clock, TimerHandle } from "@ims/common";

/** Waits until the oldest of some things has reached its age limit; one timer, set when something is there. */
export class ExpiryWatch {
  private timer: TimerHandle | undefined;

  /**
   * @param ageMillisMax `Infinity` = never
   * @param oldestSince when the oldest began, monotonic milliseconds; `undefined` when there is none
   * @param expire takes away everything that began at this time or before
   */
  constructor(
    private readonly clock: Clock,
    private readonly ageMillisMax: number,
    private readonly oldestSince: () => number | undefined,
    private readonly expire: (sinceMillis: number) => void,
  ) {}

  arm(): void {
    if (this.timer || this.ageMillisMax === Number.POSITIVE_INFINITY) return;
    const since = this.oldestSince();
    if (since === undefined) return;
    const dueInMillis = since + this.ageMillisMax - this.clock.monotonicMillis();
    this.timer = this.clock.setTimer(Math.max(1, dueInMillis), () => {
      this.timer = undefined;
      this.expire(this.clock.monotonicMillis() - this.ageMillisMax);
      this.arm();
    });
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}

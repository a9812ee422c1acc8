import type { Clock, TimerHandle } from "@ims/common";

/** When a partition may be polled again: the gap between polls, the growing pause while nothing comes, retries. */
export class PollTimer {
  private notBeforeMillis = 0;
  private idleMillis = 0;
  private endWait: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly idle: { readonly idleMillis: number; readonly idleMillisMax: number },
  ) {}

  get waitMillis(): number {
    return this.notBeforeMillis - this.clock.monotonicMillis();
  }

  /** The next poll begins at least this long after now. */
  holdOff(millis: number): void {
    this.notBeforeMillis = Math.max(this.notBeforeMillis, this.clock.monotonicMillis() + millis);
  }

  /** A poll found nothing. */
  onEmpty(): void {
    const { idleMillis, idleMillisMax } = this.idle;
    this.idleMillis = this.idleMillis === 0 ? idleMillis : Math.min(idleMillisMax, this.idleMillis * 2);
    this.holdOff(this.idleMillis);
  }

  onMessages(): void {
    this.idleMillis = 0;
  }

  /** Resolves after the time, or at the next {@link wake}. @param millis `Infinity` = only then */
  wait(millis: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: TimerHandle | undefined;
      this.endWait = () => {
        this.endWait = undefined;
        timer?.cancel();
        resolve();
      };
      if (millis < Number.POSITIVE_INFINITY) timer = this.clock.setTimer(millis, () => this.endWait?.());
    });
  }

  /** Something changed: whoever waits looks again. */
  wake(): void {
    this.endWait?.();
  }

  /** What stood against a poll is over: the connection is back, or reading begins elsewhere. */
  wakeNow(): void {
    this.notBeforeMillis = 0;
    this.wake();
  }
}

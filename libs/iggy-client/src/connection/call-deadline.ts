import type { Clock, TimerHandle } from "@ims/common";

/**
 * The time that one call has, from its beginning: everything it waits for ends with it. A call waits for one thing
 * after the other, so there is one wait at a time.
 */
export class CallDeadline {
  private readonly timer: TimerHandle;
  private endWait: (() => void) | undefined;
  private readonly atMillis: number;
  private over = false;

  constructor(
    private readonly clock: Clock,
    readonly timeoutMillis: number,
  ) {
    this.atMillis = clock.monotonicMillis() + timeoutMillis;
    this.timer = clock.setTimer(timeoutMillis, () => {
      this.over = true;
      this.endWait?.();
    });
  }

  get ended(): boolean {
    return this.over;
  }

  get leftMillis(): number {
    return Math.max(0, this.atMillis - this.clock.monotonicMillis());
  }

  /**
   * Resolves with what `begin` hands to its argument, or with `late()` when the time is over first. What `begin`
   * returns is called once, at either end, to clean up.
   */
  wait<Result>(
    begin: (resolve: (result: Result) => void) => () => void,
    late: () => Result,
  ): Promise<Result> {
    if (this.over) return Promise.resolve(late());
    return new Promise((resolve) => {
      let settled = false;
      let cleanUp: (() => void) | undefined;
      const settle = (result: Result) => {
        if (settled) return;
        settled = true;
        this.endWait = undefined;
        cleanUp?.();
        resolve(result);
      };
      this.endWait = () => settle(late());
      cleanUp = begin(settle);
      if (settled) cleanUp();
    });
  }

  /** To be called when the call ends, lest the timer stays. */
  cancel(): void {
    this.timer.cancel();
  }
}

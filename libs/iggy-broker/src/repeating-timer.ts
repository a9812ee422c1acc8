import type { Clock, TimerHandle } from "@ims/common";

/** Does some work again and again, each time one interval after the end of the time before. */
export class RepeatingTimer {
  private timer: TimerHandle | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  /**
   * @param intervalMillis at least 1
   * @param work must not reject
   */
  constructor(
    private readonly clock: Clock,
    private readonly intervalMillis: number,
    private readonly work: () => Promise<void>,
  ) {
    this.schedule();
  }

  /** Waits for running work; none follows. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = this.clock.setTimer(this.intervalMillis, () => {
      this.running = this.work().finally(() => this.schedule());
    });
  }
}

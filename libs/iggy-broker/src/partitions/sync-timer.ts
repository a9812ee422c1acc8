import type { Clock, TimerHandle } from "@ims/common";

/** Runs a sync again and again, each one interval after the end of the one before. */
export class SyncTimer {
  private timer: TimerHandle | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  /** @param intervalMillis at least 1 */
  constructor(
    private readonly clock: Clock,
    private readonly intervalMillis: number,
    private readonly sync: () => Promise<void>,
  ) {
    this.schedule();
  }

  /** Waits for a running sync; none follows. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = this.clock.setTimer(this.intervalMillis, () => {
      this.running = this.sync().finally(() => this.schedule());
    });
  }
}

import type { Clock, TimerHandle } from "@ims/common";

/** Longer than a liquid symbol is ever quiet, short enough to notice a dead feed before one's coffee is cold. */
const SILENCE_MILLIS = 10_000;

/**
 * Says once per silence that nothing arrives: a service that has lost its venue keeps its clients' sessions, so a feed
 * that stays empty would otherwise look like a quiet market.
 */
export class SilenceNotice {
  private timer: TimerHandle | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly say: (silentMillis: number) => void,
  ) {
    this.start();
  }

  /** A message came. */
  heard(): void {
    this.stop();
    this.start();
  }

  stop(): void {
    this.timer?.cancel();
  }

  private start(): void {
    this.timer = this.clock.setTimer(SILENCE_MILLIS, () => this.say(SILENCE_MILLIS));
  }
}

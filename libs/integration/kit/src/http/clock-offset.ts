import type { Clock, TimerHandle } from "@ims/common";

export interface ClockOffsetReading {
  /** Venue's clock minus ours, microseconds: positive when ours is behind. */
  readonly offsetMicros: number;
  /** Half of the round trip: the true offset lies within so much of it. */
  readonly errorMicros: number;
  /** Wall time of the measurement. */
  readonly measuredMicros: number;
}

export interface ClockOffsetOptions {
  readonly clock: Clock;
  /** Asks the venue for its time in microseconds; must come back by itself. */
  readonly ask: (signal: AbortSignal) => Promise<number>;
  /** Between measurements. Default 10 minutes. */
  readonly intervalMillis?: number;
  /** So many measurements are remembered, the one with the shortest round trip counts. Default 6. */
  readonly readingsMax?: number;
}

/** Measures how far the venue's clock is from ours, by the middle of a request, again and again. */
export class ClockOffset {
  readonly #options: ClockOffsetOptions;
  readonly #closing = new AbortController();
  readonly #readings: ClockOffsetReading[] = [];
  #timer: TimerHandle | undefined;
  #measuring: Promise<void> | undefined;

  constructor(options: ClockOffsetOptions) {
    this.#options = options;
  }

  /** The best of the remembered readings, undefined before the first. */
  get reading(): ClockOffsetReading | undefined {
    return this.#readings.reduce<ClockOffsetReading | undefined>(
      (best, reading) => (best && best.errorMicros <= reading.errorMicros ? best : reading),
      undefined,
    );
  }

  /** Starts measuring; a second call does nothing. */
  start(): void {
    this.#measuring ??= this.#measure();
  }

  /** After it no timer is left and nothing is asked. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("measuring ended"));
    this.#timer?.cancel();
    await this.#measuring;
  }

  async #measure(): Promise<void> {
    const { ask, clock, intervalMillis = 600_000, readingsMax = 6 } = this.#options;
    const { signal } = this.#closing;
    if (signal.aborted) return;
    const sentMicros = clock.nowMicros();
    const sentMillis = clock.monotonicMillis();
    try {
      const venueMicros = await ask(signal);
      const roundMicros = (clock.monotonicMillis() - sentMillis) * 1000;
      this.#readings.push({
        offsetMicros: Math.round(venueMicros - sentMicros - roundMicros / 2),
        errorMicros: Math.ceil(roundMicros / 2),
        measuredMicros: clock.nowMicros(),
      });
      if (this.#readings.length > readingsMax) this.#readings.shift();
    } catch {
      // Told by whoever sends the request; the next turn comes anyway.
    }
    if (signal.aborted) return;
    this.#timer = clock.setTimer(intervalMillis, () => {
      this.#measuring = this.#measure();
    });
  }
}

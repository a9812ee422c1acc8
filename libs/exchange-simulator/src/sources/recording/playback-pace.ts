import { type Clock, sleep } from "@ims/common";

/** A pause between two files, however far apart they were recorded. */
const FILE_GAP_MICROS_MAX = 1_000_000;

/** Holds each frame until its recorded time, divided by the speed. */
export class PlaybackPace {
  readonly #startMillis: number;
  /** Recorded time that falls on the start. */
  #originMicros: number | undefined;
  #lastMicros = 0;

  constructor(
    private readonly clock: Clock,
    private readonly speed: number,
    private readonly signal: AbortSignal,
  ) {
    this.#startMillis = clock.monotonicMillis();
  }

  /** A new file begins with this frame: it follows the last one at once, or after the recorded gap if that is short. */
  beginFile(firstMicros: number): void {
    if (this.#originMicros === undefined) {
      this.#originMicros = firstMicros;
    } else {
      const gap = Math.min(FILE_GAP_MICROS_MAX, Math.max(0, firstMicros - this.#lastMicros));
      this.#originMicros += firstMicros - this.#lastMicros - gap;
    }
    this.#lastMicros = firstMicros;
  }

  /** Undefined when the frame is due; otherwise resolves when it is, or rejects on abort. */
  until(receiveMicros: number): Promise<void> | undefined {
    this.#lastMicros = Math.max(this.#lastMicros, receiveMicros);
    const dueMillis = this.#startMillis + (receiveMicros - this.#originMicros!) / 1000 / this.speed;
    const waitMillis = dueMillis - this.clock.monotonicMillis();
    return waitMillis < 1 ? undefined : sleep(this.clock, waitMillis, this.signal);
  }
}

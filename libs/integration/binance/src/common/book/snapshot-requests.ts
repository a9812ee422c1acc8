import type { Clock } from "@ims/common";
import { Backoff } from "@ims/integration-kit";

/** A book that held for so long forgets earlier failures. */
const STEADY_MILLIS = 30_000;
const BACKOFF = { firstMillis: 500, capMillis: 60_000 };

/**
 * When one symbol's snapshot is asked for: never twice at a time, at once for a book that has held for a while, and
 * after pauses that double up to a minute for one that keeps failing. Never gives up.
 */
export class SnapshotRequests {
  readonly #backoff: Backoff;
  /** One is under way. */
  #asked = false;
  /** Monotonic time from which one may be asked for; infinite while none is wanted. */
  #askAt = Number.POSITIVE_INFINITY;
  #satisfiedAt = 0;

  /**
   * @param random uniform in [0, 1)
   * @param send asks the venue; the answer ends in {@link answered}
   */
  constructor(
    readonly clock: Clock,
    random: () => number,
    readonly send: () => void,
  ) {
    this.#backoff = new Backoff(random, BACKOFF);
  }

  wantIn(millis: number): void {
    this.#askAt = this.clock.monotonicMillis() + millis;
  }

  /** A new one is needed: at once if the book has held for a while, else after a pause. */
  want(): void {
    const now = this.clock.monotonicMillis();
    if (now - this.#satisfiedAt > STEADY_MILLIS) this.#backoff.reset();
    const first = this.#backoff.failureCount === 0;
    const pause = this.#backoff.nextMillis();
    this.#askAt = first ? now : now + pause;
  }

  /** The last one was of no use. */
  wantAgain(): void {
    this.wantIn(this.#backoff.nextMillis());
  }

  /** Sends what is due; to be called often. */
  ask(): void {
    if (this.#asked || this.clock.monotonicMillis() < this.#askAt) return;
    this.#asked = true;
    this.#askAt = Number.POSITIVE_INFINITY;
    this.send();
  }

  answered(): void {
    this.#asked = false;
  }

  /** The book stands. */
  satisfied(): void {
    this.#askAt = Number.POSITIVE_INFINITY;
    this.#satisfiedAt = this.clock.monotonicMillis();
  }

  /** Nothing is wanted, and no answer awaited. */
  stop(): void {
    this.#asked = false;
    this.#askAt = Number.POSITIVE_INFINITY;
  }
}

import type { Clock } from "@ims/common";

/**
 * A client that paces exactly one second apart may arrive a little closer together; the venue's own windows are not
 * documented to the millisecond either.
 */
const WINDOW_MILLIS = 950;

/** Counts what came in during the last second. */
export class MessageRate {
  readonly #times: Float64Array;
  #next = 0;

  constructor(
    private readonly clock: Clock,
    perSecondMax: number,
  ) {
    this.#times = new Float64Array(perSecondMax).fill(Number.NEGATIVE_INFINITY);
  }

  /** Takes one message into account; false if it is one too many. */
  admit(): boolean {
    const now = this.clock.monotonicMillis();
    if (now - this.#times[this.#next]! < WINDOW_MILLIS) return false;
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#times.length;
    return true;
  }
}

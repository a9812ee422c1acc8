import type { Clock } from "@ims/common";

const SILENCE_MILLIS = 30_000;
const SILENCE_MILLIS_MAX = 600_000;
/** A book to which no event was joined yet is looked after sooner. */
const UNPROVEN_MILLIS = 5000;

/** How long a book's stream has been silent, and when to look into it: with growing pauses while it stays so. */
export class BookSilence {
  readonly #clock: Clock;
  readonly #firstMillis: number;
  #pauseMillis: number;
  #lastEventAt = 0;
  #confirmedAt = 0;

  /** @param firstMillis silence after which a snapshot is wanted as a check */
  constructor(clock: Clock, firstMillis = SILENCE_MILLIS) {
    this.#clock = clock;
    this.#firstMillis = firstMillis;
    this.#pauseMillis = firstMillis;
  }

  /** An event has come, or the stream begins. */
  broken(): void {
    this.#lastEventAt = this.#clock.monotonicMillis();
    this.#confirmedAt = this.#lastEventAt;
    this.#pauseMillis = this.#firstMillis;
  }

  /** The venue agrees that nothing has changed. */
  confirmed(): void {
    this.#confirmedAt = this.#clock.monotonicMillis();
    this.#grow();
  }

  /** Milliseconds since the last event, or since the start. */
  get millis(): number {
    return this.#clock.monotonicMillis() - this.#lastEventAt;
  }

  /** Whether the venue's best prices should be looked at. */
  wantsConfirmation(proven: boolean): boolean {
    return this.#unconfirmedMillis >= (proven ? this.#pauseMillis / 2 : UNPROVEN_MILLIS);
  }

  /** True, once per pause, if nobody has confirmed the silence in time. */
  takeDue(): boolean {
    if (this.#unconfirmedMillis < this.#pauseMillis) return false;
    this.#grow();
    return true;
  }

  get #unconfirmedMillis(): number {
    return this.#clock.monotonicMillis() - this.#confirmedAt;
  }

  #grow(): void {
    this.#pauseMillis = Math.min(this.#pauseMillis * 2, SILENCE_MILLIS_MAX);
  }
}

import { type Clock, sleep } from "@ims/common";
import { RateWindow } from "./rate-window.js";

/** Lets callers through in order of arrival, no faster than its window allows. */
export class Pacer {
  readonly #window: RateWindow;
  #tail: Promise<void> = Promise.resolve();

  constructor(
    readonly clock: Clock,
    countMax: number,
    windowMillis: number,
  ) {
    this.#window = new RateWindow(clock, countMax, windowMillis);
  }

  /** Resolves when the caller may act; rejects with the signal's reason if it aborts first, and then takes nothing. */
  wait(signal?: AbortSignal): Promise<void> {
    const turn = this.#tail.then(() => this.#take(signal));
    this.#tail = turn.catch(() => {});
    return turn;
  }

  async #take(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    while (!this.#window.tryTake()) await sleep(this.clock, this.#window.waitMillis(), signal);
  }
}

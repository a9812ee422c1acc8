import type { Clock } from "@ims/common";

/**
 * At most `countMax` actions in any stretch of `windowMillis`, not merely in aligned ones: an action is free once the
 * one `countMax` places before it has left the window.
 */
export class RateWindow {
  readonly #takenAtMillis: Float64Array;
  #next = 0;

  constructor(
    readonly clock: Clock,
    readonly countMax: number,
    readonly windowMillis: number,
  ) {
    if (!(Number.isInteger(countMax) && countMax > 0)) {
      throw new RangeError(`a rate window needs a whole count of at least 1, not ${countMax}`);
    }
    this.#takenAtMillis = new Float64Array(countMax).fill(Number.NEGATIVE_INFINITY);
  }

  /** Milliseconds until an action is free, 0 if one is now. */
  waitMillis(): number {
    const freeAtMillis = this.#takenAtMillis[this.#next]! + this.windowMillis;
    return Math.max(0, freeAtMillis - this.clock.monotonicMillis());
  }

  /** Takes one action if it is free; false takes none. */
  tryTake(): boolean {
    if (this.waitMillis() > 0) return false;
    this.#takenAtMillis[this.#next] = this.clock.monotonicMillis();
    this.#next = (this.#next + 1) % this.countMax;
    return true;
  }
}

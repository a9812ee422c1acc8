import type { SeededRandom } from "./seeded-random.js";

const BURST_BEGINS = 0.01;
const BURST_ENDS = 0.08;
const BURST_FACTOR = 12;
/** Mean gap over calm gap: one order in nine falls into a burst. */
const MEAN_OVER_CALM_GAP = 1 - (BURST_BEGINS / (BURST_BEGINS + BURST_ENDS)) * (1 - 1 / BURST_FACTOR);

/** Random gaps between the events of a market, now and then in bursts. */
export class OrderPace {
  readonly #calmGapMicros: number;
  /** Part of the saved state of a walk. */
  bursting = false;

  /** @param meanGapMicros infinite for a market in which nothing ever happens */
  constructor(meanGapMicros: number) {
    this.#calmGapMicros = meanGapMicros / MEAN_OVER_CALM_GAP;
  }

  /** Microseconds until the next event, a whole number of at least 1. */
  gap(random: SeededRandom): number {
    if (this.#calmGapMicros === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const draw = random.unit();
    this.bursting = this.bursting ? draw >= BURST_ENDS : draw < BURST_BEGINS;
    const mean = this.bursting ? this.#calmGapMicros / BURST_FACTOR : this.#calmGapMicros;
    return Math.max(1, Math.round(-Math.log(1 - random.unit()) * mean));
  }
}

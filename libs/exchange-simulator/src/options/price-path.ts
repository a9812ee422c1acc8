import { SeededRandom, seedFor } from "../sources/synthetic/seeded-random.js";

/** From half a minute to a day and a half. */
const PERIODS_MILLIS = [31_000, 127_000, 611_000, 2_900_000, 13_700_000, 131_000_000] as const;

interface Wave {
  readonly periodMillis: number;
  readonly phase: number;
  readonly weight: number;
}

/**
 * A price as a function of time alone: waves of seeded phases on one another, the slower the higher, as a random walk
 * has them. The same seed, name and time give the same price, whatever was asked before.
 */
export class PricePath {
  readonly #waves: readonly Wave[];

  /** @param swing how far it goes from `level` at most, as a share of it; below 1 */
  constructor(
    seed: number,
    name: string,
    private readonly level: number,
    private readonly swing: number,
  ) {
    const random = new SeededRandom(seedFor(seed, name));
    const waves = PERIODS_MILLIS.map((period) => ({
      periodMillis: period * (0.8 + 0.4 * random.unit()),
      phase: 2 * Math.PI * random.unit(),
      weight: Math.sqrt(period),
    }));
    const sum = waves.reduce((total, { weight }) => total + weight, 0);
    this.#waves = waves.map((wave) => ({ ...wave, weight: wave.weight / sum }));
  }

  at(nowMillis: number): number {
    let height = 0;
    for (const { periodMillis, phase, weight } of this.#waves)
      height += weight * Math.sin((2 * Math.PI * nowMillis) / periodMillis + phase);
    return this.level * (1 + this.swing * height);
  }
}

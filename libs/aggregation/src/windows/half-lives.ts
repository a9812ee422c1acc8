import type { HalfLife } from "../plan/average-plan.js";
import { Slot } from "./window-slots.js";

/** Weights below this are raised to it: the average stays what it is, and the quotient a number. */
const WEIGHT_MIN = 1e-250;

/**
 * Weighted prices and weights of each half-life (docs/formats/averages.md). A window gathers them as of its own end,
 * whatever the order of its trades in time; a window that closes is folded into what stands for all time before.
 */
export class HalfLives {
  readonly count: number;
  /** By half-life: factor of one trade; 0 where it is a time. */
  private readonly decays: Float64Array;
  private readonly micros: Float64Array;

  constructor(readonly lives: readonly HalfLife[]) {
    this.count = lives.length;
    this.decays = Float64Array.from(lives, (life) => (life.kind === "count" ? 2 ** (-1 / life.trades) : 0));
    this.micros = Float64Array.from(lives, (life) => (life.kind === "time" ? life.micros : 0));
  }

  /** Adds a trade to pairs at `at` that stand as of `untilMicros`, by time not before the trade. */
  add(pairs: Float64Array, at: number, price: number, untilMicros: number): void {
    const { count, decays, micros } = this;
    for (let index = 0; index < count; index++) {
      const place = at + index * 2;
      const decay = decays[index]!;
      if (decay !== 0) {
        pairs[place] = pairs[place]! * decay + price;
        pairs[place + 1] = pairs[place + 1]! * decay + 1;
      } else {
        const weight = 2 ** (-untilMicros / micros[index]!);
        pairs[place]! += weight * price;
        pairs[place + 1]! += weight;
      }
    }
  }

  /** Folds a window of so many trades that ends so long after `total` stands into it. */
  fold(total: Float64Array, window: Float64Array, elapsedMicros: number): void {
    const { count, decays, micros } = this;
    const trades = window[Slot.COUNT]!;
    for (let index = 0; index < count; index++) {
      const decay = decays[index]!;
      const factor = decay === 0 ? 2 ** (-elapsedMicros / micros[index]!) : decay ** trades;
      const from = Slot.WEIGHTED + index * 2;
      this.age(total, index * 2, factor);
      total[index * 2]! += window[from]!;
      total[index * 2 + 1]! += window[from + 1]!;
    }
  }

  /** Lets time pass without a trade. */
  pass(total: Float64Array, elapsedMicros: number): void {
    for (let index = 0; index < this.count; index++) {
      if (this.decays[index] === 0) this.age(total, index * 2, 2 ** (-elapsedMicros / this.micros[index]!));
    }
  }

  private age(total: Float64Array, at: number, factor: number): void {
    const weight = total[at + 1]!;
    if (weight === 0) return;
    const kept = Math.max(weight * factor, WEIGHT_MIN);
    total[at] = (total[at]! / weight) * kept;
    total[at + 1] = kept;
  }
}

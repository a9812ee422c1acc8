import { BookLevels } from "@ims/common";
import type { BookSide } from "@ims/order-book";

const TWO_32 = 0x100000000;
const INT64_MAX = (1n << 63n) - 1n;
/** 10^0 to 10^18: exact as numbers up to 10^22. */
const POWERS_OF_TEN = Array.from({ length: 19 }, (_, exponent) => 10 ** exponent);

/** Prices between which a level is believed, at the scale of the merge; a rough test, so in floating point. */
export interface PriceBounds {
  low: number;
  high: number;
}

/**
 * The best levels of one side of one venue at the scales of the merge. From `start` to `end` they lie within the bounds.
 * Allocates nothing once it has grown, unless a scaled value is beyond 2^53.
 */
export class VenueTop {
  readonly levels = new BookLevels();
  readonly #raw = new BookLevels();
  start = 0;
  end = 0;
  /** Levels, best first, that do not fit into 64 bits at the scale of the merge. */
  unfitCount = 0;
  #rawCount = 0;
  #priceShift = 0;
  #quantityShift = 0;

  constructor(private readonly isBids: boolean) {}

  get isEmpty(): boolean {
    return this.levels.count === 0;
  }

  /** The best price, whether believed or not; only if not empty. */
  get best(): number {
    return priceAt(this.levels, 0);
  }

  get worst(): number {
    return priceAt(this.levels, this.levels.count - 1);
  }

  clear(): void {
    this.levels.clear();
    this.start = 0;
    this.end = 0;
    this.unfitCount = 0;
  }

  /** Takes the best `depth` levels of `side`, prices multiplied by 10^`priceShift`, quantities by 10^`quantityShift`. */
  copy(side: BookSide, depth: number, priceShift: number, quantityShift: number): void {
    this.#priceShift = priceShift;
    this.#quantityShift = quantityShift;
    this.#copyRaw(side, depth);
    while (this.levels.count < depth && this.#rawCount < side.count) {
      this.#copyRaw(side, this.#rawCount + depth);
    }
  }

  /** Sets `start` and `end`, looking at more levels of `side` where those in front are not believed. */
  bound(side: BookSide, depth: number, bounds: PriceBounds): void {
    const { levels } = this;
    this.start = 0;
    for (;;) {
      while (this.start < levels.count && this.#isAheadOf(this.start, bounds)) this.start++;
      if (levels.count - this.start >= depth || this.#rawCount >= side.count) break;
      this.#copyRaw(side, this.#rawCount + this.start + depth);
    }
    this.end = levels.count;
    while (this.end > this.start && this.#isBehind(this.end - 1, bounds)) this.end--;
  }

  #isAheadOf(at: number, { low, high }: PriceBounds): boolean {
    const price = priceAt(this.levels, at);
    return this.isBids ? price > high : price < low;
  }

  #isBehind(at: number, { low, high }: PriceBounds): boolean {
    const price = priceAt(this.levels, at);
    return this.isBids ? price < low : price > high;
  }

  #copyRaw(side: BookSide, depth: number): void {
    const { levels } = this;
    const isScaled = this.#priceShift > 0 || this.#quantityShift > 0;
    const raw = isScaled ? this.#raw : levels;
    raw.clear();
    side.copyTop(depth, raw);
    this.#rawCount = raw.count;
    this.unfitCount = 0;
    if (!isScaled) return;
    levels.clear();
    for (let at = 0; at < raw.count; at++) {
      levels.push(raw.priceLo[at]!, raw.priceHi[at]!, raw.quantityLo[at]!, raw.quantityHi[at]!);
      const last = levels.count - 1;
      const fits =
        multiply(levels.priceLo, levels.priceHi, last, this.#priceShift) &&
        multiply(levels.quantityLo, levels.quantityHi, last, this.#quantityShift);
      if (fits) continue;
      levels.count = last;
      this.unfitCount++;
    }
  }
}

/** A level's price as the nearest number. */
export function priceAt({ priceHi, priceLo }: BookLevels, at: number): number {
  return priceHi[at]! * TWO_32 + (priceLo[at]! >>> 0);
}

/** Multiplies the positive int64 value in the words at `at` by 10^`exponent`; false if it overflows. */
function multiply(low: Int32Array, high: Int32Array, at: number, exponent: number): boolean {
  if (exponent === 0) return true;
  const product = (high[at]! * TWO_32 + (low[at]! >>> 0)) * POWERS_OF_TEN[exponent]!;
  if (Number.isSafeInteger(product)) {
    low[at] = product | 0;
    high[at] = Math.floor(product / TWO_32);
    return true;
  }
  const value = (BigInt(high[at]!) << 32n) | BigInt(low[at]! >>> 0);
  const exact = value * BigInt(POWERS_OF_TEN[exponent]!);
  if (exact > INT64_MAX) return false;
  low[at] = Number(BigInt.asIntN(32, exact));
  high[at] = Number(BigInt.asIntN(32, exact >> 32n));
  return true;
}

import type { Decimal } from "@ims/common";
import type { BookLevel } from "./book-message.js";

/** Levels of one side of a book, best first. */
export class BookSide {
  #levels: BookLevel[] = [];

  /** @param bestFirst 1 where the lowest price is the best (asks), -1 where the highest is (bids) */
  constructor(private readonly bestFirst: 1 | -1) {}

  get levels(): readonly BookLevel[] {
    return this.#levels;
  }

  /** Takes over a whole side, in any order; later levels replace earlier ones of the same price. */
  replace(levels: readonly BookLevel[]): void {
    this.#levels = [];
    for (const level of levels) this.set(level);
  }

  /** Puts a level in its place; quantity 0 removes the price, whether it is there or not. */
  set(level: BookLevel): void {
    const at = this.#placeOf(level.price);
    const isKnown = at < this.#levels.length && this.#levels[at]!.price.compare(level.price) === 0;
    if (level.quantity.isZero()) {
      if (isKnown) this.#levels.splice(at, 1);
    } else if (isKnown) this.#levels[at] = level;
    else this.#levels.splice(at, 0, level);
  }

  /** Where the price stands or would stand. Most levels of a message come in order, so the end is looked at first. */
  #placeOf(price: Decimal): number {
    const levels = this.#levels;
    const last = levels.at(-1);
    if (!last || last.price.compare(price) === -this.bestFirst) return levels.length;
    let low = 0;
    let high = levels.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (levels[middle]!.price.compare(price) === -this.bestFirst) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

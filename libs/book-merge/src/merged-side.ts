import type { BookLevels } from "@ims/common";
import { MergedLevels } from "./merged-levels.js";
import { type PriceBounds, VenueTop } from "./venue-top.js";

const NONE = -1;

/** One side of a merge: a top for each venue, and the levels merged from them. */
export class MergedSide {
  readonly tops: readonly VenueTop[];
  #merged: MergedLevels;
  #spare: MergedLevels;
  /** Of the tops at the last merge: all were believed, and lay between these prices. */
  #allBelieved = true;
  #lowest = Number.POSITIVE_INFINITY;
  #highest = Number.NEGATIVE_INFINITY;
  readonly #at: Int32Array;

  constructor(
    private readonly isBids: boolean,
    venueCount: number,
    readonly depth: number,
  ) {
    this.tops = Array.from({ length: venueCount }, () => new VenueTop(isBids));
    this.#merged = new MergedLevels(depth);
    this.#spare = new MergedLevels(depth);
    this.#at = new Int32Array(venueCount);
  }

  /** Best first; another object after a merge that changed something. */
  get merged(): MergedLevels {
    return this.#merged;
  }

  /** Whether a merge with these bounds gives what the last one gave, the tops being the same. */
  isSameWithin({ low, high }: PriceBounds): boolean {
    return this.#allBelieved && this.#lowest >= low && this.#highest <= high;
  }

  /** Merges the levels within the bounds of the tops; returns whether the result differs from the last. */
  merge(): boolean {
    const next = this.#spare;
    const { tops } = this;
    const at = this.#at;
    next.clear();
    this.#note();
    for (let index = 0; index < tops.length; index++) at[index] = tops[index]!.start;
    for (let count = 0; count < this.depth; count++) {
      let best = NONE;
      for (let index = 0; index < tops.length; index++) {
        const top = tops[index]!;
        if (at[index]! >= top.end) continue;
        if (best === NONE || this.#isBetter(top.levels, at[index]!, tops[best]!.levels, at[best]!))
          best = index;
      }
      if (best === NONE) break;
      next.push(best, tops[best]!.levels, at[best]!++);
    }
    if (next.equals(this.#merged)) return false;
    this.#spare = this.#merged;
    this.#merged = next;
    return true;
  }

  #isBetter(left: BookLevels, leftAt: number, right: BookLevels, rightAt: number): boolean {
    const leftHi = left.priceHi[leftAt]!;
    const rightHi = right.priceHi[rightAt]!;
    if (leftHi !== rightHi) return leftHi > rightHi === this.isBids;
    const leftLo = left.priceLo[leftAt]! >>> 0;
    const rightLo = right.priceLo[rightAt]! >>> 0;
    return leftLo !== rightLo && leftLo > rightLo === this.isBids;
  }

  #note(): void {
    this.#allBelieved = true;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#highest = Number.NEGATIVE_INFINITY;
    for (const top of this.tops) {
      if (top.isEmpty) continue;
      if (top.start > 0 || top.end < top.levels.count) this.#allBelieved = false;
      const { best, worst } = top;
      this.#highest = Math.max(this.#highest, this.isBids ? best : worst);
      this.#lowest = Math.min(this.#lowest, this.isBids ? worst : best);
    }
  }
}

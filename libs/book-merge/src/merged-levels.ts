import { BookLevels } from "@ims/common";

/** Levels of several venues, best first, in columns that are used again. Equal prices have one row for each venue. */
export class MergedLevels {
  /** Prices and quantities; their scales stand in the merged book. */
  readonly levels = new BookLevels();
  /** Of each level, the number of its venue in the merge. */
  readonly venues: Uint8Array;

  constructor(readonly depth: number) {
    this.venues = new Uint8Array(depth);
  }

  get count(): number {
    return this.levels.count;
  }

  clear(): void {
    this.levels.clear();
  }

  push(venue: number, source: BookLevels, at: number): void {
    const { levels } = this;
    this.venues[levels.count] = venue;
    levels.push(source.priceLo[at]!, source.priceHi[at]!, source.quantityLo[at]!, source.quantityHi[at]!);
  }

  equals(other: MergedLevels): boolean {
    const { levels, venues } = this;
    const others = other.levels;
    if (levels.count !== others.count) return false;
    for (let at = 0; at < levels.count; at++) {
      if (
        levels.priceLo[at] !== others.priceLo[at] ||
        levels.quantityLo[at] !== others.quantityLo[at] ||
        venues[at] !== other.venues[at] ||
        levels.priceHi[at] !== others.priceHi[at] ||
        levels.quantityHi[at] !== others.quantityHi[at]
      ) {
        return false;
      }
    }
    return true;
  }
}

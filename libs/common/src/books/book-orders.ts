import { BookLevels } from "./book-levels.js";

/**
 * Single orders of one side of a book, in columns that are used again as those of {@link BookLevels}: price and quantity
 * of an order stand in {@link levels}, at the same place as its id.
 */
export class BookOrders {
  readonly levels = new BookLevels();
  /** The venue's ids, whole numbers below 2^53. */
  ids = new Float64Array(this.levels.priceLo.length);

  /** Orders in use. */
  get count(): number {
    return this.levels.count;
  }

  clear(): void {
    this.levels.clear();
  }

  push(id: number, priceLo: number, priceHi: number, quantityLo: number, quantityHi: number): void {
    const at = this.levels.count;
    this.levels.push(priceLo, priceHi, quantityLo, quantityHi);
    if (at === this.ids.length) {
      const larger = new Float64Array(this.levels.priceLo.length);
      larger.set(this.ids);
      this.ids = larger;
    }
    this.ids[at] = id;
  }
}

const INITIAL_CAPACITY = 64;

/**
 * Price levels of one side of a book, in columns that are used again for every message: nothing is allocated once they
 * have grown to the largest message seen. Mantissas are int64 values as two words; their scales stand beside the levels.
 */
export class BookLevels {
  /** Levels in use. */
  count = 0;
  priceLo = new Int32Array(INITIAL_CAPACITY);
  priceHi = new Int32Array(INITIAL_CAPACITY);
  quantityLo = new Int32Array(INITIAL_CAPACITY);
  quantityHi = new Int32Array(INITIAL_CAPACITY);

  clear(): void {
    this.count = 0;
  }

  /** Appends a level; in a change, quantity 0 removes the price. */
  push(priceLo: number, priceHi: number, quantityLo: number, quantityHi: number): void {
    const at = this.count;
    if (at === this.priceLo.length) this.#grow();
    this.priceLo[at] = priceLo;
    this.priceHi[at] = priceHi;
    this.quantityLo[at] = quantityLo;
    this.quantityHi[at] = quantityHi;
    this.count = at + 1;
  }

  /** The mantissa of a level's price; allocates. */
  price(index: number): bigint {
    return (BigInt(this.priceHi[index]!) << 32n) | BigInt(this.priceLo[index]! >>> 0);
  }

  /** The mantissa of a level's quantity; allocates. */
  quantity(index: number): bigint {
    return (BigInt(this.quantityHi[index]!) << 32n) | BigInt(this.quantityLo[index]! >>> 0);
  }

  #grow(): void {
    this.priceLo = doubled(this.priceLo);
    this.priceHi = doubled(this.priceHi);
    this.quantityLo = doubled(this.quantityLo);
    this.quantityHi = doubled(this.quantityHi);
  }
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}

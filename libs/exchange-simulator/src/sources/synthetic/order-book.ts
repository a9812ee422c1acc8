/** Levels of one side of a book, in units of the instrument; the best level is the last. */
export class BookSide {
  readonly prices: number[] = [];
  readonly quantities: number[] = [];

  /** @param direction 1 for bids (higher is better), −1 for asks */
  constructor(readonly direction: 1 | -1) {}

  get length(): number {
    return this.prices.length;
  }

  /** 0 when the side is empty. */
  get bestPrice(): number {
    return this.prices[this.prices.length - 1] ?? 0;
  }

  get bestQuantity(): number {
    return this.quantities[this.quantities.length - 1] ?? 0;
  }

  quantityAt(price: number): number {
    const at = this.#find(price);
    return this.prices[at] === price ? this.quantities[at]! : 0;
  }

  /** Sets a level to an absolute quantity; 0 removes it. Returns the quantity it had. */
  set(price: number, quantity: number): number {
    const at = this.#find(price);
    if (this.prices[at] === price) {
      const before = this.quantities[at]!;
      if (quantity > 0) {
        this.quantities[at] = quantity;
      } else {
        this.prices.splice(at, 1);
        this.quantities.splice(at, 1);
      }
      return before;
    }
    if (quantity > 0) {
      this.prices.splice(at, 0, price);
      this.quantities.splice(at, 0, quantity);
    }
    return 0;
  }

  clear(): void {
    this.prices.length = 0;
    this.quantities.length = 0;
  }

  /** Index of the level, or where it would be put. */
  #find(price: number): number {
    const { prices, direction } = this;
    let low = 0;
    let high = prices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((prices[middle]! - price) * direction < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Prices and quantities of both sides, worst level first: what a checkpoint keeps. */
export interface BookState {
  readonly bids: Float64Array;
  readonly asks: Float64Array;
}

/** The resting orders of one symbol, added up by price. Invariant: the best bid is below the best ask. */
export class OrderBook {
  readonly bids = new BookSide(1);
  readonly asks = new BookSide(-1);

  save(): BookState {
    return { bids: packSide(this.bids), asks: packSide(this.asks) };
  }

  restore(state: BookState): void {
    unpackSide(this.bids, state.bids);
    unpackSide(this.asks, state.asks);
  }
}

function packSide(side: BookSide): Float64Array {
  const packed = new Float64Array(side.length * 2);
  for (let at = 0; at < side.length; at++) {
    packed[at * 2] = side.prices[at]!;
    packed[at * 2 + 1] = side.quantities[at]!;
  }
  return packed;
}

function unpackSide(side: BookSide, packed: Float64Array): void {
  side.clear();
  for (let at = 0; at < packed.length; at += 2) {
    side.prices.push(packed[at]!);
    side.quantities.push(packed[at + 1]!);
  }
}

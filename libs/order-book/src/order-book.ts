import { BookCondition, BookLevels, type MantissaCell } from "@ims/common";
import { BookSide } from "./book-side.js";
import { scaleUp } from "./scale-up.js";

/** Levels with their scales: a whole book, or new quantities of some prices. `BookFields` of traits is one. */
export interface ScaledLevels {
  /** Digits after the point, 0 to 18. */
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly bids: BookLevels;
  readonly asks: BookLevels;
}

/** What became of a snapshot or a change; anything but `Applied` left the book as it was. Frozen. */
export const BookOutcome = {
  Applied: 0,
  /** At the larger of the scales of book and change, a price or quantity does not fit into 64 bits. */
  Overflow: 1,
  /** A quantity is below 0. */
  NegativeQuantity: 2,
} as const;
export type BookOutcome = (typeof BookOutcome)[keyof typeof BookOutcome];

export interface OrderBookOptions {
  /** Levels kept on each side; beyond, the worst sixteenth is given up and the horizon says so. Default 20,000. */
  readonly levelsMax?: number;
}

const LEVELS_MAX_DEFAULT = 20_000;

/**
 * An exact order book of one instrument, keyed by integer price. Nothing is rounded: a change with more digits than the
 * book has makes the book finer, and what does not fit then is refused as a whole. Allocates nothing per change once it
 * has grown to its largest size, unless the change makes the book finer or a product of scales is beyond 2^53.
 */
export class OrderBook {
  readonly bids: BookSide;
  readonly asks: BookSide;
  #priceScale = 0;
  #quantityScale = 0;
  readonly #scaled = {
    priceScale: 0,
    quantityScale: 0,
    bids: new BookLevels(),
    asks: new BookLevels(),
  };

  constructor(options: OrderBookOptions = {}) {
    const levelsMax = options.levelsMax ?? LEVELS_MAX_DEFAULT;
    this.bids = new BookSide("bids", levelsMax);
    this.asks = new BookSide("asks", levelsMax);
  }

  /** Digits after the point of every price; grows with the changes, begins anew with a snapshot. */
  get priceScale(): number {
    return this.#priceScale;
  }

  get quantityScale(): number {
    return this.#quantityScale;
  }

  /** Levels of a side, best first, that are known for certain; 0 = all of both sides, -1 = none. */
  get horizon(): number {
    const bids = this.bids.isLimited ? this.bids.knownCount : Number.POSITIVE_INFINITY;
    const asks = this.asks.isLimited ? this.asks.knownCount : Number.POSITIVE_INFINITY;
    const known = Math.min(bids, asks);
    if (known === Number.POSITIVE_INFINITY) return 0;
    return known === 0 ? -1 : known;
  }

  /** Bits of `BookCondition`: 0 if the best bid is below the best ask, or a side is empty. */
  get condition(): number {
    const { bids, asks } = this;
    if (bids.count === 0 || asks.count === 0) return 0;
    const bidHi = bids.bestHi;
    const askHi = asks.bestHi;
    if (bidHi !== askHi) return bidHi > askHi ? BookCondition.Crossed : 0;
    const bidLo = bids.bestLo >>> 0;
    const askLo = asks.bestLo >>> 0;
    if (bidLo === askLo) return BookCondition.Locked;
    return bidLo > askLo ? BookCondition.Crossed : 0;
  }

  clear(): void {
    this.bids.clear();
    this.asks.clear();
  }

  /**
   * Replaces the whole book.
   * @param sideLimit levels per side that were asked for: a side that has as many may go on unseen; 0 = all were given
   */
  load(snapshot: ScaledLevels, sideLimit: number): BookOutcome {
    if (hasNegative(snapshot.bids) || hasNegative(snapshot.asks)) return BookOutcome.NegativeQuantity;
    this.#priceScale = snapshot.priceScale;
    this.#quantityScale = snapshot.quantityScale;
    this.bids.load(snapshot.bids, sideLimit > 0 && snapshot.bids.count >= sideLimit);
    this.asks.load(snapshot.asks, sideLimit > 0 && snapshot.asks.count >= sideLimit);
    return BookOutcome.Applied;
  }

  /** Sets the quantities of all levels of a change, all or nothing; quantity 0 removes a price. */
  apply(change: ScaledLevels): BookOutcome {
    if (hasNegative(change.bids) || hasNegative(change.asks)) return BookOutcome.NegativeQuantity;
    let levels = change;
    if (change.priceScale !== this.#priceScale || change.quantityScale !== this.#quantityScale) {
      if (!this.#bringToOneScale(change)) return BookOutcome.Overflow;
      levels = this.#scaled;
    }
    setAll(this.bids, levels.bids);
    setAll(this.asks, levels.asks);
    return BookOutcome.Applied;
  }

  /** Fills `bids` and `asks` with the best `depth` levels of each side, best first. */
  copyTop(depth: number, bids: BookLevels, asks: BookLevels): void {
    bids.clear();
    asks.clear();
    this.bids.copyTop(depth, bids);
    this.asks.copyTop(depth, asks);
  }

  /** Best bid with scales; false, and untouched cells, without bids. */
  bestBid(price: MantissaCell, quantity: MantissaCell): boolean {
    return this.#best(this.bids, price, quantity);
  }

  bestAsk(price: MantissaCell, quantity: MantissaCell): boolean {
    return this.#best(this.asks, price, quantity);
  }

  #best(side: BookSide, price: MantissaCell, quantity: MantissaCell): boolean {
    if (!side.best(price, quantity)) return false;
    price.scale = this.#priceScale;
    quantity.scale = this.#quantityScale;
    return true;
  }

  /** Puts the change into `#scaled` and the book on the larger scales of both; false, and nothing done, if it does not fit. */
  #bringToOneScale(change: ScaledLevels): boolean {
    const priceScale = Math.max(this.#priceScale, change.priceScale);
    const quantityScale = Math.max(this.#quantityScale, change.quantityScale);
    const { bids, asks } = this.#scaled;
    const prices = priceScale - change.priceScale;
    const quantities = quantityScale - change.quantityScale;
    if (!scaleUp(change.bids, prices, quantities, bids)) return false;
    if (!scaleUp(change.asks, prices, quantities, asks)) return false;
    return this.#refine(priceScale, quantityScale);
  }

  #refine(priceScale: number, quantityScale: number): boolean {
    const prices = priceScale - this.#priceScale;
    const quantities = quantityScale - this.#quantityScale;
    if (prices === 0 && quantities === 0) return true;
    const bids = new BookLevels();
    const asks = new BookLevels();
    this.copyTop(Number.POSITIVE_INFINITY, bids, asks);
    const finerBids = new BookLevels();
    const finerAsks = new BookLevels();
    if (!scaleUp(bids, prices, quantities, finerBids)) return false;
    if (!scaleUp(asks, prices, quantities, finerAsks)) return false;
    this.bids.rewrite(finerBids);
    this.asks.rewrite(finerAsks);
    this.#priceScale = priceScale;
    this.#quantityScale = quantityScale;
    return true;
  }
}

function setAll(side: BookSide, levels: BookLevels): void {
  const { count, priceLo, priceHi, quantityLo, quantityHi } = levels;
  for (let index = 0; index < count; index++) {
    side.set(priceLo[index]!, priceHi[index]!, quantityLo[index]!, quantityHi[index]!);
  }
}

function hasNegative(levels: BookLevels): boolean {
  const { count, quantityHi } = levels;
  let bits = 0;
  for (let index = 0; index < count; index++) bits |= quantityHi[index]!;
  return bits < 0;
}

import type { BookLevels, MantissaCell } from "@ims/common";
import { LevelSlots } from "./level-slots.js";

const SIGN = 0x80000000 | 0;
/** Of a full side, this part of its worst levels is given up at once, so that the cost is spread. */
const SHED_SHIFT = 4;
/** Empty slots that are never worth a clearing. */
const EMPTY_SLOTS_MIN = 256;

/** Which end of the price axis is best. */
export type SideKind = "bids" | "asks";

/**
 * One side of a book, sorted from worst to best, so that a change near the top moves little.
 *
 * A key is the price with its bits turned so that signed comparisons of words order levels from worst to best on either
 * side: the low word's sign is flipped (it is unsigned), and all bits of asks are inverted, which turns the order of
 * int64 values around without overflow.
 *
 * Allocates only when it grows.
 */
export class BookSide {
  readonly #slots = new LevelSlots();
  #count = 0;
  #knownCount = 0;
  #limited = false;
  #horizonLo = 0;
  #horizonHi = 0;
  #shedCount = 0;
  readonly #flipLo: number;
  readonly #flipHi: number;

  /** @param levelsMax levels that are kept; beyond, the worst are given up and the horizon moves up */
  constructor(
    readonly kind: SideKind,
    readonly levelsMax: number,
  ) {
    this.#flipLo = kind === "bids" ? SIGN : ~SIGN;
    this.#flipHi = kind === "bids" ? 0 : -1;
  }

  get count(): number {
    return this.#count;
  }

  /** Places that levels take up, empty ones among them: at most twice the levels and 256. */
  get slotCount(): number {
    return this.#slots.count;
  }

  /** Best levels that are certain to be all there are; levels behind them may have unknown ones between. */
  get knownCount(): number {
    return this.#knownCount;
  }

  /** False: the side is known to its end. */
  get isLimited(): boolean {
    return this.#limited;
  }

  /** Levels given up because the side was full, since the start. */
  get shedCount(): number {
    return this.#shedCount;
  }

  clear(): void {
    this.#slots.clear();
    this.#count = 0;
    this.#knownCount = 0;
    this.#limited = false;
  }

  /**
   * Replaces everything by `levels`, which usually stand best first; quantity 0 is skipped. If `limited`, prices behind
   * the worst level are unknown from now on.
   */
  load(levels: BookLevels, limited: boolean): void {
    this.clear();
    const { count, priceLo, priceHi, quantityLo, quantityHi } = levels;
    // From the worst on, every level of an ordered list is appended.
    for (let index = count - 1; index >= 0; index--) {
      this.set(priceLo[index]!, priceHi[index]!, quantityLo[index]!, quantityHi[index]!);
    }
    if (!limited || this.#limited) return;
    this.#slots.compact();
    if (this.#count > 0) this.#limitTo(0);
    else this.#limitAbove();
  }

  /** Sets the quantity of a price; 0 removes it, and removing what is not there is normal. Words of int64 values. */
  set(priceLo: number, priceHi: number, quantityLo: number, quantityHi: number): void {
    const slots = this.#slots;
    const keyLo = priceLo ^ this.#flipLo;
    const keyHi = priceHi ^ this.#flipHi;
    let at = slots.find(keyLo, keyHi);
    const isLevel = at >= 0 && !slots.isEmpty(at);
    if ((quantityLo | quantityHi) === 0) {
      if (isLevel) this.#remove(at, keyLo, keyHi);
      return;
    }
    if (at < 0) at = slots.insert(~at, keyLo, keyHi);
    slots.quantityLo[at] = quantityLo;
    slots.quantityHi[at] = quantityHi;
    if (isLevel) return;
    this.#count++;
    if (this.#isKnown(keyLo, keyHi)) this.#knownCount++;
    if (this.#count > this.levelsMax) this.#shed();
  }

  /** Appends the best `depth` levels, best first, to `levels`. */
  copyTop(depth: number, levels: BookLevels): void {
    const { keyLo, keyHi, quantityLo, quantityHi } = this.#slots;
    let left = Math.min(depth, this.#count);
    for (let at = this.#slots.count - 1; left > 0; at--) {
      if (this.#slots.isEmpty(at)) continue;
      levels.push(keyLo[at]! ^ this.#flipLo, keyHi[at]! ^ this.#flipHi, quantityLo[at]!, quantityHi[at]!);
      left--;
    }
  }

  /** Best price and its quantity, all but the scales; false, and untouched cells, if the side is empty. */
  best(price: MantissaCell, quantity: MantissaCell): boolean {
    if (this.#count === 0) return false;
    const at = this.#slots.count - 1;
    price.lo = this.bestLo;
    price.hi = this.bestHi;
    quantity.lo = this.#slots.quantityLo[at]!;
    quantity.hi = this.#slots.quantityHi[at]!;
    return true;
  }

  /** Low word of the best price, signed; only if there are levels. */
  get bestLo(): number {
    return this.#slots.keyLo[this.#slots.count - 1]! ^ this.#flipLo;
  }

  /** High word of the best price; only if there are levels. */
  get bestHi(): number {
    return this.#slots.keyHi[this.#slots.count - 1]! ^ this.#flipHi;
  }

  /** Replaces every price and quantity by what `levels` says of the same levels, best first; the horizon stays with its level. */
  rewrite(levels: BookLevels): void {
    const limited = this.#limited;
    const known = this.#knownCount;
    this.load(levels, false);
    if (limited && known > 0) this.#limitTo(this.#count - known);
    else if (limited) this.#limitAbove();
  }

  #remove(at: number, keyLo: number, keyHi: number): void {
    this.#slots.remove(at);
    this.#count--;
    if (this.#isKnown(keyLo, keyHi)) this.#knownCount--;
    if (this.#slots.count > 2 * this.#count + EMPTY_SLOTS_MIN) this.#slots.compact();
  }

  /** Gives up the worst levels of a full side. */
  #shed(): void {
    const shed = Math.max(1, this.levelsMax >> SHED_SHIFT);
    this.#slots.compact();
    this.#slots.dropFirst(shed);
    this.#count -= shed;
    this.#shedCount += shed;
    if (this.#knownCount >= this.#count) this.#limitTo(0);
  }

  /** Makes the key of the level at `index` the horizon, counted from the worst; there are no empty slots. */
  #limitTo(index: number): void {
    this.#limited = true;
    this.#horizonLo = this.#slots.keyLo[index]!;
    this.#horizonHi = this.#slots.keyHi[index]!;
    this.#knownCount = this.#count - index;
  }

  /** Nothing is known: a horizon above every key. */
  #limitAbove(): void {
    this.#limited = true;
    this.#horizonLo = ~SIGN;
    this.#horizonHi = ~SIGN;
    this.#knownCount = 0;
  }

  #isKnown(keyLo: number, keyHi: number): boolean {
    return (
      !this.#limited || keyHi > this.#horizonHi || (keyHi === this.#horizonHi && keyLo >= this.#horizonLo)
    );
  }
}

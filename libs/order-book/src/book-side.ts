import type { BookLevels, MantissaCell } from "@ims/common";
import { LevelSearch } from "./level-search.js";

const INITIAL_LEVELS = 128;
/** Words of a level: key low, key high, quantity low, quantity high. */
const STRIDE = 4;
const SIGN = 0x80000000 | 0;
/** Of a full side, this part of its worst levels is given up at once, so that the cost is spread. */
const SHED_SHIFT = 4;
/** A move of fewer words is made by a loop: the call of `copyWithin` alone costs more. */
const LOOP_WORDS_MAX = 64;
/** How far an empty slot is looked for before everything that is better is moved. */
const NEAR_WORDS = 32 * STRIDE;
/** Empty slots that are never worth a clearing. */
const EMPTY_SLOTS_MIN = 256;

/** Which end of the price axis is best. */
export type SideKind = "bids" | "asks";

/**
 * One side of a book: levels in one typed array, worst first and best last, so that a change near the top moves little.
 * A removed level leaves an empty slot (quantity 0), for most prices come back, and a new one beside it needs no moving;
 * the array is cleared of them when they outnumber the levels.
 *
 * A key is the price with its bits turned so that two signed comparisons of words order levels from worst to best on
 * either side: the low word's sign is flipped (it is unsigned), and all bits of asks are inverted, which turns the
 * order of int64 values around without overflow.
 *
 * Invariants: keys rise strictly, those of empty slots too; the best slot is not empty; `knownCount` levels have a key of at least the horizon's.
 * Allocates only when it grows.
 */
export class BookSide {
  #words = new Int32Array(INITIAL_LEVELS * STRIDE);
  /** Slots in use: levels, and empty ones that levels left. */
  #slots = 0;
  #count = 0;
  #knownCount = 0;
  #limited = false;
  #horizonLo = 0;
  #horizonHi = 0;
  #shedCount = 0;
  readonly #flipLo: number;
  readonly #flipHi: number;
  readonly #search = new LevelSearch(STRIDE);

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
    this.#slots = 0;
    this.#count = 0;
    this.#knownCount = 0;
    this.#limited = false;
    this.#search.at = 0;
  }

  /**
   * Replaces everything by `levels`, which usually stand best first; quantity 0 is skipped, the last of equal prices
   * counts. If `limited`, prices behind the worst level are unknown from now on.
   */
  load(levels: BookLevels, limited: boolean): void {
    this.clear();
    const { count, priceLo, priceHi, quantityLo, quantityHi } = levels;
    // From the worst on, every level of an ordered list is appended.
    for (let index = count - 1; index >= 0; index--) {
      this.set(priceLo[index]!, priceHi[index]!, quantityLo[index]!, quantityHi[index]!);
    }
    if (!limited || this.#limited) return;
    if (this.#count > 0) this.#limitTo(0);
    else this.#limitAbove();
  }

  /** Sets the quantity of a price; 0 removes it, and removing what is not there is normal. Words of int64 values. */
  set(priceLo: number, priceHi: number, quantityLo: number, quantityHi: number): void {
    const keyLo = priceLo ^ this.#flipLo;
    const keyHi = priceHi ^ this.#flipHi;
    const found = this.#search.find(this.#words, this.#slots, keyLo, keyHi);
    const at = this.#search.at * STRIDE;
    const wasFree = !found || (this.#words[at + 2]! | this.#words[at + 3]!) === 0;
    if ((quantityLo | quantityHi) === 0) {
      if (!wasFree) this.#remove(at);
      return;
    }
    const to = found ? at : this.#makeSlot(at);
    const words = this.#words;
    words[to + 2] = quantityLo;
    words[to + 3] = quantityHi;
    if (!wasFree) return;
    words[to] = keyLo;
    words[to + 1] = keyHi;
    this.#count++;
    if (this.#isKnown(keyLo, keyHi)) this.#knownCount++;
    if (this.#count > this.levelsMax) this.#shed();
  }

  /** Appends the best `depth` levels, best first, to `levels`. */
  copyTop(depth: number, levels: BookLevels): void {
    const words = this.#words;
    let left = Math.min(depth, this.#count);
    for (let at = (this.#slots - 1) * STRIDE; left > 0; at -= STRIDE) {
      const quantityLo = words[at + 2]!;
      const quantityHi = words[at + 3]!;
      if ((quantityLo | quantityHi) === 0) continue;
      levels.push(words[at]! ^ this.#flipLo, words[at + 1]! ^ this.#flipHi, quantityLo, quantityHi);
      left--;
    }
  }

  /** Best price and its quantity, all but the scales; false, and untouched cells, if the side is empty. */
  best(price: MantissaCell, quantity: MantissaCell): boolean {
    if (this.#count === 0) return false;
    const at = (this.#slots - 1) * STRIDE;
    price.lo = this.bestLo;
    price.hi = this.bestHi;
    quantity.lo = this.#words[at + 2]!;
    quantity.hi = this.#words[at + 3]!;
    return true;
  }

  /** Low word of the best price; only if there are levels. */
  get bestLo(): number {
    return this.#words[(this.#slots - 1) * STRIDE]! ^ this.#flipLo;
  }

  /** High word of the best price; only if there are levels. */
  get bestHi(): number {
    return this.#words[(this.#slots - 1) * STRIDE + 1]! ^ this.#flipHi;
  }

  /** Replaces every price and quantity by what `levels` says, which stand best first and in the same order. */
  rewrite(levels: BookLevels): void {
    const limited = this.#limited;
    const known = this.#knownCount;
    this.load(levels, false);
    if (limited && known > 0) this.#limitTo(this.#count - known);
    else if (limited) this.#limitAbove();
  }

  /** Leaves the slot behind, for the price to come back or for another one beside it; the best slot is never empty. */
  #remove(at: number): void {
    const words = this.#words;
    words[at + 2] = 0;
    words[at + 3] = 0;
    this.#count--;
    if (this.#isKnown(words[at]!, words[at + 1]!)) this.#knownCount--;
    let end = this.#slots * STRIDE;
    while (end > 0 && (words[end - 1]! | words[end - 2]!) === 0) end -= STRIDE;
    this.#slots = end / STRIDE;
    if (this.#slots > 2 * this.#count + EMPTY_SLOTS_MIN) this.#compact();
  }

  /**
   * Makes room for a key between the slots before `at` and from `at` on, where offsets are in words: takes an empty
   * slot that is near, or moves all that is better. Returns the offset of the room; its words are whatever.
   */
  #makeSlot(at: number): number {
    const end = this.#slots * STRIDE;
    const words = this.#words;
    const last = Math.min(end, at + NEAR_WORDS);
    for (let free = at; free < last; free += STRIDE) {
      if ((words[free + 2]! | words[free + 3]!) !== 0) continue;
      move(words, at + STRIDE, at, free);
      return at;
    }
    const first = Math.max(0, at - NEAR_WORDS);
    for (let free = at - STRIDE; free >= first; free -= STRIDE) {
      if ((words[free + 2]! | words[free + 3]!) !== 0) continue;
      move(words, free, free + STRIDE, at);
      return at - STRIDE;
    }
    if (end === words.length) this.#grow();
    move(this.#words, at + STRIDE, at, end);
    this.#slots++;
    return at;
  }

  /** Drops the empty slots. */
  #compact(): void {
    const words = this.#words;
    let to = 0;
    for (let from = 0; from < this.#slots * STRIDE; from += STRIDE) {
      if ((words[from + 2]! | words[from + 3]!) === 0) continue;
      words[to] = words[from]!;
      words[to + 1] = words[from + 1]!;
      words[to + 2] = words[from + 2]!;
      words[to + 3] = words[from + 3]!;
      to += STRIDE;
    }
    this.#slots = to / STRIDE;
  }

  /** Gives up the worst levels of a full side. */
  #shed(): void {
    this.#compact();
    const shed = Math.max(1, this.levelsMax >> SHED_SHIFT);
    this.#words.copyWithin(0, shed * STRIDE, this.#slots * STRIDE);
    this.#slots -= shed;
    this.#count -= shed;
    this.#shedCount += shed;
    if (this.#knownCount >= this.#count) this.#limitTo(0);
  }

  /** Makes the key of the level at `index` (worst first; no empty slots) the horizon. */
  #limitTo(index: number): void {
    this.#limited = true;
    this.#horizonLo = this.#words[index * STRIDE]!;
    this.#horizonHi = this.#words[index * STRIDE + 1]!;
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

  #grow(): void {
    const larger = new Int32Array(this.#words.length * 2);
    larger.set(this.#words);
    this.#words = larger;
  }
}

/** Moves the words from `from` to `end` to `to`; both ranges may overlap. */
function move(words: Int32Array, to: number, from: number, end: number): void {
  if (end - from > LOOP_WORDS_MAX) words.copyWithin(to, from, end);
  else if (to > from) for (let word = end - 1; word >= from; word--) words[word + to - from] = words[word]!;
  else for (let word = from; word < end; word++) words[word + to - from] = words[word]!;
}

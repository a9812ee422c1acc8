const INITIAL_SLOTS = 128;
/** A move of fewer slots is made by a loop: the call of `copyWithin` alone costs more. */
const LOOP_SLOTS_MAX = 48;
/** How far an empty slot is looked for before everything behind is moved. */
const NEAR_SLOTS = 12;

/**
 * Levels in columns, sorted by key; a key is two words that are compared as signed numbers, high word first. A slot of
 * quantity 0 is empty: a level that was removed leaves its slot behind, for most prices come back, and a new level
 * takes an empty slot nearby instead of moving all others.
 *
 * Invariants: keys rise strictly, those of empty slots too; the last slot is not empty. Allocates only when it grows.
 */
export class LevelSlots {
  /** Slots in use, empty ones among them. */
  count = 0;
  keyLo = new Int32Array(INITIAL_SLOTS);
  keyHi = new Int32Array(INITIAL_SLOTS);
  quantityLo = new Int32Array(INITIAL_SLOTS);
  quantityHi = new Int32Array(INITIAL_SLOTS);
  /** While true, all keys have this high word and this sign of the low word. */
  #narrow = true;
  #commonHi = 0;
  #commonSign = 0;

  clear(): void {
    this.count = 0;
    this.#narrow = true;
  }

  isEmpty(index: number): boolean {
    return (this.quantityLo[index]! | this.quantityHi[index]!) === 0;
  }

  /** Index of the slot with this key, or, below 0, the complement (`~`) of that of the first slot with a larger one. */
  find(keyLo: number, keyHi: number): number {
    if (this.count === 0) return -1;
    if (this.#narrow && keyHi === this.#commonHi && keyLo >> 31 === this.#commonSign) {
      return this.#findNarrow(keyLo);
    }
    return this.#findWide(keyLo, keyHi);
  }

  /** Of low words of one sign every difference fits, so that its sign bit steers the search: without a branch to mispredict. */
  #findNarrow(key: number): number {
    const keys = this.keyLo;
    let base = 0;
    for (let length = this.count; length > 1; ) {
      const half = length >>> 1;
      base += half & ((keys[base + half]! - key - 1) >> 31);
      length -= half;
    }
    const at = keys[base]!;
    return at === key ? base : ~(at < key ? base + 1 : base);
  }

  #findWide(keyLo: number, keyHi: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const hi = this.keyHi[middle]!;
      const lo = this.keyLo[middle]!;
      if (hi === keyHi && lo === keyLo) return middle;
      if (hi < keyHi || (hi === keyHi && lo < keyLo)) low = middle + 1;
      else high = middle;
    }
    return ~low;
  }

  /**
   * Places a key that is not there before the slot `index`, which {@link find} gave, and returns where it stands now.
   * The caller sets a quantity at once: until then the slot counts as empty.
   */
  insert(index: number, keyLo: number, keyHi: number): number {
    if (this.count === 0) {
      this.#narrow = true;
      this.#commonHi = keyHi;
      this.#commonSign = keyLo >> 31;
    } else if (keyHi !== this.#commonHi || keyLo >> 31 !== this.#commonSign) {
      this.#narrow = false;
    }
    const at = this.#makeRoom(index);
    this.keyLo[at] = keyLo;
    this.keyHi[at] = keyHi;
    return at;
  }

  #makeRoom(index: number): number {
    const last = Math.min(this.count, index + NEAR_SLOTS);
    for (let free = index; free < last; free++) {
      if (!this.isEmpty(free)) continue;
      this.#move(index + 1, index, free);
      return index;
    }
    const first = Math.max(0, index - NEAR_SLOTS);
    for (let free = index - 1; free >= first; free--) {
      if (!this.isEmpty(free)) continue;
      this.#move(free, free + 1, index);
      return index - 1;
    }
    if (this.count === this.keyLo.length) this.#grow();
    this.#move(index + 1, index, this.count);
    this.count++;
    return index;
  }

  /** Empties a slot, and gives up those at the end that are empty then. */
  remove(index: number): void {
    this.quantityLo[index] = 0;
    this.quantityHi[index] = 0;
    while (this.count > 0 && this.isEmpty(this.count - 1)) this.count--;
  }

  /** Drops all empty slots. */
  compact(): void {
    const { keyLo, keyHi, quantityLo, quantityHi } = this;
    let to = 0;
    for (let from = 0; from < this.count; from++) {
      if (this.isEmpty(from)) continue;
      keyLo[to] = keyLo[from]!;
      keyHi[to] = keyHi[from]!;
      quantityLo[to] = quantityLo[from]!;
      quantityHi[to] = quantityHi[from]!;
      to++;
    }
    this.count = to;
  }

  /** Drops the first `slots` slots. */
  dropFirst(slots: number): void {
    this.#move(0, slots, this.count);
    this.count -= slots;
  }

  /** Moves the slots from `from` to `end` to `to`; the ranges may overlap. */
  #move(to: number, from: number, end: number): void {
    if (end - from > LOOP_SLOTS_MAX) {
      this.keyLo.copyWithin(to, from, end);
      this.keyHi.copyWithin(to, from, end);
      this.quantityLo.copyWithin(to, from, end);
      this.quantityHi.copyWithin(to, from, end);
    } else if (to > from) {
      for (let slot = end - 1; slot >= from; slot--) this.#copy(slot, slot + to - from);
    } else {
      for (let slot = from; slot < end; slot++) this.#copy(slot, slot + to - from);
    }
  }

  #copy(from: number, to: number): void {
    this.keyLo[to] = this.keyLo[from]!;
    this.keyHi[to] = this.keyHi[from]!;
    this.quantityLo[to] = this.quantityLo[from]!;
    this.quantityHi[to] = this.quantityHi[from]!;
  }

  #grow(): void {
    this.keyLo = doubled(this.keyLo);
    this.keyHi = doubled(this.keyHi);
    this.quantityLo = doubled(this.quantityLo);
    this.quantityHi = doubled(this.quantityHi);
  }
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}

import type { BookOrders } from "@ims/common";
import { ChangeKind, type OrderChange } from "./order-change.js";
import { scaledWords, scaleWords } from "./scale-words.js";

const INITIAL_SLOTS = 1024;
const NO_ID = 0;
/** Columns of words of one order. */
const KIND = 0;
const PRICE_LO = 1;
const PRICE_HI = 2;
const QUANTITY_LO = 3;
const QUANTITY_HI = 4;
const COLUMNS = 5;

/** The resting orders of one market by their ids, in columns: open addressing, so that an event allocates nothing. */
export class OrderTable {
  #ids = new Float64Array(INITIAL_SLOTS);
  #columns = new Int32Array(INITIAL_SLOTS * COLUMNS);
  /** Place among the orders of a price: what came later stands behind. */
  #ranks = new Float64Array(INITIAL_SLOTS);
  #count = 0;
  #nextRank = 1;

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#ids.fill(NO_ID);
    this.#count = 0;
    this.#nextRank = 1;
  }

  /**
   * Adds, changes or removes an order; one that is not there can be removed. A changed one keeps its place among those of
   * its price unless the price is another.
   */
  apply(change: OrderChange): void {
    let slot = this.#find(change.id);
    const isKnown = this.#ids[slot] === change.id;
    if (change.kind === ChangeKind.Removed) {
      if (isKnown) this.#remove(slot);
      return;
    }
    if (!isKnown) {
      if (2 * (this.#count + 1) > this.#ids.length) {
        this.#grow();
        slot = this.#find(change.id);
      }
      this.#ids[slot] = change.id;
      this.#count++;
    }
    const columns = this.#columns;
    const at = slot * COLUMNS;
    const stays =
      isKnown &&
      columns[at] === change.kind &&
      columns[at + PRICE_LO] === change.priceLo &&
      columns[at + PRICE_HI] === change.priceHi;
    if (!stays) this.#ranks[slot] = this.#nextRank++;
    columns[at + KIND] = change.kind;
    columns[at + PRICE_LO] = change.priceLo;
    columns[at + PRICE_HI] = change.priceHi;
    columns[at + QUANTITY_LO] = change.quantityLo;
    columns[at + QUANTITY_HI] = change.quantityHi;
  }

  /** Whether both have the same orders with the same prices and quantities; places within a price do not matter. */
  isSame(other: OrderTable): boolean {
    if (this.#count !== other.#count) return false;
    for (let slot = 0; slot < this.#ids.length; slot++) {
      const id = this.#ids[slot]!;
      if (id === NO_ID) continue;
      const found = other.#find(id);
      if (other.#ids[found] !== id) return false;
      for (let column = 0; column < COLUMNS; column++) {
        const value = this.#columns[slot * COLUMNS + column];
        if (value !== other.#columns[found * COLUMNS + column]) return false;
      }
    }
    return true;
  }

  /** All orders of each side, best first, those of one price in their places. */
  copyTo(bids: BookOrders, asks: BookOrders): void {
    this.#copySide(bids, ChangeKind.Buy);
    this.#copySide(asks, ChangeKind.Sell);
  }

  /** Adds digits to all prices and quantities; false, with the orders spoiled, if one does not fit into 64 bits then. */
  addDigits(priceDigits: number, quantityDigits: number): boolean {
    for (let slot = 0; slot < this.#ids.length; slot++) {
      if (this.#ids[slot] === NO_ID) continue;
      const at = slot * COLUMNS;
      if (!this.#scale(at + PRICE_LO, priceDigits)) return false;
      if (!this.#scale(at + QUANTITY_LO, quantityDigits)) return false;
    }
    return true;
  }

  #scale(at: number, digits: number): boolean {
    const columns = this.#columns;
    if (!scaleWords(columns[at]!, columns[at + 1]!, digits)) return false;
    columns[at] = scaledWords.lo;
    columns[at + 1] = scaledWords.hi;
    return true;
  }

  #copySide(orders: BookOrders, side: ChangeKind): void {
    const columns = this.#columns;
    const ranks = this.#ranks;
    orders.clear();
    const slots = new Uint32Array(this.#count);
    let count = 0;
    for (let slot = 0; slot < this.#ids.length; slot++)
      if (this.#ids[slot] !== NO_ID && columns[slot * COLUMNS + KIND] === side) slots[count++] = slot;
    const sign = side === ChangeKind.Buy ? -1 : 1;
    const sorted = slots.subarray(0, count).sort((left, right) => {
      const [leftAt, rightAt] = [left * COLUMNS, right * COLUMNS];
      const high = columns[leftAt + PRICE_HI]! - columns[rightAt + PRICE_HI]!;
      const low = (columns[leftAt + PRICE_LO]! >>> 0) - (columns[rightAt + PRICE_LO]! >>> 0);
      return sign * (high || low) || ranks[left]! - ranks[right]!;
    });
    for (const slot of sorted) {
      const at = slot * COLUMNS;
      orders.push(
        this.#ids[slot]!,
        columns[at + PRICE_LO]!,
        columns[at + PRICE_HI]!,
        columns[at + QUANTITY_LO]!,
        columns[at + QUANTITY_HI]!,
      );
    }
  }

  /** Where the order is, or would be put. */
  #find(id: number): number {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let slot = homeOf(id) & mask;
    while (ids[slot] !== id && ids[slot] !== NO_ID) slot = (slot + 1) & mask;
    return slot;
  }

  #remove(at: number): void {
    this.#count--;
    const mask = this.#ids.length - 1;
    let hole = at;
    // What was put behind the hole because its place was taken moves up.
    for (let slot = (hole + 1) & mask; this.#ids[slot] !== NO_ID; slot = (slot + 1) & mask) {
      const home = homeOf(this.#ids[slot]!) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#move(slot, hole);
      hole = slot;
    }
    this.#ids[hole] = NO_ID;
  }

  #move(from: number, to: number): void {
    this.#ids[to] = this.#ids[from]!;
    this.#ranks[to] = this.#ranks[from]!;
    this.#columns.copyWithin(to * COLUMNS, from * COLUMNS, (from + 1) * COLUMNS);
  }

  #grow(): void {
    const [ids, ranks, columns] = [this.#ids, this.#ranks, this.#columns];
    this.#ids = new Float64Array(ids.length * 2);
    this.#ranks = new Float64Array(this.#ids.length);
    this.#columns = new Int32Array(this.#ids.length * COLUMNS);
    ids.forEach((id, from) => {
      if (id === NO_ID) return;
      const to = this.#find(id);
      this.#ids[to] = id;
      this.#ranks[to] = ranks[from]!;
      this.#columns.set(columns.subarray(from * COLUMNS, (from + 1) * COLUMNS), to * COLUMNS);
    });
  }
}

/** Ids of a venue rise by steps that are powers of two: all bits have to count. */
function homeOf(id: number): number {
  let hash = Math.imul((id | 0) ^ Math.imul((id / 4294967296) | 0, 0x9e3779b1), 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}

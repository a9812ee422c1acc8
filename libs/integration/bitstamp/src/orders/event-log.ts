import { ChangeKind, OrderChange } from "./order-change.js";
import type { OrderTable } from "./order-table.js";
import { scaledWords, scaleWords } from "./scale-words.js";

const INITIAL_EVENTS = 256;
/** Lists of REST lag by up to 2.6 s in recordings; events are kept for so long at the least. */
const KEEP_MICROS = 15_000_000;

/**
 * The latest events of a market in their order, as what they did to its orders: each says the whole state of its order.
 * It grows while it would lose events of the last 15 s, up to its bound; beyond that the oldest go, which
 * {@link floorMicros} tells.
 */
export class EventLog {
  #ids = new Float64Array(INITIAL_EVENTS);
  #eventMicros = new Float64Array(INITIAL_EVENTS);
  #receiveMicros = new Float64Array(INITIAL_EVENTS);
  #kinds = new Uint8Array(INITIAL_EVENTS);
  #words = new Int32Array(INITIAL_EVENTS * WORDS);
  #start = 0;
  #count = 0;
  /** Stamp of the newest event that may be missing in front of the first one kept; 0 while nothing came. */
  floorMicros = 0;
  /** When the first event since {@link clear} arrived; `Infinity` once it had to go. */
  sinceMicros = 0;

  /** @param countMax a power of two */
  constructor(private readonly countMax: number) {}

  get count(): number {
    return this.#count;
  }

  /** Stamp of the last event; 0 while there is none. */
  get newestMicros(): number {
    return this.#count === 0
      ? 0
      : this.#eventMicros[(this.#start + this.#count - 1) & (this.#ids.length - 1)]!;
  }

  clear(): void {
    this.#start = 0;
    this.#count = 0;
    this.floorMicros = 0;
    this.sinceMicros = 0;
  }

  push(change: OrderChange): void {
    if (this.floorMicros === 0) {
      this.floorMicros = change.eventMicros;
      this.sinceMicros = change.receiveMicros;
    }
    if (this.#count === this.#ids.length) this.#makeRoom(change);
    const at = (this.#start + this.#count++) & (this.#ids.length - 1);
    this.#ids[at] = change.id;
    this.#eventMicros[at] = change.eventMicros;
    this.#receiveMicros[at] = change.receiveMicros;
    this.#kinds[at] = change.kind;
    const word = at * WORDS;
    this.#words[word] = change.priceLo;
    this.#words[word + 1] = change.priceHi;
    this.#words[word + 2] = change.quantityLo;
    this.#words[word + 3] = change.quantityHi;
  }

  /** Does to the orders, in their order, what the first kept event with a stamp above `micros` did and all behind it. */
  replay(table: OrderTable, micros: number): void {
    const words = this.#words;
    const mask = this.#ids.length - 1;
    const change = new OrderChange();
    let index = 0;
    while (index < this.#count && this.#eventMicros[(this.#start + index) & mask]! <= micros) index++;
    for (; index < this.#count; index++) {
      const at = (this.#start + index) & mask;
      const word = at * WORDS;
      change.id = this.#ids[at]!;
      change.kind = this.#kinds[at]! as ChangeKind;
      change.priceLo = words[word]!;
      change.priceHi = words[word + 1]!;
      change.quantityLo = words[word + 2]!;
      change.quantityHi = words[word + 3]!;
      table.apply(change);
    }
  }

  /** Adds digits to all prices and quantities; false, with the events spoiled, if one does not fit into 64 bits then. */
  addDigits(priceDigits: number, quantityDigits: number): boolean {
    for (let index = 0; index < this.#count; index++) {
      const at = (this.#start + index) & (this.#ids.length - 1);
      if (this.#kinds[at] === ChangeKind.Removed) continue;
      for (let pair = 0; pair < 2; pair++) {
        const word = at * WORDS + pair * 2;
        const digits = pair === 0 ? priceDigits : quantityDigits;
        if (!scaleWords(this.#words[word]!, this.#words[word + 1]!, digits)) return false;
        this.#words[word] = scaledWords.lo;
        this.#words[word + 1] = scaledWords.hi;
      }
    }
    return true;
  }

  #makeRoom({ receiveMicros }: OrderChange): void {
    const isFresh = receiveMicros - this.#receiveMicros[this.#start]! < KEEP_MICROS;
    if (isFresh && this.#count < this.countMax) {
      this.#grow();
      return;
    }
    this.sinceMicros = Number.POSITIVE_INFINITY;
    this.floorMicros = Math.max(this.floorMicros, this.#eventMicros[this.#start]!);
    this.#start = (this.#start + 1) & (this.#ids.length - 1);
    this.#count--;
  }

  #grow(): void {
    const length = this.#ids.length * 2;
    const start = this.#start;
    this.#ids = unrolled(new Float64Array(length), this.#ids, start);
    this.#eventMicros = unrolled(new Float64Array(length), this.#eventMicros, start);
    this.#receiveMicros = unrolled(new Float64Array(length), this.#receiveMicros, start);
    this.#kinds = unrolled(new Uint8Array(length), this.#kinds, start);
    this.#words = unrolled(new Int32Array(length * WORDS), this.#words, start * WORDS);
    this.#start = 0;
  }
}

const WORDS = 4;

/** Copies a ring that is full, its first element first. */
function unrolled<Column extends Float64Array | Int32Array | Uint8Array>(
  to: Column,
  from: Column,
  start: number,
): Column {
  to.set(from.subarray(start));
  to.set(from.subarray(0, start), from.length - start);
  return to;
}

import type { DepthEvent } from "./book-stage.js";

type Side = ReadonlyMap<number, number>;

/** A whole book at one update; prices and quantities are small whole numbers. */
export interface TruthBook {
  readonly id: number;
  readonly bids: Side;
  readonly asks: Side;
}

/** What a depth request answers. */
export interface TruthSnapshot {
  readonly lastUpdateId: number;
  readonly bids: [string, string][];
  readonly asks: [string, string][];
}

const START_PRICE = 1000;
const DEPTH = 60;

/**
 * A venue with one wandering book that is never crossed: makes updates one by one, cuts them into depth events as the
 * market's rule says, and remembers the book at every update.
 */
export class TruthVenue {
  readonly #history = new Map<number, TruthBook>();
  #bids = new Map<number, number>();
  #asks = new Map<number, number>();
  #middle = START_PRICE;
  #id = 100;
  /** Of the event that is being gathered. */
  #firstId = 0;
  #previousId = 100;
  #changedBids = new Set<number>();
  #changedAsks = new Set<number>();

  /** @param random uniform in [0, 1) */
  constructor(
    readonly kind: "spot" | "futures",
    readonly random: () => number,
  ) {
    for (let depth = 1; depth <= DEPTH; depth++) {
      if (random() < 0.7) this.#bids.set(START_PRICE - depth, 1 + this.#whole(9));
      if (random() < 0.7) this.#asks.set(START_PRICE + depth, 1 + this.#whole(9));
    }
    this.#remember();
  }

  get id(): number {
    return this.#id;
  }

  /** The book at an update; every id that was ever given out has one. */
  at(id: number): TruthBook {
    const book = this.#history.get(id);
    if (!book) throw new Error(`update ${id} was never made`);
    return book;
  }

  /** Makes up to `most` updates. */
  trade(most: number): void {
    if (this.random() < 0.3) this.#moveTo(this.#middle + this.#whole(7) - 3);
    for (let left = this.#whole(most + 1); left > 0; left--) {
      const depth = 1 + Math.floor(DEPTH * this.random() ** 2);
      const quantity = this.random() < 0.4 ? 0 : 1 + this.#whole(9);
      if (this.random() < 0.5) this.#set("bids", this.#middle - depth, quantity);
      else this.#set("asks", this.#middle + depth, quantity);
    }
  }

  /** The updates since the last event as one; undefined if there are none. */
  cut(): DepthEvent | undefined {
    if (this.#firstId === 0) return undefined;
    const levels = (changed: Set<number>, side: Side) =>
      [...changed].map((price): [string, string] => [String(price), String(side.get(price) ?? 0)]);
    const event: DepthEvent = {
      U: this.#firstId,
      u: this.#id,
      b: levels(this.#changedBids, this.#bids),
      a: levels(this.#changedAsks, this.#asks),
      ...(this.kind === "futures" ? { pu: this.#previousId } : {}),
    };
    this.#firstId = 0;
    this.#previousId = this.#id;
    this.#changedBids.clear();
    this.#changedAsks.clear();
    return event;
  }

  snapshot(limit: number, id = this.#id): TruthSnapshot {
    const book = this.at(id);
    return {
      lastUpdateId: id,
      bids: sortedLevels(book.bids, -1).slice(0, limit).map(texts),
      asks: sortedLevels(book.asks, 1).slice(0, limit).map(texts),
    };
  }

  /** Some update of the past, or the present one. */
  earlierId(updates: number): number {
    const ids = [...this.#history.keys()];
    return ids[Math.max(0, ids.length - 1 - updates)]!;
  }

  /** Sides that the new middle runs over are taken away, as trades would. */
  #moveTo(middle: number): void {
    this.#middle = middle;
    for (const price of [...this.#bids.keys()]) if (price >= middle) this.#set("bids", price, 0);
    for (const price of [...this.#asks.keys()]) if (price <= middle) this.#set("asks", price, 0);
  }

  #set(kind: "bids" | "asks", price: number, quantity: number): void {
    this.#id += this.kind === "spot" ? 1 : 1 + this.#whole(4);
    if (this.#firstId === 0) this.#firstId = this.#id;
    const side = kind === "bids" ? this.#bids : this.#asks;
    if (quantity === 0) side.delete(price);
    else side.set(price, quantity);
    (kind === "bids" ? this.#changedBids : this.#changedAsks).add(price);
    this.#remember();
  }

  #remember(): void {
    this.#history.set(this.#id, { id: this.#id, bids: new Map(this.#bids), asks: new Map(this.#asks) });
  }

  #whole(bound: number): number {
    return Math.floor(this.random() * bound);
  }
}

/** Levels best first; `sign` is -1 for bids. */
export function sortedLevels(side: Side, sign: 1 | -1): [number, number][] {
  return [...side].sort(([left], [right]) => sign * (left - right));
}

function texts([price, quantity]: [number, number]): [string, string] {
  return [String(price), String(quantity)];
}

import type { InstrumentFeed } from "./instrument-feed.js";

const INITIAL_SLOTS = 64;
/** Start and step of the hash; the walker computes it while it looks for the closing quote. */
export const HASH_START = 17;
export const HASH_FACTOR = 31;

/**
 * Finds the feed of a symbol from its bytes in a frame, without making a string of them. Open addressing with linear
 * probing, at most half full. Feeds are never removed: there are no more than the venue lists.
 */
export class FeedTable {
  private slots: (InstrumentFeed | undefined)[] = new Array(INITIAL_SLOTS).fill(undefined);
  private mask = INITIAL_SLOTS - 1;
  readonly #bySymbol = new Map<string, InstrumentFeed>();

  get feeds(): Iterable<InstrumentFeed> {
    return this.#bySymbol.values();
  }

  find(symbol: string): InstrumentFeed | undefined {
    return this.#bySymbol.get(symbol);
  }

  add(feed: InstrumentFeed): void {
    if (this.#bySymbol.has(feed.instrument.symbol)) {
      throw new RangeError(`${feed.instrument.symbol} is in the table already`);
    }
    this.#bySymbol.set(feed.instrument.symbol, feed);
    if (this.#bySymbol.size * 2 > this.slots.length) this.#grow();
    else this.#insert(feed);
  }

  /** @param hash {@link hashBytes} of `bytes[start, end)` */
  findBytes(bytes: Uint8Array, start: number, end: number, hash: number): InstrumentFeed | undefined {
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const feed = this.slots[slot];
      if (feed === undefined || sameBytes(feed.symbolBytes, bytes, start, end)) return feed;
    }
  }

  #insert(feed: InstrumentFeed): void {
    let slot = hashBytes(feed.symbolBytes, 0, feed.symbolBytes.length) & this.mask;
    while (this.slots[slot] !== undefined) slot = (slot + 1) & this.mask;
    this.slots[slot] = feed;
  }

  #grow(): void {
    this.slots = new Array(this.slots.length * 2).fill(undefined);
    this.mask = this.slots.length - 1;
    for (const feed of this.#bySymbol.values()) this.#insert(feed);
  }
}

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, HASH_FACTOR) + bytes[at]!) | 0;
  return hash;
}

function sameBytes(symbol: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = symbol.length;
  if (length !== end - start) return false;
  for (let index = 0; index < length; index++) {
    if (symbol[index] !== bytes[start + index]) return false;
  }
  return true;
}

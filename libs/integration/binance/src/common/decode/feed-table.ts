import type { InstrumentFeed } from "./instrument-feed.js";
import { StreamNames } from "./stream-names.js";

const INITIAL_SLOTS = 64;
/** Start and step of the hash; walkers compute it while they look for the end of the name. */
export const HASH_START = 17;
export const HASH_FACTOR = 31;

/**
 * Finds the feed of a symbol from its bytes in a frame, without making a string of them: as payloads print it, or as it
 * stands in front of the `@` of stream names. Feeds are never removed: there are no more than the venue lists.
 */
export class FeedTable {
  /** By the names in front of the `@` of stream names. */
  readonly names = new StreamNames();
  private readonly symbols = new SymbolTable();
  readonly #bySymbol = new Map<string, InstrumentFeed>();
  readonly #byStreamSymbol = new Map<string, InstrumentFeed>();

  get feeds(): Iterable<InstrumentFeed> {
    return this.#bySymbol.values();
  }

  find(symbol: string): InstrumentFeed | undefined {
    return this.#bySymbol.get(symbol);
  }

  /** @param name what stands in front of the `@` of a stream name */
  findStream(name: string): InstrumentFeed | undefined {
    return this.#byStreamSymbol.get(name);
  }

  add(feed: InstrumentFeed): void {
    const { symbol } = feed.instrument;
    if (this.#bySymbol.has(symbol)) throw new RangeError(`${symbol} is in the table already`);
    this.#bySymbol.set(symbol, feed);
    this.symbols.add(feed);
    const name = symbol.toLowerCase();
    // Two symbols that differ in case alone would share their streams; records then name the symbol, or are refused.
    if (this.#byStreamSymbol.has(name)) return;
    this.#byStreamSymbol.set(name, feed);
    this.names.add(name, feed);
  }

  /** @param hash {@link hashBytes} of `bytes[start, end)` */
  findBytes(bytes: Uint8Array, start: number, end: number, hash: number): InstrumentFeed | undefined {
    return this.symbols.find(bytes, start, end, hash);
  }
}

/** Open addressing with linear probing, at most half full. */
class SymbolTable {
  private slots: (InstrumentFeed | undefined)[] = new Array(INITIAL_SLOTS).fill(undefined);
  private mask = INITIAL_SLOTS - 1;
  #count = 0;

  add(feed: InstrumentFeed): void {
    this.#count++;
    if (this.#count * 2 > this.slots.length) this.#grow();
    this.#insert(feed);
  }

  find(bytes: Uint8Array, start: number, end: number, hash: number): InstrumentFeed | undefined {
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
    const feeds = this.slots;
    this.slots = new Array(feeds.length * 2).fill(undefined);
    this.mask = this.slots.length - 1;
    for (const feed of feeds) if (feed !== undefined) this.#insert(feed);
  }
}

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, HASH_FACTOR) + bytes[at]!) | 0;
  return hash;
}

/** Whether `bytes[start, end)` are the name. */
export function sameBytes(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = name.length;
  if (length !== end - start) return false;
  for (let index = 0; index < length; index++) {
    if (name[index] !== bytes[start + index]) return false;
  }
  return true;
}

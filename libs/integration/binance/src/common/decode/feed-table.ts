import type { InstrumentFeed } from "./instrument-feed.js";

const INITIAL_SLOTS = 64;
/** Start and step of the hash; walkers compute it while they look for the end of the name. */
export const HASH_START = 17;
export const HASH_FACTOR = 31;

/**
 * Finds the feed of a symbol from its bytes in a frame, without making a string of them: as payloads print it, or as it
 * stands in front of the `@` of stream names. Feeds are never removed: there are no more than the venue lists.
 */
export class FeedTable {
  private readonly symbols = new SymbolTable();
  private readonly streams = new StreamTable();
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
    this.streams.add(feed);
  }

  /** @param hash {@link hashBytes} of `bytes[start, end)` */
  findBytes(bytes: Uint8Array, start: number, end: number, hash: number): InstrumentFeed | undefined {
    return this.symbols.find(bytes, start, end, hash);
  }

  /** The feed whose stream name begins at the place, up to its `@`. */
  findStreamAt(bytes: Uint8Array, at: number): InstrumentFeed | undefined {
    return this.streams.findAt(bytes, at);
  }
}

const AT_SIGN = 0x40;

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

/** Feeds by the beginning of their stream names, so that a name's end need not be found first. */
class StreamTable {
  private slots: InstrumentFeed[][] = Array.from({ length: INITIAL_SLOTS }, () => []);
  private mask = INITIAL_SLOTS - 1;
  #count = 0;

  add(feed: InstrumentFeed): void {
    this.#count++;
    if (this.#count > this.slots.length) this.#grow();
    this.slots[headHash(withAt(feed.streamBytes), 0) & this.mask]!.push(feed);
  }

  findAt(bytes: Uint8Array, at: number): InstrumentFeed | undefined {
    const feeds = this.slots[headHash(bytes, at) & this.mask]!;
    for (let index = 0; index < feeds.length; index++) {
      const feed = feeds[index]!;
      const name = feed.streamBytes;
      const end = at + name.length;
      if (end < bytes.length && bytes[end] === AT_SIGN && sameBytes(name, bytes, at, end)) return feed;
    }
    return undefined;
  }

  #grow(): void {
    const feeds = this.slots.flat();
    this.slots = Array.from({ length: this.slots.length * 2 }, () => []);
    this.mask = this.slots.length - 1;
    for (const feed of feeds) this.slots[headHash(withAt(feed.streamBytes), 0) & this.mask]!.push(feed);
  }
}

/** A name as it stands in a frame. */
function withAt(name: Uint8Array): Uint8Array {
  return new Uint8Array([...name, AT_SIGN]);
}

const HEAD_BYTES = 8;

/** Of the bytes up to the `@`, at most eight: enough to tell most names apart. */
function headHash(bytes: Uint8Array, start: number): number {
  const end = Math.min(start + HEAD_BYTES, bytes.length);
  let hash = HASH_START;
  for (let at = start; at < end; at++) {
    const char = bytes[at]!;
    if (char === AT_SIGN) break;
    hash = ((hash << 5) - hash + char) | 0;
  }
  return hash ^ (hash >>> 9);
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

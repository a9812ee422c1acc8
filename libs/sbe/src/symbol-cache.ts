import { decodeText, textLength } from "./generated/runtime/text-reader.js";

export interface SymbolCacheOptions {
  /** Octets of the symbol field: 32 in version 2, 20 in version 1. */
  readonly symbolSize?: number;
  /** Strings kept, rounded up to a power of two. Memory is bounded by this and the symbol size. */
  readonly entryCountMax?: number;
  readonly encoding?: string;
}

/**
 * Strings of symbols by instrument id, or by their octets where there is no id: making a string costs several times
 * the rest of reading a small message. The octets are compared on every hit, so a wrong or reused id never gives a
 * wrong symbol; two ids that meet in one place take turns.
 */
export class SymbolCache {
  private readonly symbolSize: number;
  private readonly encoding: string;
  private readonly mask: number;
  private readonly octets: Uint8Array;
  private readonly strings: (string | undefined)[];

  constructor({ symbolSize = 32, entryCountMax = 4096, encoding = "UTF-8" }: SymbolCacheOptions = {}) {
    const entryCount = 2 ** Math.ceil(Math.log2(Math.max(1, entryCountMax)));
    this.symbolSize = symbolSize;
    this.encoding = encoding;
    this.mask = entryCount - 1;
    this.octets = new Uint8Array(entryCount * symbolSize);
    this.strings = new Array<string | undefined>(entryCount).fill(undefined);
  }

  /**
   * The symbol whose field starts at `start`: `cache.symbol(trade.instrumentId(), trade.bytes, trade.symbolStart())`.
   * The field must lie within `bytes`, as it does for a decoder that was placed.
   */
  symbol(instrumentId: number, bytes: Uint8Array, start: number): string {
    const slot = instrumentId & this.mask;
    const known = this.strings[slot];
    if (known !== undefined && this.matches(slot, bytes, start)) return known;
    return this.replace(slot, bytes, start);
  }

  /** The same for messages without an instrument id. */
  symbolByOctets(bytes: Uint8Array, start: number): string {
    let hash = 0;
    for (let index = 0; index < this.symbolSize; index++) {
      const octet = bytes[start + index]!;
      if (octet === 0) break;
      hash = Math.imul(hash ^ octet, 0x01000193);
    }
    return this.symbol(hash ^ (hash >>> 15), bytes, start);
  }

  private matches(slot: number, bytes: Uint8Array, start: number): boolean {
    const at = slot * this.symbolSize;
    for (let index = 0; index < this.symbolSize; index++) {
      const octet = bytes[start + index]!;
      if (this.octets[at + index] !== octet) return false;
      if (octet === 0) return true;
    }
    return true;
  }

  private replace(slot: number, bytes: Uint8Array, start: number): string {
    const at = slot * this.symbolSize;
    const length = textLength(bytes, start, this.symbolSize);
    for (let index = 0; index < this.symbolSize; index++) {
      this.octets[at + index] = index < length ? bytes[start + index]! : 0;
    }
    const text = decodeText(bytes, start, length, this.encoding);
    this.strings[slot] = text;
    return text;
  }
}

import type { SymbolSeries } from "./symbol-series.js";

const NAME_WORDS = 8;
/** Words of one symbol: its name, number and venue, on one line of the cache or two. */
const KEY_WORDS = 16;
const NUMBER = NAME_WORDS;
const VENUE = NAME_WORDS + 1;
const FIRST_SYMBOLS = 64;
/** Four times the symbols that there may be. */
const HINTS = 1 << 14;

/**
 * Finds most symbols without a look at an object: a guess by instrument number, and the key of the guessed place to check
 * it by. Two numbers that share a hint take it from each other; what is not found is looked up otherwise.
 */
export class SymbolKeys {
  private readonly hints = new Int32Array(HINTS);
  private keys = new Int32Array(FIRST_SYMBOLS * KEY_WORDS);

  /** Makes room for the symbol of this place. */
  reserve(place: number): void {
    const end = (place + 1) * KEY_WORDS;
    if (end <= this.keys.length) return;
    const larger = new Int32Array(Math.max(end, this.keys.length * 2));
    larger.set(this.keys);
    this.keys = larger;
  }

  set(symbol: SymbolSeries): void {
    const at = symbol.place * KEY_WORDS;
    this.keys.set(symbol.nameWords, at);
    this.keys[at + NUMBER] = symbol.instrumentId;
    this.keys[at + VENUE] = symbol.exchangeId;
    this.hints[hintOf(symbol.instrumentId, symbol.exchangeId)] = symbol.place;
  }

  /** @returns the place, or -1; that of a symbol which has left the table since is given still */
  find(instrumentId: number, exchangeId: number, words: Int32Array): number {
    const { keys } = this;
    const place = this.hints[hintOf(instrumentId, exchangeId)]!;
    const at = place * KEY_WORDS;
    if (keys[at + NUMBER] !== (instrumentId | 0) || keys[at + VENUE] !== exchangeId) return -1;
    for (let index = 0; index < NAME_WORDS; index++) if (keys[at + index] !== words[index]) return -1;
    return place;
  }
}

function hintOf(instrumentId: number, exchangeId: number): number {
  return (instrumentId ^ Math.imul(exchangeId, 0x9e3779b1)) & (HINTS - 1);
}

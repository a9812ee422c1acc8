import type { InstrumentFeed } from "./instrument-feed.js";
import { bytesOf } from "./json-chars.js";
import { Literal } from "./literal.js";

const INITIAL_SLOTS = 128;
const INITIAL_WORDS = 2048;
/** Longer names are left to the general parser; a symbol has at most 40 letters of four bytes. */
const NAME_WORDS_MAX = 48;
/** The end of a name, and so much that a word can be read where it begins. */
const NAME_TAIL = "@\0\0\0";
const HASH_FACTOR = 0x9e3779b1 | 0;
const FOUR_AT_SIGNS = 0x40404040;
const LOW_BITS = 0x01010101;
const TOP_BITS = 0x80808080;

/** Words of an entry, in this order; its name and its field follow. */
const Entry = { Hash: 0, Feed: 1, NameWords: 2, FieldWords: 3, FieldLength: 4, Texts: 5 } as const;

/** No entry. */
export const NO_NAME = 0;

/**
 * The instruments by the names in front of the `@` of their streams, with the `s` that their records print. All of it
 * lies in one piece of memory, so that frames of a thousand instruments in turn find theirs with few cache misses. Names
 * are never removed: there are no more than the venue lists.
 */
export class StreamNames {
  /** Where the name found last ends: the place of its `@`. */
  end = 0;
  /** Open addressing with linear probing, at most half full: places of entries in {@link words}. */
  private slots = new Int32Array(INITIAL_SLOTS);
  private words = new Int32Array(INITIAL_WORDS);
  private readonly feeds: InstrumentFeed[] = [];
  /** The name that is looked for. */
  private readonly name = new Int32Array(NAME_WORDS_MAX);
  private nameWords = 0;
  #used = 1;

  /** @param name as it stands in front of the `@` */
  add(name: string, feed: InstrumentFeed): void {
    const bytes = bytesOf(name + NAME_TAIL);
    const hash = this.read(new DataView(bytes.buffer, bytes.byteOffset), 0);
    // A name that is too long, or has an `@` itself, is never found: such frames are left to the general parser.
    if (this.nameWords === 0 || this.end !== bytes.length - NAME_TAIL.length) return;
    if ((this.feeds.length + 1) * 2 > this.slots.length) this.#growSlots();
    const field = new Literal(`,"s":"${feed.instrument.symbol}"`);
    const { nameWords } = this;
    const entry = this.#room(Entry.Texts + nameWords + field.words.length);
    const { words } = this;
    words[entry + Entry.Hash] = hash;
    words[entry + Entry.Feed] = this.feeds.length;
    words[entry + Entry.NameWords] = nameWords;
    words[entry + Entry.FieldWords] = field.words.length;
    words[entry + Entry.FieldLength] = field.length;
    words.set(this.name.subarray(0, nameWords), entry + Entry.Texts);
    words.set(field.words, entry + Entry.Texts + nameWords);
    this.feeds.push(feed);
    this.#insert(entry);
  }

  feed(entry: number): InstrumentFeed {
    return this.feeds[this.words[entry + Entry.Feed]!]!;
  }

  /** The entry of the name that begins at the place and ends with an `@`, or {@link NO_NAME}; sets {@link end}. */
  find(view: DataView, at: number): number {
    const hash = this.read(view, at);
    const { name, nameWords, slots, words } = this;
    if (nameWords === 0) return NO_NAME;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry === NO_NAME) return NO_NAME;
      if (words[entry + Entry.Hash] !== hash || words[entry + Entry.NameWords] !== nameWords) continue;
      let index = 0;
      while (index < nameWords && words[entry + Entry.Texts + index] === name[index]) index++;
      if (index === nameWords) return entry;
    }
  }

  /** Whether `,"s":"…"` of the entry stands at the place: its length if it does, else 0. */
  fieldLength(view: DataView, at: number, entry: number): number {
    const { words } = this;
    const text = entry + Entry.Texts + words[entry + Entry.NameWords]!;
    const length = words[entry + Entry.FieldLength]!;
    const last = words[entry + Entry.FieldWords]! - 1;
    for (let index = 0; index < last; index++) {
      if (view.getInt32(at + index * 4, true) !== words[text + index]) return 0;
    }
    return view.getInt32(at + length - 4, true) === words[text + last] ? length : 0;
  }

  /** Takes the name up to its `@` into {@link name} and returns its hash; no words if there is no `@` in time. */
  private read(view: DataView, start: number): number {
    const { name } = this;
    let hash = 0;
    this.nameWords = 0;
    for (let index = 0; index < NAME_WORDS_MAX; index++) {
      const word = view.getInt32(start + index * 4, true);
      // The lowest bit that is left marks the first `@` of the four bytes.
      const zeros = word ^ FOUR_AT_SIGNS;
      const marks = (zeros - LOW_BITS) & ~zeros & TOP_BITS;
      if (marks === 0) {
        // A frame ends with a 0, and so does what is read of it.
        if (((word - LOW_BITS) & ~word & TOP_BITS) !== 0) return 0;
        name[index] = word;
        hash = Math.imul(hash ^ word, HASH_FACTOR);
        hash ^= hash >>> 15;
        continue;
      }
      const rest = (31 - Math.clz32(marks & -marks)) >> 3;
      const part = word & ((1 << (rest * 8)) - 1);
      name[index] = part;
      this.nameWords = index + 1;
      this.end = start + index * 4 + rest;
      hash = Math.imul(hash ^ part, HASH_FACTOR);
      return hash ^ (hash >>> 15);
    }
    return 0;
  }

  #insert(entry: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.words[entry + Entry.Hash]! & mask;
    while (slots[slot] !== NO_NAME) slot = (slot + 1) & mask;
    slots[slot] = entry;
  }

  #growSlots(): void {
    const entries = this.slots.filter((entry) => entry !== NO_NAME);
    this.slots = new Int32Array(this.slots.length * 2);
    for (const entry of entries) this.#insert(entry);
  }

  /** Place of so many words that are not used yet; the first one of all is no entry. */
  #room(count: number): number {
    const entry = this.#used;
    this.#used += count;
    if (this.#used > this.words.length) {
      const larger = new Int32Array(Math.max(this.#used, this.words.length * 2));
      larger.set(this.words);
      this.words = larger;
    }
    return entry;
  }
}

const NONE = -1;

/** The last so many keys that were seen, each of a few words, whatever their order. Allocates nothing per key. */
export class RecentKeys {
  readonly #words: Int32Array;
  readonly #hashes: Int32Array;
  /** The first key of each bucket, and behind each key the next one of its bucket. */
  readonly #heads: Int32Array;
  readonly #nexts: Int32Array;
  #count = 0;
  #next = 0;

  /** @param countMax a power of two */
  constructor(
    private readonly countMax: number,
    private readonly wordCount: number,
  ) {
    this.#words = new Int32Array(countMax * wordCount);
    this.#hashes = new Int32Array(countMax);
    this.#heads = new Int32Array(countMax).fill(NONE);
    this.#nexts = new Int32Array(countMax);
  }

  has(key: Int32Array): boolean {
    let at = this.#heads[this.#bucket(hashOf(key))]!;
    while (at !== NONE && !this.#isAt(at, key)) at = this.#nexts[at]!;
    return at !== NONE;
  }

  /** False for a key that is there already. */
  add(key: Int32Array): boolean {
    if (this.has(key)) return false;
    const at = this.#next;
    if (this.#count === this.countMax) this.#forget(at);
    else this.#count++;
    const hash = hashOf(key);
    const bucket = this.#bucket(hash);
    this.#words.set(key, at * this.wordCount);
    this.#hashes[at] = hash;
    this.#nexts[at] = this.#heads[bucket]!;
    this.#heads[bucket] = at;
    this.#next = (at + 1) % this.countMax;
    return true;
  }

  #forget(at: number): void {
    const bucket = this.#bucket(this.#hashes[at]!);
    const next = this.#nexts[at]!;
    let before = this.#heads[bucket]!;
    if (before === at) {
      this.#heads[bucket] = next;
      return;
    }
    while (this.#nexts[before] !== at) before = this.#nexts[before]!;
    this.#nexts[before] = next;
  }

  #isAt(at: number, key: Int32Array): boolean {
    const start = at * this.wordCount;
    for (let index = 0; index < this.wordCount; index++)
      if (this.#words[start + index] !== key[index]) return false;
    return true;
  }

  #bucket(hash: number): number {
    return hash & (this.countMax - 1);
  }
}

function hashOf(key: Int32Array): number {
  let hash = 0;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key[index]!, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return hash;
}

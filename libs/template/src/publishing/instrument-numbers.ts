const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over the octets, 32 bits, unsigned. */
export function fnv1a32(octets: Uint8Array): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < octets.length; at++) {
    hash = Math.imul(hash ^ octets[at]!, FNV_PRIME);
  }
  return hash >>> 0;
}

/**
 * Numbers of instruments in a service's streams: the hash of the symbol, so a service that restarts gives the same
 * number without keeping a file. Of two symbols with one hash the later one takes the next free number.
 * 0 stays free, for "none".
 */
export class InstrumentNumbers {
  readonly #bySymbol = new Map<string, number>();
  readonly #taken = new Set<number>([0]);

  /** @param hash replaced in tests, to make collisions */
  constructor(private readonly hash: (octets: Uint8Array) => number = fnv1a32) {}

  /** The number of a symbol; the same on every call. */
  numberOf(symbol: string): number {
    const known = this.#bySymbol.get(symbol);
    if (known !== undefined) return known;
    let number = this.hash(Buffer.from(symbol, "utf8"));
    while (this.#taken.has(number)) number = (number + 1) >>> 0;
    this.#taken.add(number);
    this.#bySymbol.set(symbol, number);
    return number;
  }
}

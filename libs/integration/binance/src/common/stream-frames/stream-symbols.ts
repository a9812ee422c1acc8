import { Unusable } from "@ims/integration-kit";
import { type FeedTable, hashBytes } from "../decode/feed-table.js";
import type { InstrumentFeed } from "../decode/instrument-feed.js";

/** Longest symbol that stands in a rejection. */
const NAME_MAX = 40;

/** Finds the instrument that a frame names, from the octets at its end. */
export class StreamSymbols {
  /** What the present frame names; undefined as long as that is not known. */
  symbol: string | undefined;
  readonly #text = new TextDecoder();

  constructor(private readonly table: FeedTable) {}

  /** Throws {@link Unusable} for a symbol that was never subscribed. */
  find(bytes: Uint8Array, start: number, length: number): InstrumentFeed {
    const end = start + length;
    const feed = this.table.findBytes(bytes, start, end, hashBytes(bytes, start, end));
    if (feed === undefined) {
      this.symbol = this.#text.decode(bytes.subarray(start, end)).slice(0, NAME_MAX);
      throw new Unusable("unknown-symbol", `${JSON.stringify(this.symbol)} was never subscribed`);
    }
    this.symbol = feed.instrument.symbol;
    return feed;
  }
}

/**
 * A frame of the version that is described here ends with its symbol; of a later one what follows is not known. Throws
 * {@link Unusable}.
 *
 * @param limit behind the symbol
 * @param end behind the frame
 */
export function requireEnd(limit: number, end: number, version: number): void {
  if (limit !== end && version === 0) {
    throw new Unusable("unexpected", `${end - limit} octets follow the symbol`);
  }
}

/** A time or an id as the venue counts them; throws {@link Unusable} below zero. */
export function requireCount(value: number, what: string): number {
  if (value < 0) throw new Unusable("bad-number", `${what} is below zero`);
  return value;
}

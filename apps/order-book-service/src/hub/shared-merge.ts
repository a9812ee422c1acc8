import { MergedBook, type VenueBook } from "@ims/book-merge";
import { SummaryEncoder } from "@ims/book-proto";
import { summaryOf } from "../grpc/summary-of.js";

/** Told when a merge has a new state. */
export type Watcher = () => void;

/** One merge for all clients that ask for the same venues and depth of a symbol; encoded once for all of them. */
export class SharedMerge {
  readonly watchers = new Set<Watcher>();
  #merged: MergedBook;
  #encoder: SummaryEncoder;
  #statesVersion = -1;
  #version = 0;
  #encoded: Buffer | undefined;

  constructor(
    private readonly symbol: string,
    venues: readonly VenueBook[],
    private readonly depth: number,
    private readonly nowMillis: () => number,
  ) {
    this.#merged = new MergedBook(symbol, venues, { depth });
    this.#encoder = encoderOf(this.#merged);
    this.refresh();
  }

  /** Goes up with each state that differs from the one before. */
  get version(): number {
    return this.#version;
  }

  /** The state as a `Summary`. */
  get encoded(): Buffer {
    this.#encoded ??= this.#encoder.encode(summaryOf(this.#merged, this.#version, this.nowMillis()));
    return this.#encoded;
  }

  /** The state for a client that begins: ages are those of this moment. */
  encodedNow(): Buffer {
    this.#encoded = undefined;
    return this.encoded;
  }

  /** Goes on with other venues. */
  replaceVenues(venues: readonly VenueBook[]): void {
    this.#merged = new MergedBook(this.symbol, venues, { depth: this.depth });
    this.#encoder = encoderOf(this.#merged);
    this.#statesVersion = -1;
  }

  /** Takes over what became of the venues' books, and tells the watchers if anything did. */
  refresh(): void {
    let statesVersion = 0;
    for (const venue of this.#merged.venues) statesVersion += venue.stateVersion;
    const isChanged = this.#merged.refresh();
    if (!isChanged && statesVersion === this.#statesVersion) return;
    this.#statesVersion = statesVersion;
    this.#version++;
    this.#encoded = undefined;
    for (const watcher of this.watchers) watcher();
  }
}

function encoderOf({ symbol, venues }: MergedBook): SummaryEncoder {
  return new SummaryEncoder(
    symbol,
    venues.map(({ venue }) => venue),
  );
}

import type { VenueBook } from "@ims/book-merge";
import { BookLevels, ExchangeId, type Instrument } from "@ims/common";
import type { BookSource, FollowedBook } from "../sources/book-source.js";

type Rows = readonly (readonly [price: number, quantity: number])[];

/** A venue whose books are what a test says. */
export class ScriptedSource implements BookSource {
  readonly followed = new Map<string, FollowedBook>();
  /** Symbols that were asked for and given up, in order. */
  readonly log: string[] = [];
  #listed: ((instruments: readonly Instrument[]) => void) | undefined;
  isClosed = false;

  constructor(
    readonly venue: string,
    private readonly instruments: readonly Instrument[],
  ) {}

  open(listed: (instruments: readonly Instrument[]) => void): void {
    this.#listed = listed;
  }

  /** Tells the instruments: its own, or others from now on. */
  list(instruments: readonly Instrument[] = this.instruments): void {
    this.#listed!(instruments);
  }

  follow(symbol: string, book: VenueBook, changed: () => void): void {
    this.log.push(`follow ${symbol}`);
    this.followed.set(symbol, { book, changed });
  }

  unfollow(symbol: string): void {
    this.log.push(`unfollow ${symbol}`);
    this.followed.delete(symbol);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** A whole book. */
  give(symbol: string, bids: Rows, asks: Rows, nowMillis = 0): void {
    const { book, changed } = this.followed.get(symbol)!;
    const levels = { priceScale: 0, quantityScale: 0, bids: columns(bids), asks: columns(asks) };
    book.replace(levels, 0, 0, nowMillis);
    changed();
  }
}

export function spot(symbol: string, base: string, quote: string): Instrument {
  return {
    exchange: ExchangeId.BinanceSpot,
    symbol,
    base,
    quote,
    settle: quote,
    kind: "spot",
    status: "trading",
    priceScale: 0,
    quantityScale: 0,
    priceIncrement: "1",
    quantityIncrement: "1",
  };
}

function columns(rows: Rows): BookLevels {
  const levels = new BookLevels();
  for (const [price, quantity] of rows) levels.push(price, 0, quantity, 0);
  return levels;
}

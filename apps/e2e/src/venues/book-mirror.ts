import { BookLevels, formatMantissa, RecordFlags, trimFraction } from "@ims/common";
import { OrderBook } from "@ims/order-book";
import type { BookFields, MarketDataSink } from "@ims/traits";

/** Follows the book of a plugin as a reader does: begins with a whole one, applies changes that continue it. */
export class BookMirror {
  readonly #book = new OrderBook();
  lastUpdateId = 0;
  isSuspect = true;
  wholeCount = 0;
  /** Changes that did not continue the book. */
  readonly breaks: string[] = [];

  /** The sink with this reader in front. */
  inFrontOf(sink: MarketDataSink): MarketDataSink {
    const seen: Partial<MarketDataSink> = {
      bookSnapshot: (book) => {
        this.#whole(book);
        sink.bookSnapshot(book);
      },
      bookDelta: (book) => {
        this.#change(book);
        sink.bookDelta(book);
      },
    };
    return new Proxy(sink, {
      get(target, name) {
        const owner = name in seen ? seen : target;
        const value = Reflect.get(owner, name, owner) as unknown;
        return typeof value === "function" ? value.bind(owner) : value;
      },
    });
  }

  /** Levels as canonical text, best first. */
  get levels(): { readonly bids: string[]; readonly asks: string[] } {
    const bids = new BookLevels();
    const asks = new BookLevels();
    this.#book.copyTop(Number.POSITIVE_INFINITY, bids, asks);
    return { bids: this.#print(bids), asks: this.#print(asks) };
  }

  #whole(book: BookFields): void {
    this.wholeCount++;
    this.#book.load(book, 0);
    this.#took(book);
  }

  #change(book: BookFields): void {
    if (book.previousUpdateId !== this.lastUpdateId)
      this.breaks.push(`${book.lastUpdateId} continues ${book.previousUpdateId}, not ${this.lastUpdateId}`);
    this.#book.apply(book);
    this.#took(book);
  }

  #took({ flags, lastUpdateId }: BookFields): void {
    this.lastUpdateId = lastUpdateId;
    this.isSuspect = (flags & RecordFlags.Suspect) !== 0;
  }

  #print(levels: BookLevels): string[] {
    return Array.from({ length: levels.count }, (_, at) => {
      const price = trimFraction(formatMantissa(levels.price(at), this.#book.priceScale));
      return `${price} ${trimFraction(formatMantissa(levels.quantity(at), this.#book.quantityScale))}`;
    });
  }
}

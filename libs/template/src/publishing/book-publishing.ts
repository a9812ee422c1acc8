import type { ExchangeId } from "@ims/common";
import type { BookFields } from "@ims/traits";
import { BookEncoder, bookPartBytes, bookPartCount } from "./book-encoder.js";
import { Channel } from "./channels.js";
import type { MessageIds } from "./message-ids.js";
import type { PublishedInstrument } from "./published-instrument.js";
import type { RecordPublisher } from "./record-publisher.js";

/**
 * Publishes whole books and their changes. A book that lost one record is broken: its changes mean nothing until it is
 * published whole again, so they are given up too.
 */
export class BookPublishing {
  private readonly encoder: BookEncoder;
  readonly #broken = new Set<string>();

  constructor(
    exchange: ExchangeId,
    private readonly out: RecordPublisher,
    private readonly ids: MessageIds,
  ) {
    this.encoder = new BookEncoder(exchange);
  }

  snapshot(book: BookFields): void {
    const partCount = bookPartCount(book);
    for (let part = 0; part < partCount; part++) if (!this.#part(book, true, part)) return;
    const { instrument } = this.out;
    if (!instrument.isBookBroken) return;
    instrument.isBookBroken = false;
    this.#broken.delete(instrument.symbol);
  }

  delta(book: BookFields): void {
    const partCount = bookPartCount(book);
    for (let part = 0; part < partCount; part++) if (!this.#part(book, false, part)) return;
  }

  /** Books that have to be published whole; 0 while books are given up anyway. */
  get brokenCount(): number {
    return this.out.isShed(Channel.Book) ? 0 : this.#broken.size;
  }

  /**
   * The symbols of some broken books, in turn: whoever asks has the venue pass them on whole. Those that stay broken come
   * again after the others.
   */
  someBroken(countMax: number): string[] {
    const symbols = [...this.#broken].slice(0, countMax);
    for (const symbol of symbols) {
      this.#broken.delete(symbol);
      this.#broken.add(symbol);
    }
    return symbols;
  }

  /** The book lost a record. */
  broken(instrument: PublishedInstrument | undefined): void {
    if (!instrument) return;
    instrument.isBookBroken = true;
    this.#broken.add(instrument.symbol);
  }

  /** Nobody reads the book any more. */
  forget(symbol: string): void {
    this.#broken.delete(symbol);
  }

  /** False when the part is lost: what follows would be applied to another book than it was made for. */
  #part(book: BookFields, isSnapshot: boolean, part: number): boolean {
    const { out } = this;
    if (!out.begin(Channel.Book, book.instrumentId, bookPartBytes(book, isSnapshot, part))) {
      this.#lost(book);
      return false;
    }
    const { view, at, instrument, now } = out;
    if (!isSnapshot && instrument.isBookBroken) {
      this.#lost(book);
      return false;
    }
    try {
      if (isSnapshot && part === 0) this.encoder.snapshot(view, at, book, instrument, now);
      else this.encoder.delta(view, at, book, isSnapshot, part, instrument, now);
      out.end(
        isSnapshot ? this.ids.bookSnapshot(book, part, now) : this.ids.bookDelta(book, part),
        book.eventMicros,
      );
    } catch (error) {
      out.failed(error, Channel.Book, 0, book, book.firstUpdateId, book.lastUpdateId);
      this.broken(instrument);
      return false;
    }
    const readers = instrument.privateReaders[Channel.Book];
    if (readers) out.copy(readers, 0, book, book.firstUpdateId || book.lastUpdateId, book.lastUpdateId);
    return true;
  }

  #lost(book: BookFields): void {
    const { out } = this;
    out.lost(Channel.Book, 0, book, book.firstUpdateId || book.lastUpdateId, book.lastUpdateId);
    this.broken(out.find(book.instrumentId));
  }
}

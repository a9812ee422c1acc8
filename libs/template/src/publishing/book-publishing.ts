import { DataType, type ExchangeId } from "@ims/common";
import type { BookFields } from "@ims/traits";
import { BookEncoder, bookPartBytes, bookPartCount } from "./book-encoder.js";
import type { BrokenBooks } from "./broken-books.js";
import { Channel } from "./channels.js";
import type { MessageIds } from "./message-ids.js";
import type { RecordPublisher } from "./record-publisher.js";

/**
 * Publishes whole books and their changes. A book that lost one record is broken: its changes mean nothing until it is
 * published whole again, so they are given up too.
 */
export class BookPublishing {
  private readonly encoder: BookEncoder;

  constructor(
    exchange: ExchangeId,
    private readonly out: RecordPublisher,
    private readonly ids: MessageIds,
    private readonly broken: BrokenBooks,
  ) {
    this.encoder = new BookEncoder(exchange);
  }

  snapshot(book: BookFields): void {
    const partCount = bookPartCount(book);
    for (let part = 0; part < partCount; part++) if (!this.#part(book, true, part)) return;
    this.broken.mended(this.out.instrument, Channel.Book, DataType.Book);
  }

  delta(book: BookFields): void {
    const partCount = bookPartCount(book);
    for (let part = 0; part < partCount; part++) if (!this.#part(book, false, part)) return;
  }

  /** False when the part is lost: what follows would be applied to another book than it was made for. */
  #part(book: BookFields, isSnapshot: boolean, part: number): boolean {
    const { out } = this;
    if (!out.begin(Channel.Book, book.instrumentId, bookPartBytes(book, isSnapshot, part))) {
      this.#lost(book);
      return false;
    }
    const { view, at, instrument, now } = out;
    if (!isSnapshot && this.broken.has(instrument, Channel.Book)) {
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
      this.broken.add(instrument, Channel.Book, DataType.Book);
      return false;
    }
    const readers = instrument.privateReaders[Channel.Book];
    if (readers) out.copy(readers, 0, book, book.firstUpdateId || book.lastUpdateId, book.lastUpdateId);
    return true;
  }

  #lost(book: BookFields): void {
    const { out } = this;
    out.lost(Channel.Book, 0, book, book.firstUpdateId || book.lastUpdateId, book.lastUpdateId);
    this.broken.add(out.find(book.instrumentId), Channel.Book, DataType.Book);
  }
}

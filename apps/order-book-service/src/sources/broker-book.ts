import type { VenueBook } from "@ims/book-merge";
import { describeError } from "@ims/common";
import type { RecordFlyweights } from "ims-client";
import { BookChain } from "./book-chain.js";
import type { FollowedBook } from "./book-source.js";
import type { RecordLevels } from "./record-levels.js";

/** A book that is read from a venue's service, and what is known of its feed. */
export class BrokerBook implements FollowedBook {
  /** Proves that no change is missing. */
  readonly chain = new BookChain();
  /** Why the service does not give it; empty while it does. */
  refusal = "";
  /** It is about to be asked for once more. */
  isAwaited = false;

  constructor(
    readonly book: VenueBook,
    readonly changed: () => void,
  ) {}

  /** A whole book, or its first part. @param levels is used for the levels of the record */
  whole(record: RecordFlyweights["book-snapshot"], levels: RecordLevels, nowMillis: number): void {
    const { book, chain } = this;
    try {
      chain.whole(record);
      const eventMicros = record.eventTimeNumber() ?? 0;
      book.replace(levels.read(record), record.horizon() ?? 0, eventMicros, nowMillis);
    } catch (error) {
      chain.miss(describeError(error));
    }
  }

  change(record: RecordFlyweights["book-delta"], levels: RecordLevels, nowMillis: number): void {
    const { book, chain } = this;
    try {
      if (chain.change(record)) book.change(levels.read(record), record.eventTimeNumber() ?? 0, nowMillis);
    } catch (error) {
      chain.miss(describeError(error));
    }
  }

  /** Brings the state of the book to what is known of it, and tells. @param trouble why nothing can come; empty while it can */
  settle(trouble: string, nowMillis: number): void {
    this.chain.settle(this.book, trouble || this.refusal, nowMillis);
    this.changed();
  }
}

import type { GapReason } from "@ims/common";
import type { BookFields } from "@ims/traits";

/** Where a book stands. */
export type BookState =
  /** Events are kept until a snapshot comes; there is no book. */
  | "buffering"
  /** A snapshot stands, and no event has been joined to it yet: one may be missing, unless the venue says otherwise. */
  | "joined"
  /** Every event since the snapshot was verified. */
  | "synced"
  /** Nothing happens any more. */
  | "stopped";

/** What a sequencer asks of its owner. Of the sequencer's methods only `refresh` may be called within a call. */
export interface BookSteps {
  /**
   * Ask the venue for a snapshot of this symbol. Each call is answered once, later, by `snapshot` or `snapshotFailed`;
   * there is never a second one before.
   */
  needSnapshot(): void;
  /** Replace the book; false if it cannot be represented. */
  load(snapshot: BookFields): boolean;
  /** Apply an event that continues the book; false if it cannot be represented. */
  apply(event: BookFields): boolean;
  /** The book is whole and stands at update `bookId`; `proven` if an event has been joined to it, or none was due. */
  publishSnapshot(bookId: number, proven: boolean): void;
  /** The event was applied; it continues the record whose last update is `previousId`. */
  publishDelta(event: BookFields, previousId: number): void;
  /** The book that was published is void: updates are missing, 0 where their ids are not known. */
  gap(fromId: number, toId: number, reason: GapReason): void;
  /** Told at every change. */
  state(state: BookState, text: string): void;
}

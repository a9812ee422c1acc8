import type { VenueBook } from "@ims/book-merge";
import type { Instrument } from "@ims/common";

/** Where the books of one venue come from. Nothing here rejects: what fails is tried again and shows in the books. */
export interface BookSource {
  /** The exchange's lower-case name. */
  readonly venue: string;
  /** Begins; `listed` is called with the venue's instruments as soon as they are had, and whenever they change. */
  open(listed: (instruments: readonly Instrument[]) => void): void;
  /** Keeps `book` as the venue's book of `symbol`, its own name, and calls `changed` after each change, until {@link unfollow}. */
  follow(symbol: string, book: VenueBook, changed: () => void): void;
  unfollow(symbol: string): void;
  /** Ends everything; no book is touched afterwards. */
  close(): Promise<void>;
}

/** A book that a source keeps. */
export interface FollowedBook {
  readonly book: VenueBook;
  readonly changed: () => void;
}

import type { VenueBook } from "@ims/book-merge";
import { RecordFlags } from "@ims/common";

/** States of a feed in which its book may differ from the venue's. */
const STALE_STATES: ReadonlySet<string> = new Set(["stale", "dead", "refused", "stopped"]);
const LIVE_STATES: ReadonlySet<string> = new Set(["live", "quiet"]);

/** What the records of one book begin with; ids are null where the venue gives none. */
export interface BookRecordHead {
  flags(): number;
  lastUpdateIdNumber(): number | null;
  /** When the service published it, microseconds since 1970. */
  publishTimeNumber(): number;
}

export interface BookDeltaHead extends BookRecordHead {
  firstUpdateIdNumber(): number | null;
  previousUpdateIdNumber(): number | null;
}

/**
 * Whether the records of one book, read in their order from the broker, make it whole: the ids of changes continue one
 * another, a book of several parts is complete, nobody told of a loss. The levels are not looked at.
 */
export class BookChain {
  #lacks: "empty" | "incomplete" | "broken" | undefined = "empty";
  #reason = "no whole book came yet";
  #lastUpdateId: number | null = null;
  /** The last record was a whole book or a part of one. */
  #isWhole = false;
  #isSuspect = false;
  /** The last whole book was published then. */
  #wholeMicros = 0;
  #isMissed = false;
  #feedState = "unknown";

  /** A whole book, or its first part. */
  whole(record: BookRecordHead): void {
    this.#isMissed = false;
    this.#wholeMicros = record.publishTimeNumber();
    this.#applied(record);
  }

  /** A change; returns whether its levels belong into the book now. */
  change(record: BookDeltaHead): boolean {
    if (this.#lacks === "empty" || this.#lacks === "broken") return false;
    const gap = this.#gapBefore(record);
    if (gap === "known") return false;
    if (gap !== undefined) {
      this.miss(gap);
      return false;
    }
    this.#applied(record);
    return true;
  }

  /** Changes are missing: only a whole book helps. */
  lose(reason: string): void {
    if (this.#lacks === "empty") return;
    this.#lacks = "broken";
    this.#reason = reason;
  }

  /** Changes were not read here: the service does not know of it, and brings a whole book only if it is asked. */
  miss(reason: string): void {
    if (this.#lacks === "empty") return;
    this.lose(reason);
    this.#isMissed = true;
  }

  /** The service was asked: the whole book comes when it has it. */
  asked(): void {
    this.#isMissed = false;
  }

  /** Whether the service has to be asked for the whole book. */
  get isMissed(): boolean {
    return this.#isMissed;
  }

  /**
   * The service lost changes. Gaps stand in another topic than books: one may be read behind the whole book that mended
   * it, which was published later than the loss was noticed.
   * @param noticedMicros when the service noticed it, microseconds since 1970
   */
  gap(reason: string, noticedMicros: number): void {
    if (this.#wholeMicros === 0 || this.#wholeMicros < noticedMicros) this.lose(reason);
  }

  /** What the service says of the feed. Returns whether that is a sign of life. */
  feed(state: string): boolean {
    this.#feedState = state;
    return LIVE_STATES.has(state);
  }

  /** The feed was found to be silent for good reason. */
  get isQuiet(): boolean {
    return this.#feedState === "quiet";
  }

  /** A new reader of the service begins: what was read before says nothing of what comes. */
  beginAnew(reason: string): void {
    this.lose(reason);
    this.#feedState = "unknown";
  }

  /** Brings the state of the book to what is known of it. @param trouble why nothing can come; empty while it can */
  settle(book: VenueBook, trouble: string, nowMillis: number): void {
    if (trouble) book.suspend("stale", trouble);
    else if (this.#lacks === "empty" || this.#lacks === "broken") book.lose(this.#reason);
    else if (this.#lacks === "incomplete") book.suspend("suspect", "further parts of the book follow");
    else if (STALE_STATES.has(this.#feedState)) book.suspend("stale", `the feed is ${this.#feedState}`);
    else if (this.#isSuspect) book.suspend("suspect", "the service has not proven it right yet");
    else if (!book.isFresh) book.restore(nowMillis);
  }

  /** What is missing before a change; `known` for one that the book has already. */
  #gapBefore(record: BookDeltaHead): string | undefined {
    const last = this.#lastUpdateId;
    const lastUpdateId = record.lastUpdateIdNumber();
    if (last === null || lastUpdateId === null) return undefined;
    const firstUpdateId = record.firstUpdateIdNumber();
    const previousUpdateId = record.previousUpdateIdNumber();
    const isNextPart =
      this.#lacks === "incomplete" &&
      lastUpdateId === last &&
      previousUpdateId === last &&
      ((record.flags() & RecordFlags.Snapshot) !== 0) === this.#isWhole;
    if (isNextPart) return undefined;
    if (lastUpdateId <= last) return "known";
    if (this.#lacks === "incomplete") return `parts of update ${last} are missing`;
    if (previousUpdateId !== null) {
      return previousUpdateId === last
        ? undefined
        : `updates from ${last} to ${previousUpdateId} are missing`;
    }
    const isNext = firstUpdateId === null || firstUpdateId <= last + 1;
    return isNext ? undefined : `updates from ${last + 1} to ${firstUpdateId - 1} are missing`;
  }

  #applied(record: BookRecordHead): void {
    const flags = record.flags();
    this.#lastUpdateId = record.lastUpdateIdNumber();
    this.#isWhole = (flags & RecordFlags.Snapshot) !== 0;
    this.#isSuspect = (flags & RecordFlags.Suspect) !== 0;
    this.#lacks = (flags & RecordFlags.LastInEvent) !== 0 ? undefined : "incomplete";
  }
}

import type { BookDeltaRecord, BookLevel, BookSnapshotRecord, TopOfBookRecord } from "@ims/sbe";
import type { MessageOrigin } from "./message-origin.js";

export type { BookLevel } from "@ims/sbe";

/** Best bid and ask; null for a side that is empty. */
export interface TopOfBookMessage extends MessageOrigin {
  readonly type: "top-of-book";
  /** In the number space of the book's updates; null where the venue gives none. */
  readonly updateId: number | null;
  readonly bid: BookLevel | null;
  readonly ask: BookLevel | null;
}

/**
 * A whole book, best levels first. Without the flag `last-in-event` it is the best part of a large one, and the changes
 * that follow, up to one with that flag, complete it.
 */
export interface BookSnapshotMessage extends MessageOrigin {
  readonly type: "book-snapshot";
  readonly lastUpdateId: number | null;
  /** Levels of a side that are known for certain; null where it is the whole book. */
  readonly horizon: number | null;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** Levels with their new quantities; quantity 0 removes one. */
export interface BookDeltaMessage extends MessageOrigin {
  readonly type: "book-delta";
  /** Of the updates in it; null where the venue gives none. */
  readonly firstUpdateId: number | null;
  readonly lastUpdateId: number | null;
  /** The last update of the message that it continues; null where the venue does not say. */
  readonly previousUpdateId: number | null;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

export type BookMessage = BookSnapshotMessage | BookDeltaMessage;

export function topOfBookMessage(record: TopOfBookRecord, origin: MessageOrigin): TopOfBookMessage {
  return {
    type: "top-of-book",
    ...origin,
    updateId: record.updateId ?? null,
    bid: record.bid ?? null,
    ask: record.ask ?? null,
  };
}

export function bookSnapshotMessage(record: BookSnapshotRecord, origin: MessageOrigin): BookSnapshotMessage {
  return {
    type: "book-snapshot",
    ...origin,
    lastUpdateId: record.lastUpdateId ?? null,
    horizon: record.horizon ?? null,
    bids: record.bids,
    asks: record.asks,
  };
}

export function bookDeltaMessage(record: BookDeltaRecord, origin: MessageOrigin): BookDeltaMessage {
  return {
    type: "book-delta",
    ...origin,
    firstUpdateId: record.firstUpdateId ?? null,
    lastUpdateId: record.lastUpdateId ?? null,
    previousUpdateId: record.previousUpdateId ?? null,
    bids: record.bids,
    asks: record.asks,
  };
}

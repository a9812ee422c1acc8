import type { BookFields } from "@ims/traits";

/**
 * How the ids of a market's depth events chain, and how a chain is joined to a snapshot. All ids are of one number
 * space: `firstUpdateId` is the wire's `U`, `lastUpdateId` `u`, `previousUpdateId` `pu`.
 */
export interface SequenceRule {
  readonly name: "spot" | "futures";
  /** The event holds nothing that a snapshot of `snapshotId` lacks, and may not be the first one applied to it. */
  isBefore(event: BookFields, snapshotId: number): boolean;
  /** The event may be the first one applied to a snapshot of `snapshotId`. */
  starts(event: BookFields, snapshotId: number): boolean;
  /** Everything behind `bookId` up to the event's end is in the event, and something is: it may follow the book. */
  continues(event: BookFields, bookId: number): boolean;
  /** Last id that is known to be missing when the event does not continue. */
  lastMissing(event: BookFields): number;
}

/**
 * Spot [binance.md 1.5]. Ids are consecutive: an event holds all updates from `U` to `u`.
 */
export const spotSequence: SequenceRule = {
  name: "spot",
  /** Step 4: drop events with `u <= lastUpdateId`. */
  isBefore: (event, snapshotId) => event.lastUpdateId <= snapshotId,
  /** Step 5: `U <= lastUpdateId + 1 <= u`; the documented `U <= lastUpdateId` re-fetches without end. */
  starts: (event, snapshotId) =>
    event.firstUpdateId <= snapshotId + 1 && snapshotId + 1 <= event.lastUpdateId,
  /**
   * Step 6: `U` is the previous `u + 1`. A `U` below it with `u` above the book loses nothing either, for quantities
   * are absolute (step 7); such an overlap comes from another connection, which cuts its batches elsewhere.
   */
  continues: (event, bookId) => event.firstUpdateId <= bookId + 1 && event.lastUpdateId > bookId,
  lastMissing: (event) => event.firstUpdateId - 1,
};

/**
 * USD-M and COIN-M futures [binance.md 2.5]. Ids have holes, so events name the one before them: an event holds all
 * updates behind `pu` up to `u`.
 */
export const futuresSequence: SequenceRule = {
  name: "futures",
  /** Step 3: drop events with `u < lastUpdateId`. */
  isBefore: (event, snapshotId) => event.lastUpdateId < snapshotId,
  /** Step 4: `U <= lastUpdateId <= u`; step 6: or `pu` is `lastUpdateId`. */
  starts: (event, snapshotId) =>
    (event.firstUpdateId <= snapshotId && snapshotId <= event.lastUpdateId) ||
    event.previousUpdateId === snapshotId,
  /** Step 5: `pu` is the previous `u`. A smaller `pu` with `u` above the book is an overlap, as on spot. */
  continues: (event, bookId) => event.previousUpdateId <= bookId && event.lastUpdateId > bookId,
  lastMissing: (event) => event.previousUpdateId,
};

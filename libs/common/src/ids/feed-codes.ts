/** Why records are missing from a stream. Frozen. */
export const GapReason = {
  Unknown: 0,
  /** The venue was not connected. */
  ConnectionLost: 1,
  /** Ids were missing on a live connection. */
  SequenceBroken: 2,
  /** Records were shed here. */
  QueueFull: 3,
  /** The venue began its ids anew or was in maintenance. */
  VenueRestarted: 4,
  /** The service was not running. */
  ServiceRestarted: 5,
} as const;
export type GapReason = (typeof GapReason)[keyof typeof GapReason];

/** State of what a service reads of one instrument. Frozen. */
export const FeedState = {
  /** Asked for, no record yet. */
  Starting: 1,
  /** Records come as expected. */
  Live: 2,
  /** No records, and the venue has none either. */
  Quiet: 3,
  /** Records are missing; a restart is under way. */
  Stale: 4,
  /** Restarts did not help; they go on. */
  Dead: 5,
  /** The venue does not give this data. */
  Refused: 6,
  /** Nobody asks for it any more. */
  Stopped: 7,
} as const;
export type FeedState = (typeof FeedState)[keyof typeof FeedState];

/** Bits of what is special about a record. Frozen. */
export const RecordFlags = {
  /** Full state, not a change. */
  Snapshot: 1,
  /** No further record of the same venue event follows. */
  LastInEvent: 2,
  /** Read later over REST. */
  BackFilled: 4,
  /** Not yet proven right. */
  Suspect: 8,
  /** Out of its usual order. */
  Late: 16,
  /** The event time is not the venue's. */
  VenueTimeMissing: 32,
} as const;
export type RecordFlags = (typeof RecordFlags)[keyof typeof RecordFlags];

/** Bits of the condition of a book. Frozen. */
export const BookCondition = {
  /** The best bid is above the best ask. */
  Crossed: 1,
  /** The best bid equals the best ask. */
  Locked: 2,
  /** A venue of the merge is left out. */
  VenueMissing: 4,
} as const;
export type BookCondition = (typeof BookCondition)[keyof typeof BookCondition];

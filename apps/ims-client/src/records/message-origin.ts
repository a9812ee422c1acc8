import { exchangeName, RecordFlags } from "@ims/common";
import type { MarketRecord } from "@ims/sbe";

/** What is special about a message. */
export type MessageFlag =
  /** Full state, not a change. */
  | "snapshot"
  /** No further message of the same venue event follows. */
  | "last-in-event"
  /** Read later over REST, after a loss. */
  | "back-filled"
  /** Not yet proven right. */
  | "suspect"
  /** Out of its usual order. */
  | "late"
  /** `eventMicros` is not the venue's. */
  | "venue-time-missing";

/** What every message carries. Times are microseconds since 1970, UTC; null where the venue gives none. */
export interface MessageOrigin {
  /** Lower-case name of the exchange, for example `binancespot`. */
  readonly exchange: string;
  /** The venue's own name of the instrument. */
  readonly symbol: string;
  readonly flags: readonly MessageFlag[];
  /** When it happened, by the venue. */
  readonly eventMicros: number | null;
  /** When the venue sent it. */
  readonly sendMicros: number | null;
  /** When the service read it from its socket. */
  readonly receiveMicros: number;
  /** When the service wrote it into its outgoing batch. */
  readonly publishMicros: number;
  /** Where the record stands in its partition; rising within one symbol. */
  readonly offset: number;
  readonly partitionId: number;
}

const NAMES: readonly (readonly [bit: number, name: MessageFlag])[] = [
  [RecordFlags.Snapshot, "snapshot"],
  [RecordFlags.LastInEvent, "last-in-event"],
  [RecordFlags.BackFilled, "back-filled"],
  [RecordFlags.Suspect, "suspect"],
  [RecordFlags.Late, "late"],
  [RecordFlags.VenueTimeMissing, "venue-time-missing"],
];

/** By the bits of a record: the lists are shared by all messages. */
const FLAGS: readonly (readonly MessageFlag[])[] = Array.from({ length: 256 }, (_, bits) =>
  Object.freeze(NAMES.flatMap(([bit, name]) => ((bits & bit) === 0 ? [] : [name]))),
);

/** Names of the bits; bits of a newer schema have none. */
export function flagNames(bits: number): readonly MessageFlag[] {
  return FLAGS[bits & 0xff]!;
}

/** The name of an exchange number; one that this version does not know is named after its number. */
export function exchangeText(exchangeId: number): string {
  return exchangeName(exchangeId) ?? `exchange-${exchangeId}`;
}

/** What a decoded record and its place say about its message. */
export function recordOrigin(record: MarketRecord, partitionId: number, offset: number): MessageOrigin {
  return {
    exchange: exchangeText(record.exchangeId),
    symbol: record.symbol,
    flags: flagNames(record.flags),
    eventMicros: record.eventMicros ?? null,
    sendMicros: record.sendMicros ?? null,
    // Only records of version 1 lack these two, and data streams of version 2 hold none.
    receiveMicros: record.receiveMicros ?? 0,
    publishMicros: record.publishMicros ?? 0,
    offset,
    partitionId,
  };
}

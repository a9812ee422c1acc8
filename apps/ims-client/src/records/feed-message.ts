import { dataTypeName, type TimeResolutionText, timeResolutionText } from "@ims/common";
import type { FeedStatusRecord, GapRecord } from "@ims/sbe";
import type { MessageOrigin } from "./message-origin.js";

/** Which of an instrument's feeds a message is about. */
export interface AboutFeed {
  /** Its topic, for example `trades` or `book`. */
  readonly data: string;
  /** Only of bars. */
  readonly resolution: TimeResolutionText | null;
}

export type GapReasonName =
  | "unknown"
  | "connection-lost"
  | "sequence-broken"
  | "queue-full"
  | "venue-restarted"
  | "service-restarted";

/** Records of a feed that were not received and cannot be had any more. */
export interface GapMessage extends MessageOrigin, AboutFeed {
  readonly type: "gap";
  readonly reason: GapReasonName;
  /** First and last missing id; null where the data has none. */
  readonly fromId: number | null;
  readonly toId: number | null;
  /** Times of the records around it. */
  readonly fromMicros: number | null;
  readonly toMicros: number | null;
  /** Records that stay missing; null where ids do not tell. */
  readonly missingCount: number | null;
  /** Records of the same loss that were read later, and have the flag `back-filled`. */
  readonly filledCount: number;
}

export type FeedStateName =
  | "starting"
  | "live"
  | "quiet"
  | "stale"
  | "dead"
  | "refused"
  | "stopped"
  | "unknown";

/** State of what the service reads of one feed, told at every change. */
export interface FeedStatusMessage extends MessageOrigin, AboutFeed {
  readonly type: "feed-status";
  readonly state: FeedStateName;
  readonly sinceMicros: number;
  readonly lastRecordMicros: number | null;
  /** Usual time between records; null until it is learned. */
  readonly expectedIntervalMicros: number | null;
  /** Why, and what is being done. */
  readonly text: string;
}

const GAP_REASONS: readonly GapReasonName[] = [
  "unknown",
  "connection-lost",
  "sequence-broken",
  "queue-full",
  "venue-restarted",
  "service-restarted",
];
const FEED_STATES: readonly FeedStateName[] = [
  "unknown",
  "starting",
  "live",
  "quiet",
  "stale",
  "dead",
  "refused",
  "stopped",
];

/** The name of a number of `v2.FeedState`; one of a newer schema is unknown. */
export function feedStateName(state: number): FeedStateName {
  return FEED_STATES[state] ?? "unknown";
}

export function gapMessage(record: GapRecord, origin: MessageOrigin): GapMessage {
  return {
    type: "gap",
    ...origin,
    ...aboutFeed(record),
    reason: GAP_REASONS[record.reason] ?? "unknown",
    fromId: record.fromId ?? null,
    toId: record.toId ?? null,
    fromMicros: record.fromMicros ?? null,
    toMicros: record.toMicros ?? null,
    missingCount: record.missingCount ?? null,
    filledCount: record.filledCount,
  };
}

export function feedStatusMessage(record: FeedStatusRecord, origin: MessageOrigin): FeedStatusMessage {
  return {
    type: "feed-status",
    ...origin,
    ...aboutFeed(record),
    state: feedStateName(record.state),
    sinceMicros: record.sinceMicros,
    lastRecordMicros: record.lastRecordMicros ?? null,
    expectedIntervalMicros: record.expectedIntervalMicros ?? null,
    text: record.text,
  };
}

function aboutFeed({ dataType, resolution }: GapRecord | FeedStatusRecord): AboutFeed {
  return {
    data: dataTypeName(dataType) ?? `data-type-${dataType}`,
    resolution: timeResolutionText(resolution) ?? null,
  };
}

import { UNLIMITED } from "@ims/iggy-protocol";
import type { PartitionLog } from "@ims/segment-log";
import type { TopicSettings } from "../catalog/topic-settings.js";

/** Segments of one partition that go in one pass at most (server-behaviour.md section 4.1). */
const SEGMENTS_PER_PASS_MAX = 16;

/** What decides about the oldest segments of a partition. */
export interface RetentionCase {
  readonly settings: Pick<TopicSettings, "messageExpiryMicros" | "maxTopicBytes">;
  /** Partitions that share the topic's bound in equal parts. */
  readonly partitionCount: number;
  /** Smallest offset that a consumer or group has stored; messages behind it stay. */
  readonly barrierOffset: number | undefined;
  /** Microseconds since 1970. */
  readonly nowMicros: number;
}

/**
 * How many of a log's oldest segments are too old or too much, in a row and never the newest one: a segment is too old
 * when its last message is, and too much while the partition is above its part of the topic's bound.
 */
export function countExpired(
  log: PartitionLog,
  { settings, partitionCount, ...state }: RetentionCase,
): number {
  const { messageExpiryMicros, maxTopicBytes } = settings;
  if (messageExpiryMicros === UNLIMITED && maxTopicBytes === UNLIMITED) return 0;
  const expiryMicros =
    messageExpiryMicros === UNLIMITED ? Number.POSITIVE_INFINITY : Number(messageExpiryMicros);
  const partBytes =
    maxTopicBytes === UNLIMITED
      ? Number.POSITIVE_INFINITY
      : Math.floor(Number(maxTopicBytes) / partitionCount);
  let excessBytes = log.sizeBytes - partBytes;
  return log.countOldest((segment) => {
    if (!isPassed(segment.nextOffset, state.barrierOffset)) return false;
    const isOld = segment.lastTimestampMicros + expiryMicros <= state.nowMicros;
    if (!isOld && excessBytes <= 0) return false;
    excessBytes -= segment.recordBytes;
    return true;
  }, SEGMENTS_PER_PASS_MAX);
}

/** Whether everybody who stored an offset has come to the end of a segment. */
export function isPassed(nextOffset: number, barrierOffset: number = Number.POSITIVE_INFINITY): boolean {
  return nextOffset - 1 <= barrierOffset;
}

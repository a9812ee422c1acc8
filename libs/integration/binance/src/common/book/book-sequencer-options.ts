import type { Clock } from "@ims/common";
import type { BookSteps } from "./book-steps.js";
import type { EventBufferLimits } from "./event-buffer.js";
import type { SequenceRule } from "./sequence-rule.js";

export interface BookSequencerOptions {
  readonly rule: SequenceRule;
  readonly steps: BookSteps;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly buffer?: EventBufferLimits;
  /**
   * Whether the stream comes over more than one connection now: what one lacks is then waited for, up to a second. Default:
   * never.
   */
  readonly isShared?: () => boolean;
  /** A snapshot is asked for after so long even if no event has come. Default 3,000. */
  readonly firstEventMillis?: number;
  /** Silence after which a snapshot is asked for as a check; doubles each time. Default 30,000. */
  readonly silenceMillis?: number;
}

/** Counts since the start. */
export interface BookSequencerCounters {
  snapshotCount: number;
  /** Snapshots that were too old for the events at hand, could not be used, or failed. */
  uselessSnapshotCount: number;
  /** Events that were applied, and those that a snapshot or another connection had brought already. */
  appliedCount: number;
  droppedCount: number;
  /** Breaks of the chain after the book was joined. */
  gapCount: number;
}

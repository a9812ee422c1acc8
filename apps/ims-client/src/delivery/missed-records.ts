import type { PartitionPlace } from "../transport/ims-transport.js";
import type { Subscription } from "./delivery.js";

/**
 * Why records are missing.
 * - `expired`: the broker deleted them before they were read
 * - `restarted`: the broker came back without its old content
 * - `moved`: after a restart of the service the data stands in another partition
 */
export type MissedCause = "expired" | "restarted" | "moved";

/** A place in the broker where reading does not go on with the next record. What stood between was not given out. */
export interface MissedRecords extends PartitionPlace {
  readonly cause: MissedCause;
  /** The offset that would have come next. */
  readonly expectedOffset: number;
  /** The offset from which reading goes on; with `restarted` and `moved` it counts anew. */
  readonly foundOffset: number;
  /** The feeds that may lack records; none for a topic of notices, whose gaps and states may be missing. */
  readonly subscriptions: readonly Subscription[];
}

/** More of them in one absence are told by their own event alone. */
const MISSED_COUNT_MAX = 1000;

/** What was missed while something was away: from {@link begin} to {@link end}. */
export class Absence {
  #startMillis: number | undefined;
  #missed: MissedRecords[] = [];

  get isOn(): boolean {
    return this.#startMillis !== undefined;
  }

  /** @param nowMillis of the monotonic clock; of no effect while one is on */
  begin(nowMillis: number): void {
    if (this.isOn) return;
    this.#startMillis = nowMillis;
    this.#missed = [];
  }

  add(missed: MissedRecords): void {
    if (this.isOn && this.#missed.length < MISSED_COUNT_MAX) this.#missed.push(missed);
  }

  /** How long it was and what was missed; undefined if none was on. */
  end(
    nowMillis: number,
  ): { readonly awayMillis: number; readonly missed: readonly MissedRecords[] } | undefined {
    if (this.#startMillis === undefined) return undefined;
    const awayMillis = Math.round(nowMillis - this.#startMillis);
    this.#startMillis = undefined;
    return { awayMillis, missed: this.#missed };
  }
}

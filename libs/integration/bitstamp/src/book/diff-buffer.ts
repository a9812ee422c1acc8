import { cloneBookFields } from "@ims/integration-kit";
import type { BookFields } from "@ims/traits";

const DIFFS_MAX = 2000;
const LEVELS_MAX = 200_000;

/**
 * Diffs that wait for a snapshot, in the order of their microtimestamps. A bound that is reached empties it: the
 * snapshot then has to be newer than what comes next.
 */
export class DiffBuffer {
  #diffs: BookFields[] = [];
  #levelCount = 0;
  /** Times that diffs were given up because a bound was reached. */
  overflowCount = 0;

  get diffs(): readonly BookFields[] {
    return this.#diffs;
  }

  /** Microtimestamp of the first one; 0 while there is none. */
  get firstMicros(): number {
    return this.#diffs[0]?.lastUpdateId ?? 0;
  }

  /** Keeps a copy in its place. */
  push(diff: BookFields): void {
    const levels = diff.bids.count + diff.asks.count;
    if (this.#diffs.length >= DIFFS_MAX || this.#levelCount + levels > LEVELS_MAX) {
      this.overflowCount++;
      this.clear();
    }
    let at = this.#diffs.length;
    while (at > 0 && this.#diffs[at - 1]!.lastUpdateId > diff.lastUpdateId) at--;
    this.#diffs.splice(at, 0, cloneBookFields(diff));
    this.#levelCount += levels;
  }

  clear(): void {
    this.#diffs = [];
    this.#levelCount = 0;
  }
}

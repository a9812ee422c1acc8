import { cloneBookFields } from "@ims/integration-kit";
import type { BookFields } from "@ims/traits";
import type { SequenceRule } from "./sequence-rule.js";

/** Bounds of an {@link EventBuffer}. */
export interface EventBufferLimits {
  /** Default 1,000 events: over a minute and a half at one each 100 ms. */
  readonly eventsMax?: number;
  /** Levels of all events together. Default 200,000, 3.2 MB. */
  readonly levelsMax?: number;
}

/**
 * Depth events that wait for a snapshot: an unbroken chain, for what lies before a break can join none. A break or a
 * bound that is reached empties it and begins a new chain; a snapshot older than that is then asked for again.
 */
export class EventBuffer {
  readonly #eventsMax: number;
  readonly #levelsMax: number;
  #events: BookFields[] = [];
  #levelCount = 0;
  /** Times that events were given up because a bound was reached. */
  overflowCount = 0;

  constructor(
    readonly rule: SequenceRule,
    limits: EventBufferLimits = {},
  ) {
    this.#eventsMax = limits.eventsMax ?? 1000;
    this.#levelsMax = limits.levelsMax ?? 200_000;
  }

  get events(): readonly BookFields[] {
    return this.#events;
  }

  /** Keeps a copy; false if the buffer holds the event's updates already. */
  push(event: BookFields): boolean {
    const last = this.#events.at(-1);
    if (last && event.lastUpdateId <= last.lastUpdateId) return false;
    const levels = event.bids.count + event.asks.count;
    if (last && !this.rule.continues(event, last.lastUpdateId)) {
      this.clear();
    } else if (this.#events.length >= this.#eventsMax || this.#levelCount + levels > this.#levelsMax) {
      this.overflowCount++;
      this.clear();
    }
    this.#events.push(cloneBookFields(event));
    this.#levelCount += levels;
    return true;
  }

  /** Forgets the first so many. */
  drop(count: number): void {
    for (const { asks, bids } of this.#events.splice(0, count)) this.#levelCount -= asks.count + bids.count;
  }

  clear(): void {
    this.#events = [];
    this.#levelCount = 0;
  }
}

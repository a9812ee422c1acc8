import type { Clock } from "@ims/common";
import type { BookFields } from "@ims/traits";
import { EventBuffer, type EventBufferLimits } from "./event-buffer.js";
import type { SequenceRule } from "./sequence-rule.js";

/** Both connections of a hand-over, and redundant ones, deliver the same events some time apart. */
const SHARED_GRACE_MILLIS = 1000;

/**
 * Events ahead of a book while its stream comes over more than one connection: what the one has not brought yet the other
 * may bring in a moment. Empty but for such moments.
 */
export class AheadEvents {
  readonly #events: EventBuffer;
  #sinceMillis = 0;

  constructor(
    private readonly rule: SequenceRule,
    private readonly clock: Clock,
    private readonly isShared: () => boolean,
    limits?: EventBufferLimits,
  ) {
    this.#events = new EventBuffer(rule, limits);
  }

  get isEmpty(): boolean {
    return this.#events.events.length === 0;
  }

  /** Keeps a copy of an event that does not continue the book; false if nothing else can bring what is between. */
  hold(event: BookFields): boolean {
    if (!this.isShared()) return false;
    if (this.isEmpty) this.#sinceMillis = this.clock.monotonicMillis();
    this.#events.push(event);
    return true;
  }

  /** Takes out the next event that continues a book at `bookId`; those that it holds already are forgotten. */
  next(bookId: number): BookFields | undefined {
    for (let event = this.#events.events[0]; event; event = this.#events.events[0]) {
      const isOld = event.lastUpdateId <= bookId;
      if (!isOld && !this.rule.continues(event, bookId)) return undefined;
      this.#events.drop(1);
      if (!isOld) return event;
    }
    return undefined;
  }

  /** What has waited too long, all of it; empty while there is hope. */
  overdue(): readonly BookFields[] {
    if (this.isEmpty || this.clock.monotonicMillis() - this.#sinceMillis < SHARED_GRACE_MILLIS) return [];
    const events = [...this.#events.events];
    this.clear();
    return events;
  }

  clear(): void {
    this.#events.clear();
  }
}

import { GapReason } from "@ims/common";
import type { BookFields } from "@ims/traits";
import { AheadEvents } from "./ahead-events.js";
import type { BookSequencerCounters, BookSequencerOptions } from "./book-sequencer-options.js";
import type { BookSteps } from "./book-steps.js";
import type { OldEvents } from "./old-events.js";
import type { SequenceRule } from "./sequence-rule.js";

/** What a chain tells the sequencer of its book. */
export interface EventChainHost {
  /** The first event was joined to the snapshot; it is published next. */
  joined(): void;
  /** The book is no longer true. @param events came behind what is missing */
  broken(fromId: number, toId: number, reason: GapReason, text: string, events?: readonly BookFields[]): void;
}

/** Verifies every event behind a snapshot by the market's rule, applies it and passes it on. */
export class EventChain {
  readonly #steps: BookSteps;
  readonly #rule: SequenceRule;
  readonly #ahead: AheadEvents;
  #bookId = 0;
  /** No event was joined to the snapshot yet. */
  #awaitsFirst = false;

  constructor(
    options: BookSequencerOptions,
    private readonly counters: BookSequencerCounters,
    private readonly old: OldEvents,
    private readonly host: EventChainHost,
  ) {
    this.#steps = options.steps;
    this.#rule = options.rule;
    this.#ahead = new AheadEvents(
      options.rule,
      options.clock,
      options.isShared ?? (() => false),
      options.buffer,
    );
  }

  /** Last update in the book. */
  get bookId(): number {
    return this.#bookId;
  }

  /** The book stands at `bookId`. @param joined an event was joined to the snapshot */
  begin(bookId: number, joined: boolean): void {
    this.#bookId = bookId;
    this.#awaitsFirst = !joined;
    this.clear();
  }

  /** What waited for other events is of no use. */
  clear(): void {
    this.#ahead.clear();
  }

  /** The next event of the stream; it is read during the call. */
  follow(event: BookFields): void {
    const first = this.#awaitsFirst;
    if (first ? this.#rule.isBefore(event, this.#bookId) : event.lastUpdateId <= this.#bookId) {
      this.counters.droppedCount++;
      if (this.old.add()) {
        this.host.broken(0, 0, GapReason.VenueRestarted, "the venue's update ids began anew", [event]);
      }
      return;
    }
    this.old.clear();
    if (first ? this.#rule.starts(event, this.#bookId) : this.#rule.continues(event, this.#bookId)) {
      if (this.#apply(event) && !this.#ahead.isEmpty) this.#takeAhead();
    } else if (first || !this.#ahead.hold(event)) {
      this.#miss([event]);
    }
  }

  /** Gives up what has waited too long for the events before it. To be called a few times a second. */
  check(): void {
    const overdue = this.#ahead.overdue();
    if (overdue.length > 0) this.#miss(overdue);
  }

  /** Applies what waited for the events that have just come. */
  #takeAhead(): void {
    for (;;) {
      const event = this.#ahead.next(this.#bookId);
      if (!event || !this.#apply(event)) return;
    }
  }

  /** The updates between the book and these events are lost. */
  #miss(events: readonly BookFields[]): void {
    const from = this.#bookId + 1;
    const to = this.#rule.lastMissing(events[0]!);
    this.host.broken(from, to, GapReason.SequenceBroken, `updates ${from} to ${to} are missing`, events);
  }

  /** False when it cannot be represented, and the book is void. */
  #apply(event: BookFields): boolean {
    const previousId = this.#bookId;
    if (!this.#steps.apply(event)) {
      const text = "an update does not fit the book";
      this.host.broken(previousId + 1, event.lastUpdateId, GapReason.Unknown, text);
      return false;
    }
    this.#bookId = event.lastUpdateId;
    this.counters.appliedCount++;
    if (this.#awaitsFirst) {
      this.#awaitsFirst = false;
      this.host.joined();
    }
    this.#steps.publishDelta(event, previousId);
    return true;
  }
}

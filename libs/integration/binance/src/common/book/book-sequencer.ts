import { GapReason } from "@ims/common";
import type { BookFields } from "@ims/traits";
import type { BookSequencerCounters, BookSequencerOptions } from "./book-sequencer-options.js";
import { BookSilence } from "./book-silence.js";
import type { BookState, BookSteps } from "./book-steps.js";
import { EventBuffer } from "./event-buffer.js";
import { EventChain } from "./event-chain.js";
import { OldEvents } from "./old-events.js";
import type { SequenceRule } from "./sequence-rule.js";
import { SnapshotRequests } from "./snapshot-requests.js";

const FIRST_EVENT_MILLIS = 3000;
const CONFIRMED_TEXT = "nothing has changed since the snapshot";
const VERIFIED_TEXT = "every update is verified";

/**
 * Joins a symbol's depth events to a snapshot by its market's rule and verifies every event after that. Knows no socket
 * and sets no timer: its owner passes on events and snapshots and calls {@link check} now and then.
 *
 * A loss voids this symbol's book alone: events are kept again and another snapshot is asked for, after a pause that
 * grows with repeated failures. {@link refresh} gets a new snapshot while the old book goes on.
 */
export class BookSequencer {
  readonly counters: BookSequencerCounters = {
    snapshotCount: 0,
    uselessSnapshotCount: 0,
    appliedCount: 0,
    droppedCount: 0,
    gapCount: 0,
  };
  readonly #options: BookSequencerOptions;
  readonly #rule: SequenceRule;
  readonly #steps: BookSteps;
  readonly #buffer: EventBuffer;
  readonly #old = new OldEvents();
  readonly #chain: EventChain;
  readonly #requests: SnapshotRequests;
  #state: BookState = "stopped";
  #refreshing = false;
  readonly #silence: BookSilence;
  /** No event since the snapshot, and the venue has said that none was due. */
  #confirmed = false;
  /** No event has come since the start. */
  #awaitsFirst = false;
  #lagging = false;

  constructor(options: BookSequencerOptions) {
    this.#options = options;
    this.#rule = options.rule;
    this.#steps = options.steps;
    this.#buffer = new EventBuffer(options.rule, options.buffer);
    this.#chain = new EventChain(options, this.counters, this.#old, {
      joined: () => this.#enter("synced", VERIFIED_TEXT),
      broken: (fromId, toId, reason, text, events) => this.#breakOff(fromId, toId, reason, text, events),
    });
    this.#requests = new SnapshotRequests(options.clock, options.random, () => options.steps.needSnapshot());
    this.#silence = new BookSilence(options.clock, options.silenceMillis);
  }

  get state(): BookState {
    return this.#state;
  }

  /** Last update in the book; meaningless while buffering. */
  get bookId(): number {
    return this.#chain.bookId;
  }

  /** A new snapshot is awaited while the book goes on. */
  get isRefreshing(): boolean {
    return this.#refreshing;
  }

  /** The stream was silent while a snapshot showed newer updates than it had brought. */
  get isLagging(): boolean {
    return this.#lagging;
  }

  /** Milliseconds since the last event, or since the start. */
  get silentMillis(): number {
    return this.#silence.millis;
  }

  /** Whether nothing is missing in the book: an event was joined to the snapshot, or none was due. */
  get isProven(): boolean {
    return this.#state === "synced" || (this.#state === "joined" && this.#confirmed);
  }

  /** Whether the silence is long enough to compare the book with the venue's best prices. */
  get wantsConfirmation(): boolean {
    return this.#stands && !this.#refreshing && this.#silence.wantsConfirmation(this.isProven);
  }

  /** Times that kept events were given up because there were too many. */
  get overflowCount(): number {
    return this.#buffer.overflowCount;
  }

  /** The stream has been subscribed: begin. */
  start(): void {
    if (this.#state !== "stopped") return;
    this.#buffer.clear();
    this.#silence.broken();
    this.#awaitsFirst = true;
    this.#requests.wantIn(this.#options.firstEventMillis ?? FIRST_EVENT_MILLIS);
    this.#enter("buffering", "waiting for the first event");
  }

  stop(): void {
    this.#buffer.clear();
    this.#chain.clear();
    this.#refreshing = false;
    this.#requests.stop();
    if (this.#state !== "stopped") this.#enter("stopped", "stopped");
  }

  /** A depth event; it is read during the call. */
  event(event: BookFields): void {
    this.#silence.broken();
    this.#lagging = false;
    switch (this.#state) {
      case "buffering":
        this.#keep(event);
        return;
      case "joined":
      case "synced":
        if (this.#refreshing) this.#buffer.push(event);
        this.#chain.follow(event);
        return;
      case "stopped":
    }
  }

  /** The answer to `needSnapshot`: read during the call. */
  snapshot(snapshot: BookFields): void {
    this.#requests.answered();
    if (this.#state === "stopped") return;
    this.counters.snapshotCount++;
    if (this.#state === "buffering" || this.#refreshing) this.#join(snapshot);
  }

  /** The answer to `needSnapshot` if there is none. */
  snapshotFailed(reason: string): void {
    this.#requests.answered();
    if (this.#state === "stopped") return;
    this.#askAgain(`no snapshot: ${reason}`);
  }

  /** The stream was cut or is known to have lost events: the book is void until it is joined anew. */
  interrupted(reason: GapReason, text: string): void {
    if (this.#stands) this.#breakOff(0, 0, reason, text);
    else this.#buffer.clear();
  }

  /** Gets a new snapshot while the book goes on; for a book that is doubted for another reason than its ids. */
  refresh(): void {
    if (this.#refreshing || !this.#stands) return;
    this.#refreshing = true;
    this.#buffer.clear();
    this.#requests.want();
    this.#requests.ask();
  }

  /** The venue's best prices are the book's, and no event has come since they were asked for. */
  confirm(): void {
    if (!this.#stands || this.#refreshing) return;
    this.#silence.confirmed();
    if (this.isProven) return;
    this.#confirmed = true;
    this.#enter(this.#state, CONFIRMED_TEXT);
    this.#steps.publishSnapshot(this.bookId, true);
  }

  /** To be called a few times a second: asks when a pause is over, and checks a silent stream. */
  check(): void {
    this.#requests.ask();
    this.#chain.check();
    if (this.#stands && !this.#refreshing && this.#silence.takeDue()) this.refresh();
  }

  #keep(event: BookFields): void {
    if (this.#buffer.push(event)) {
      this.#old.clear();
    } else if (this.#old.add()) {
      this.#buffer.clear();
      this.#buffer.push(event);
      this.#old.clear();
    }
    if (!this.#awaitsFirst) return;
    this.#awaitsFirst = false;
    this.#requests.wantIn(0);
    this.#requests.ask();
  }

  #join(snapshot: BookFields): void {
    const { bookId } = this;
    let id = snapshot.lastUpdateId;
    const events = this.#buffer.events;
    let first = 0;
    while (first < events.length && this.#rule.isBefore(events[first]!, id)) first++;
    const behind = events[0] === undefined && this.#refreshing && id < bookId;
    if (behind || (first < events.length && !this.#rule.starts(events[first]!, id))) {
      this.counters.uselessSnapshotCount++;
      // Step 3 of spot: fetch again, for nothing joins the two.
      this.#askAgain("the snapshot is older than the events");
      return;
    }
    if (!this.#steps.load(snapshot)) {
      this.counters.uselessSnapshotCount++;
      this.#voided(0, 0, GapReason.Unknown);
      this.#askAgain("the snapshot cannot be represented");
      return;
    }
    this.#lagging = this.#refreshing && events.length === 0 && id > bookId;
    const confirmed = this.#refreshing && events.length === 0 && id === bookId;
    this.counters.droppedCount += first;
    for (let index = first; index < events.length; index++) {
      if (!this.#steps.apply(events[index]!)) {
        this.#voided(0, 0, GapReason.Unknown);
        this.#askAgain("an update does not fit the snapshot");
        return;
      }
      id = events[index]!.lastUpdateId;
      this.counters.appliedCount++;
    }
    this.#stand(id, first < events.length || (confirmed && this.#state === "synced"), confirmed);
  }

  get #stands(): boolean {
    return this.#state === "joined" || this.#state === "synced";
  }

  /** A book stands at `bookId`: joined to an event, or `confirmed` by an equal snapshot. */
  #stand(bookId: number, joined: boolean, confirmed: boolean): void {
    this.#confirmed = confirmed;
    this.#buffer.clear();
    this.#chain.begin(bookId, joined);
    this.#refreshing = false;
    this.#requests.satisfied();
    if (joined) this.#enter("synced", VERIFIED_TEXT);
    else if (confirmed) this.#enter("joined", CONFIRMED_TEXT);
    else if (this.#lagging) this.#enter("joined", "the venue has newer updates than its stream brings");
    else this.#enter("joined", "no update since the snapshot");
    this.#steps.publishSnapshot(this.bookId, this.isProven);
  }

  /** Voids the book and begins again, with `events` as the first ones kept. */
  #breakOff(
    fromId: number,
    toId: number,
    reason: GapReason,
    text: string,
    events: readonly BookFields[] = [],
  ): void {
    this.#voided(fromId, toId, reason);
    this.#requests.want();
    this.#enter("buffering", text);
    for (const event of events) this.#buffer.push(event);
    this.#requests.ask();
  }

  /** The published book, if there is one, is no longer true. */
  #voided(fromId: number, toId: number, reason: GapReason): void {
    const stood = this.#stands;
    this.#confirmed = false;
    this.#buffer.clear();
    this.#chain.clear();
    this.#refreshing = false;
    this.#old.clear();
    if (!stood) return;
    this.counters.gapCount++;
    this.#steps.gap(fromId, toId, reason);
  }

  #askAgain(text: string): void {
    this.#requests.wantAgain();
    if (!this.#refreshing) this.#enter("buffering", text);
  }

  #enter(state: BookState, text: string): void {
    this.#state = state;
    this.#steps.state(state, text);
  }
}

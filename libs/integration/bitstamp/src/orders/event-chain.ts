import type { OrderFields } from "@ims/traits";
import { createEventId, isSameEventId } from "./event-id.js";
import { cloneOrderFrame, type OrderFrame } from "./order-frame.js";
import { RecentKeys } from "./recent-keys.js";

export interface ChainOutlet {
  /** The next event of the channel, read during the call. */
  next(frame: OrderFrame): void;
  /** Events are missing in front of the next one; told before it. */
  broken(): void;
}

interface HeldFrame {
  readonly frame: OrderFrame;
  readonly sinceMillis: number;
}

/** A copy that a second connection brings, and a frame that another one overtook, come within so long. */
const HOLD_MILLIS = 1000;
const HELD_MAX = 1000;
/** Copies come within so many events. */
const RECENT_MAX = 4096;
/** A chain that is broken so often within a minute is none that can be read. */
const BREAKS_MAX = 20;
const BREAKS_WITHIN_MILLIS = 60_000;
const DISTRUST_MILLIS = 3_600_000;

/**
 * Puts the events of one channel in the venue's order: each names the one before it (bitstamp.md section 3.4). Copies,
 * which every further connection to the channel brings, are dropped. An event whose predecessor is missing waits for
 * it, for a second or until a thousand wait: then what is between is lost and the chain begins anew.
 *
 * Events without ids, as the venue printed them before 2026, are passed on as they come, each once; that one is lost
 * cannot be seen. So are, for an hour, all events when the chain was broken twenty times within a minute: then the venue
 * means something else by it than is known. Knows no socket and no timer.
 */
export class EventChain {
  readonly counters = { duplicateCount: 0, heldCount: 0, brokenCount: 0 };
  readonly #outlet: ChainOutlet;
  readonly #recent = new RecentKeys(RECENT_MAX, 4);
  readonly #recentUnchained = new RecentKeys(RECENT_MAX, 6);
  readonly #key = new Int32Array(6);
  readonly #lastId = createEventId();
  #stands = false;
  #held: HeldFrame[] = [];
  /** When the chain was broken, the last times. */
  #breaksMillis: number[] = [];
  #distrustedUntilMillis = Number.NEGATIVE_INFINITY;

  constructor(outlet: ChainOutlet) {
    this.#outlet = outlet;
  }

  /** Whether the next event has to name the last one. */
  get stands(): boolean {
    return this.#stands;
  }

  /** Whether the chain is not heeded for now, because it was broken too often. */
  isDistrusted(nowMillis: number): boolean {
    return nowMillis < this.#distrustedUntilMillis;
  }

  /** Events that wait for another one. */
  get heldNow(): number {
    return this.#held.length;
  }

  /** @param frame is copied where it has to wait @param nowMillis of the clock of {@link check} */
  offer(frame: OrderFrame, nowMillis: number): void {
    if (!frame.isChained) {
      this.#offerUnchained(frame);
      return;
    }
    if (this.#recent.has(frame.eventId) || this.#isHeld(frame)) {
      this.counters.duplicateCount++;
      return;
    }
    if (this.isDistrusted(nowMillis)) {
      this.#take(frame);
      this.#stands = false;
      return;
    }
    if (!this.#stands || isSameEventId(frame.previousId, this.#lastId)) {
      this.#take(frame);
      if (this.#held.length > 0) this.#takeHeld();
      return;
    }
    this.counters.heldCount++;
    this.#held.push({ frame: cloneOrderFrame(frame), sinceMillis: nowMillis });
    if (this.#held.length >= HELD_MAX) this.#giveUp(nowMillis);
  }

  /** To be called a few times a second. */
  check(nowMillis: number): void {
    const first = this.#held[0];
    if (first && nowMillis - first.sinceMillis >= HOLD_MILLIS) this.#giveUp(nowMillis);
  }

  /** The next event need not continue what was; what waits is dropped, for whoever calls knows of the loss. */
  restart(): void {
    this.#stands = false;
    this.#held = [];
  }

  #take(frame: OrderFrame): void {
    this.#lastId.set(frame.eventId);
    this.#stands = true;
    this.#recent.add(frame.eventId);
    this.#outlet.next(frame);
  }

  #takeHeld(): void {
    for (;;) {
      const at = this.#held.findIndex(({ frame }) => isSameEventId(frame.previousId, this.#lastId));
      const [found] = at < 0 ? [] : this.#held.splice(at, 1);
      if (!found) return;
      this.#take(found.frame);
    }
  }

  /** Goes on with the first of those that wait for nothing that waits itself. */
  #giveUp(nowMillis: number): void {
    this.counters.brokenCount++;
    if (this.#isTooOften(nowMillis)) {
      this.#distrust(nowMillis);
      return;
    }
    const held = this.#held;
    const root = held.findIndex(
      ({ frame }) => !held.some((other) => isSameEventId(other.frame.eventId, frame.previousId)),
    );
    const [first] = held.splice(Math.max(0, root), 1);
    this.#outlet.broken();
    this.#take(first!.frame);
    this.#takeHeld();
  }

  #isTooOften(nowMillis: number): boolean {
    this.#breaksMillis.push(nowMillis);
    if (this.#breaksMillis.length < BREAKS_MAX) return false;
    return nowMillis - this.#breaksMillis.shift()! < BREAKS_WITHIN_MILLIS;
  }

  #distrust(nowMillis: number): void {
    this.#distrustedUntilMillis = nowMillis + DISTRUST_MILLIS;
    this.#breaksMillis = [];
    const held = this.#held;
    this.#held = [];
    this.#outlet.broken();
    for (const { frame } of held) this.#take(frame);
    this.#stands = false;
  }

  /** A copy has the same order, event, time and quantity. */
  #offerUnchained(frame: OrderFrame): void {
    this.#stands = false;
    fillKey(frame.order, this.#key);
    if (this.#recentUnchained.add(this.#key)) this.#outlet.next(frame);
    else this.counters.duplicateCount++;
  }

  #isHeld({ eventId }: OrderFrame): boolean {
    for (const { frame } of this.#held) if (isSameEventId(frame.eventId, eventId)) return true;
    return false;
  }
}

const TWO_32 = 2 ** 32;

/** Ids and times are below 2^53: above 21 bits of their high words there is room. */
function fillKey({ event, eventMicros, orderId, quantity }: OrderFields, key: Int32Array): void {
  key[0] = orderId | 0;
  key[1] = Math.floor(orderId / TWO_32) | (event << 24);
  key[2] = eventMicros | 0;
  key[3] = Math.floor(eventMicros / TWO_32);
  key[4] = quantity.lo;
  key[5] = quantity.hi;
}

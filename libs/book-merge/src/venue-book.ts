import { BookLevels } from "@ims/common";
import { BookOutcome, OrderBook, type ScaledLevels } from "@ims/order-book";

/**
 * Whether a venue's book may be merged; only `fresh` is.
 * - `waiting`: no whole book came yet
 * - `suspect`: the book may differ from the venue's
 * - `stale`: nothing was heard of it for too long, or its feed says so
 */
export type VenueState = "waiting" | "fresh" | "suspect" | "stale";

export interface VenueBookOptions {
  /** Milliseconds without a sign of life after which the venue leaves every merge. Default 30,000. */
  readonly staleAfterMillis?: number;
  /** Levels kept on each side. Default 5,000. */
  readonly levelsMax?: number;
}

export const STALE_AFTER_MILLIS_DEFAULT = 30_000;
const LEVELS_MAX_DEFAULT = 5000;

/**
 * The book of one symbol at one venue, as any number of merges read it. Times are milliseconds of one monotonic clock,
 * given by the caller. Levels that cannot be are left out and counted: a price that is not above 0, a quantity below 0
 * (its price then counts as gone).
 */
export class VenueBook {
  readonly book: OrderBook;
  /** Number of the instrument in the venue's stream, as its source found it; 0 where it has none. */
  instrumentId = 0;
  readonly staleAfterMillis: number;
  #state: VenueState = "waiting";
  #reason = "no whole book came yet";
  /** Stale by silence alone: the next sign of life mends it. */
  #isSilent = false;
  /** The feed says that nothing is to be heard: silence is right. A record alone does not take that back. */
  #isQuiet = false;
  #heardMillis: number | undefined;
  #eventMicros = 0;
  #stateVersion = 0;
  #bidsVersion = 0;
  #asksVersion = 0;
  #invalidCount = 0;
  readonly #valid = { priceScale: 0, quantityScale: 0, bids: new BookLevels(), asks: new BookLevels() };

  /** @param venue its name in merged levels, for example `binancespot` */
  constructor(
    readonly venue: string,
    options: VenueBookOptions = {},
  ) {
    this.book = new OrderBook({ levelsMax: options.levelsMax ?? LEVELS_MAX_DEFAULT });
    this.staleAfterMillis = options.staleAfterMillis ?? STALE_AFTER_MILLIS_DEFAULT;
  }

  get state(): VenueState {
    return this.#state;
  }

  /** Why the venue is not merged, for people; empty while it is. */
  get reason(): string {
    return this.#reason;
  }

  get isFresh(): boolean {
    return this.#state === "fresh";
  }

  /** Of the last sign of life; undefined before the first. */
  get heardMillis(): number | undefined {
    return this.#heardMillis;
  }

  /** Time of the last record by the venue, microseconds since 1970; 0 where it gives none. */
  get eventMicros(): number {
    return this.#eventMicros;
  }

  /** Goes up when state or reason change. */
  get stateVersion(): number {
    return this.#stateVersion;
  }

  /** Goes up when bids may look different to a merge. */
  get bidsVersion(): number {
    return this.#bidsVersion;
  }

  get asksVersion(): number {
    return this.#asksVersion;
  }

  /** Levels that cannot be, left out since the start. */
  get invalidCount(): number {
    return this.#invalidCount;
  }

  /**
   * A whole book: the venue is fresh from now on.
   * @param sideLimit levels a side that were asked for, 0 for all
   */
  replace(levels: ScaledLevels, sideLimit: number, eventMicros: number, nowMillis: number): void {
    const outcome = this.book.load(this.#withoutInvalid(levels), sideLimit);
    this.#heard(eventMicros, nowMillis);
    this.#settle(outcome, true);
    this.#bidsVersion++;
    this.#asksVersion++;
  }

  /** A change of the book; before the first whole one it is of no use. */
  change(levels: ScaledLevels, eventMicros: number, nowMillis: number): void {
    this.#heard(eventMicros, nowMillis);
    if (this.#state === "waiting") return;
    const { priceScale, quantityScale } = this.book;
    const outcome = this.book.apply(this.#withoutInvalid(levels));
    this.#settle(outcome, false);
    // A finer book has other mantissas on both sides.
    const isFiner = this.book.priceScale !== priceScale || this.book.quantityScale !== quantityScale;
    if (isFiner || levels.bids.count > 0) this.#bidsVersion++;
    if (isFiner || levels.asks.count > 0) this.#asksVersion++;
  }

  /**
   * A sign of life without new levels, such as a heartbeat of the feed.
   * @param isQuiet the feed found that nothing changes: until it says otherwise, silence makes the book no older
   */
  vouch(nowMillis: number, isQuiet = false): void {
    this.#heard(0, nowMillis);
    this.#isQuiet = isQuiet;
  }

  /** Takes the venue out of every merge until {@link restore} or a whole book; one that waits goes on waiting. */
  suspend(state: "suspect" | "stale", reason: string): void {
    this.#enter(this.#state === "waiting" ? "waiting" : state, reason);
  }

  /** The book, which was not changed meanwhile, is good again; nothing for a venue that waits for a whole one. */
  restore(nowMillis: number): void {
    if (this.#state === "waiting") return;
    this.#heard(0, nowMillis);
    this.#enter("fresh", "");
  }

  /** Forgets the book: changes are missing, so that only a whole one helps. */
  lose(reason: string): void {
    this.book.clear();
    this.#enter("waiting", reason);
  }

  /**
   * Takes the venue out if nothing was heard for {@link staleAfterMillis} of a feed that is not quiet; returns whether it
   * did.
   */
  expire(nowMillis: number): boolean {
    if (this.#state !== "fresh" || this.#isQuiet) return false;
    if (nowMillis - this.#heardMillis! < this.staleAfterMillis) return false;
    this.#enter("stale", `nothing was heard for ${this.staleAfterMillis / 1000} s`);
    this.#isSilent = true;
    return true;
  }

  #heard(eventMicros: number, nowMillis: number): void {
    this.#heardMillis = nowMillis;
    if (eventMicros > 0) this.#eventMicros = eventMicros;
    if (this.#isSilent) this.#enter("fresh", "");
  }

  #settle(outcome: BookOutcome, isWhole: boolean): void {
    if (outcome !== BookOutcome.Applied) this.lose("a price or quantity does not fit into 64 bits");
    else if (isWhole) this.#enter("fresh", "");
  }

  #enter(state: VenueState, reason: string): void {
    this.#isSilent = false;
    if (state !== this.#state) {
      this.#bidsVersion++;
      this.#asksVersion++;
    }
    if (state !== this.#state || reason !== this.#reason) this.#stateVersion++;
    this.#state = state;
    this.#reason = reason;
  }

  /** The same object unless a level cannot be. */
  #withoutInvalid(levels: ScaledLevels): ScaledLevels {
    if (!hasInvalid(levels.bids) && !hasInvalid(levels.asks)) return levels;
    const valid = this.#valid;
    valid.priceScale = levels.priceScale;
    valid.quantityScale = levels.quantityScale;
    this.#invalidCount += copyValid(levels.bids, valid.bids) + copyValid(levels.asks, valid.asks);
    return valid;
  }
}

function hasInvalid({ count, priceLo, priceHi, quantityHi }: BookLevels): boolean {
  for (let index = 0; index < count; index++) {
    if (isNotPositive(priceLo[index]!, priceHi[index]!) || quantityHi[index]! < 0) return true;
  }
  return false;
}

/** Returns how many were left out. */
function copyValid(source: BookLevels, target: BookLevels): number {
  target.clear();
  let invalid = 0;
  for (let index = 0; index < source.count; index++) {
    const low = source.priceLo[index]!;
    const high = source.priceHi[index]!;
    const isNegative = source.quantityHi[index]! < 0;
    const isPriceInvalid = isNotPositive(low, high);
    if (isPriceInvalid || isNegative) invalid++;
    if (isPriceInvalid) continue;
    if (isNegative) target.push(low, high, 0, 0);
    else target.push(low, high, source.quantityLo[index]!, source.quantityHi[index]!);
  }
  return invalid;
}

function isNotPositive(low: number, high: number): boolean {
  return high < 0 || (high | low) === 0;
}

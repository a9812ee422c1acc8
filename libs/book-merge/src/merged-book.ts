import { BookCondition, Decimal } from "@ims/common";
import type { MergedLevels } from "./merged-levels.js";
import { MergedSide } from "./merged-side.js";
import type { VenueBook } from "./venue-book.js";
import type { PriceBounds } from "./venue-top.js";

export interface MergedBookOptions {
  /** Levels of each side, 1 to 1,000. Default 20. */
  readonly depth?: number;
  /**
   * A price further from the median of the venues than by this factor, either way, is absurd. Above 1. Default 2.
   * Judged only while at least three venues have a middle: two that disagree do not say which is wrong.
   */
  readonly absurdFactor?: number;
}

const DEPTH_DEFAULT = 20;
const DEPTH_MAX = 1000;
const VENUES_MAX = 255;
const ABSURD_FACTOR_DEFAULT = 2;
const JUDGES_MIN = 3;

/**
 * The best levels of one symbol over several venues. Prices have one scale, the finest of the merged venues, and stay
 * exact. Of equal prices the venue that stands first in `venues` comes first. Venues that are not fresh are left out.
 *
 * It follows its venues when {@link refresh} is called: as often as a reader can take a result, whatever came meanwhile.
 */
export class MergedBook {
  readonly depth: number;
  readonly #bids: MergedSide;
  readonly #asks: MergedSide;
  readonly #absurdFactor: number;
  readonly #bidsVersions: Float64Array;
  readonly #asksVersions: Float64Array;
  readonly #isMerged: Uint8Array;
  readonly #absurd: Float64Array;
  readonly #absurdNow: Float64Array;
  readonly #unfit: Float64Array;
  readonly #middles: number[] = [];
  readonly #bounds: PriceBounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  #priceScale = 0;
  #quantityScale = 0;
  #version = 0;

  /** @param venues 1 to 255, each at most once; the number of a venue in levels is its place here */
  constructor(
    readonly symbol: string,
    readonly venues: readonly VenueBook[],
    options: MergedBookOptions = {},
  ) {
    const depth = options.depth ?? DEPTH_DEFAULT;
    if (!Number.isInteger(depth) || depth < 1 || depth > DEPTH_MAX) {
      throw new RangeError(`depth is ${depth}, expected 1 to ${DEPTH_MAX}`);
    }
    if (venues.length > VENUES_MAX) throw new RangeError(`${venues.length} venues, at most ${VENUES_MAX}`);
    this.depth = depth;
    this.#absurdFactor = options.absurdFactor ?? ABSURD_FACTOR_DEFAULT;
    this.#bids = new MergedSide(true, venues.length, depth);
    this.#asks = new MergedSide(false, venues.length, depth);
    this.#bidsVersions = new Float64Array(venues.length).fill(-1);
    this.#asksVersions = new Float64Array(venues.length).fill(-1);
    this.#isMerged = new Uint8Array(venues.length);
    this.#absurd = new Float64Array(venues.length);
    this.#absurdNow = new Float64Array(venues.length);
    this.#unfit = new Float64Array(venues.length);
  }

  /** Best first. Valid until the next {@link refresh}. */
  get bids(): MergedLevels {
    return this.#bids.merged;
  }

  get asks(): MergedLevels {
    return this.#asks.merged;
  }

  /** Digits after the point of every price: the finest of the merged venues. */
  get priceScale(): number {
    return this.#priceScale;
  }

  get quantityScale(): number {
    return this.#quantityScale;
  }

  /** Goes up when levels, scales or the set of merged venues change. */
  get version(): number {
    return this.#version;
  }

  /** Bits of `BookCondition`. */
  get condition(): number {
    let condition = this.#isMerged.includes(0) ? BookCondition.VenueMissing : 0;
    const spread = this.#spreadMantissa();
    if (spread === undefined) return condition;
    if (spread < 0n) condition |= BookCondition.Crossed;
    else if (spread === 0n) condition |= BookCondition.Locked;
    return condition;
  }

  /** Best ask less best bid, below 0 where the merge is crossed; undefined while a side is empty. Exact. */
  spread(): Decimal | undefined {
    const spread = this.#spreadMantissa();
    return spread === undefined ? undefined : Decimal.of(spread, this.#priceScale);
  }

  /**
   * Half of best bid and best ask together, exact: with one digit more than prices have. Undefined while a side is
   * empty, or where that digit does not fit into 64 bits at a scale of at most 18.
   */
  mid(): Decimal | undefined {
    if (this.bids.count === 0 || this.asks.count === 0) return undefined;
    const sum = this.bids.levels.price(0) + this.asks.levels.price(0);
    const mantissa = sum * 5n;
    if (this.#priceScale < 18 && BigInt.asIntN(64, mantissa) === mantissa) {
      return Decimal.of(mantissa, this.#priceScale + 1);
    }
    return sum % 2n === 0n ? Decimal.of(sum / 2n, this.#priceScale) : undefined;
  }

  /** Whether the venue at this place takes part. */
  isMerged(venue: number): boolean {
    return this.#isMerged[venue] === 1;
  }

  /** Levels of the venue that came to stand in front of the book and were absurd, since the start. */
  absurdCount(venue: number): number {
    return this.#absurd[venue]!;
  }

  /** Levels of the venue among the best that are left out now, because they do not fit at the scale of the merge. */
  unfitCount(venue: number): number {
    return this.#unfit[venue]!;
  }

  /** Takes over what became of the venues; returns whether anything that is read here is different. */
  refresh(): boolean {
    let isChanged = this.#chooseVenues();
    const bidsMoved = this.#copyTops(this.#bids, this.#bidsVersions, isChanged);
    const asksMoved = this.#copyTops(this.#asks, this.#asksVersions, isChanged);
    if (bidsMoved || asksMoved) this.#setBounds();
    const mergeBids = bidsMoved || !this.#bids.isSameWithin(this.#bounds);
    const mergeAsks = asksMoved || !this.#asks.isSameWithin(this.#bounds);
    if (mergeBids && this.#mergeSide(this.#bids)) isChanged = true;
    if (mergeAsks && this.#mergeSide(this.#asks)) isChanged = true;
    if (mergeBids || mergeAsks) this.#countFiltered();
    if (isChanged) this.#version++;
    return isChanged;
  }

  /** Sets who is merged and at what scales; true if either is different. */
  #chooseVenues(): boolean {
    let isChanged = false;
    let priceScale = 0;
    let quantityScale = 0;
    for (let index = 0; index < this.venues.length; index++) {
      const { isFresh, book } = this.venues[index]!;
      const merged = isFresh ? 1 : 0;
      if (this.#isMerged[index] !== merged) {
        this.#isMerged[index] = merged;
        isChanged = true;
      }
      if (!isFresh) continue;
      if (book.priceScale > priceScale) priceScale = book.priceScale;
      if (book.quantityScale > quantityScale) quantityScale = book.quantityScale;
    }
    if (priceScale === this.#priceScale && quantityScale === this.#quantityScale) return isChanged;
    this.#priceScale = priceScale;
    this.#quantityScale = quantityScale;
    return true;
  }

  /** True if a top was copied. */
  #copyTops(side: MergedSide, versions: Float64Array, all: boolean): boolean {
    let isMoved = all;
    const isBids = side === this.#bids;
    for (let index = 0; index < this.venues.length; index++) {
      const venue = this.venues[index]!;
      const version = isBids ? venue.bidsVersion : venue.asksVersion;
      if (!all && version === versions[index]) continue;
      versions[index] = version;
      isMoved = true;
      const top = side.tops[index]!;
      const { book } = venue;
      if (!venue.isFresh) top.clear();
      else {
        const priceShift = this.#priceScale - book.priceScale;
        const quantityShift = this.#quantityScale - book.quantityScale;
        top.copy(isBids ? book.bids : book.asks, this.depth, priceShift, quantityShift);
      }
    }
    return isMoved;
  }

  #mergeSide(side: MergedSide): boolean {
    const isBids = side === this.#bids;
    for (let index = 0; index < this.venues.length; index++) {
      if (this.#isMerged[index] === 0) continue;
      const { book } = this.venues[index]!;
      side.tops[index]!.bound(isBids ? book.bids : book.asks, this.depth, this.#bounds);
    }
    return side.merge();
  }

  /** Bounds around the median of the middles of the merged venues. */
  #setBounds(): void {
    const middles = this.#middles;
    middles.length = 0;
    for (let index = 0; index < this.venues.length; index++) {
      const bids = this.#bids.tops[index]!;
      const asks = this.#asks.tops[index]!;
      if (!bids.isEmpty && !asks.isEmpty) insertSorted(middles, (bids.best + asks.best) / 2);
    }
    if (middles.length < JUDGES_MIN) {
      this.#bounds.low = Number.NEGATIVE_INFINITY;
      this.#bounds.high = Number.POSITIVE_INFINITY;
      return;
    }
    const half = middles.length >> 1;
    const median = middles.length % 2 === 1 ? middles[half]! : (middles[half - 1]! + middles[half]!) / 2;
    this.#bounds.low = median / this.#absurdFactor;
    this.#bounds.high = median * this.#absurdFactor;
  }

  #countFiltered(): void {
    for (let index = 0; index < this.venues.length; index++) {
      const bids = this.#bids.tops[index]!;
      const asks = this.#asks.tops[index]!;
      const absurd = bids.start + asks.start;
      this.#absurd[index]! += Math.max(0, absurd - this.#absurdNow[index]!);
      this.#absurdNow[index] = absurd;
      this.#unfit[index] = bids.unfitCount + asks.unfitCount;
    }
  }

  #spreadMantissa(): bigint | undefined {
    if (this.bids.count === 0 || this.asks.count === 0) return undefined;
    return this.asks.levels.price(0) - this.bids.levels.price(0);
  }
}

function insertSorted(values: number[], value: number): void {
  let at = values.length;
  values.push(value);
  while (at > 0 && values[at - 1]! > value) {
    values[at] = values[at - 1]!;
    at--;
  }
  values[at] = value;
}

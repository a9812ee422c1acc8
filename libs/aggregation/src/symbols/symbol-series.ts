import { DECIMAL_SCALE_MAX } from "@ims/common";
import type { v2 } from "@ims/sbe";
import { powerOfTen } from "../numbers/half-even.js";
import { readBig, writeBig } from "../numbers/limbs.js";
import type { AveragePlan } from "../plan/average-plan.js";
import { Fronts } from "../windows/fronts.js";
import { HalfLives } from "../windows/half-lives.js";
import type { TradeInput } from "../windows/trade-input.js";
import { WindowPool } from "../windows/window-pool.js";
import { WindowSeries } from "../windows/window-series.js";
import { fitsScaled, Slot, scaleUp } from "../windows/window-slots.js";

const TWO_32 = 2 ** 32;
const NO_HALF_LIVES = new HalfLives([]);
const INT64_END = 1n << 63n;
const cell = new Float64Array(2);

/** What the symbols of a table share. */
export class SeriesStores {
  readonly halfLives: HalfLives;
  readonly fronts: Fronts;
  /** Windows of the shortest length, which have the weights of the half-lives. */
  readonly shortest: WindowPool;
  readonly others = new WindowPool(Slot.WEIGHTED);

  constructor(plan: AveragePlan) {
    this.halfLives = new HalfLives(plan.halfLives);
    this.fronts = new Fronts(plan.windows.length, this.halfLives);
    this.shortest = new WindowPool(Slot.WEIGHTED + plan.halfLives.length * 2);
  }
}

/**
 * All windows of one symbol of one venue, with its scales: they begin at 0 and only grow, to the finest of its regular
 * trades. One that is left out changes nothing of them.
 */
export class SymbolSeries {
  /** The name as records have it: 32 octets, zero-padded; and as eight words. */
  readonly name = new Uint8Array(32);
  readonly nameWords = new Int32Array(this.name.buffer);
  instrumentId = 0;
  exchangeId = 0;
  priceScale = 0;
  quantityScale = 0;
  /** One for each window length of the plan. */
  readonly series: readonly WindowSeries[];
  private settledMicros = 0;
  private readonly fronts: Fronts;

  constructor(
    plan: AveragePlan,
    stores: SeriesStores,
    /** Where its front is. */
    readonly place: number,
  ) {
    this.fronts = stores.fronts;
    this.series = plan.windows.map((length, index) =>
      index === 0
        ? new WindowSeries(length, stores.halfLives, plan, stores.shortest)
        : new WindowSeries(length, NO_HALF_LIVES, plan, stores.others),
    );
  }

  /** Event time of its youngest trade; 0 = it had none. */
  get lastMicros(): number {
    const { fronts, place } = this;
    return fronts.isOpen(place) ? Math.max(this.settledMicros, fronts.lastMicros(place)) : this.settledMicros;
  }

  set lastMicros(micros: number) {
    this.settledMicros = micros;
  }

  /** Brings the windows up to date: before anything but the front takes a trade, and before they are looked at. */
  settle(): void {
    const { fronts, place } = this;
    if (!fronts.isOpen(place)) return;
    this.settledMicros = this.lastMicros;
    fronts.settle(place, this.series);
  }

  /** Gives up all it holds of what symbols share. */
  release(): void {
    this.settle();
    for (const series of this.series) series.clear();
  }

  /** Lets the front take what comes next, if the windows allow it. */
  openFront(): void {
    this.fronts.open(this.place, this.series, this.priceScale, this.quantityScale);
  }

  /** Settles the front if one of its windows begins before `boundary`, a multiple of the window's length. */
  settleBefore(boundary: number): void {
    if (this.fronts.lastMicros(this.place) < boundary) this.settle();
  }

  /**
   * Takes price and quantity over at this symbol's scales, making them finer where the trade is.
   * @returns false for what is not above 0, has a scale beyond 18 or does not fit into int64; nothing has changed then
   */
  read(values: v2.TradeValues, trade: TradeInput): boolean {
    const { priceHi, quantityHi } = values;
    const priceLo = values.priceLo >>> 0;
    const quantityLo = values.quantityLo >>> 0;
    if (priceHi < 0 || (priceHi === 0 && priceLo === 0)) return false;
    if (quantityHi < 0 || (quantityHi === 0 && quantityLo === 0)) return false;
    trade.priceLo = (priceHi & 0xfffff) * TWO_32 + priceLo;
    trade.priceHi = priceHi >>> 20;
    trade.quantityLo = (quantityHi & 0xfffff) * TWO_32 + quantityLo;
    trade.quantityHi = quantityHi >>> 20;
    if (values.priceScale !== this.priceScale || values.quantityScale !== this.quantityScale) {
      if (!this.align(values.priceScale, values.quantityScale, trade)) return false;
    }
    trade.price = trade.priceLo + trade.priceHi * 2 ** 52;
    return true;
  }

  private align(priceScale: number, quantityScale: number, trade: TradeInput): boolean {
    if (priceScale > DECIMAL_SCALE_MAX || quantityScale > DECIMAL_SCALE_MAX) return false;
    const price = scaled(trade.priceLo, trade.priceHi, this.priceScale - priceScale);
    const quantity = scaled(trade.quantityLo, trade.quantityHi, this.quantityScale - quantityScale);
    if (price === undefined || quantity === undefined) return false;
    if (
      !this.refine(Math.max(0, priceScale - this.priceScale), Math.max(0, quantityScale - this.quantityScale))
    ) {
      return false;
    }
    writeBig(cell, 0, price, 2);
    trade.priceLo = cell[0]!;
    trade.priceHi = cell[1]!;
    writeBig(cell, 0, quantity, 2);
    trade.quantityLo = cell[0]!;
    trade.quantityHi = cell[1]!;
    return true;
  }

  /** More digits for all that is held, or for nothing of it. */
  private refine(priceDigits: number, quantityDigits: number): boolean {
    if (priceDigits === 0 && quantityDigits === 0) return true;
    this.settle();
    const priceFactor = powerOfTen(priceDigits);
    const quantityFactor = powerOfTen(quantityDigits);
    for (const series of this.series) {
      writePair(series.carryLo, series.carryHi);
      if (readBig(cell, 0, 2) * priceFactor >= INT64_END) return false;
      if (!series.windows.every((slots) => fitsScaled(slots, priceFactor, quantityFactor))) return false;
    }
    for (const series of this.series) {
      for (const slots of series.windows) scaleUp(slots, priceFactor, quantityFactor);
      writePair(series.carryLo, series.carryHi);
      writeBig(cell, 0, readBig(cell, 0, 2) * priceFactor, 2);
      series.carryLo = cell[0]!;
      series.carryHi = cell[1]!;
      for (let at = 0; at < series.totals.length; at += 2) series.totals[at]! *= Number(priceFactor);
    }
    this.priceScale += priceDigits;
    this.quantityScale += quantityDigits;
    return true;
  }
}

/** The value with so many more digits; `undefined` beyond int64. */
function scaled(lo: number, hi: number, digits: number): bigint | undefined {
  writePair(lo, hi);
  const value = readBig(cell, 0, 2) * (digits > 0 ? powerOfTen(digits) : 1n);
  return value < INT64_END ? value : undefined;
}

function writePair(lo: number, hi: number): void {
  cell[0] = lo;
  cell[1] = hi;
}

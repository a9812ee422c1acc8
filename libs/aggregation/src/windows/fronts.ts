import { Aggressor } from "@ims/common";
import type { v2 } from "@ims/sbe";
import { addLimbs, addProduct, addValue, FACTOR_END, LIMB } from "../numbers/limbs.js";
import type { HalfLives } from "./half-lives.js";
import type { WindowSeries } from "./window-series.js";
import { INT64_LIMB, isAbove, isBelow, Slot, squaredReturn } from "./window-slots.js";

/**
 * Places of one front in the shared Float64Array. Names ending in SUM begin three limbs (numbers/limbs.ts); all other
 * numbers are below 2^52, in one place each.
 */
const Front = {
  /** Event time of the youngest trade of all its windows. */
  LAST_TIME: 0,
  /** Trades from LAST_TIME to before this moment lie in every window of the front; 0 = it is closed. */
  END: 1,
  /** Price scale × 256 + quantity scale of the symbol. */
  SCALES: 2,
  CLOSE: 3,
  /** From here on what has come since the front was opened, and is in none of the windows yet. */
  COUNT: 4,
  VOLUME: 5,
  PRICES: 6,
  BUY: 7,
  SELL: 8,
  HIGH: 9,
  LOW: 10,
  AMOUNT_SUM: 11,
  TIME_SUM: 14,
  /** End of the window of the shortest length, which the weights of the half-lives are as of. */
  WEIGHTS_END: 17,
  /** From here one place for each length: sums of doubles depend on their order, so each window has its own. */
  SQUARES: 18,
} as const;

/** Upper word of an int64 from which on it is 2^51 or more. */
const FACTOR_END_HI = FACTOR_END / 2 ** 32;
const FIRST_SYMBOLS = 64;
const LINE = 8;

/**
 * The youngest windows of all lengths of each symbol, as far as trades change them alike: a trade in order of time adds
 * the same to each, so it is added once, to a few neighbouring lines of one array, and handed to the windows together with
 * others. A front is open while its windows are, have the same last trade, and no number comes near a border; whatever is
 * not the usual trade settles it first and goes to each window. The outcome is the same to the last bit: sums are
 * exact, and what is not (squares of returns, weights of half-lives) is carried on in the order of the trades.
 */
export class Fronts {
  private slots: Float64Array;
  private readonly stride: number;
  private readonly weightsAt: number;

  constructor(
    private readonly lengths: number,
    private readonly halfLives: HalfLives,
  ) {
    this.weightsAt = Front.SQUARES + lengths;
    this.stride = Math.ceil((this.weightsAt + halfLives.count * 2) / LINE) * LINE;
    this.slots = new Float64Array(FIRST_SYMBOLS * this.stride);
  }

  /** Makes room for the symbol of this place; all its fronts are closed. */
  reserve(place: number): void {
    const end = (place + 1) * this.stride;
    if (end <= this.slots.length) return;
    const larger = new Float64Array(Math.max(end, this.slots.length * 2));
    larger.set(this.slots);
    this.slots = larger;
  }

  isOpen(place: number): boolean {
    return this.slots[place * this.stride + Front.END]! > 0;
  }

  /** Event time of the youngest trade of an open front. */
  lastMicros(place: number): number {
    return this.slots[place * this.stride + Front.LAST_TIME]!;
  }

  /**
   * Adds a regular trade to the front.
   * @param time has its event time: a double handed over by itself would be allocated
   * @returns false, with nothing changed, where the trade is to go to each window itself
   */
  add(place: number, values: v2.TradeValues, time: { readonly micros: number }): boolean {
    const { slots } = this;
    const { micros } = time;
    const at = place * this.stride;
    const lastMicros = slots[at + Front.LAST_TIME]!;
    if (!(micros >= lastMicros && micros < slots[at + Front.END]!)) return false;
    if (values.priceScale * 256 + values.quantityScale !== slots[at + Front.SCALES]!) return false;
    const { priceHi, quantityHi } = values;
    if (priceHi < 0 || priceHi >= FACTOR_END_HI || quantityHi < 0 || quantityHi >= FACTOR_END_HI)
      return false;
    const price = priceHi * 2 ** 32 + (values.priceLo >>> 0);
    const quantity = quantityHi * 2 ** 32 + (values.quantityLo >>> 0);
    const volume = slots[at + Front.VOLUME]! + quantity;
    const prices = slots[at + Front.PRICES]! + price;
    if (price === 0 || quantity === 0 || volume >= LIMB || prices >= LIMB) return false;
    slots[at + Front.VOLUME] = volume;
    slots[at + Front.PRICES] = prices;
    slots[at + Front.COUNT]! += 1;
    if (values.aggressor === Aggressor.Buyer) slots[at + Front.BUY]! += quantity;
    else if (values.aggressor === Aggressor.Seller) slots[at + Front.SELL]! += quantity;
    addProduct(slots, at + Front.AMOUNT_SUM, price, 0, quantity, 0);
    const close = slots[at + Front.CLOSE]!;
    if (micros > lastMicros) {
      addProduct(slots, at + Front.TIME_SUM, close, 0, micros - lastMicros, 0);
      slots[at + Front.LAST_TIME] = micros;
    }
    if (price > slots[at + Front.HIGH]!) slots[at + Front.HIGH] = price;
    if (price < slots[at + Front.LOW]!) slots[at + Front.LOW] = price;
    if (price !== close) {
      slots[at + Front.CLOSE] = price;
      const square = squaredReturn(close, price);
      const end = at + this.weightsAt;
      for (let index = at + Front.SQUARES; index < end; index++) slots[index]! += square;
    }
    if (this.halfLives.count > 0) {
      this.halfLives.add(slots, at + this.weightsAt, price, slots[at + Front.WEIGHTS_END]! - micros);
    }
    return true;
  }

  /** Opens the closed front of a symbol if its youngest windows are such that trades to come change them alike. */
  open(place: number, series: readonly WindowSeries[], priceScale: number, quantityScale: number): void {
    const newest = series[0]!.youngestOpen();
    if (newest?.[Slot.CLOSE_LO + 1] !== 0) return;
    const { slots } = this;
    const at = place * this.stride;
    const lastMicros = newest[Slot.LAST_TIME]!;
    let end = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.lengths; index++) {
      const window = series[index]!.youngestOpen();
      if (!window || !isAlike(window, newest)) return;
      end = Math.min(end, window[Slot.START]! + series[index]!.lengthMicros);
      slots[at + Front.SQUARES + index] = window[Slot.SQUARES]!;
    }
    slots.fill(0, at + Front.COUNT, at + Front.SQUARES);
    slots[at + Front.LAST_TIME] = lastMicros;
    slots[at + Front.END] = end;
    slots[at + Front.SCALES] = priceScale * 256 + quantityScale;
    slots[at + Front.CLOSE] = newest[Slot.CLOSE_LO]!;
    slots[at + Front.LOW] = Number.POSITIVE_INFINITY;
    slots[at + Front.WEIGHTS_END] = newest[Slot.START]! + series[0]!.lengthMicros;
    for (let index = 0; index < this.halfLives.count * 2; index++) {
      slots[at + this.weightsAt + index] = newest[Slot.WEIGHTED + index]!;
    }
  }

  /** Hands what has come to the windows and closes the front; to be called before anything else looks at them. */
  settle(place: number, series: readonly WindowSeries[]): void {
    const { slots } = this;
    const at = place * this.stride;
    if (slots[at + Front.END] === 0) return;
    slots[at + Front.END] = 0;
    if (slots[at + Front.COUNT] === 0) return;
    for (let index = 0; index < this.lengths; index++) {
      const window = series[index]!.youngestOpen()!;
      addFront(window, slots, at);
      window[Slot.SQUARES] = slots[at + Front.SQUARES + index]!;
    }
    const newest = series[0]!.youngestOpen()!;
    for (let index = 0; index < this.halfLives.count * 2; index++) {
      newest[Slot.WEIGHTED + index] = slots[at + this.weightsAt + index]!;
    }
  }
}

/** Whether the next trade changes both windows alike, and no volume below 2^52 takes this one beyond int64. */
function isAlike(window: Float64Array, newest: Float64Array): boolean {
  return (
    window[Slot.LAST_TIME] === newest[Slot.LAST_TIME] &&
    window[Slot.CLOSE_LO] === newest[Slot.CLOSE_LO] &&
    window[Slot.CLOSE_LO + 1] === 0 &&
    window[Slot.VOLUME_LO + 1]! + 1 < INT64_LIMB
  );
}

/** All that is exact. */
function addFront(window: Float64Array, slots: Float64Array, at: number): void {
  const count = slots[at + Front.COUNT]!;
  window[Slot.COUNT]! += count;
  window[Slot.RETURNS]! += count;
  window[Slot.LAST_TIME] = slots[at + Front.LAST_TIME]!;
  window[Slot.CLOSE_LO] = slots[at + Front.CLOSE]!;
  const high = slots[at + Front.HIGH]!;
  const low = slots[at + Front.LOW]!;
  if (isAbove(high, 0, window, Slot.HIGH_LO)) setLow(window, Slot.HIGH_LO, high);
  if (isBelow(low, 0, window, Slot.LOW_LO)) setLow(window, Slot.LOW_LO, low);
  addValue(window, Slot.VOLUME_LO, slots[at + Front.VOLUME]!, 0);
  addValue(window, Slot.BUY_LO, slots[at + Front.BUY]!, 0);
  addValue(window, Slot.SELL_LO, slots[at + Front.SELL]!, 0);
  addValue(window, Slot.PRICES_LO, slots[at + Front.PRICES]!, 0);
  addLimbs(window, Slot.AMOUNT_SUM, slots, at + Front.AMOUNT_SUM);
  addLimbs(window, Slot.TIME_SUM, slots, at + Front.TIME_SUM);
}

function setLow(window: Float64Array, at: number, value: number): void {
  window[at] = value;
  window[at + 1] = 0;
}

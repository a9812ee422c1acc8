import { Aggressor } from "@ims/common";
import { addProduct, addValue, readBig, writeBig } from "../numbers/limbs.js";
import type { TradeInput } from "./trade-input.js";

/**
 * Places of one window in its Float64Array: one flat array, so that adding a trade allocates nothing and a snapshot is a
 * copy. Names ending in LO begin a number of two limbs, in SUM one of three (numbers/limbs.ts).
 */
export const Slot = {
  START: 0,
  /** Trades in it, and those left out: prints away from the market or without room in int64. */
  COUNT: 1,
  EXCLUDED: 2,
  OPEN_LO: 3,
  HIGH_LO: 5,
  LOW_LO: 7,
  CLOSE_LO: 9,
  /** Event times of open and close. */
  FIRST_TIME: 11,
  LAST_TIME: 12,
  VOLUME_LO: 13,
  BUY_LO: 15,
  SELL_LO: 17,
  PRICES_LO: 19,
  /** Sum of price × quantity. */
  AMOUNT_SUM: 21,
  /** Sum of price × microseconds until the next trade, from the first to the last. */
  TIME_SUM: 24,
  /** Sum of squared logarithmic returns, and how many there are. */
  SQUARES: 27,
  RETURNS: 28,
  /** 1 = a trade came behind a younger one, or after the window was over. */
  LATE: 29,
  /** 0 = open, 1 = over and not published, 2 = published. */
  PHASE: 30,
  /** Last price before the window, known when it closes; 0 = none. */
  CARRY_LO: 31,
  /** From here two places for each half-life: weighted prices and weights as of the end of the window. */
  WEIGHTED: 33,
} as const;

export const Phase = { Open: 0, Over: 1, Published: 2 } as const;

/** Upper limb from which on a number of two limbs is beyond int64. */
export const INT64_LIMB = 2 ** 11;
const PRICES = [
  Slot.OPEN_LO,
  Slot.HIGH_LO,
  Slot.LOW_LO,
  Slot.CLOSE_LO,
  Slot.PRICES_LO,
  Slot.CARRY_LO,
] as const;
const QUANTITIES = [Slot.VOLUME_LO, Slot.BUY_LO, Slot.SELL_LO] as const;

/**
 * Adds a trade that lies in the window, apart from exponential averages.
 * @returns false, with the window as it was, if its volume would be beyond int64
 */
export function addTrade(slots: Float64Array, trade: TradeInput): boolean {
  const { quantityLo, quantityHi, priceLo, priceHi, micros } = trade;
  const volumeLo = slots[Slot.VOLUME_LO]! + quantityLo;
  if (slots[Slot.VOLUME_LO + 1]! + quantityHi + (volumeLo >= 2 ** 52 ? 1 : 0) >= INT64_LIMB) return false;
  addValue(slots, Slot.VOLUME_LO, quantityLo, quantityHi);
  if (trade.aggressor === Aggressor.Buyer) addValue(slots, Slot.BUY_LO, quantityLo, quantityHi);
  else if (trade.aggressor === Aggressor.Seller) addValue(slots, Slot.SELL_LO, quantityLo, quantityHi);
  addValue(slots, Slot.PRICES_LO, priceLo, priceHi);
  addProduct(slots, Slot.AMOUNT_SUM, priceLo, priceHi, quantityLo, quantityHi);
  if (slots[Slot.COUNT]!++ === 0) {
    slots[Slot.FIRST_TIME] = slots[Slot.LAST_TIME] = micros;
    for (const at of [Slot.OPEN_LO, Slot.HIGH_LO, Slot.LOW_LO, Slot.CLOSE_LO]) setPrice(slots, at, trade);
    return true;
  }
  if (isAbove(priceLo, priceHi, slots, Slot.HIGH_LO)) setPrice(slots, Slot.HIGH_LO, trade);
  else if (isBelow(priceLo, priceHi, slots, Slot.LOW_LO)) setPrice(slots, Slot.LOW_LO, trade);
  if (micros >= slots[Slot.LAST_TIME]!) append(slots, trade);
  else prepend(slots, trade);
  return true;
}

/** The usual case: not older than any trade of the window. */
function append(slots: Float64Array, trade: TradeInput): void {
  const closeLo = slots[Slot.CLOSE_LO]!;
  const closeHi = slots[Slot.CLOSE_LO + 1]!;
  const elapsed = trade.micros - slots[Slot.LAST_TIME]!;
  if (elapsed > 0) addProduct(slots, Slot.TIME_SUM, closeLo, closeHi, elapsed, 0);
  slots[Slot.RETURNS]!++;
  if (closeLo !== trade.priceLo || closeHi !== trade.priceHi) {
    slots[Slot.SQUARES]! += squaredReturn(closeLo + closeHi * 2 ** 52, trade.price);
    setPrice(slots, Slot.CLOSE_LO, trade);
  }
  slots[Slot.LAST_TIME] = trade.micros;
}

/**
 * A trade older than the last one. It becomes the first if it is older than that, too; between the two it has no part in
 * what is weighted by time or made of returns, which would need all trades of the window.
 */
function prepend(slots: Float64Array, trade: TradeInput): void {
  slots[Slot.LATE] = 1;
  const until = slots[Slot.FIRST_TIME]! - trade.micros;
  if (until <= 0) return;
  addProduct(slots, Slot.TIME_SUM, trade.priceLo, trade.priceHi, until, 0);
  slots[Slot.RETURNS]!++;
  slots[Slot.SQUARES]! += squaredReturn(
    trade.price,
    slots[Slot.OPEN_LO]! + slots[Slot.OPEN_LO + 1]! * 2 ** 52,
  );
  setPrice(slots, Slot.OPEN_LO, trade);
  slots[Slot.FIRST_TIME] = trade.micros;
}

/** (ln(to / from))². */
export function squaredReturn(from: number, to: number): number {
  const ratio = Math.log(to / from);
  return ratio * ratio;
}

/** Whether every number of the window stays in int64 when prices and quantities get so many times as many units. */
export function fitsScaled(slots: Float64Array, priceFactor: bigint, quantityFactor: bigint): boolean {
  const end = 1n << 63n;
  return (
    readBig(slots, Slot.HIGH_LO, 2) * priceFactor < end &&
    readBig(slots, Slot.CARRY_LO, 2) * priceFactor < end &&
    readBig(slots, Slot.VOLUME_LO, 2) * quantityFactor < end
  );
}

/** Makes prices and quantities finer: the same values in more units. */
export function scaleUp(slots: Float64Array, priceFactor: bigint, quantityFactor: bigint): void {
  for (const at of PRICES) writeBig(slots, at, readBig(slots, at, 2) * priceFactor, 2);
  for (const at of QUANTITIES) writeBig(slots, at, readBig(slots, at, 2) * quantityFactor, 2);
  writeBig(slots, Slot.AMOUNT_SUM, readBig(slots, Slot.AMOUNT_SUM, 3) * priceFactor * quantityFactor, 3);
  writeBig(slots, Slot.TIME_SUM, readBig(slots, Slot.TIME_SUM, 3) * priceFactor, 3);
  for (let at: number = Slot.WEIGHTED; at < slots.length; at += 2) slots[at]! *= Number(priceFactor);
}

function setPrice(slots: Float64Array, at: number, trade: TradeInput): void {
  slots[at] = trade.priceLo;
  slots[at + 1] = trade.priceHi;
}

/** Whether a price is above the one at `at`. */
export function isAbove(lo: number, hi: number, slots: Float64Array, at: number): boolean {
  const otherHi = slots[at + 1]!;
  return hi > otherHi || (hi === otherHi && lo > slots[at]!);
}

/** Whether a price is below the one at `at`. */
export function isBelow(lo: number, hi: number, slots: Float64Array, at: number): boolean {
  const otherHi = slots[at + 1]!;
  return hi < otherHi || (hi === otherHi && lo < slots[at]!);
}

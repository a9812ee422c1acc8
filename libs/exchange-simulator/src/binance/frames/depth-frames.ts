import type { BookSide } from "../../sources/synthetic/order-book.js";
import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarketName } from "../markets/market.js";
import type { PrintStyle } from "./print-style.js";
import { type TimeUnit, timeText } from "./time-text.js";

/** `st` of futures payloads: 1 USD-M, 2 COIN-M. */
export function productNumber(market: BinanceMarketName): 1 | 2 {
  return market === "coin-future" ? 2 : 1;
}

/** What the ids and times of a `depthUpdate` are. */
export interface DepthHead {
  readonly eventMicros: number;
  readonly sendMicros: number;
  readonly firstUpdateId: number;
  readonly lastUpdateId: number;
  /** Last id of the event before on the same stream; futures only. */
  readonly previousUpdateId: number;
}

/**
 * `<symbol>@depth…`, and on the futures partial depth too, which has the same keys. Spot key order recorded 2025-12,
 * USD-M 2026-09, COIN-M as USD-M. `bids` and `asks` are printed levels without the outer brackets.
 */
export function depthFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  head: DepthHead,
  bids: string,
  asks: string,
  unit: TimeUnit,
): string {
  const sent = timeText(head.sendMicros, unit);
  if (market === "spot") {
    return `{"e":"depthUpdate","E":${sent},"s":"${instrument.symbol}","U":${head.firstUpdateId},"u":${head.lastUpdateId},"b":[${bids}],"a":[${asks}]}`;
  }
  return `{"e":"depthUpdate","E":${sent},"T":${timeText(head.eventMicros, unit)},"s":"${instrument.symbol}","ps":"${instrument.pair}","U":${head.firstUpdateId},"u":${head.lastUpdateId},"pu":${head.previousUpdateId},"b":[${bids}],"a":[${asks}],"st":${productNumber(market)}}`;
}

/** Spot partial depth: neither symbol nor time, as recorded. Also the body of spot's REST depth. */
export function partialDepthFrame(lastUpdateId: number, bids: string, asks: string): string {
  return `{"lastUpdateId":${lastUpdateId},"bids":[${bids}],"asks":[${asks}]}`;
}

/** The best levels of a side, best first, as `["price","quantity"]` separated by commas. */
export function levelsText(style: PrintStyle, side: BookSide, levelsMax: number): string {
  let text = "";
  const end = Math.max(0, side.length - levelsMax);
  for (let at = side.length - 1; at >= end; at--) {
    text += `${text === "" ? "" : ","}["${style.price(side.prices[at]!)}","${style.quantity(side.quantities[at]!)}"]`;
  }
  return text;
}

/** Changed levels, bids falling on spot and rising on the futures, asks rising, as recorded. */
export function changesText(
  style: PrintStyle,
  changes: ReadonlyMap<number, number>,
  falling: boolean,
): string {
  const prices = [...changes.keys()].sort(falling ? (a, b) => b - a : (a, b) => a - b);
  let text = "";
  for (const price of prices) {
    text += `${text === "" ? "" : ","}["${style.price(price)}","${style.quantity(changes.get(price)!)}"]`;
  }
  return text;
}

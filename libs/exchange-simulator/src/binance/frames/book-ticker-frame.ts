import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarketName } from "../markets/market.js";
import type { PrintStyle } from "./print-style.js";
import { type TimeUnit, timeText } from "./time-text.js";

export interface BookTickerFrame {
  readonly eventMicros: number;
  readonly sendMicros: number;
  readonly bookUpdateId: number;
  readonly bid: number;
  readonly bidQuantity: number;
  readonly ask: number;
  readonly askQuantity: number;
}

/** `<symbol>@bookTicker`. Spot has neither `e` nor times; futures key order as recorded 2026-09. */
export function bookTickerFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  style: PrintStyle,
  top: BookTickerFrame,
  unit: TimeUnit,
): string {
  const levels = `"b":"${style.price(top.bid)}","B":"${style.quantity(top.bidQuantity)}","a":"${style.price(top.ask)}","A":"${style.quantity(top.askQuantity)}"`;
  if (market === "spot") return `{"u":${top.bookUpdateId},"s":"${instrument.symbol}",${levels}}`;
  const product = market === "coin-future" ? 2 : 1;
  return `{"e":"bookTicker","u":${top.bookUpdateId},"s":"${instrument.symbol}","ps":"${instrument.pair}",${levels},"T":${timeText(top.eventMicros, unit)},"E":${timeText(top.sendMicros, unit)},"st":${product}}`;
}

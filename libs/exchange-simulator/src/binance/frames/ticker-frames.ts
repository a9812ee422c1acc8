import type { DayTicker } from "../../sources/synthetic/day-window.js";
import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarketName } from "../markets/market.js";
import { productNumber } from "./depth-frames.js";
import type { PrintStyle } from "./print-style.js";
import { type TimeUnit, timeText } from "./time-text.js";

/** Change of the price in percent of the opening price, 3 decimals as the venue prints it; zero has no sign. */
export function percentText(ticker: DayTicker): string {
  const text = ((100 * (ticker.close - ticker.open)) / ticker.open).toFixed(3);
  return text === "-0.000" ? "0.000" : text;
}

/**
 * `<symbol>@ticker`. Key orders recorded 2022-05 (spot, USD-M, COIN-M); `ps` and `st` at the end of USD-M's, `ps` after
 * the symbol of COIN-M's, where its frames have had it since 2020. Only spot has x, b, B, a, A.
 */
export function tickerFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  style: PrintStyle,
  ticker: DayTicker,
  sendMicros: number,
  unit: TimeUnit,
): string {
  const coin = market === "coin-future";
  const spot = market === "spot";
  const head = `{"e":"24hrTicker","E":${timeText(sendMicros, unit)},"s":"${instrument.symbol}"${coin ? `,"ps":"${instrument.pair}"` : ""}`;
  const change = `"p":"${style.signedPrice(ticker.close - ticker.open)}","P":"${percentText(ticker)}","w":"${style.average(ticker.volume, ticker.quoteVolume)}"`;
  const before = spot ? `,"x":"${style.price(ticker.previousClose)}"` : "";
  const last = `"c":"${style.price(ticker.close)}","Q":"${style.quantity(ticker.lastQuantity)}"`;
  const top = spot
    ? `,"b":"${style.price(ticker.bid)}","B":"${style.quantity(ticker.bidQuantity)}","a":"${style.price(ticker.ask)}","A":"${style.quantity(ticker.askQuantity)}"`
    : "";
  const range = `"o":"${style.price(ticker.open)}","h":"${style.price(ticker.high)}","l":"${style.price(ticker.low)}","v":"${style.quantity(ticker.volume)}","q":"${style.quote(ticker.quoteVolume)}"`;
  const ids = `"O":${timeText(ticker.openMillis * 1000, unit)},"C":${timeText(ticker.closeMillis * 1000, unit)},"F":${ticker.firstTradeId},"L":${ticker.lastTradeId},"n":${ticker.tradeCount}`;
  const tail = spot ? "" : coin ? `,"st":2` : `,"ps":"${instrument.pair}","st":${productNumber(market)}`;
  return `${head},${change}${before},${last}${top},${range},${ids}${tail}}`;
}

/** `<symbol>@miniTicker`. Spot recorded 2026-01, COIN-M 2021-12 with `ps` after the symbol; USD-M has `ps` and `st` last. */
export function miniTickerFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  style: PrintStyle,
  ticker: DayTicker,
  sendMicros: number,
  unit: TimeUnit,
): string {
  const coin = market === "coin-future";
  const body = `"c":"${style.price(ticker.close)}","o":"${style.price(ticker.open)}","h":"${style.price(ticker.high)}","l":"${style.price(ticker.low)}","v":"${style.quantity(ticker.volume)}","q":"${style.quote(ticker.quoteVolume)}"`;
  const head = `{"e":"24hrMiniTicker","E":${timeText(sendMicros, unit)},"s":"${instrument.symbol}"`;
  if (market === "spot") return `${head},${body}}`;
  return coin
    ? `${head},"ps":"${instrument.pair}",${body},"st":2}`
    : `${head},${body},"ps":"${instrument.pair}","st":1}`;
}

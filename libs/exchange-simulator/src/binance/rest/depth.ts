import type { BookView, MarketSource } from "../../sources/market-source.js";
import { levelsText, partialDepthFrame } from "../frames/depth-frames.js";
import { PrintStyle } from "../frames/print-style.js";
import { type TimeUnit, timeText } from "../frames/time-text.js";
import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarket } from "../markets/market.js";
import type { Query } from "./query.js";
import { RestRefusal } from "./rest-answer.js";

/** The number of levels a depth request asks for; it decides the weight. */
export function depthLimit(market: BinanceMarket, query: Query): number {
  const { standard, max, only } = market.depthLimits;
  const limit = query.limit(standard, max, only ? "refuse" : "cut");
  if (only && !only.includes(limit)) throw new RestRefusal(-4021, `${limit} is not valid depth limit.`);
  return limit;
}

/** `depth`: the best levels now, or as they were so many update ids ago (a fault). Spot says neither time nor symbol, USD-M no symbol, COIN-M both. */
export function depth(
  market: BinanceMarket,
  source: MarketSource,
  query: Query,
  nowMillis: number,
  unit: TimeUnit,
  staleUpdates: number,
): string {
  const instrument = query.instrument();
  const limit = depthLimit(market, query);
  const recorded = source.recordedBody("depth", instrument.symbol);
  if (recorded !== undefined) return recorded;
  const past = staleUpdates > 0 ? source.bookAgo(instrument.symbol, staleUpdates) : undefined;
  const now = source.book(instrument.symbol);
  const view = now && past ? { ...now, ...past } : now;
  return view ? depthBody(market, instrument, view, limit, nowMillis, unit) : partialDepthFrame(0, "", "");
}

/** The body for any book of the symbol, also for one of the past. */
export function depthBody(
  market: BinanceMarket,
  instrument: SimulatedInstrument,
  view: BookView,
  limit: number,
  nowMillis: number,
  unit: TimeUnit,
): string {
  const style = new PrintStyle(market, instrument);
  const bids = levelsText(style, view.book.bids, limit);
  const asks = levelsText(style, view.book.asks, limit);
  if (market.name === "spot") return partialDepthFrame(view.updateId, bids, asks);
  const names =
    market.name === "coin-future" ? `"symbol":"${instrument.symbol}","pair":"${instrument.pair}",` : "";
  return `{"lastUpdateId":${view.updateId},"E":${nowMillis},"T":${timeText(view.eventMicros, unit)},${names}"bids":[${bids}],"asks":[${asks}]}`;
}

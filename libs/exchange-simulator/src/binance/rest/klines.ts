import type { MarketSource } from "../../sources/market-source.js";
import { klineRow } from "../frames/kline-frame.js";
import { PrintStyle } from "../frames/print-style.js";
import type { TimeUnit } from "../frames/time-text.js";
import type { BinanceMarket } from "../markets/market.js";
import type { Query } from "./query.js";
import { RestRefusal } from "./rest-answer.js";

const ROWS_DEFAULT = 500;

/** The number of rows a klines request asks for; it decides the weight on the futures. */
export function klineLimit(market: BinanceMarket, query: Query): number {
  return query.limit(ROWS_DEFAULT, market.klineRowsMax, market.limitAboveMax);
}

/** `klines`: rows of 12, ordered by open time. */
export function klines(market: BinanceMarket, source: MarketSource, query: Query, unit: TimeUnit): string {
  const instrument = query.instrument();
  const interval = query.required("interval");
  if (!market.intervals.includes(interval)) throw new RestRefusal(-1120, "Invalid interval.");
  const startMillis = query.millis("startTime");
  const endMillis = query.millis("endTime");
  if (startMillis !== undefined && endMillis !== undefined) {
    if (market.klineSpanMillisMax !== undefined && endMillis - startMillis > market.klineSpanMillisMax) {
      const days = market.klineSpanMillisMax / 86_400_000;
      throw new RestRefusal(-4088, `Maximum time interval is ${days} days.`);
    }
  }
  const limit = klineLimit(market, query);
  const rows = source.klines(instrument.symbol, { interval, limit, startMillis, endMillis });
  const style = new PrintStyle(market, instrument);
  return `[${rows.map(({ bar, closeMillis }) => klineRow(style, bar, closeMillis, unit)).join(",")}]`;
}

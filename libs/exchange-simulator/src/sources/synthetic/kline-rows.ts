import { barOpen, nextBarOpen, previousBarOpen } from "../../binance/markets/intervals.js";
import type { KlineQuery, KlineRow } from "../market-source.js";
import type { BarSeries } from "./bar-series.js";

/**
 * Rows for a klines request by the venue's list rules: without times the most recent; with a start the oldest from
 * there; with an end only the most recent up to there; with both the oldest from the start, cut at the end. Times
 * compare with the open time. Spot REST, "Kline/Candlestick data".
 */
export function klineRows(series: BarSeries, query: KlineQuery): KlineRow[] {
  const { interval, limit, startMillis, endMillis } = query;
  const firstOpen = barOpen(interval, series.firstOpen);
  const lastOpen = Math.min(
    barOpen(interval, series.current.openMillis),
    endMillis === undefined ? Number.POSITIVE_INFINITY : endMillis,
  );
  const opens: number[] = [];
  if (startMillis === undefined) {
    for (
      let open = barOpen(interval, lastOpen);
      open >= firstOpen && opens.length < limit;
      open = previousBarOpen(interval, open)
    ) {
      opens.push(open);
    }
    opens.reverse();
  } else {
    let open = barOpen(interval, Math.max(startMillis, firstOpen));
    if (open < startMillis) open = nextBarOpen(interval, open);
    for (; open <= lastOpen && opens.length < limit; open = nextBarOpen(interval, open)) opens.push(open);
  }
  return opens.map((open) => ({
    bar: series.aggregate(interval, open),
    closeMillis: nextBarOpen(interval, open) - 1,
  }));
}

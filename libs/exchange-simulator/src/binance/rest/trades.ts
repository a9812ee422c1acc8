import type { MarketSource } from "../../sources/market-source.js";
import type { HistoryStart } from "../../sources/synthetic/event-history.js";
import { aggregateRuns, MarketEvent } from "../../sources/synthetic/market-event.js";
import { PrintStyle } from "../frames/print-style.js";
import { type TimeUnit, timeText } from "../frames/time-text.js";
import type { BinanceMarket } from "../markets/market.js";
import type { Query } from "./query.js";
import { RestRefusal } from "./rest-answer.js";

const ROWS_DEFAULT = 500;
const ROWS_MAX = 1000;

/** `trades` (the most recent) and `historicalTrades` (also from `fromId` on). Unusual prints are left out. */
export function trades(
  market: BinanceMarket,
  source: MarketSource,
  query: Query,
  unit: TimeUnit,
  historical: boolean,
): string {
  const instrument = query.instrument();
  const limit = query.limit(ROWS_DEFAULT, ROWS_MAX, market.limitAboveMax);
  const fromId = historical ? query.whole("fromId") : undefined;
  const lastIds = source.lastIds(instrument.symbol);
  if (!lastIds) return "[]";
  const style = new PrintStyle(market, instrument);
  const order = new MarketEvent();
  const rows: string[] = [];
  const coin = market.name === "coin-future";
  // Without an id the last `limit` ids; unusual prints among them make the list shorter.
  const firstId = fromId ?? lastIds.tradeId - limit + 1;
  source.visitOrders(instrument.symbol, { tradeId: firstId }, order, () => {
    if (order.origin !== "MARKET") return true;
    for (let fill = Math.max(0, firstId - order.firstTradeId); fill < order.fillCount; fill++) {
      if (rows.length === limit) return false;
      const quote = market.quoteUnits(instrument, order.prices[fill]!, order.quantities[fill]!);
      const best = market.name === "spot" ? `,"isBestMatch":true` : "";
      rows.push(
        `{"id":${order.firstTradeId + fill},"price":"${style.price(order.prices[fill]!)}","qty":"${style.quantity(order.quantities[fill]!)}","${coin ? "baseQty" : "quoteQty"}":"${style.quote(quote)}","time":${timeText(order.eventMicros, unit)},"isBuyerMaker":${order.buyerIsMaker}${best}}`,
      );
    }
    return true;
  });
  return `[${rows.join(",")}]`;
}

/** `aggTrades`: the most recent, from `fromId` on, or between two instants. */
export function aggregateTrades(
  market: BinanceMarket,
  source: MarketSource,
  query: Query,
  unit: TimeUnit,
): string {
  const instrument = query.instrument();
  const limit = query.limit(ROWS_DEFAULT, ROWS_MAX, market.limitAboveMax);
  const fromId = query.whole("fromId");
  const startMillis = query.millis("startTime");
  const endMillis = query.millis("endTime");
  if (fromId !== undefined && (startMillis !== undefined || endMillis !== undefined)) {
    throw new RestRefusal(-1128, "Combination of optional parameters invalid.");
  }
  const span = market.aggTradesSpanMillisMax;
  if (
    span !== undefined &&
    startMillis !== undefined &&
    endMillis !== undefined &&
    endMillis - startMillis > span
  ) {
    throw new RestRefusal(-4166, "Search window is restricted to recent 1 hour only.");
  }
  const lastIds = source.lastIds(instrument.symbol);
  if (!lastIds) return "[]";
  const order = new MarketEvent();
  const endMicros = endMillis === undefined ? Number.POSITIVE_INFINITY : (endMillis + 1) * 1000;
  const recentEnd = () =>
    firstAggregateAt(source, instrument.symbol, endMicros, order) ?? lastIds.aggregateId + 1;
  const start: HistoryStart =
    startMillis !== undefined
      ? { eventMicros: startMillis * 1000 }
      : { aggregateId: fromId ?? recentEnd() - limit };
  const firstId = "aggregateId" in start ? start.aggregateId : 0;
  const style = new PrintStyle(market, instrument);
  const best = market.name === "spot" ? `,"M":true` : "";
  const rows: string[] = [];
  source.visitOrders(instrument.symbol, start, order, () => {
    if (order.eventMicros >= endMicros) return false;
    for (const run of aggregateRuns(order)) {
      if (run.aggregateId < firstId) continue;
      if (rows.length === limit) return false;
      rows.push(
        `{"a":${run.aggregateId},"p":"${style.price(order.prices[run.from]!)}","q":"${style.quantity(run.quantity)}","f":${order.firstTradeId + run.from},"l":${order.firstTradeId + run.to - 1},"T":${timeText(order.eventMicros, unit)},"m":${order.buyerIsMaker}${best}}`,
      );
    }
    return rows.length < limit;
  });
  return `[${rows.join(",")}]`;
}

/** The aggregate id that the first order at or after an instant has, or would have; undefined if there is none yet. */
function firstAggregateAt(
  source: MarketSource,
  symbol: string,
  atMicros: number,
  order: MarketEvent,
): number | undefined {
  let found: number | undefined;
  if (atMicros === Number.POSITIVE_INFINITY) return undefined;
  source.visitOrders(symbol, { eventMicros: atMicros }, order, () => {
    found = order.firstAggregateId;
    return false;
  });
  return found;
}

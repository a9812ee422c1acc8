import type { TradeOrigin } from "../../binance/frames/trade-frames.js";

/** At most this many fills print for one taker order. */
export const FILLS_MAX = 12;

/**
 * One taker order and its fills, all at the same instant; reused by whoever walks. Fill i has trade id
 * `firstTradeId + i`. Neighbouring fills of one price make one aggregate trade; unusual prints make none.
 */
export class TakerOrder {
  eventMicros = 0;
  sendMicros = 0;
  buyerIsMaker = false;
  origin: TradeOrigin = "MARKET";
  firstTradeId = 0;
  firstAggregateId = 0;
  fillCount = 0;
  readonly prices: number[] = new Array<number>(FILLS_MAX).fill(0);
  readonly quantities: number[] = new Array<number>(FILLS_MAX).fill(0);
  /** Best prices and sizes after the order. */
  bookUpdateId = 0;
  bid = 0;
  bidQuantity = 0;
  ask = 0;
  askQuantity = 0;
}

/** A run of fills `[from, to)` of equal price: one aggregate trade. */
export interface AggregateRun {
  readonly aggregateId: number;
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
}

/** Aggregate trades of an order in printing order; empty for unusual prints. */
export function aggregateRuns(order: TakerOrder): AggregateRun[] {
  const runs: AggregateRun[] = [];
  if (order.origin !== "MARKET") return runs;
  for (let from = 0; from < order.fillCount; ) {
    let to = from;
    let quantity = 0;
    while (to < order.fillCount && order.prices[to] === order.prices[from])
      quantity += order.quantities[to++]!;
    runs.push({ aggregateId: order.firstAggregateId + runs.length, from, to, quantity });
    from = to;
  }
  return runs;
}

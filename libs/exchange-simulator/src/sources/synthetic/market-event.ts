import type { TradeOrigin } from "../../binance/frames/trade-frames.js";

/** At most this many fills print for one taker order. */
export const FILLS_MAX = 12;
/** A maker's order changes at most its own level and the one it pushes out. */
const CHANGES_MAX = FILLS_MAX + 2;

/**
 * One thing that happened at the matching engine: a taker order with its fills, a print outside the book, or a maker's
 * order. Reused by whoever walks. Fill i has trade id `firstTradeId + i`. Neighbouring fills of one price make one
 * aggregate trade; unusual prints make none and change no level.
 */
export class MarketEvent {
  eventMicros = 0;
  sendMicros = 0;
  buyerIsMaker = false;
  origin: TradeOrigin = "MARKET";
  /** The taker order closed somebody's position by force. */
  liquidation = false;
  firstTradeId = 0;
  firstAggregateId = 0;
  /** 0 for a maker's order. */
  fillCount = 0;
  readonly prices: number[] = new Array<number>(FILLS_MAX).fill(0);
  readonly quantities: number[] = new Array<number>(FILLS_MAX).fill(0);
  /** Changes of levels in the order in which they happened, each with its update id. */
  changeCount = 0;
  readonly changeIds: number[] = new Array<number>(CHANGES_MAX).fill(0);
  readonly changeIsBid: boolean[] = new Array<boolean>(CHANGES_MAX).fill(false);
  readonly changePrices: number[] = new Array<number>(CHANGES_MAX).fill(0);
  /** Absolute; 0 removes the level. */
  readonly changeQuantities: number[] = new Array<number>(CHANGES_MAX).fill(0);
  readonly changeBefore: number[] = new Array<number>(CHANGES_MAX).fill(0);
  /** Whether a best price or its size is another than before. */
  topChanged = false;
  /** Last update id of the book, and its top, after the event. */
  bookUpdateId = 0;
  bid = 0;
  bidQuantity = 0;
  ask = 0;
  askQuantity = 0;

  get lastTradeId(): number {
    return this.firstTradeId + this.fillCount - 1;
  }

  addChange(id: number, isBid: boolean, price: number, quantity: number, before: number): void {
    const at = this.changeCount++;
    this.changeIds[at] = id;
    this.changeIsBid[at] = isBid;
    this.changePrices[at] = price;
    this.changeQuantities[at] = quantity;
    this.changeBefore[at] = before;
  }
}

/** A run of fills `[from, to)` of equal price: one aggregate trade. */
export interface AggregateRun {
  readonly aggregateId: number;
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
}

/** Aggregate trades of an order in printing order; empty for unusual prints and makers' orders. */
export function aggregateRuns(event: MarketEvent): AggregateRun[] {
  const runs: AggregateRun[] = [];
  if (event.origin !== "MARKET") return runs;
  for (let from = 0; from < event.fillCount; ) {
    let to = from;
    let quantity = 0;
    while (to < event.fillCount && event.prices[to] === event.prices[from])
      quantity += event.quantities[to++]!;
    runs.push({ aggregateId: event.firstAggregateId + runs.length, from, to, quantity });
    from = to;
  }
  return runs;
}

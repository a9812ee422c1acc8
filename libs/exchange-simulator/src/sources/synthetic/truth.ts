import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { SymbolTruth, TradeTruth } from "../../binance/simulator.js";
import type { EventHistory } from "./event-history.js";
import { aggregateRuns, MarketEvent } from "./market-event.js";

/** Adds up what a symbol traded, without rounding. */
export class TruthSum {
  #tradeCount = 0;
  #emptyTradeCount = 0;
  #firstTradeId = 0;
  #lastTradeId = 0;
  #quantitySum = 0n;
  #priceQuantitySum = 0n;

  /** Adds fills `[from, to)` of an order. */
  add(order: MarketEvent, from = 0, to = order.fillCount): void {
    if (to <= from) return;
    if (this.#tradeCount + this.#emptyTradeCount === 0) this.#firstTradeId = order.firstTradeId + from;
    this.#lastTradeId = order.firstTradeId + to - 1;
    if (order.origin === "NA") {
      this.#emptyTradeCount += to - from;
      return;
    }
    this.#tradeCount += to - from;
    for (let fill = from; fill < to; fill++) {
      const quantity = BigInt(order.quantities[fill]!);
      this.#quantitySum += quantity;
      this.#priceQuantitySum += quantity * BigInt(order.prices[fill]!);
    }
  }

  read(instrument: SimulatedInstrument): SymbolTruth {
    return {
      symbol: instrument.symbol,
      tradeCount: this.#tradeCount,
      emptyTradeCount: this.#emptyTradeCount,
      firstTradeId: this.#firstTradeId,
      lastTradeId: this.#lastTradeId,
      quantitySum: this.#quantitySum,
      priceQuantitySum: this.#priceQuantitySum,
      priceScale: instrument.priceScale,
      quantityScale: instrument.quantityScale,
    };
  }
}

/** The sums of an inclusive range of trade ids. */
export function truthBetween(
  history: EventHistory,
  instrument: SimulatedInstrument,
  fromTradeId: number,
  toTradeId: number,
): SymbolTruth {
  const sum = new TruthSum();
  const event = new MarketEvent();
  history.visit({ tradeId: fromTradeId }, event, () => {
    const from = Math.max(0, fromTradeId - event.firstTradeId);
    sum.add(event, from, Math.min(event.fillCount, toTradeId - event.firstTradeId + 1));
    return event.lastTradeId < toTradeId;
  });
  return sum.read(instrument);
}

/** Every trade of an inclusive range of ids. */
export function tradesBetween(history: EventHistory, fromTradeId: number, toTradeId: number): TradeTruth[] {
  const trades: TradeTruth[] = [];
  const event = new MarketEvent();
  history.visit({ tradeId: fromTradeId }, event, () => {
    const runs = aggregateRuns(event);
    for (let fill = 0; fill < event.fillCount; fill++) {
      const tradeId = event.firstTradeId + fill;
      if (tradeId < fromTradeId || tradeId > toTradeId) continue;
      trades.push({
        tradeId,
        aggregateId: runs.find(({ from, to }) => fill >= from && fill < to)?.aggregateId,
        price: event.prices[fill]!,
        quantity: event.quantities[fill]!,
        buyerIsMaker: event.buyerIsMaker,
        origin: event.origin,
        eventMicros: event.eventMicros,
      });
    }
    return event.lastTradeId < toTradeId;
  });
  return trades;
}

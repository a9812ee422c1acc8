import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { SymbolTruth } from "../../binance/simulator.js";
import type { MarketEvent } from "./market-event.js";

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

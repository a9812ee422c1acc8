import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { MarketEvent } from "./market-event.js";

/** A position closed by force, as its order was filled. Prices and quantities in the instrument's units. */
export interface Liquidation {
  readonly side: "BUY" | "SELL";
  /** Limit of the order: the price at which the position is bankrupt, worse than every fill. */
  readonly price: number;
  /** Of the fills, cut to whole price units. */
  readonly averagePrice: number;
  readonly quantity: number;
  readonly lastQuantity: number;
  readonly eventMicros: number;
}

/** Reads a liquidation out of an order with fills. */
export function liquidationOf(instrument: SimulatedInstrument, event: MarketEvent): Liquidation {
  let quantity = 0;
  let worth = 0n;
  for (let fill = 0; fill < event.fillCount; fill++) {
    quantity += event.quantities[fill]!;
    worth += BigInt(event.prices[fill]!) * BigInt(event.quantities[fill]!);
  }
  const last = event.fillCount - 1;
  const lastPrice = event.prices[last]!;
  const away = Math.max(1, Math.round(lastPrice / instrument.tickUnits / 80)) * instrument.tickUnits;
  return {
    side: event.buyerIsMaker ? "SELL" : "BUY",
    price: event.buyerIsMaker ? Math.max(instrument.tickUnits, lastPrice - away) : lastPrice + away,
    averagePrice: Number(worth / BigInt(quantity)),
    quantity,
    lastQuantity: event.quantities[last]!,
    eventMicros: event.eventMicros,
  };
}

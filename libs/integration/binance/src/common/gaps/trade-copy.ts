import { MantissaCell, TradeKind } from "@ims/common";
import type { TradeFields } from "@ims/traits";

export function createTradeFields(): TradeFields {
  return {
    instrumentId: 0,
    tradeId: 0,
    firstTradeId: 0,
    lastTradeId: 0,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    price: new MantissaCell(),
    quantity: new MantissaCell(),
    aggressor: 0,
    kind: TradeKind.Regular,
  };
}

/** A trade that outlives the call in which it was passed. */
export function copyTrade(trade: TradeFields): TradeFields {
  const price = new MantissaCell();
  const quantity = new MantissaCell();
  copyCell(trade.price, price);
  copyCell(trade.quantity, quantity);
  return { ...trade, price, quantity };
}

function copyCell(from: MantissaCell, to: MantissaCell): void {
  to.lo = from.lo;
  to.hi = from.hi;
  to.scale = from.scale;
}

import { MantissaCell } from "@ims/common";
import type { TradeFields } from "@ims/traits";

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

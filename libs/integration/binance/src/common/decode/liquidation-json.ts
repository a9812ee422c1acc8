import { OrderStatus, Side } from "@ims/common";
import {
  asObject,
  atScale,
  commonScale,
  type JsonObject,
  readExact,
  readExactIfGiven,
  readText,
  requireTime,
  Unusable,
} from "@ims/integration-kit";
import type { LiquidationFields } from "@ims/traits";
import type { InstrumentFeed } from "./instrument-feed.js";

const SIDES = new Map<string, Side>([
  ["BUY", Side.Buy],
  ["SELL", Side.Sell],
]);

const STATUSES = new Map<string, OrderStatus>([
  ["NEW", OrderStatus.New],
  ["PARTIALLY_FILLED", OrderStatus.PartiallyFilled],
  ["FILLED", OrderStatus.Filled],
  ["CANCELED", OrderStatus.Canceled],
  ["EXPIRED", OrderStatus.Expired],
  ["REJECTED", OrderStatus.Rejected],
]);

/** The order of a forceOrder record, which holds symbol and product. */
export function liquidationOrder(record: JsonObject): JsonObject {
  const order = asObject(record.o);
  if (!order) throw new Unusable("missing-field", "o is missing or not an object");
  return order;
}

/** Fills `liquidation`, all but the receive time, from a parsed forceOrder record [Liquidation Order Streams]. */
export function readLiquidation(
  record: JsonObject,
  { instrument, instrumentId }: InstrumentFeed,
  liquidation: LiquidationFields,
): void {
  const order = liquidationOrder(record);
  liquidation.instrumentId = instrumentId;
  liquidation.sendMicros = requireTime(record, "E");
  liquidation.eventMicros = requireTime(order, "T");
  const side = SIDES.get(readText(order, "S"));
  if (side === undefined) throw new Unusable("unexpected", "S is neither BUY nor SELL");
  liquidation.side = side;
  liquidation.status = STATUSES.get(readText(order, "X")) ?? OrderStatus.Unknown;
  const price = readExact(order, "p");
  const average = readExactIfGiven(order, "ap");
  const quantity = readExact(order, "q");
  const filled = readExact(order, "z");
  liquidation.priceScale = commonScale(average ? [price, average] : [price], instrument.priceScale, "p, ap");
  liquidation.quantityScale = commonScale([quantity, filled], instrument.quantityScale, "q, z");
  liquidation.price = atScale(price, liquidation.priceScale);
  // 0 stands for an order that has not been filled.
  liquidation.averagePrice =
    average === undefined || average.mantissa === 0n ? null : atScale(average, liquidation.priceScale);
  liquidation.quantity = atScale(quantity, liquidation.quantityScale);
  liquidation.filledQuantity = atScale(filled, liquidation.quantityScale);
}

import { Aggressor } from "@ims/common";
import { type JsonObject, readDecimal, readWhole, Unusable } from "@ims/integration-kit";
import type { TradeFields } from "@ims/traits";
import { readDigits, readSeconds } from "../decode/read-numbers.js";

/**
 * The `data` of a `trade` event (bitstamp.md section 3.1). Price and amount are read from their texts, exponents
 * included (`1E-8`): the numbers beside them carry the noise of floats. Throws `Unusable`.
 */
export function readStreamTrade(data: JsonObject, trade: TradeFields): void {
  setId(trade, readWhole(data, "id"));
  trade.eventMicros = readDigits(data, "microtimestamp");
  trade.flags = 0;
  readDecimal(data, "price_str", trade.price);
  readDecimal(data, "amount_str", trade.quantity);
  trade.aggressor = aggressorOf(readWhole(data, "type"));
}

/** A row of `/transactions/` (section 1): all texts, times of whole seconds. Throws `Unusable`. */
export function readListedTrade(row: JsonObject, trade: TradeFields): void {
  setId(trade, readDigits(row, "tid"));
  trade.eventMicros = readSeconds(row, "date");
  readDecimal(row, "price", trade.price);
  readDecimal(row, "amount", trade.quantity);
  trade.aggressor = aggressorOf(readDigits(row, "type"));
}

function setId(trade: TradeFields, tradeId: number): void {
  trade.tradeId = tradeId;
  trade.firstTradeId = tradeId;
  trade.lastTradeId = tradeId;
  trade.sendMicros = 0;
}

/** 0: the taker bought, 1: the taker sold. */
function aggressorOf(type: number): Aggressor {
  if (type === 0) return Aggressor.Buyer;
  if (type === 1) return Aggressor.Seller;
  throw new Unusable("unexpected", `type is ${type}, neither 0 nor 1`);
}

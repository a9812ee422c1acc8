import { Aggressor, TradeKind } from "@ims/common";
import {
  atScale,
  commonScale,
  type JsonObject,
  type OpenFeed,
  readText,
  Unusable,
} from "@ims/integration-kit";
import type { TradeFields } from "@ims/traits";
import { readCount, readNumber, readTimestamp } from "../json/number-fields.js";
import { fillHead } from "./deribit-feed.js";

/**
 * Fills a trade from a row of a channel or of a list (deribit.md section 5). Its id is `trade_seq`, which counts on per
 * instrument; `trade_id` is a text and does not. Throws `Unusable`.
 */
export function readTrade(row: JsonObject, feed: OpenFeed, receiveMicros: number, trade: TradeFields): void {
  const { priceScale, quantityScale, symbol } = feed.instrument;
  if (readText(row, "instrument_name") !== symbol)
    throw new Unusable("unknown-symbol", "instrument_name is another than the channel's");
  fillHead(trade, feed, readTimestamp(row, "timestamp"), receiveMicros);
  trade.tradeId = readCount(row, "trade_seq");
  trade.firstTradeId = trade.tradeId;
  trade.lastTradeId = trade.tradeId;
  const price = readNumber(row, "price");
  const amount = readNumber(row, "amount");
  if (amount.mantissa < 0n) throw new Unusable("bad-number", "amount is below zero");
  const ownPriceScale = commonScale([price], priceScale, "price");
  const ownQuantityScale = commonScale([amount], quantityScale, "amount");
  trade.price.setBigInt(atScale(price, ownPriceScale), ownPriceScale);
  trade.quantity.setBigInt(atScale(amount, ownQuantityScale), ownQuantityScale);
  trade.aggressor = aggressorOf(readText(row, "direction"));
  trade.kind = kindOf(row);
}

/** `direction` is the taker's. */
function aggressorOf(direction: string): Aggressor {
  if (direction === "buy") return Aggressor.Buyer;
  if (direction === "sell") return Aggressor.Seller;
  throw new Unusable("unexpected", "direction is neither buy nor sell");
}

function kindOf(row: JsonObject): TradeKind {
  if (typeof row.liquidation === "string") return TradeKind.Liquidation;
  return typeof row.block_trade_id === "string" ? TradeKind.Block : TradeKind.Regular;
}

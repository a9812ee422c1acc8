import { Aggressor, TradeKind } from "@ims/common";
import { TradeBarDecoder } from "../generated/v1/index.js";
import { TradeDecoder } from "../generated/v2/index.js";
import { decodePrefix, version1Symbol } from "./decode-prefix.js";
import { exactDecimal } from "./exact-values.js";
import type { TradeRecord } from "./record-types.js";

const decoder = new TradeDecoder();
const version1Decoder = new TradeBarDecoder();

/** Template 210 to a record. Throws the decoder's errors, `sbe.unsafe-integer` and `sbe.invalid-value`. */
export function decodeTrade(view: DataView, offset: number, length: number): TradeRecord {
  const trade = decoder.wrapAndApplyHeader(view, offset, length);
  const aggressor = trade.aggressor();
  return {
    type: "trade",
    ...decodePrefix(trade),
    price: exactDecimal(trade.price(), trade.priceScale(), "Trade.price"),
    quantity: exactDecimal(trade.quantity(), trade.quantityScale(), "Trade.quantity"),
    tradeId: trade.tradeIdNumber(),
    firstTradeId: trade.firstTradeIdNumber(),
    lastTradeId: trade.lastTradeIdNumber(),
    aggressor:
      aggressor === Aggressor.Buyer || aggressor === Aggressor.Seller ? aggressor : Aggressor.Unknown,
    tradeKind: trade.kind(),
  };
}

/** Template 205, the reference system's trade, to a record. */
export function decodeVersion1Trade(view: DataView, offset: number, length: number): TradeRecord {
  const trade = version1Decoder.wrapAndApplyHeader(view, offset, length);
  const price = trade.price();
  const volume = trade.volume();
  return {
    type: "trade",
    schemaVersion: trade.actingVersion,
    exchangeId: 0,
    instrumentId: undefined,
    symbol: version1Symbol(trade.bytes, trade.symbolIDStart()),
    flags: 0,
    eventMicros: trade.dateTimeNumber(),
    sendMicros: undefined,
    receiveMicros: undefined,
    publishMicros: undefined,
    price: exactDecimal(price.num(), price.scale(), "TradeBar.price"),
    quantity: exactDecimal(volume.num(), volume.scale(), "TradeBar.volume"),
    tradeId: undefined,
    firstTradeId: undefined,
    lastTradeId: undefined,
    aggressor: Aggressor.Unknown,
    tradeKind: TradeKind.Regular,
  };
}

import type { ExchangeId } from "@ims/common";
import { v1, v2 } from "@ims/sbe";
import type { BarFields, TradeFields } from "@ims/traits";
import { flagsOf, type SymbolOctets, writeHead } from "./record-head.js";

export const TRADE_BYTES = v2.TradeEncoder.ENCODED_LENGTH;
export const BAR_BYTES = v2.BarEncoder.ENCODED_LENGTH;

/**
 * Writes records at a given place; holds its flyweights and values, so a record costs no object. Trades, which are many,
 * go through their values: a third faster than a row of setters, which is too long for the compiler to take in whole.
 */
export class RecordEncoder {
  private readonly tradeValues = new v2.TradeValues();
  /** Whose octets the values hold. */
  private tradeSymbol: SymbolOctets | undefined;
  private readonly barEncoder = new v2.BarEncoder();
  private readonly tradeBarEncoder = new v1.TradeBarEncoder();
  private readonly dataBarEncoder = new v1.DataBarEncoder();

  constructor(private readonly exchange: ExchangeId) {}

  /** Message 210 at `view[at, at + TRADE_BYTES)`. */
  trade(view: DataView, at: number, trade: TradeFields, symbol: SymbolOctets, publishMicros: number): void {
    const { price, quantity } = trade;
    const values = this.tradeValues;
    values.flags = flagsOf(trade);
    values.eventTimeNumber = trade.eventMicros === 0 ? null : trade.eventMicros;
    values.sendTimeNumber = trade.sendMicros === 0 ? null : trade.sendMicros;
    values.receiveTimeNumber = trade.receiveMicros;
    values.publishTimeNumber = publishMicros;
    values.instrumentId = trade.instrumentId;
    values.exchangeId = this.exchange;
    values.priceScale = price.scale;
    values.quantityScale = quantity.scale;
    if (symbol !== this.tradeSymbol) {
      values.symbolBytes(symbol.octets, 0, symbol.octets.length);
      this.tradeSymbol = symbol;
    }
    values.tradeIdNumber = trade.tradeId;
    values.priceLo = price.lo;
    values.priceHi = price.hi;
    values.quantityLo = quantity.lo;
    values.quantityHi = quantity.hi;
    values.firstTradeIdNumber = trade.firstTradeId;
    values.lastTradeIdNumber = trade.lastTradeId;
    values.aggressor = trade.aggressor;
    values.kind = trade.kind;
    v2.TradeEncoder.encode(view, at, values);
  }

  /** Message 211 at `view[at, at + BAR_BYTES)`. */
  bar(view: DataView, at: number, bar: BarFields, symbol: SymbolOctets, publishMicros: number): void {
    const encoder = this.barEncoder.wrapAndApplyHeader(view, at);
    writeHead(encoder, bar, this.exchange, symbol, publishMicros);
    encoder
      .priceScale(bar.priceScale)
      .quantityScale(bar.quantityScale)
      .quoteScale(bar.quoteScale)
      .openTimeNumber(bar.openMicros)
      .closeTimeNumber(bar.closeMicros)
      .open(bar.open)
      .high(bar.high)
      .low(bar.low)
      .close(bar.close)
      .volume(bar.volume)
      .quoteVolume(bar.quoteVolume)
      .takerVolume(bar.takerVolume)
      .tradeCount(bar.tradeCount)
      .resolution(bar.resolution)
      .state(bar.state);
  }

  /** Message 205, the reference system's trade: no ids, no side, one time. */
  version1Trade(trade: TradeFields, symbol: SymbolOctets): Uint8Array {
    const record = new Uint8Array(v1.TradeBarEncoder.ENCODED_LENGTH);
    const encoder = this.tradeBarEncoder.wrapAndApplyHeader(new DataView(record.buffer), 0);
    encoder.messageType(v1.MessageType.TradeBar).symbolIDBytes(symbol.octets, 0, symbol.octets.length);
    encoder.dateTimeNumber(trade.eventMicros || trade.receiveMicros);
    encoder.price().numWords(trade.price.lo, trade.price.hi).scale(trade.price.scale);
    encoder.volume().numWords(trade.quantity.lo, trade.quantity.hi).scale(trade.quantity.scale);
    return record;
  }

  /** Message 204, the reference system's bar: its time is the start of the bar. */
  version1Bar(bar: BarFields, symbol: SymbolOctets): Uint8Array {
    const record = new Uint8Array(v1.DataBarEncoder.ENCODED_LENGTH);
    const encoder = this.dataBarEncoder.wrapAndApplyHeader(new DataView(record.buffer), 0);
    encoder.messageType(v1.MessageType.DataBar).symbolIDBytes(symbol.octets, 0, symbol.octets.length);
    encoder.dateTimeNumber(bar.openMicros);
    encoder.openPrice().num(bar.open).scale(bar.priceScale);
    encoder.highPrice().num(bar.high).scale(bar.priceScale);
    encoder.lowPrice().num(bar.low).scale(bar.priceScale);
    encoder.closePrice().num(bar.close).scale(bar.priceScale);
    encoder.volume().num(bar.volume).scale(bar.quantityScale);
    return record;
  }
}

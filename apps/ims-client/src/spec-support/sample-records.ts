import { BarState, type DataType, Decimal, ExchangeId, GapReason, timeResolutionOf } from "@ims/common";
import { HEADER_LENGTH, v2 } from "@ims/sbe";

export const SAMPLE_MICROS = 1_723_118_400_123_000;

export interface SampleTrade {
  readonly symbol: string;
  readonly instrumentId: number;
  readonly tradeId: number;
  readonly price?: string;
  readonly quantity?: string;
  readonly aggressor?: number;
  readonly kind?: number;
  readonly eventMicros?: number | null;
}

/** One encoded Trade, header first. */
export function encodeTrade(trade: SampleTrade): Uint8Array {
  const bytes = new Uint8Array(v2.TradeEncoder.ENCODED_LENGTH);
  const price = Decimal.parse(trade.price ?? "61837.63000000");
  const quantity = Decimal.parse(trade.quantity ?? "0.00100000");
  const encoder = new v2.TradeEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  if (trade.eventMicros === null) encoder.eventTimeNull().sendTimeNull();
  else encoder.eventTimeNumber(trade.eventMicros ?? SAMPLE_MICROS).sendTimeNumber(SAMPLE_MICROS + 1000);
  encoder
    .receiveTimeNumber(SAMPLE_MICROS + 2000)
    .publishTimeNumber(SAMPLE_MICROS + 2100)
    .instrumentId(trade.instrumentId)
    .exchangeId(ExchangeId.BinanceSpot)
    .priceScale(price.scale)
    .quantityScale(quantity.scale)
    .flags(0)
    .symbol(trade.symbol)
    .tradeIdNumber(trade.tradeId)
    .price(price.mantissa)
    .quantity(quantity.mantissa)
    .firstTradeIdNumber(trade.tradeId)
    .lastTradeIdNumber(trade.tradeId)
    .aggressor(trade.aggressor ?? v2.AggressorSide.Buyer)
    .kind(trade.kind ?? v2.TradeKind.Regular);
  return bytes;
}

/** One encoded Bar, header first; its close tells bars apart. */
export function encodeBar(
  symbol: string,
  instrumentId: number,
  resolution: string,
  close: string,
): Uint8Array {
  const bytes = new Uint8Array(v2.BarEncoder.ENCODED_LENGTH);
  const scaled = (text: string) => Decimal.parse(text).rescale(8).mantissa;
  new v2.BarEncoder()
    .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
    .eventTimeNumber(SAMPLE_MICROS)
    .sendTimeNull()
    .receiveTimeNumber(SAMPLE_MICROS + 2000)
    .publishTimeNumber(SAMPLE_MICROS + 2100)
    .instrumentId(instrumentId)
    .exchangeId(ExchangeId.BinanceSpot)
    .priceScale(8)
    .quantityScale(8)
    .quoteScale(8)
    .flags(0)
    .symbol(symbol)
    .openTimeNumber(SAMPLE_MICROS - 123_000)
    .closeTimeNumber(SAMPLE_MICROS - 123_000 + 59_999_000)
    .open(scaled("61800.1"))
    .high(scaled("61900"))
    .low(scaled("61799.99"))
    .close(scaled(close))
    .volume(scaled("12.5"))
    .quoteVolume(scaled("773000.25"))
    .takerVolume(scaled("7.25"))
    .tradeCount(321)
    .resolution(timeResolutionOf(resolution)!)
    .state(BarState.Forming);
  return bytes;
}

export interface SampleInstrument {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly contractSize?: number;
  readonly status?: number;
}

/** One encoded Instrument, header first. */
export function encodeInstrument(instrument: SampleInstrument): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH + v2.InstrumentEncoder.BLOCK_LENGTH);
  const encoder = new v2.InstrumentEncoder()
    .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
    .eventTimeNull()
    .sendTimeNull()
    .receiveTimeNumber(SAMPLE_MICROS)
    .publishTimeNumber(SAMPLE_MICROS)
    .instrumentId(1)
    .exchangeId(ExchangeId.BinanceSpot)
    .priceScale(2)
    .quantityScale(5)
    .symbol(instrument.symbol)
    .base(instrument.base)
    .quote(instrument.quote)
    .settle(instrument.quote)
    .priceIncrement(1n)
    .quantityIncrement(1n)
    .expiryTimeNull()
    .strikeNull()
    .kind(v2.InstrumentKind.Spot)
    .status(instrument.status ?? v2.InstrumentStatus.Trading);
  if (instrument.contractSize === undefined) encoder.contractSizeNull();
  else encoder.contractSize(BigInt(instrument.contractSize));
  return bytes;
}

/** One encoded Gap, header first; its first missing id tells gaps apart. */
export function encodeGap(
  symbol: string,
  instrumentId: number,
  dataType: DataType,
  fromId: number,
  resolution = 0,
): Uint8Array {
  const bytes = new Uint8Array(v2.GapEncoder.ENCODED_LENGTH);
  new v2.GapEncoder()
    .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
    .eventTimeNull()
    .sendTimeNull()
    .receiveTimeNumber(SAMPLE_MICROS)
    .publishTimeNumber(SAMPLE_MICROS)
    .instrumentId(instrumentId)
    .exchangeId(ExchangeId.BinanceSpot)
    .symbol(symbol)
    .fromIdNumber(fromId)
    .toIdNumber(fromId + 9)
    .fromTimeNumber(SAMPLE_MICROS - 5)
    .toTimeNull()
    .missingCountNull()
    .filledCount(2)
    .dataType(dataType)
    .resolution(resolution)
    .reason(GapReason.SequenceBroken);
  return bytes;
}

/** One encoded BookDelta of one bid, header first; `levelCount` above 1 is a lie that makes it too short. */
export function encodeBookDelta(symbol: string, instrumentId: number, lastUpdateId: number, levelCount = 1) {
  const values = new v2.BookDeltaValues();
  values.instrumentId = instrumentId;
  values.exchangeId = ExchangeId.BinanceSpot;
  values.receiveTimeNumber = SAMPLE_MICROS;
  values.publishTimeNumber = SAMPLE_MICROS;
  values.symbolText = symbol;
  values.lastUpdateIdNumber = lastUpdateId;
  const [level] = values.bids.resize(1);
  level!.priceNumber = 100;
  level!.quantityNumber = 1;
  const bytes = new Uint8Array(v2.BookDeltaEncoder.encodedLengthOf(values));
  const view = new DataView(bytes.buffer);
  v2.BookDeltaEncoder.encode(view, 0, values);
  view.setUint16(HEADER_LENGTH + v2.BookDeltaEncoder.BLOCK_LENGTH + 2, levelCount, true);
  return bytes;
}

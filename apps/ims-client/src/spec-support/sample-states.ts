import { AverageMethod, AverageState, ExchangeId, OrderStatus, RecordFlags, Side } from "@ims/common";
import { v2 } from "@ims/sbe";
import { SAMPLE_MICROS } from "./sample-records.js";

/** One encoded TopOfBook, header first; its update id tells them apart. It has no ask unless one is given. */
export function encodeTopOfBook(
  symbol: string,
  instrumentId: number,
  updateId: number,
  ask?: { readonly price: bigint; readonly quantity: bigint },
): Uint8Array {
  const bytes = new Uint8Array(v2.TopOfBookEncoder.ENCODED_LENGTH);
  const encoder = new v2.TopOfBookEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  head(encoder, symbol, instrumentId)
    .updateIdNumber(updateId)
    .bidPrice(6_183_763n)
    .bidQuantity(1500n)
    .askQuantity(ask?.quantity ?? 0n);
  if (ask) encoder.askPrice(ask.price);
  else encoder.askPriceNull();
  return bytes;
}

/** One encoded MarkPrice of 61837.63 and an index of 61840, header first. */
export function encodeMarkPrice(symbol: string, instrumentId: number): Uint8Array {
  const bytes = new Uint8Array(v2.MarkPriceEncoder.ENCODED_LENGTH);
  head(new v2.MarkPriceEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0), symbol, instrumentId)
    .markPrice(6_183_763n)
    .indexPrice(6_184_000n)
    .settlementEstimateNull()
    .fundingRate(-125n)
    .fundingScale(6)
    .nextFundingTimeNumber(SAMPLE_MICROS + 3_599_877_000);
  return bytes;
}

/** One encoded Liquidation of a long position, header first. */
export function encodeLiquidation(symbol: string, instrumentId: number): Uint8Array {
  const bytes = new Uint8Array(v2.LiquidationEncoder.ENCODED_LENGTH);
  head(new v2.LiquidationEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0), symbol, instrumentId)
    .price(6_100_000n)
    .averagePriceNull()
    .quantity(14n)
    .filledQuantity(10n)
    .side(Side.Sell)
    .status(OrderStatus.PartiallyFilled);
  return bytes;
}

/** One encoded OptionTicker of a call without bids, header first. */
export function encodeOptionTicker(symbol: string, instrumentId: number): Uint8Array {
  const bytes = new Uint8Array(v2.OptionTickerEncoder.ENCODED_LENGTH);
  head(new v2.OptionTickerEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0), symbol, instrumentId)
    .underlying("BTC-27SEP24")
    .expiryTimeNumber(1_727_424_000_000_000)
    .strike(6_200_000n)
    .optionType(v2.OptionType.Call)
    .lastPriceNull()
    .markPrice(215_050n)
    .bidPriceNull()
    .bidQuantity(0n)
    .askPrice(215_100n)
    .askQuantity(4_000n)
    .volume(12_500n)
    .openInterestNull()
    .underlyingPrice(6_231_050n)
    .markIv(61.25)
    .askIv(61.5)
    .delta(0.53017)
    .gamma(0.00002)
    .theta(-41.5)
    .vega(97.25);
  return bytes;
}

/** One encoded Ticker, header first. */
export function encodeTicker(symbol: string, instrumentId: number): Uint8Array {
  const bytes = new Uint8Array(v2.TickerEncoder.ENCODED_LENGTH);
  head(new v2.TickerEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0), symbol, instrumentId)
    .open(6_000_000n)
    .high(6_200_000n)
    .lowNull()
    .last(6_183_763n)
    .volume(1_234_567n)
    .quoteVolumeNull()
    .windowStartNull()
    .tradeCount(98_765)
    .quoteScale(8);
  return bytes;
}

export interface SampleAverage {
  readonly symbol: string;
  /** Number of the window, from {@link SAMPLE_MICROS} rounded down on. */
  readonly window: number;
  /** Length of windows; 10 unless given, a divisor of it. */
  readonly seconds?: number;
  readonly state?: number;
  /** Half-life of an exponential average; absent: the mean of the prices. */
  readonly halfLifeTrades?: number;
}

/** One encoded Average of one window, header first; an empty one has no prices. */
export function encodeAverage({
  symbol,
  window,
  seconds = 10,
  state = AverageState.Closed,
  halfLifeTrades,
}: SampleAverage): Uint8Array {
  const bytes = new Uint8Array(v2.AverageEncoder.ENCODED_LENGTH);
  const start = SAMPLE_MICROS - (SAMPLE_MICROS % 10e6) + window * seconds * 1e6;
  const encoder = new v2.AverageEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  head(encoder, symbol, 1)
    .flags(state === AverageState.Revised ? RecordFlags.Late : 0)
    .windowStartNumber(start)
    .windowEndNumber(start + seconds * 1e6)
    .method(halfLifeTrades === undefined ? AverageMethod.Simple : AverageMethod.ExponentialByCount)
    .state(state)
    .quoteScale(5)
    .excludedCount(1)
    .lateCount(2);
  if (halfLifeTrades === undefined) encoder.nominalDurationNumber(seconds * 1e6).nominalCountNull();
  else encoder.nominalDurationNull().nominalCount(halfLifeTrades);
  if (state === AverageState.Empty) {
    encoder.valueNull().vwapNull().twapNull().openNull().highNull().lowNull().closeNull();
    encoder
      .volume(0n)
      .quoteVolumeNull()
      .takerVolume(0n)
      .sellVolume(0n)
      .realisedVolatilityNull()
      .tradeCount(0);
    return bytes;
  }
  encoder.value(6_183_750n).vwap(6_183_751n).twap(6_183_749n);
  encoder.open(6_183_700n).high(6_183_800n).low(6_183_700n).close(6_183_763n);
  encoder.volume(1500n).quoteVolume(9_275_626_500n).takerVolume(1000n).sellVolume(500n);
  encoder.realisedVolatility(0.0001234).tradeCount(4);
  return bytes;
}

type Levels = readonly (readonly [price: number, quantity: number])[];

/** One encoded BookSnapshot that is whole, header first; prices in cents, quantities in thousandths. */
export function encodeBookSnapshot(
  symbol: string,
  instrumentId: number,
  lastUpdateId: number,
  bids: Levels,
  asks: Levels,
): Uint8Array {
  const values = new v2.BookSnapshotValues();
  values.instrumentId = instrumentId;
  values.exchangeId = ExchangeId.BinanceSpot;
  values.priceScale = 2;
  values.quantityScale = 3;
  values.flags = RecordFlags.Snapshot | RecordFlags.LastInEvent;
  values.eventTimeNumber = SAMPLE_MICROS;
  values.sendTimeNumber = null;
  values.receiveTimeNumber = SAMPLE_MICROS + 2000;
  values.publishTimeNumber = SAMPLE_MICROS + 2100;
  values.symbolText = symbol;
  values.lastUpdateIdNumber = lastUpdateId;
  for (const [group, levels] of [
    [values.bids, bids],
    [values.asks, asks],
  ] as const) {
    for (const [index, entry] of [...group.resize(levels.length)].entries()) {
      entry.priceNumber = levels[index]![0];
      entry.quantityNumber = levels[index]![1];
    }
  }
  const bytes = new Uint8Array(v2.BookSnapshotEncoder.encodedLengthOf(values));
  v2.BookSnapshotEncoder.encode(new DataView(bytes.buffer), 0, values);
  return bytes;
}

export interface HeadEncoder {
  eventTimeNumber(value: number): this;
  sendTimeNull(): this;
  receiveTimeNumber(value: number): this;
  publishTimeNumber(value: number): this;
  instrumentId(value: number): this;
  exchangeId(value: number): this;
  priceScale(value: number): this;
  quantityScale(value: number): this;
  flags(bits: number): this;
  symbol(text: string): this;
}

/** What all of them begin with: prices have 2 and quantities 3 digits after the point. */
export function head<Encoder extends HeadEncoder>(
  encoder: Encoder,
  symbol: string,
  instrumentId: number,
): Encoder {
  return encoder
    .eventTimeNumber(SAMPLE_MICROS)
    .sendTimeNull()
    .receiveTimeNumber(SAMPLE_MICROS + 2000)
    .publishTimeNumber(SAMPLE_MICROS + 2100)
    .instrumentId(instrumentId)
    .exchangeId(ExchangeId.BinanceSpot)
    .priceScale(2)
    .quantityScale(3)
    .flags(0)
    .symbol(symbol);
}

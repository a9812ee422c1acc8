import { Aggressor, BarState, Decimal, ExchangeId, TradeKind } from "@ims/common";
import { describe, expect, it } from "vitest";
import { decodeRecord, toInstrument, v1, v2 } from "../index.js";

const view = new DataView(new ArrayBuffer(512));
const START = 3;

function encodeInstrument(exchangeId: number): number {
  return (
    new v2.InstrumentEncoder()
      .wrapAndApplyHeader(view, START)
      .eventTimeNull()
      .sendTimeNull()
      .receiveTimeNumber(3)
      .publishTimeNumber(4)
      .instrumentId(17)
      .exchangeId(exchangeId)
      .priceScale(1)
      .quantityScale(0)
      .symbol("BTCUSD_250627")
      .base("BTC")
      .quote("USD")
      .settle("BTC")
      .priceIncrement(1n)
      .quantityIncrement(1n)
      .contractSize(100n)
      .expiryTimeNumber(1_751_011_200_000_000)
      .strikeNull()
      .underlying("BTCUSD")
      .kind(v2.InstrumentKind.Future)
      .status(v2.InstrumentStatus.Trading)
      .contractScale(0).limit - START
  );
}

describe("decodeRecord", () => {
  it("reads a version 2 trade", () => {
    const encoder = new v2.TradeEncoder()
      .wrapAndApplyHeader(view, START)
      .eventTimeNumber(1_723_075_200_000_001)
      .sendTimeNull()
      .receiveTimeNumber(1_723_075_200_000_003)
      .publishTimeNumber(1_723_075_200_000_004)
      .instrumentId(9)
      .exchangeId(ExchangeId.BinanceSpot)
      .priceScale(8)
      .quantityScale(5)
      .flags(v2.RecordFlags.LastInEvent)
      .symbol("BTCUSDT")
      .tradeIdNumber(3_712_345_678)
      .price(6_183_763_000_000n)
      .quantity(-1n)
      .firstTradeIdNumber(1)
      .lastTradeIdNumber(2)
      .aggressor(v2.AggressorSide.Seller)
      .kind(v2.TradeKind.Liquidation);
    expect(decodeRecord(view, START, encoder.limit - START)).toEqual({
      type: "trade",
      schemaVersion: 2,
      exchangeId: ExchangeId.BinanceSpot,
      instrumentId: 9,
      symbol: "BTCUSDT",
      flags: 2,
      eventMicros: 1_723_075_200_000_001,
      sendMicros: undefined,
      receiveMicros: 1_723_075_200_000_003,
      publishMicros: 1_723_075_200_000_004,
      price: Decimal.of(6_183_763_000_000n, 8),
      quantity: Decimal.of(-1n, 5),
      tradeId: 3_712_345_678,
      firstTradeId: 1,
      lastTradeId: 2,
      aggressor: Aggressor.Seller,
      tradeKind: TradeKind.Liquidation,
    });
  });

  it("reads a version 2 bar", () => {
    const encoder = new v2.BarEncoder()
      .wrapAndApplyHeader(view, START)
      .symbol("ETHUSDT")
      .priceScale(2)
      .quantityScale(4)
      .quoteScale(6)
      .openTimeNumber(60_000_000)
      .closeTimeNumber(119_999_999)
      .open(100n)
      .high(400n)
      .low(50n)
      .close(200n)
      .volume(12_345n)
      .quoteVolume(999n)
      .takerVolume(1n)
      .tradeCount(7)
      .resolution(1)
      .state(v2.BarState.Closed);
    expect(decodeRecord(view, START, encoder.limit - START)).toMatchObject({
      type: "bar",
      symbol: "ETHUSDT",
      eventMicros: 0,
      openMicros: 60_000_000,
      closeMicros: 119_999_999,
      open: Decimal.parse("1.00"),
      high: Decimal.parse("4.00"),
      low: Decimal.parse("0.50"),
      close: Decimal.parse("2.00"),
      volume: Decimal.parse("1.2345"),
      quoteVolume: Decimal.parse("0.000999"),
      takerVolume: Decimal.parse("0.0001"),
      tradeCount: 7,
      resolution: 1,
      state: BarState.Closed,
    });
  });

  it("reads an instrument, which turns into one of the domain", () => {
    const record = decodeRecord(view, START, encodeInstrument(ExchangeId.BinanceCoinMarginFuture));
    if (record?.type !== "instrument") throw new Error(`a record of type ${record?.type}`);
    expect(record).toMatchObject({
      instrumentId: 17,
      strike: undefined,
      optionType: undefined,
      underlying: "BTCUSD",
    });
    expect(toInstrument(record)).toEqual({
      exchange: ExchangeId.BinanceCoinMarginFuture,
      symbol: "BTCUSD_250627",
      base: "BTC",
      quote: "USD",
      settle: "BTC",
      kind: "future",
      status: "trading",
      priceScale: 1,
      quantityScale: 0,
      priceIncrement: "0.1",
      quantityIncrement: "1",
      contractSize: "100",
      expiryMicros: 1_751_011_200_000_000,
    });
  });

  it("refuses to turn an instrument of an unknown exchange into one of the domain", () => {
    const record = decodeRecord(view, START, encodeInstrument(200));
    if (record?.type !== "instrument") throw new Error(`a record of type ${record?.type}`);
    expect(() => toInstrument(record)).toThrow(expect.objectContaining({ code: "sbe.invalid-value" }));
  });

  it("reads a trade of the reference system", () => {
    const encoder = new v1.TradeBarEncoder()
      .wrapAndApplyHeader(view, START)
      .messageType(v1.MessageType.TradeBar)
      .symbolID("APPL")
      .dateTimeNumber(1_649_794_257_000_000);
    encoder.price().num(25_050n).scale(2);
    encoder.volume().num(100n).scale(0);
    expect(decodeRecord(view, START, encoder.limit - START)).toMatchObject({
      type: "trade",
      schemaVersion: 1,
      symbol: "APPL",
      eventMicros: 1_649_794_257_000_000,
      price: Decimal.parse("250.50"),
      quantity: Decimal.parse("100"),
      tradeId: undefined,
      instrumentId: undefined,
    });
    encoder.price().scale(19);
    expect(() => decodeRecord(view, START, encoder.limit - START)).toThrow(
      expect.objectContaining({ code: "sbe.invalid-value" }),
    );
  });

  it("reads a bar of the reference system", () => {
    const encoder = new v1.DataBarEncoder()
      .wrapAndApplyHeader(view, START)
      .symbolID("APPL")
      .dateTimeNumber(5);
    encoder.openPrice().num(1n).scale(1);
    encoder.highPrice().num(2n).scale(1);
    encoder.lowPrice().num(3n).scale(1);
    encoder.closePrice().num(4n).scale(1);
    encoder.volume().num(5n).scale(1);
    expect(decodeRecord(view, START, encoder.limit - START)).toMatchObject({
      type: "bar",
      eventMicros: 5,
      open: Decimal.parse("0.1"),
      high: Decimal.parse("0.2"),
      low: Decimal.parse("0.3"),
      close: Decimal.parse("0.4"),
      volume: Decimal.parse("0.5"),
      state: undefined,
    });
  });

  it("passes over templates that are no market data, and refuses what is shorter than a header", () => {
    const encoder = new v2.LogoutRequestEncoder().wrapAndApplyHeader(view, START);
    expect(decodeRecord(view, START, encoder.limit - START)).toBeUndefined();
    expect(() => decodeRecord(view, START, 7)).toThrow(expect.objectContaining({ code: "sbe.truncated" }));
  });
});

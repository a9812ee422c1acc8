import { DataType, Decimal, ExchangeId } from "@ims/common";
import { beforeEach, describe, expect, it } from "vitest";
import { decodeRecord, v2 } from "../index.js";

const bytes = new Uint8Array(1024);
const view = new DataView(bytes.buffer);
/** An odd place, as in a batch of other messages. */
const START = 5;

interface PrefixEncoder {
  sendTimeNull(): unknown;
  eventTimeNumber(value: number): unknown;
  receiveTimeNumber(value: number): unknown;
  publishTimeNumber(value: number): unknown;
  instrumentId(value: number): unknown;
  exchangeId(value: number): unknown;
  priceScale(value: number): unknown;
  quantityScale(value: number): unknown;
  flags(value: number): unknown;
  symbol(value: string): unknown;
}

/** The same prefix for every message, as a record has it. */
const PREFIX = {
  schemaVersion: 2,
  exchangeId: ExchangeId.Deribit,
  instrumentId: 77,
  symbol: "BTC_USDC-27JUN25-100000-C",
  flags: v2.RecordFlags.Snapshot,
  eventMicros: 11,
  sendMicros: undefined,
  receiveMicros: 13,
  publishMicros: 14,
};

function begin<T extends PrefixEncoder & { wrapAndApplyHeader(view: DataView, offset: number): T }>(
  encoder: T,
): T {
  encoder.wrapAndApplyHeader(view, START);
  encoder.eventTimeNumber(11);
  encoder.sendTimeNull();
  encoder.receiveTimeNumber(13);
  encoder.publishTimeNumber(14);
  encoder.instrumentId(77);
  encoder.exchangeId(ExchangeId.Deribit);
  encoder.priceScale(2);
  encoder.quantityScale(3);
  encoder.flags(v2.RecordFlags.Snapshot);
  encoder.symbol("BTC_USDC-27JUN25-100000-C");
  return encoder;
}

/** A copy with decimals in their canonical text. */
function readable(value: unknown): unknown {
  if (value instanceof Decimal) return { decimal: value.toString() };
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(readable);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readable(member)]));
}

function decode(encoder: { readonly limit: number }): unknown {
  return readable(decodeRecord(view, START, encoder.limit - START));
}

const decimal = (text: string) => ({ decimal: text });
const level = (price: string, quantity: string) => ({ price: decimal(price), quantity: decimal(quantity) });

beforeEach(() => bytes.fill(0xa5));

describe("books", () => {
  it("reads a top of book and the absence of a side", () => {
    const encoder = begin(new v2.TopOfBookEncoder())
      .updateIdNumber(9)
      .bidPrice(10_001n)
      .bidQuantity(1_500n)
      .askPriceNull();
    expect(decode(encoder)).toEqual({
      type: "top-of-book",
      ...PREFIX,
      updateId: 9,
      bid: level("100.01", "1.5"),
      ask: undefined,
    });
  });

  it("reads a snapshot with the levels of both sides, and one with none", () => {
    const encoder = begin(new v2.BookSnapshotEncoder()).lastUpdateIdNull().horizon(20);
    const bids = encoder.bidsCount(2);
    bids.next().price(100n).quantity(1n);
    bids.next().price(-1n).quantity(2n);
    encoder
      .asksCount(1)
      .next()
      .price(102n)
      .quantity((1n << 63n) - 1n);
    expect(decode(encoder)).toEqual({
      type: "book-snapshot",
      ...PREFIX,
      lastUpdateId: undefined,
      horizon: 20,
      bids: [level("1", "0.001"), level("-0.01", "0.002")],
      asks: [level("1.02", "9223372036854775.807")],
    });
    expect(decode(begin(new v2.BookSnapshotEncoder()).horizonNull())).toMatchObject({
      horizon: undefined,
      bids: [],
      asks: [],
    });
  });

  it("reads a delta", () => {
    const encoder = begin(new v2.BookDeltaEncoder())
      .firstUpdateIdNumber(5)
      .lastUpdateIdNumber(6)
      .previousUpdateIdNumber(4);
    encoder.asksCount(1).next().price(7n);
    expect(decode(encoder)).toEqual({
      type: "book-delta",
      ...PREFIX,
      firstUpdateId: 5,
      lastUpdateId: 6,
      previousUpdateId: 4,
      bids: [],
      asks: [level("0.07", "0")],
    });
  });

  it("reads a merged book with its venues", () => {
    const encoder = begin(new v2.MergedBookEncoder())
      .spread(-3n)
      .horizonNull()
      .condition(v2.BookCondition.Crossed | v2.BookCondition.VenueMissing);
    encoder.bidsCount(1).next().price(103n).quantity(1n).exchangeId(ExchangeId.Bitstamp);
    encoder.asksCount(1).next().price(100n).quantity(2n).exchangeId(ExchangeId.Deribit);
    const venues = encoder.venuesCount(2);
    venues.next().ageNumber(250).instrumentId(4).exchangeId(ExchangeId.Bitstamp).state(v2.FeedState.Live);
    venues.next().ageNull().state(v2.FeedState.Dead);
    expect(decode(encoder)).toEqual({
      type: "merged-book",
      ...PREFIX,
      spread: decimal("-0.03"),
      horizon: undefined,
      condition: 5,
      bids: [{ ...level("1.03", "0.001"), exchangeId: ExchangeId.Bitstamp }],
      asks: [{ ...level("1", "0.002"), exchangeId: ExchangeId.Deribit }],
      venues: [
        { exchangeId: ExchangeId.Bitstamp, instrumentId: 4, ageMicros: 250, state: v2.FeedState.Live },
        { exchangeId: 0, instrumentId: 0, ageMicros: undefined, state: v2.FeedState.Dead },
      ],
    });
  });
});

describe("derivatives", () => {
  it("reads a mark price; funding has its own scale", () => {
    const encoder = begin(new v2.MarkPriceEncoder())
      .markPrice(6_000_000n)
      .indexPrice(6_000_100n)
      .settlementEstimateNull()
      .fundingRate(-10_000n)
      .fundingScale(8)
      .nextFundingTimeNumber(99);
    expect(decode(encoder)).toEqual({
      type: "mark-price",
      ...PREFIX,
      markPrice: decimal("60000"),
      indexPrice: decimal("60001"),
      settlementEstimate: undefined,
      fundingRate: decimal("-0.0001"),
      nextFundingMicros: 99,
    });
  });

  it("reads a liquidation", () => {
    const encoder = begin(new v2.LiquidationEncoder())
      .price(100n)
      .averagePriceNull()
      .quantity(2_000n)
      .filledQuantity(1_000n)
      .side(v2.Side.Sell)
      .status(v2.OrderStatus.PartiallyFilled);
    expect(decode(encoder)).toEqual({
      type: "liquidation",
      ...PREFIX,
      price: decimal("1"),
      averagePrice: undefined,
      quantity: decimal("2"),
      filledQuantity: decimal("1"),
      side: v2.Side.Sell,
      status: v2.OrderStatus.PartiallyFilled,
    });
  });

  it("reads an option; what is not given is undefined, also among the greeks", () => {
    const encoder = begin(new v2.OptionTickerEncoder())
      .underlying("SYN.BTC_USDC-27JUN25")
      .expiryTimeNumber(1_751_011_200_000_000)
      .strike(10_000_000n)
      .lastPriceNull()
      .markPrice(123n)
      .bidPriceNull()
      .askPrice(125n)
      .askQuantity(10n)
      .volume(7n)
      .openInterestNull()
      .underlyingPrice(9_876_543n)
      .markIv(54.25)
      .bidIvNull()
      .askIv(60)
      .delta(0.5)
      .gamma(0.00002)
      .theta(-71.5)
      .vega(0)
      .rhoNull()
      .optionType(v2.OptionType.Call);
    expect(decode(encoder)).toEqual({
      type: "option-ticker",
      ...PREFIX,
      underlying: "SYN.BTC_USDC-27JUN25",
      expiryMicros: 1_751_011_200_000_000,
      strike: decimal("100000"),
      optionType: "call",
      lastPrice: undefined,
      markPrice: decimal("1.23"),
      bid: undefined,
      ask: level("1.25", "0.01"),
      volume: decimal("0.007"),
      openInterest: undefined,
      underlyingPrice: decimal("98765.43"),
      greeks: {
        markIv: 54.25,
        bidIv: undefined,
        askIv: 60,
        delta: 0.5,
        gamma: 0.00002,
        theta: -71.5,
        vega: 0,
        rho: undefined,
      },
    });
  });
});

describe("statistics", () => {
  it("reads a ticker of an instrument that did not trade", () => {
    const encoder = begin(new v2.TickerEncoder())
      .openNull()
      .highNull()
      .lowNull()
      .lastNull()
      .quoteVolume(5n)
      .quoteScale(1)
      .windowStartNumber(3)
      .tradeCountNull();
    expect(decode(encoder)).toEqual({
      type: "ticker",
      ...PREFIX,
      open: undefined,
      high: undefined,
      low: undefined,
      last: undefined,
      volume: decimal("0"),
      quoteVolume: decimal("0.5"),
      windowStartMicros: 3,
      tradeCount: undefined,
    });
  });

  it("reads an average by count", () => {
    const encoder = begin(new v2.AverageEncoder())
      .windowStartNumber(60)
      .windowEndNumber(120)
      .nominalDurationNull()
      .nominalCount(100)
      .value(101n)
      .vwap(102n)
      .twapNull()
      .volume(9n)
      .quoteVolumeNull()
      .takerVolume(4n)
      .tradeCount(250)
      .excludedCount(2)
      .method(v2.AverageMethod.ExponentialByCount)
      .state(v2.AverageState.Revised)
      .open(99n)
      .high(104n)
      .low(98n)
      .closeNull()
      .sellVolume(5n)
      .realisedVolatility(0.25)
      .lateCount(3);
    expect(decode(encoder)).toEqual({
      type: "average",
      ...PREFIX,
      method: v2.AverageMethod.ExponentialByCount,
      state: v2.AverageState.Revised,
      windowStartMicros: 60,
      windowEndMicros: 120,
      nominalMicros: undefined,
      nominalCount: 100,
      value: decimal("1.01"),
      vwap: decimal("1.02"),
      twap: undefined,
      volume: decimal("0.009"),
      quoteVolume: undefined,
      takerVolume: decimal("0.004"),
      tradeCount: 250,
      excludedCount: 2,
      open: decimal("0.99"),
      high: decimal("1.04"),
      low: decimal("0.98"),
      close: undefined,
      sellVolume: decimal("0.005"),
      realisedVolatility: 0.25,
      lateCount: 3,
    });
  });
});

describe("truth about feeds", () => {
  it("reads a gap that lasts", () => {
    const encoder = begin(new v2.GapEncoder())
      .fromIdNumber(100)
      .toIdNull()
      .fromTimeNumber(5)
      .toTimeNull()
      .missingCountNull()
      .filledCount(3)
      .dataType(DataType.Trade)
      .reason(v2.GapReason.SequenceBroken);
    expect(decode(encoder)).toEqual({
      type: "gap",
      ...PREFIX,
      dataType: DataType.Trade,
      resolution: 0,
      reason: v2.GapReason.SequenceBroken,
      fromId: 100,
      toId: undefined,
      fromMicros: 5,
      toMicros: undefined,
      missingCount: undefined,
      filledCount: 3,
    });
  });

  it("reads a feed's status with its sentence", () => {
    const encoder = begin(new v2.FeedStatusEncoder())
      .sinceNumber(8)
      .lastRecordTimeNull()
      .expectedIntervalNumber(250_000)
      .dataType(DataType.Bar)
      .resolution(1)
      .state(v2.FeedState.Stale)
      .text("no bar for 5 s; subscribing again");
    expect(decode(encoder)).toEqual({
      type: "feed-status",
      ...PREFIX,
      dataType: DataType.Bar,
      resolution: 1,
      state: v2.FeedState.Stale,
      sinceMicros: 8,
      lastRecordMicros: undefined,
      expectedIntervalMicros: 250_000,
      text: "no bar for 5 s; subscribing again",
    });
  });

  it("reads a signature and copies its octets", () => {
    const root = Uint8Array.from({ length: 32 }, (_, index) => index);
    const encoder = new v2.BatchSignatureEncoder()
      .wrapAndApplyHeader(view, START)
      .signedTimeNumber(1)
      .firstOffsetNumber(10)
      .lastOffsetNumber(19)
      .partitionId(2)
      .messageCount(10)
      .algorithm(v2.SignatureAlgorithm.SchnorrSecp256k1)
      .keyId("key-1")
      .stream("binancespot-market-data")
      .topic("trades")
      .merkleRootBytes(root, 0)
      .signatureBytes(Uint8Array.of(9, 8, 7), 0, 3);
    const record = decode(encoder);
    bytes.fill(0);
    expect(record).toEqual({
      type: "batch-signature",
      schemaVersion: 2,
      signedMicros: 1,
      stream: "binancespot-market-data",
      topic: "trades",
      partitionId: 2,
      firstOffset: 10,
      lastOffset: 19,
      messageCount: 10,
      algorithm: v2.SignatureAlgorithm.SchnorrSecp256k1,
      keyId: "key-1",
      merkleRoot: root,
      signature: Uint8Array.of(9, 8, 7),
    });
  });
});

describe("what a record cannot hold", () => {
  it("is refused: a scale above 18, an id from 2^53, more levels than the frame has", () => {
    const snapshot = begin(new v2.BookSnapshotEncoder()).lastUpdateIdNumber(1);
    snapshot.bidsCount(1).next().price(1n);
    const length = snapshot.limit - START;
    view.setUint8(START + 8 + 37, 19);
    expect(() => decodeRecord(view, START, length)).toThrow(
      expect.objectContaining({ code: "sbe.invalid-value" }),
    );
    view.setUint8(START + 8 + 37, 2);
    view.setBigUint64(START + 8 + 72, 1n << 53n, true);
    expect(() => decodeRecord(view, START, length)).toThrow(
      expect.objectContaining({ code: "sbe.unsafe-integer" }),
    );
    view.setBigUint64(START + 8 + 72, 1n, true);
    view.setUint16(START + 8 + 88 + 2, 60_000, true);
    expect(() => decodeRecord(view, START, length)).toThrow(
      expect.objectContaining({ code: "sbe.truncated" }),
    );
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import { v2 } from "../index.js";
import { begin, bytes, decimal, decode, level, PREFIX } from "../spec-support/encoded-record.js";

beforeEach(() => bytes.fill(0xa5));

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

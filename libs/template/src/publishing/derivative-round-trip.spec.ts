import { DataType, FeedState, GapReason, OrderStatus, Side } from "@ims/common";
import fc from "fast-check";
import { describe, it } from "vitest";
import {
  check,
  count,
  exactly,
  head,
  id,
  mantissa,
  micros,
  missing,
  oneOf,
  orNone,
  scale,
  symbol,
} from "../spec-support/record-check.js";
import { Channel } from "./channels.js";

describe("what a sink publishes of derivatives and feeds reads back as it was given", () => {
  it("mark prices", () => {
    const optional = missing(mantissa, null);
    const arbitrary = fc.record({
      head,
      symbol,
      markPrice: mantissa,
      optional: fc.tuple(optional, optional, optional),
      scales: fc.tuple(scale, scale),
      nextFundingMicros: missing(micros, 0),
    });
    fc.assert(
      fc.property(
        arbitrary,
        ({ head: own, symbol: name, markPrice, optional: given, scales, nextFundingMicros }) => {
          const [indexPrice, settlementEstimate, fundingRate] = given;
          const [priceScale, fundingScale] = scales;
          check(
            name,
            Channel.MarkPrice,
            own,
            (sink, instrumentId) =>
              sink.markPrice({
                ...own,
                instrumentId,
                priceScale,
                markPrice,
                indexPrice,
                settlementEstimate,
                fundingRate,
                fundingScale,
                nextFundingMicros,
              }),
            {
              type: "mark-price",
              markPrice: exactly(markPrice, priceScale),
              indexPrice: orNone(indexPrice, priceScale),
              settlementEstimate: orNone(settlementEstimate, priceScale),
              fundingRate: orNone(fundingRate, fundingScale),
              nextFundingMicros: nextFundingMicros || undefined,
            },
          );
        },
      ),
    );
  });

  it("liquidations", () => {
    const arbitrary = fc.record({
      head,
      symbol,
      numbers: fc.tuple(mantissa, mantissa),
      price: missing(mantissa, null),
      averagePrice: missing(mantissa, null),
      scales: fc.tuple(scale, scale),
      side: oneOf(Side),
      status: oneOf(OrderStatus),
    });
    fc.assert(
      fc.property(
        arbitrary,
        ({ head: own, symbol: name, numbers, price, averagePrice, scales, side, status }) => {
          const [quantity, filledQuantity] = numbers;
          const [priceScale, quantityScale] = scales;
          check(
            name,
            Channel.Liquidations,
            own,
            (sink, instrumentId) =>
              sink.liquidation({
                ...own,
                instrumentId,
                priceScale,
                quantityScale,
                side,
                status,
                price,
                averagePrice,
                quantity,
                filledQuantity,
              }),
            {
              type: "liquidation",
              side,
              status,
              price: orNone(price, priceScale),
              averagePrice: orNone(averagePrice, priceScale),
              quantity: exactly(quantity, quantityScale),
              filledQuantity: exactly(filledQuantity, quantityScale),
            },
          );
        },
      ),
    );
  });

  it("tickers of options", () => {
    const optional = missing(mantissa, null);
    const model = fc.oneof(fc.double({ noNaN: true }), fc.constant(Number.NaN));
    const level = fc.oneof(
      fc.record({ price: mantissa as fc.Arbitrary<bigint | null>, quantity: mantissa }),
      fc.constant({ price: null, quantity: 0n }),
    );
    const arbitrary = fc.record({
      head,
      symbol,
      underlying: fc.constantFrom("BTC-25DEC26", "SYN.ETH-6APR21", "index_price"),
      expiryMicros: micros,
      strike: mantissa,
      optionType: fc.constantFrom("call" as const, "put" as const),
      bid: level,
      ask: level,
      optional: fc.tuple(optional, optional, optional, optional, optional),
      scales: fc.tuple(scale, scale),
      models: fc.record({
        markIv: model,
        bidIv: model,
        askIv: model,
        delta: model,
        gamma: model,
        theta: model,
        vega: model,
        rho: model,
      }),
    });
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { ask, bid, expiryMicros, head: own, models, optionType, strike, underlying } = given;
        const [lastPrice, markPrice, volume, openInterest, underlyingPrice] = given.optional;
        const [priceScale, quantityScale] = given.scales;
        const levelOf = ({ price, quantity }: typeof bid) =>
          price === null
            ? undefined
            : { price: exactly(price, priceScale), quantity: exactly(quantity, quantityScale) };
        check(
          given.symbol,
          Channel.OptionTickers,
          own,
          (sink, instrumentId) =>
            sink.optionTicker({
              ...own,
              ...models,
              instrumentId,
              priceScale,
              quantityScale,
              underlying,
              expiryMicros,
              strike,
              optionType,
              lastPrice,
              markPrice,
              bidPrice: bid.price,
              bidQuantity: bid.quantity,
              askPrice: ask.price,
              askQuantity: ask.quantity,
              volume,
              openInterest,
              underlyingPrice,
            }),
          {
            type: "option-ticker",
            underlying,
            expiryMicros,
            strike: exactly(strike, priceScale),
            optionType,
            lastPrice: orNone(lastPrice, priceScale),
            markPrice: orNone(markPrice, priceScale),
            bid: levelOf(bid),
            ask: levelOf(ask),
            volume: orNone(volume, quantityScale),
            openInterest: orNone(openInterest, quantityScale),
            underlyingPrice: orNone(underlyingPrice, priceScale),
            greeks: Object.fromEntries(
              Object.entries(models).map(([name, value]) => [name, Number.isNaN(value) ? undefined : value]),
            ),
          },
        );
      }),
    );
  });

  it("tickers", () => {
    const optional = missing(mantissa, null);
    const arbitrary = fc.record({
      head,
      symbol,
      prices: fc.tuple(optional, optional, optional, optional),
      volume: mantissa,
      quoteVolume: optional,
      scales: fc.tuple(scale, scale, scale),
      windowStartMicros: missing(micros, 0),
      tradeCount: missing(count, -1),
    });
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { head: own, volume, quoteVolume, windowStartMicros, tradeCount } = given;
        const [open, high, low, last] = given.prices;
        const [priceScale, quantityScale, quoteScale] = given.scales;
        check(
          given.symbol,
          Channel.Tickers,
          own,
          (sink, instrumentId) =>
            sink.ticker({
              ...own,
              instrumentId,
              priceScale,
              quantityScale,
              quoteScale,
              open,
              high,
              low,
              last,
              volume,
              quoteVolume,
              windowStartMicros,
              tradeCount,
            }),
          {
            type: "ticker",
            open: orNone(open, priceScale),
            high: orNone(high, priceScale),
            low: orNone(low, priceScale),
            last: orNone(last, priceScale),
            volume: exactly(volume, quantityScale),
            quoteVolume: orNone(quoteVolume, quoteScale),
            windowStartMicros: windowStartMicros || undefined,
            tradeCount: tradeCount === -1 ? undefined : tradeCount,
          },
        );
      }),
    );
  });

  it("gaps", () => {
    const arbitrary = fc.record({
      head,
      symbol,
      ids: fc.tuple(missing(id, 0), missing(id, 0)),
      times: fc.tuple(missing(micros, 0), missing(micros, 0)),
      missingCount: missing(count, -1),
      filledCount: count,
      dataType: fc.constantFrom(DataType.Trade, DataType.Bar, DataType.Book),
      resolution: fc.constantFrom(0 as const, 1 as const, 23 as const),
      reason: oneOf(GapReason),
    });
    fc.assert(
      fc.property(arbitrary, ({ head: own, symbol: name, ids, times, missingCount, ...rest }) => {
        const [fromId, toId] = ids;
        const [fromMicros, toMicros] = times;
        check(
          name,
          Channel.Gaps,
          own,
          (sink, instrumentId) =>
            sink.gap({ ...own, ...rest, instrumentId, fromId, toId, fromMicros, toMicros, missingCount }),
          {
            type: "gap",
            ...rest,
            fromId: fromId || undefined,
            toId: toId || undefined,
            fromMicros: fromMicros || undefined,
            toMicros: toMicros || undefined,
            missingCount: missingCount === -1 ? undefined : missingCount,
          },
        );
      }),
    );
  });

  it("states of feeds, with their text", () => {
    const arbitrary = fc.record({
      head,
      symbol,
      times: fc.tuple(micros, missing(micros, 0), missing(micros, 0)),
      dataType: fc.constantFrom(DataType.Trade, DataType.Bar, DataType.Book),
      resolution: fc.constantFrom(0 as const, 1 as const, 23 as const),
      state: oneOf(FeedState),
      text: fc.string({ unit: "grapheme", maxLength: 100 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ head: own, symbol: name, times, ...rest }) => {
        const [sinceMicros, lastRecordMicros, expectedMicros] = times;
        check(
          name,
          Channel.FeedStatus,
          own,
          (sink, instrumentId) =>
            sink.feedStatus({ ...own, ...rest, instrumentId, sinceMicros, lastRecordMicros, expectedMicros }),
          {
            type: "feed-status",
            ...rest,
            sinceMicros,
            lastRecordMicros: lastRecordMicros || undefined,
            expectedIntervalMicros: expectedMicros || undefined,
          },
        );
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { AverageMethod, AverageState } from "./average-codes.js";
import { BarState } from "./bar-state.js";
import { Delivery, RefusalKind, SignatureAlgorithm } from "./control-codes.js";
import { DataType, dataTypeName } from "./data-type.js";
import { ExchangeId, exchangeIdOf, exchangeName } from "./exchange.js";
import { BookCondition, FeedState, GapReason, RecordFlags } from "./feed-codes.js";
import { ClientErrorCode, DataErrorCode } from "./refusal-codes.js";
import {
  NO_RESOLUTION,
  TIME_RESOLUTION_TEXTS,
  timeResolutionOf,
  timeResolutionText,
} from "./time-resolution.js";
import { Aggressor, OrderStatus, Side, TradeKind } from "./trade-codes.js";

// These numbers stand in messages that other programs have stored: a failure here is a broken contract, not a typo.
describe("frozen numbers", () => {
  it("exchanges", () => {
    const names = Array.from({ length: 15 }, (_, id) => exchangeName(id));
    expect(names).toEqual([
      "none",
      "kraken",
      "coinbase",
      "vex",
      "binancespot",
      "binancespottestnet",
      "binancecoinmarginfuture",
      "binancecoinmarginfuturetestnet",
      "binanceusdmarginfuture",
      "binanceusdmarginfuturetestnet",
      "bitstamp",
      undefined,
      "deribit",
      "deribittestnet",
      undefined,
    ]);
  });

  it("time resolutions", () => {
    const texts = "1m 5m 15m 30m 1h 1d 1w 1M 1s 3m 2h 4h 6h 8h 12h 3d".split(" ");
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 18, 19, 20, 21, 22, 23];
    expect(TIME_RESOLUTION_TEXTS).toEqual(texts);
    expect(texts.map(timeResolutionOf)).toEqual(numbers);
    expect(numbers.map(timeResolutionText)).toEqual(texts);
    expect(NO_RESOLUTION).toBe(0);
  });

  it("data types and their topics", () => {
    expect(DataType).toEqual({
      Unknown: 0,
      Trade: 1,
      Bar: 2,
      TopOfBook: 16,
      Book: 17,
      MarkPrice: 18,
      Liquidation: 19,
      OptionTicker: 20,
      Ticker: 21,
      Order: 22,
    });
    expect([0, 1, 2, 3, 16, 20, 21, 22, 23].map(dataTypeName)).toEqual([
      "unknown",
      "trades",
      "bars",
      undefined,
      "top-of-book",
      "option-tickers",
      "tickers",
      "orders",
      undefined,
    ]);
  });

  it("refusals", () => {
    expect(Object.values(ClientErrorCode)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(Object.keys(ClientErrorCode)).toEqual([
      "Unknown",
      "AlreadyLoggedIn",
      "LoginError",
      "NotLoggedIn",
      "LogoutError",
      "NotAuthorized",
      "ShutdownError",
    ]);
    expect(DataErrorCode).toEqual({
      Unknown: 0,
      DataTypeNotKnown: 1,
      DataUnavailable: 2,
      Encoding: 3,
      TableNotFound: 4,
      Send: 5,
      Channel: 6,
      WrongExchange: 7,
      ClientNotLoggedIn: 8,
      StartFailed: 9,
      StopFailed: 10,
      StopAllFailed: 11,
      UnknownSymbol: 32,
      ResolutionNotOffered: 33,
      SubscriptionLimit: 34,
      MalformedRequest: 35,
      RequestLimit: 36,
    });
  });

  it("trades and bars", () => {
    expect(Aggressor).toEqual({ Unknown: 0, Buyer: 1, Seller: 2 });
    expect(BarState).toEqual({ Forming: 0, Closed: 1, Revised: 2 });
    expect(Object.values(TradeKind)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(Side).toEqual({ Unknown: 0, Buy: 1, Sell: 2 });
    expect(Object.keys(OrderStatus).join(" ")).toBe(
      "Unknown New PartiallyFilled Filled Canceled Expired Rejected",
    );
    expect(Object.values(OrderStatus)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("feeds and what is special about records", () => {
    expect(GapReason).toEqual({
      Unknown: 0,
      ConnectionLost: 1,
      SequenceBroken: 2,
      QueueFull: 3,
      VenueRestarted: 4,
      ServiceRestarted: 5,
    });
    expect(FeedState).toEqual({
      Starting: 1,
      Live: 2,
      Quiet: 3,
      Stale: 4,
      Dead: 5,
      Refused: 6,
      Stopped: 7,
    });
    expect(RecordFlags).toEqual({
      Snapshot: 1,
      LastInEvent: 2,
      BackFilled: 4,
      Suspect: 8,
      Late: 16,
      VenueTimeMissing: 32,
    });
    expect(BookCondition).toEqual({ Crossed: 1, Locked: 2, VenueMissing: 4 });
  });

  it("averages", () => {
    expect(AverageMethod).toEqual({
      Simple: 1,
      ExponentialByCount: 2,
      ExponentialByTime: 3,
      VolumeWeighted: 4,
      TimeWeighted: 5,
    });
    expect(AverageState).toEqual({ Forming: 0, Closed: 1, Revised: 2, Empty: 3 });
  });

  it("deliveries, kinds of refusals and signatures", () => {
    expect(Delivery).toEqual({ Shared: 1, Private: 2 });
    expect(RefusalKind).toEqual({ Client: 1, Data: 2 });
    expect(SignatureAlgorithm).toEqual({ EcdsaSecp256k1: 1, SchnorrSecp256k1: 2, Ed25519: 3 });
  });
});

describe("names", () => {
  it("map exchange names to ids whatever their case, and nothing else", () => {
    for (const id of Object.values(ExchangeId)) expect(exchangeIdOf(exchangeName(id)!)).toBe(id);
    expect(exchangeIdOf("BinanceSpot")).toBe(ExchangeId.BinanceSpot);
    for (const name of ["", "binance", "binance-spot", "constructor"])
      expect(exchangeIdOf(name)).toBeUndefined();
    for (const id of [-1, 11, 1.5, Number.NaN]) expect(exchangeName(id)).toBeUndefined();
  });

  it("tell a minute from a month", () => {
    expect(timeResolutionOf("1m")).not.toBe(timeResolutionOf("1M"));
    for (const text of ["", "1H", "2m", "toString"]) expect(timeResolutionOf(text)).toBeUndefined();
    expect(timeResolutionText(0)).toBeUndefined();
  });
});

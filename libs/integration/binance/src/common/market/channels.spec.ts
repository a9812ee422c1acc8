import { DataType } from "@ims/common";
import { describe, expect, it } from "vitest";
import { channelOfRequest, offeredDataTypes, streamName, streamNameInUrl } from "./channels.js";
import { BINANCE_MARKETS } from "./markets.js";

describe("channels", () => {
  const { spot, "coin-future": coin, "usd-future": usd } = BINANCE_MARKETS;

  it("are offered for what a market has", () => {
    const everywhere = [DataType.Trade, DataType.Bar, DataType.TopOfBook, DataType.Book, DataType.Ticker];
    expect(offeredDataTypes(spot.channels)).toEqual(everywhere);
    for (const { channels } of [coin, usd]) {
      expect(new Set(offeredDataTypes(channels))).toEqual(
        new Set([...everywhere, DataType.MarkPrice, DataType.Liquidation]),
      );
    }
  });

  it("name their streams, the symbol in lower case and the interval as it is", () => {
    expect(streamName(spot.channels.kline, "BTCUSDT", "1M")).toBe("btcusdt@kline_1M");
    expect(streamName(coin.channels.depth, "BTCUSD_PERP")).toBe("btcusd_perp@depth@100ms");
    expect(streamName(usd.channels.allMarkPrices!, "BTCUSDT")).toBe("!markPrice@arr@1s");
    expect(streamName(spot.channels.trade, "币安USDT")).toBe("币安usdt@trade");
  });

  it("are encoded in addresses, but for the letters that addresses allow", () => {
    expect(streamNameInUrl("币安usdt@trade")).toBe("%E5%B8%81%E5%AE%89usdt@trade");
    expect(streamNameInUrl("!markPrice@arr@1s")).toBe("!markPrice@arr@1s");
    expect(streamNameInUrl("a/b&c")).toBe("a%2Fb%26c");
  });

  it("of USD-M are split over two paths, those of the others are not", () => {
    const paths = Object.fromEntries(Object.entries(usd.channels).map(([name, { path }]) => [name, path]));
    expect(paths).toEqual({
      trade: "/public",
      bookTicker: "/public",
      depth: "/public",
      partialDepth: "/public",
      aggTrade: "/market",
      kline: "/market",
      ticker: "/market",
      markPrice: "/market",
      forceOrder: "/market",
      allMarkPrices: "/market",
      allForceOrders: "/market",
      contractInfo: "/market",
    });
    for (const { channels } of [spot, coin])
      for (const { path } of Object.values(channels)) expect(path).toBe("");
  });

  it("are found by a request", () => {
    expect(channelOfRequest(usd.channels, { dataType: DataType.Trade }, "aggTrade")).toBe(
      usd.channels.aggTrade,
    );
    expect(channelOfRequest(spot.channels, { dataType: DataType.MarkPrice }, "trade")).toBeUndefined();
    expect(channelOfRequest(usd.channels, { dataType: DataType.OptionTicker }, "trade")).toBeUndefined();
  });
});

import { loadSettings } from "@ims/common";
import { describe, expect, it } from "vitest";
import { binanceOptions, binanceSettings } from "./binance-settings.js";

describe("binanceSettings", () => {
  it("gives each market its own part", () => {
    const env = {
      BINANCE_USD_FUTURE_WS_URL: "ws://127.0.0.1:9000",
      BINANCE_SPOT_REST_URL: "http://127.0.0.1:9001",
      BINANCE_TESTNET: "true",
      BINANCE_TRADES: "aggTrade",
    };
    const { values } = loadSettings(binanceSettings, { env });
    const shared = { testnet: true, tradesChannel: "aggTrade" };
    expect(binanceOptions("usd-future", values)).toEqual({ ...shared, wsUrl: "ws://127.0.0.1:9000" });
    expect(binanceOptions("spot", values)).toEqual({ ...shared, restUrl: "http://127.0.0.1:9001" });
    expect(binanceOptions("coin-future", values)).toEqual(shared);
  });

  it("has defaults, and names what is wrong", () => {
    expect(binanceOptions("spot", loadSettings(binanceSettings, { env: {} }).values)).toEqual({
      testnet: false,
      tradesChannel: "trade",
    });
    const env = { BINANCE_SPOT_WS_URL: "http://x", BINANCE_TRADES: "ticks" };
    expect(() => loadSettings(binanceSettings, { env })).toThrow(/BINANCE_SPOT_WS_URL[\s\S]*BINANCE_TRADES/);
  });
});

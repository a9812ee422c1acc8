import { homedir } from "node:os";
import { join } from "node:path";
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
      BINANCE_REDUNDANCY: "2",
      BINANCE_WEIGHT_FOLDER: "/var/weights",
    };
    const { values } = loadSettings(binanceSettings, { env });
    const shared = {
      testnet: true,
      tradesChannel: "aggTrade",
      redundancy: 2,
      ledgerFolder: "/var/weights",
    };
    expect(binanceOptions("usd-future", values)).toMatchObject({ ...shared, wsUrl: "ws://127.0.0.1:9000" });
    expect(binanceOptions("spot", values)).toMatchObject({ ...shared, restUrl: "http://127.0.0.1:9001" });
    expect(binanceOptions("coin-future", values)).toMatchObject(shared);
  });

  it("has defaults, and names what is wrong", () => {
    expect(binanceOptions("spot", loadSettings(binanceSettings, { env: {} }).values)).toMatchObject({
      testnet: false,
      tradesChannel: "trade",
      redundancy: 1,
      ledgerFolder: join(homedir(), ".ims", "request-weight"),
    });
    const env = { BINANCE_SPOT_WS_URL: "http://x", BINANCE_TRADES: "ticks", BINANCE_REDUNDANCY: "0" };
    expect(() => loadSettings(binanceSettings, { env })).toThrow(
      /BINANCE_SPOT_WS_URL[\s\S]*BINANCE_TRADES[\s\S]*BINANCE_REDUNDANCY/,
    );
  });

  it("shares the weight of the venue's own hosts by itself, and none when told so", () => {
    const folderWith = (env: NodeJS.ProcessEnv) =>
      binanceOptions("spot", loadSettings(binanceSettings, { env }).values).ledgerFolder;
    const BINANCE_SPOT_REST_URL = "http://127.0.0.1:9001";
    expect(folderWith({ BINANCE_SPOT_REST_URL })).toBeUndefined();
    expect(folderWith({ BINANCE_SPOT_REST_URL, BINANCE_WEIGHT_FOLDER: "/w" })).toBe("/w");
    expect(folderWith({ BINANCE_WEIGHT_FOLDER: "none" })).toBeUndefined();
  });
});

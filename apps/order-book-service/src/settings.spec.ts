import { loadSettings } from "@ims/common";
import { expect, it } from "vitest";
import { BOOK_SERVICE_SETTINGS } from "./settings.js";

const load = (env: NodeJS.ProcessEnv) => loadSettings(BOOK_SERVICE_SETTINGS, { env }).values;

it("listens on [::1]:9051 and reads one venue through the broker by default", () => {
  expect(load({})).toMatchObject({ grpcAddress: "[::1]:9051", direct: false, venues: ["binancespot"] });
  expect(load({}).symbolMapping).toBeUndefined();
});

it("reads mappings and aliases of symbols", () => {
  const settings = load({
    BOOK_ASSET_ALIASES: "xbt=BTC",
    BOOK_SYMBOLS: "BTCUSD=bitstamp:btcusd+binancespot:BTCUSDT, ETHUSD=bitstamp:ethusd",
  });
  expect(settings.assetAliases).toEqual({ XBT: "BTC" });
  expect(settings.symbolMapping).toEqual({
    BTCUSD: ["bitstamp:btcusd", "binancespot:BTCUSDT"],
    ETHUSD: ["bitstamp:ethusd"],
  });
});

it.each(["BTCUSD", "BTCUSD=", "BTCUSD=btcusd", "BTCUSD=bitstamp:"])("refuses the mapping %s", (text) => {
  expect(() => load({ BOOK_SYMBOLS: text })).toThrow(/BOOK_SYMBOLS/);
});

import { existsSync } from "node:fs";
import { ExchangeId } from "@ims/common";
import { describe, expect, it } from "vitest";
import {
  looksLikeResolution,
  resolveExchange,
  resolveResolution,
  SERVED_EXCHANGE_NAMES,
  serveCommand,
} from "./client-settings.js";
import { resolveOptions } from "./connect-options.js";

describe("resolveExchange", () => {
  it("takes ids and names, whatever the case and the separators", () => {
    expect(resolveExchange(ExchangeId.Deribit)).toBe(12);
    expect(resolveExchange("BinanceSpot")).toBe(4);
    expect(resolveExchange("binance-usd-margin_future")).toBe(8);
  });

  it.each([
    ["binancesopt", ["binancespot"]],
    ["binancespt", ["binancespot"]],
    ["binanceusd", ["binanceusdmarginfuture"]],
    ["binance", ["binancespot", "binancecoinmarginfuture", "binanceusdmarginfuture"]],
    ["derbit", ["deribit"]],
    ["nasdaq", []],
    ["none", []],
  ])("%s has the suggestions %j", (text, suggestions) => {
    expect(() => resolveExchange(text)).toThrow(
      expect.objectContaining({ context: { exchange: text, suggestions } }),
    );
  });

  it("lists the names when none is near", () => {
    expect(() => resolveExchange("nasdaq")).toThrow(/there are .*binancespot, .*deribittestnet\)/);
    expect(() => resolveExchange("binancesopt")).toThrow(/did you mean binancespot\?/);
  });

  it("refuses numbers without a name, and 0", () => {
    expect(() => resolveExchange(99 as ExchangeId)).toThrow(/^there is no exchange with id 99\. /);
    expect(() => resolveExchange(ExchangeId.None)).toThrow(/id 0/);
  });
});

describe("resolveResolution", () => {
  it("tells a minute from a month", () => {
    expect([resolveResolution("1m"), resolveResolution("1M")]).toEqual([1, 8]);
  });

  it.each([
    ["60s", "1m"],
    ["1min", "1m"],
    ["1H", "1h"],
    ["24h", "1d"],
    ["7d", "1w"],
    ["1mo", "1M"],
  ])("%s is called %s here", (text, suggestion) => {
    expect(() => resolveResolution(text)).toThrow(`did you mean ${suggestion}?`);
  });

  it("names all where it has no idea", () => {
    expect(() => resolveResolution("fast")).toThrow(
      /"fast" is not a bar resolution \(there are 1m, 5m, .*3d\)/,
    );
    expect(() => resolveResolution("7m")).toThrow(/did you mean 1m, 5m, 15m, 30m or 3m\?/);
  });

  it.each([
    ["1m", true],
    ["60s", true],
    ["2minute", true],
    ["BTCUSDT", false],
    ["1INCHUSDT", false],
    ["1000SATSUSDT", false],
  ])("%s looks like a resolution: %s", (text, expected) => {
    expect(looksLikeResolution(text)).toBe(expected);
  });
});

describe("serveCommand", () => {
  it("names the project of each Binance market, testnets by their switch", () => {
    expect(serveCommand(ExchangeId.BinanceCoinMarginFuture)).toBe("npx nx run binance-coin-future:serve");
    expect(serveCommand(ExchangeId.BinanceSpotTestnet)).toBe(
      "BINANCE_TESTNET=true npx nx run binance-spot:serve",
    );
    expect(serveCommand(ExchangeId.Kraken)).toBeUndefined();
  });

  it("names a project that is called as its exchange, each of which there is", () => {
    expect(serveCommand(ExchangeId.Deribit)).toBe("npx nx run deribit:serve");
    expect(serveCommand(ExchangeId.DeribitTestnet)).toBe("DERIBIT_TESTNET=true npx nx run deribit:serve");
    for (const name of SERVED_EXCHANGE_NAMES) {
      const project = serveCommand(resolveExchange(name))!.match(/nx run (.+):serve/)![1]!;
      expect(existsSync(new URL(`../../../${project}/src/main.ts`, import.meta.url)), project).toBe(true);
    }
  });
});

describe("resolveOptions", () => {
  it("draws a client id from 1000 to 65000", () => {
    expect(resolveOptions({ random: () => 0 }).clientId).toBe(1000);
    expect(resolveOptions({ random: () => 0.999_999_9 }).clientId).toBe(65_000);
  });

  it.each([
    [{ clientId: 99 }, /^clientId is 99, expected a whole number from 100 to 65535/],
    [{ clientId: 1.5 }, /^clientId is 1\.5/],
    [{ queueCapacity: 0 }, /^queueCapacity is 0/],
    [{ requestTimeoutMillis: Number.NaN }, /^requestTimeoutMillis is NaN/],
  ])("refuses %j", (options, message) => {
    expect(() => resolveOptions(options)).toThrow(message);
  });
});

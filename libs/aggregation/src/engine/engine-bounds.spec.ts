import { AverageMethod, TradeKind } from "@ims/common";
import { describe, expect, it } from "vitest";
import { brief, START, setup } from "../spec-support/engine-stage.js";

const DAY = 86_400;

describe("a long silence", () => {
  it("is 100 empty windows and one message, however many messages a window makes", () => {
    const halfLives = Array.from({ length: 16 }, (_, index) => `${index + 1}t`);
    const { trade, published } = setup({ emptyWindows: true, halfLives });
    trade(0.5, 10_000, { symbol: "A" });
    trade(0.5, 10_000, { symbol: "B" });
    const messages: string[] = [];
    for (let index = 0; index < 10; index++) {
      // A million windows of a second later; each further trade closes what it may.
      trade(1_000_000 + index / 100, 10_000, { symbol: "C" });
      const averages = published();
      expect(averages.length).toBeLessThanOrEqual(1024);
      messages.push(...averages.filter(({ method }) => method === AverageMethod.Simple).map(brief));
    }
    for (const symbol of ["A", "B"]) {
      const own = messages.filter((message) => message.startsWith(symbol));
      expect(own).toHaveLength(102);
      expect(own[0]).toBe(`${symbol} 0-1 Closed 1 100`);
      expect(own.at(-1)).toBe(`${symbol} 101-1000000 Empty 0 -`);
    }
  });

  it("makes nothing of its own without empty windows", () => {
    const { trade, published } = setup();
    trade(0.5, 10_000);
    trade(1_000_000, 10_000);
    expect(published().map(brief)).toEqual(["BTCUSDT 0-1 Closed 1 100"]);
  });
});

describe("a late trade of a window that was never published", () => {
  it("publishes it for the first time, though empty windows are declared from a later one on", () => {
    const { trade, published } = setup({ emptyWindows: true, revisableWindows: 3 });
    trade(0.5, 10_000, { symbol: "OTHER" });
    trade(2.5, 10_000);
    trade(3, 10_000);
    published();
    trade(1.5, 10_200);
    expect(published().map(brief)).toEqual(["BTCUSDT 1-2 Closed 1 102"]);
    trade(1.6, 10_400);
    expect(published().map(brief)).toEqual(["BTCUSDT 1-2 Revised 2 103"]);
  });

  it("publishes it for the first time where the symbol's first trade is late", () => {
    const { trade, published } = setup({ emptyWindows: true });
    trade(5, 10_000, { symbol: "OTHER" });
    trade(6, 10_000, { symbol: "OTHER" });
    published();
    trade(4.5, 10_000);
    expect(published().map(brief)).toEqual(["BTCUSDT 4-5 Closed 1 100"]);
  });
});

describe("the scales of a symbol", () => {
  it.each([
    ["has more digits than any price", { priceScale: 200 }],
    ["is no regular print", { kind: TradeKind.Block, price: 10n ** 17n, priceScale: 17 }],
    ["has no price", { price: 0n, priceScale: 18, quantityScale: 18 }],
  ])("do not follow a first trade that %s", (_, rest) => {
    const { trade, published } = setup();
    trade(0.1, 10_000, rest);
    trade(0.2, 10_000);
    trade(1, 10_000);
    expect(published()).toMatchObject([{ tradeCount: 1, excludedCount: 1 }]);
  });
});

describe("a symbol that is silent for a day", () => {
  it("is kept while its windows can be revised, so that none is published as another", () => {
    const { engine, trade, published } = setup({ windows: ["1h"], revisableWindows: 30 });
    trade(60, 10_000, { symbol: "A" });
    trade(DAY + 4000, 10_000, { symbol: "B" });
    trade(DAY + 7200, 10_000, { symbol: "B" });
    published();
    trade(120, 10_200, { symbol: "A" });
    expect(published().map(brief)).toEqual(["A -800-2800 Revised 2 101"]);
    trade(DAY * 3, 10_000, { symbol: "B" });
    trade(DAY * 3 + 3600, 10_000, { symbol: "B" });
    expect(engine.table.symbols).toHaveLength(1);
  });
});

describe("the border of lateness", () => {
  it("is passed by the trade whose time is the window's end and the lateness", () => {
    const { trade, published } = setup({ lateness: "500ms" });
    trade(0, 10_000);
    trade(1.499999, 10_000);
    trade(0.999999, 10_200);
    expect(published()).toEqual([]);
    trade(1.5, 10_000);
    expect(published().map(brief)).toEqual(["BTCUSDT 0-1 Closed 2 101"]);
    trade(0, 10_200);
    expect(published().map(brief)).toEqual(["BTCUSDT 0-1 Revised 3 101.3333"]);
  });
});

describe("windows of a day", () => {
  it.each([
    ["a day of 23 hours in Europe", "2026-03-29"],
    ["a day of 25 hours in Europe", "2026-10-25"],
    ["a leap day", "2028-02-29"],
    ["a day with a leap second", "2016-12-31"],
  ])("begin and end at midnight of UTC on %s", (_, day) => {
    const { trade, published } = setup({ windows: ["24h"] });
    const midnight = Date.parse(`${day}T00:00:00Z`) / 1000;
    const start = START / 1e6;
    trade(midnight - start, 10_000);
    trade(midnight + 86_399.999999 - start, 10_200);
    expect(published()).toEqual([]);
    trade(midnight + 86_400 - start, 10_000);
    const [average, ...others] = published();
    expect(others).toEqual([]);
    expect(average).toMatchObject({ tradeCount: 2, windowStartMicros: midnight * 1e6 });
    expect(average!.windowEndMicros).toBe((midnight + 86_400) * 1e6);
  });
});

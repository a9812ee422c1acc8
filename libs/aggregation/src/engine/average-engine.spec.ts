import { AverageMethod, Decimal, RecordFlags, TradeKind } from "@ims/common";
import { describe, expect, it } from "vitest";
import { brief, START, setup } from "../spec-support/engine-stage.js";
import { symbolsMaxOf } from "./average-engine.js";
import { snapshotEngine } from "./engine-state.js";

describe("windows of event time", () => {
  it("close when the event time of the partition has passed them, silent symbols included", () => {
    const { trade, published } = setup();
    trade(0.1, 10_000, { symbol: "A" });
    trade(0.2, 20_000, { symbol: "B" });
    trade(0.9, 10_100, { symbol: "A" });
    expect(published()).toEqual([]);
    trade(1, 30_000, { symbol: "C" });
    expect(published().map(brief)).toEqual(["A 0-1 Closed 2 100.5", "B 0-1 Closed 1 200"]);
  });

  it("of several lengths are published in order of length", () => {
    const { trade, published } = setup({ windows: ["2s", "1s"] });
    trade(0, 10_000);
    trade(1.5, 10_200);
    trade(2, 10_000);
    expect(published().map(brief)).toEqual([
      "BTCUSDT 0-1 Closed 1 100",
      "BTCUSDT 1-2 Closed 1 102",
      "BTCUSDT 0-2 Closed 2 101",
    ]);
  });

  it("wait for the allowed lateness, and take what comes within it", () => {
    const { trade, published } = setup({ lateness: "500ms" });
    trade(0.2, 10_000);
    trade(1.4, 10_400);
    trade(0.9, 10_200);
    expect(published()).toEqual([]);
    trade(1.5, 10_400);
    const [average] = published();
    expect(brief(average!)).toBe("BTCUSDT 0-1 Closed 2 101");
    expect(average!.flags & RecordFlags.Late).toBe(0);
  });

  it("take open and close by event time, and mark that one came out of order", () => {
    const { trade, published } = setup({ lateness: "1s" });
    for (const [seconds, price] of [
      [0.5, 10_000],
      [0.1, 10_300],
      [0.7, 9_900],
      [0.6, 10_500],
    ] as const) {
      trade(seconds, price);
    }
    trade(2, 10_000);
    const [average] = published();
    expect(average).toMatchObject({ flags: RecordFlags.Late, tradeCount: 4 });
    const { open, high, low, close, twap } = average!;
    expect([open, high, low, close].map(String)).toEqual(["103", "105", "99", "99"]);
    // 103 for 0.4 s, 100 for 0.2 s, 99 for 0.3 s: the trade in between has no part.
    expect(String(twap)).toBe("101");
  });

  it("are revised by late trades while they may be, and count what comes later still", () => {
    const { trade, published } = setup({ revisableWindows: 1 });
    trade(0.5, 10_000);
    trade(1.5, 10_000);
    trade(2.5, 10_000);
    published();
    trade(1.6, 10_200);
    const [revised, ...others] = published();
    expect(others).toEqual([]);
    expect(brief(revised!)).toBe("BTCUSDT 1-2 Revised 2 101");
    expect(revised!.flags & RecordFlags.Late).toBe(RecordFlags.Late);
    trade(0.6, 10_200);
    expect(published()).toEqual([]);
    trade(3, 10_000);
    trade(4, 10_000);
    expect(published().map(({ lateCount }) => lateCount)).toEqual([1, 0]);
  });

  it("that were not published are closed, not revised, by a late trade", () => {
    const { trade, published } = setup();
    trade(0.5, 10_000);
    trade(2.5, 10_000);
    published();
    trade(1.5, 10_100);
    expect(published().map(brief)).toEqual(["BTCUSDT 1-2 Closed 1 101"]);
    trade(1.6, 10_300);
    expect(published().map(brief)).toEqual(["BTCUSDT 1-2 Revised 2 102"]);
  });

  it("without a trade are published by choice, a long silence as one", () => {
    const { trade, published } = setup({ emptyWindows: true, halfLives: ["1s"] });
    trade(0.5, 10_000);
    trade(3, 10_000, { symbol: "B" });
    const averages = published();
    expect(averages.filter(({ method }) => method === AverageMethod.Simple).map(brief)).toEqual([
      "BTCUSDT 0-1 Closed 1 100",
      "BTCUSDT 1-2 Empty 0 -",
      "BTCUSDT 2-3 Empty 0 -",
    ]);
    expect(
      averages.filter(({ method }) => method !== AverageMethod.Simple).map(({ value }) => String(value)),
    ).toEqual(Array(3).fill("100"));
    trade(2.5, 10_200);
    expect(published().map(brief)).toContain("BTCUSDT 2-3 Revised 1 102");
    trade(1000, 10_000, { symbol: "B" });
    const silence = published().filter(
      ({ symbol, method }) => symbol === "BTCUSDT" && method === AverageMethod.Simple,
    );
    expect(silence).toHaveLength(101);
    expect(brief(silence.at(-1)!)).toBe("BTCUSDT 103-1000 Empty 0 -");
  });
});

describe("trades that are left out", () => {
  it("are counted in their window", () => {
    const { engine, trade, published } = setup();
    trade(0.1, 10_000);
    trade(0.2, 99_999, { kind: TradeKind.Block });
    trade(0.3, 0);
    trade(0.4, -5);
    trade(0.5, 10_000, { quantity: 0n });
    trade(0.6, 10_000, { priceScale: 19 });
    trade(1, 10_000, { kind: TradeKind.InsuranceFund });
    expect(published()).toMatchObject([{ tradeCount: 1, excludedCount: 5 }]);
    trade(2, 10_000);
    expect(published().map(brief)).toEqual(["BTCUSDT 1-2 Empty 0 -"]);
    expect(engine.counts).toMatchObject({ trades: 8, excluded: 6 });
  });

  it("are those whose volume would be beyond int64, with the window as it was", () => {
    const { trade, published } = setup();
    trade(0.1, 1, { quantity: (1n << 63n) - 1n });
    trade(0.2, 3, { quantity: 1n });
    trade(1, 1);
    const [average] = published();
    expect(average).toMatchObject({ tradeCount: 1, excludedCount: 1 });
    expect(average!.volume).toEqual(Decimal.of((1n << 63n) - 1n, 3));
    expect(String(average!.high)).toBe("0.01");
  });

  it("are those of more symbols than may be", () => {
    const { engine, trade, published } = setup({}, 1);
    trade(0.1, 10_000, { symbol: "A" });
    trade(0.2, 10_000, { symbol: "B" });
    trade(1, 10_000, { symbol: "A" });
    expect(published().map(brief)).toEqual(["A 0-1 Closed 1 100"]);
    expect(engine.counts.withoutSymbol).toBe(1);
  });
});

describe("what venues do", () => {
  it("an event time in the far future does not close windows", () => {
    const { engine, trade, published } = setup();
    trade(0.1, 10_000);
    trade(90_000, 10_000, { receiveMicros: START + 200_000 });
    expect(published()).toEqual([]);
    expect(engine.counts.implausibleTimes).toBe(1);
    trade(1, 10_000);
    expect(published().map(brief)).toEqual(["BTCUSDT 0-1 Closed 2 100"]);
  });

  it("a number given anew keeps symbols apart", () => {
    const { trade, published } = setup();
    trade(0.1, 10_000, { symbol: "A", instrumentId: 1 });
    trade(0.2, 20_000, { symbol: "B", instrumentId: 1 });
    trade(0.3, 10_200, { symbol: "A", instrumentId: 2 });
    trade(0.3, 50_000, { symbol: "A", instrumentId: 2, exchangeId: 10 });
    trade(1, 20_000, { symbol: "B", instrumentId: 1 });
    expect(published().map(brief)).toEqual([
      "A 0-1 Closed 2 101",
      "B 0-1 Closed 1 200",
      "A 0-1 Closed 1 500",
    ]);
  });

  it("other scales on the way change units, not values", () => {
    const { trade, published } = setup({ halfLives: ["1t"] });
    trade(0, 10_000, { quantity: 1000n });
    trade(0.25, 1_010_000, { priceScale: 4, quantity: 200_000n, quantityScale: 5 });
    trade(0.5, 1020, { priceScale: 1, quantity: 2n, quantityScale: 0 });
    trade(1, 10_000);
    const [simple, exponential] = published();
    expect(simple).toMatchObject({ tradeCount: 3, excludedCount: 0 });
    expect(simple!.volume).toEqual(Decimal.of(500_000n, 5));
    const { quoteVolume, vwap, value, twap } = simple!;
    expect([vwap, value, twap].map(String)).toEqual(["101.2", "101", "101.25"]);
    expect(Number(quoteVolume)).toBe(506);
    // Weights 1/4, 1/2, 1.
    expect(Number(exponential!.value)).toBeCloseTo((100 / 4 + 101 / 2 + 102) / 1.75, 5);
  });

  it("a scale that would take what is held beyond int64 leaves the trade out", () => {
    const { trade, published } = setup();
    trade(0, 10_000, { quantity: 1n << 62n });
    trade(0.5, 10_000, { quantity: 5n, quantityScale: 4 });
    trade(1, 10_000);
    expect(published()).toMatchObject([
      { tradeCount: 1, excludedCount: 1, volume: Decimal.of(1n << 62n, 3) },
    ]);
  });
});

describe("much at once", () => {
  it("is spread over the trades that follow, at most 1,024 messages each", () => {
    const { trade, published } = setup({ halfLives: ["5t"] });
    for (let index = 0; index < 1500; index++) trade(0.5, 10_000 + index, { symbol: `S${index}` });
    const counts: number[] = [];
    for (let index = 0; index < 4; index++) {
      trade(1.1, 10_000, { symbol: "S0" });
      counts.push(published().length);
    }
    expect(counts).toEqual([1024, 1024, 952, 0]);
  });

  it("has a state of at most 8 MiB with as many symbols as there may be", () => {
    const plan = {
      lateness: "1s",
      revisableWindows: 20,
      windows: ["100ms", "200ms", "1s"],
      halfLives: ["1t", "1s"],
    };
    const { engine, trade } = setup(plan);
    const symbolCount = symbolsMaxOf(engine.plan) + 10;
    expect(symbolCount).toBeLessThan(1000);
    for (let tenth = 0; tenth < 60; tenth++) {
      for (let index = 0; index < symbolCount; index++) trade(tenth / 10, 10_000, { symbol: `S${index}` });
    }
    expect(engine.counts.withoutSymbol).toBe(600);
    const { length } = snapshotEngine(engine);
    expect(length).toBeLessThan(8 * 1024 * 1024);
    expect(length).toBeGreaterThan(4 * 1024 * 1024);
  });

  it("of symbols without a trade for a day is forgotten", () => {
    const { engine, trade, published } = setup();
    trade(0.5, 10_000, { symbol: "A" });
    trade(86_500, 10_000, { symbol: "B" });
    trade(86_501, 10_000, { symbol: "B" });
    expect(engine.table.symbols).toHaveLength(1);
    expect(published().map(brief)).toEqual(["A 0-1 Closed 1 100", "B 86500-86501 Closed 1 100"]);
  });
});

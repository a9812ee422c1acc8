import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AveragePlan, readPlan } from "../plan/average-plan.js";
import { CollectedOutput } from "../spec-support/collected-output.js";
import { randomTrades } from "../spec-support/random-trades.js";
import { SimpleAverages } from "../spec-support/simple-averages.js";
import { type TradeRow, tradeValues } from "../spec-support/trades.js";
import { AverageEngine } from "./average-engine.js";
import { restoreEngine, snapshotEngine } from "./engine-state.js";

const plans = fc.record({
  windows: fc.constantFrom(["1s"], ["250ms", "1s", "5s"], ["500ms", "1m"], ["300ms", "7s"]),
  halfLives: fc.constantFrom([], ["3t", "2s"], ["10t", "1m", "100ms"]),
  lateness: fc.constantFrom("0s", "300ms", "2s"),
  revisableWindows: fc.integer({ min: 0, max: 3 }),
  emptyWindows: fc.boolean(),
  extraDigits: fc.integer({ min: 0, max: 9 }),
});
const markets = fc.record({
  seed: fc.integer({ min: 0, max: 1e9 }),
  count: fc.integer({ min: 1, max: 200 }),
  backMicros: fc.constantFrom(0, 200_000, 5_000_000),
  irregular: fc.constantFrom(0, 0.2),
  scales: fc.boolean(),
  symbols: fc.constantFrom(["A"], ["A", "B", "C"]),
});

function run(engine: AverageEngine, trades: readonly TradeRow[], output: CollectedOutput): void {
  for (const trade of trades) engine.take(tradeValues(trade), output);
}

function bytesOf(output: CollectedOutput): string {
  return Buffer.concat(output.messages).toString("hex");
}

function uninterrupted(plan: AveragePlan, trades: readonly TradeRow[]) {
  const output = new CollectedOutput();
  const engine = new AverageEngine(plan);
  run(engine, trades, output);
  return { engine, output };
}

describe("averages of any trades", () => {
  it("are equal bytes when they are made again, and when the state is stored and restored anywhere", () => {
    fc.assert(
      fc.property(
        plans,
        markets,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (text, market, cuts) => {
          const plan = readPlan(text);
          const trades = randomTrades(market);
          const whole = uninterrupted(plan, trades);
          expect(bytesOf(uninterrupted(plan, trades).output)).toBe(bytesOf(whole.output));
          const output = new CollectedOutput();
          let engine = new AverageEngine(plan);
          let from = 0;
          for (const cut of [
            ...cuts.map((share) => Math.floor(share * trades.length)).sort((a, b) => a - b),
            trades.length,
          ]) {
            run(engine, trades.slice(from, cut), output);
            engine = restoreEngine(plan, snapshotEngine(engine));
            from = cut;
          }
          expect(bytesOf(output)).toBe(bytesOf(whole.output));
          expect(Buffer.from(snapshotEngine(engine))).toEqual(Buffer.from(snapshotEngine(whole.engine)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("are those that sums of bigint over all trades of a window give, late ones included", () => {
    fc.assert(
      fc.property(plans, markets, (text, market) => {
        const plan = readPlan({ ...text, revisableWindows: 100 });
        const trades = randomTrades(market);
        const { output } = uninterrupted(plan, trades);
        const simple = new SimpleAverages(plan, trades);
        for (const average of simple.lastOfEach(output.averages())) simple.expectSame(average);
      }),
      { numRuns: 150 },
    );
  });

  it("lose no trade: each is in a window, left out in one, or counted as late", () => {
    fc.assert(
      fc.property(plans, markets, (text, market) => {
        const plan = readPlan(text);
        const trades = randomTrades(market);
        const { engine, output } = uninterrupted(plan, trades);
        // A last trade far ahead closes all that is open.
        const last = trades.at(-1)!;
        for (const symbol of market.symbols) {
          const micros = last.receiveMicros! + 4e9;
          engine.take(tradeValues({ ...last, symbol, micros, receiveMicros: micros }), output);
        }
        for (const length of plan.windows) {
          const own = output
            .averages()
            .filter(
              (average) =>
                average.method === 1 && average.windowEndMicros - average.windowStartMicros === length,
            );
          const windows = new Map(
            own.map((average) => [`${average.symbol} ${average.windowStartMicros}`, average]),
          );
          let count = own.reduce((sum, { lateCount }) => sum + lateCount, 0);
          for (const { tradeCount, excludedCount } of windows.values()) count += tradeCount + excludedCount;
          for (const symbol of engine.table.symbols)
            count += symbol.series[plan.windows.indexOf(length)]!.lateCount;
          expect(count).toBe(trades.length);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("a stored state", () => {
  const plan = readPlan({
    windows: ["1s"],
    halfLives: ["3t"],
    lateness: "0s",
    revisableWindows: 1,
    emptyWindows: false,
    extraDigits: 4,
  });

  it("of another plan is refused, naming both", () => {
    const state = snapshotEngine(new AverageEngine(plan));
    expect(() => restoreEngine({ ...plan, latenessMicros: 1000 }, state)).toThrow(
      expect.objectContaining({
        code: "aggregation.plan-changed",
        message: expect.stringMatching(/lateness 0ms.*lateness 1ms/),
      }),
    );
  });

  it("that is cut off or too long anywhere is refused", () => {
    const engine = new AverageEngine(plan);
    run(engine, randomTrades({ seed: 1, count: 20, symbols: ["A", "B"] }), new CollectedOutput());
    const state = snapshotEngine(engine);
    for (let length = 0; length < state.length; length++) {
      expect(() => restoreEngine(plan, state.subarray(0, length))).toThrow(
        /aggregation\.|state|octets|count/,
      );
    }
    expect(() => restoreEngine(plan, Buffer.concat([state, new Uint8Array(8)]))).toThrow(
      expect.objectContaining({ code: "aggregation.bad-state" }),
    );
  });
});

import { TradeKind } from "@ims/common";
import fc from "fast-check";
import { expect, it } from "vitest";
import { AverageEngine } from "../engine/average-engine.js";
import { snapshotEngine } from "../engine/engine-state.js";
import { type AveragePlan, readPlan } from "../plan/average-plan.js";
import { CollectedOutput } from "../spec-support/collected-output.js";
import { START } from "../spec-support/engine-stage.js";
import { type TradeRow, tradeValues } from "../spec-support/trades.js";

const plans = fc.record({
  windows: fc.constantFrom(["1s"], ["250ms", "1s", "5s"], ["300ms", "700ms", "7s"]),
  halfLives: fc.constantFrom([], ["3t", "2s"]),
  lateness: fc.constantFrom("0s", "300ms"),
  revisableWindows: fc.integer({ min: 0, max: 2 }),
  emptyWindows: fc.boolean(),
  extraDigits: fc.constantFrom(0, 4),
});

/** Around the borders of one limb, of the factors that need no bigint, and of int64. */
const borders = [51n, 52n, 62n, 63n].flatMap((bits) => [-2n, -1n, 0n, 1n].map((step) => (1n << bits) + step));
const usual = fc.bigInt({ min: 1n, max: 1n << 30n });
const large = fc.bigInt({ min: 1n << 49n, max: 1n << 51n });
const border = fc.constantFrom(0n, 1n, ...borders.filter((value) => value < 1n << 63n));
/** Mostly of one size, as a symbol's are. */
const amounts = fc
  .constantFrom(usual, large, border)
  .map((most) =>
    fc.oneof(
      { weight: 20, arbitrary: most },
      { weight: 2, arbitrary: usual },
      { weight: 1, arbitrary: large },
      { weight: 1, arbitrary: border },
    ),
  );
const steps = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 3000 }) },
  { weight: 3, arbitrary: fc.integer({ min: -2_000_000, max: 2_000_000 }) },
  // Symbols that are silent meanwhile are forgotten.
  { weight: 1, arbitrary: fc.constant(2 * 86_400e6) },
);
const trades = fc.tuple(amounts, amounts).chain(([price, quantity]) =>
  fc.array(
    fc.record({
      step: steps,
      symbol: fc.constantFrom("A", "A", "A", "B", "C"),
      price,
      quantity,
      priceScale: fc.oneof({ weight: 30, arbitrary: fc.constant(2) }, fc.constantFrom(0, 1, 3, 19, 34)),
      quantityScale: fc.oneof({ weight: 30, arbitrary: fc.constant(3) }, fc.constantFrom(0, 4)),
      aggressor: fc.integer({ min: 0, max: 2 }),
      kind: fc.oneof({ weight: 30, arbitrary: fc.constant(TradeKind.Regular) }, fc.constant(TradeKind.Block)),
    }),
    { maxLength: 300, size: "max" },
  ),
);

function rowsOf(trades: readonly (Omit<TradeRow, "micros"> & { readonly step: number })[]): TradeRow[] {
  let micros = START;
  return trades.map(({ step, ...rest }) => {
    micros += step;
    return { ...rest, micros, receiveMicros: micros + 1000 };
  });
}

/** What is published, and the state at the end. `isGathered` false = each trade goes to each window by itself. */
function bytesOf(plan: AveragePlan, rows: readonly TradeRow[], isGathered: boolean): string[] {
  const engine = new AverageEngine(plan);
  const output = new CollectedOutput();
  for (const row of rows) {
    engine.take(tradeValues(row), output);
    if (!isGathered) for (const symbol of engine.table.symbols) symbol.settle();
  }
  return [...output.messages, snapshotEngine(engine)].map((bytes) => Buffer.from(bytes).toString("hex"));
}

it("trades that are gathered for all windows give the bytes that they give one by one in each", () => {
  fc.assert(
    fc.property(plans, trades, (text, rows) => {
      const plan = readPlan(text);
      const market = rowsOf(rows);
      expect(bytesOf(plan, market, true)).toEqual(bytesOf(plan, market, false));
    }),
    { numRuns: 200 },
  );
});

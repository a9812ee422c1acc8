import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPlan } from "../plan/average-plan.js";
import { brief, START, setup } from "../spec-support/engine-stage.js";
import { tradeValues } from "../spec-support/trades.js";
import type { SymbolSeries } from "./symbol-series.js";
import { SymbolTable } from "./symbol-table.js";

const plan = readPlan({
  windows: ["1s"],
  halfLives: [],
  lateness: "0s",
  revisableWindows: 0,
  emptyWindows: false,
  extraDigits: 0,
});

const lookup = fc.record({
  kind: fc.constant("find" as const),
  symbol: fc.constantFrom("A", "B", "AB", "BA", "ABTCUSDT", "A".repeat(32)),
  exchangeId: fc.constantFrom(1, 2),
  // 1 of venue 1 shares a guess with those that differ by 2^14, and with 2770 of venue 2.
  instrumentId: fc.constantFrom(0, 1, 1 + 2 ** 14, 2770, 2 ** 31, 2 ** 32 - 1),
});
const removal = fc.record({ kind: fc.constant("remove" as const), at: fc.nat(20) });
const steps = fc.array(fc.oneof({ weight: 6, arbitrary: lookup }, { weight: 1, arbitrary: removal }), {
  maxLength: 200,
  size: "max",
});

describe("the table of symbols", () => {
  it("tells them apart by venue and name, whatever their numbers and whoever has left", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 12 }), (actions, symbolsMax) => {
        const table = new SymbolTable(plan, symbolsMax);
        const model = new Map<string, SymbolSeries>();
        for (const action of actions) {
          if (action.kind === "remove") {
            const leaving = table.symbols[action.at];
            table.remove(action.at);
            for (const [key, symbol] of model) if (symbol === leaving) model.delete(key);
            continue;
          }
          const { symbol: name, exchangeId, instrumentId } = action;
          const key = `${exchangeId} ${name}`;
          const values = tradeValues({
            symbol: name,
            exchangeId,
            instrumentId,
            micros: START,
            price: 1n,
            quantity: 1n,
          });
          const known = model.get(key);
          const guess = table.placeOf(values);
          const symbol = table.find(values);
          if (known) expect(symbol).toBe(known);
          else if (symbol) model.set(key, symbol);
          else expect(model.size).toBe(symbolsMax);
          // A guess is right, or of one that has left.
          if (guess >= 0 && guess !== known?.place) {
            expect(
              [...model.values()].filter(({ place }) => place === guess && place !== symbol?.place),
            ).toEqual([]);
          }
          if (!symbol) continue;
          expect(table.placeOf(values)).toBe(symbol.place);
          expect(symbol).toMatchObject({ exchangeId, instrumentId });
        }
        expect(table.symbols).toHaveLength(model.size);
        expect(new Set(table.symbols.map(({ place }) => place)).size).toBe(model.size);
      }),
      { numRuns: 300 },
    );
  });

  it("has what a symbol that leaves it held, for the next", () => {
    const { engine, trade, published } = setup();
    trade(0.5, 10_000, { symbol: "A" });
    trade(0.6, 10_000, { symbol: "A" });
    const { table } = engine;
    const leaving = table.symbols[0]!;
    expect(table.fronts.isOpen(leaving.place)).toBe(true);
    table.remove(0);
    expect(table.fronts.isOpen(leaving.place)).toBe(false);
    expect(leaving.series[0]!.windows).toEqual([]);
    trade(0.7, 10_200, { symbol: "B" });
    expect(table.symbols[0]!.place).toBe(leaving.place);
    trade(1, 10_000, { symbol: "B" });
    expect(published().map(brief)).toEqual(["B 0-1 Closed 1 102"]);
  });
});

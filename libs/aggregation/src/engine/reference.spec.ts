import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AverageMethod, Decimal } from "@ims/common";
import type { AverageRecord } from "@ims/sbe";
import { describe, expect, it } from "vitest";
import { readPlan } from "../plan/average-plan.js";
import { CollectedOutput } from "../spec-support/collected-output.js";
import { randomTrades } from "../spec-support/random-trades.js";
import { tradeValues } from "../spec-support/trades.js";
import { AverageEngine } from "./average-engine.js";

interface ReferenceRow {
  readonly symbol: string;
  readonly start: number;
  readonly end: number;
  readonly trades: number;
  readonly excluded: number;
  readonly open?: string;
  readonly high?: string;
  readonly low?: string;
  readonly close?: string;
  readonly volume?: string;
  readonly buy?: string;
  readonly sell?: string;
  readonly amount?: string;
  readonly mean?: string;
  readonly vwap?: string;
  readonly twap?: string;
  readonly volatility?: number | null;
  readonly exponential?: readonly string[];
}

const PRICE_DIGITS = 6;
const support = join(import.meta.dirname, "../spec-support");
const stored = join(support, "reference-values.json");
const plan = readPlan({
  windows: ["1s", "5s", "1m"],
  halfLives: ["5t", "20t", "3s", "1m"],
  lateness: "0s",
  revisableWindows: 0,
  emptyWindows: false,
  extraDigits: PRICE_DIGITS - 2,
});
const trades = randomTrades({ seed: 7, count: 240, symbols: ["BTCUSDT", "ETHUSDT"], irregular: 0.1 });

/** As `reference_pandas.py` writes it; values are doubles. */
interface PandasRow extends Pick<ReferenceRow, "symbol" | "start" | "end" | "trades"> {
  readonly volatility: number | null;
  readonly exponential: readonly number[];
  readonly [name: string]: unknown;
}

/** The fields of a record by the names of {@link PandasRow}. */
const PANDAS_FIELDS: Readonly<Record<string, keyof AverageRecord>> = {
  open: "open",
  high: "high",
  low: "low",
  close: "close",
  volume: "volume",
  buy: "takerVolume",
  sell: "sellVolume",
  amount: "quoteVolume",
  mean: "value",
  vwap: "vwap",
  twap: "twap",
};

/** The interpreter that has pandas, if one has: of `IMS_PYTHON`, of the folder .venv, or the machine's own. */
const pandasPython = [
  process.env.IMS_PYTHON,
  join(import.meta.dirname, "../../../../.venv/bin/python"),
  "python3",
].find((python) => python && spawnSync(python, ["-c", "import numpy, pandas"]).status === 0);

/** What an independent implementation makes of the trades, as text. */
function askPython(program = "reference.py", python = "python3"): string {
  const rows = trades.map((trade) => ({
    ...trade,
    price: String(trade.price),
    quantity: String(trade.quantity),
  }));
  const { windows, halfLives } = plan;
  return execFileSync(python, [join(support, program)], {
    input: JSON.stringify({ windows, halfLives, digits: PRICE_DIGITS, trades: rows }),
    encoding: "utf8",
  });
}

function engineAverages(): AverageRecord[] {
  const output = new CollectedOutput();
  const engine = new AverageEngine(plan);
  for (const trade of trades) engine.take(tradeValues(trade), output);
  return output.averages();
}

function expectSame(rows: readonly ReferenceRow[]): void {
  const averages = engineAverages();
  const simple = averages.filter(({ method }) => method === AverageMethod.Simple);
  expect(simple).toHaveLength(rows.length);
  for (const row of rows) {
    const same = (average: AverageRecord) =>
      average.symbol === row.symbol &&
      average.windowStartMicros === row.start &&
      average.windowEndMicros === row.end;
    const [average, ...others] = simple.filter(same);
    expect(others).toEqual([]);
    expectRow(average!, row);
    const exponential = averages.filter((other) => same(other) && other.method !== AverageMethod.Simple);
    expect(exponential).toHaveLength(row.exponential?.length ?? 0);
    // Doubles: the last digit may differ.
    for (const [index, { value }] of exponential.entries()) {
      expect(Math.abs(Number(value) - Number(row.exponential![index]))).toBeLessThanOrEqual(
        1.5 * 10 ** -PRICE_DIGITS,
      );
    }
  }
}

function expectRow(average: AverageRecord, row: ReferenceRow): void {
  const text = (value: Decimal | undefined) => value?.toString();
  const exact = (value: string | undefined) =>
    value === undefined ? undefined : Decimal.parse(value).toString();
  expect({
    trades: average.tradeCount,
    excluded: average.excludedCount,
    open: text(average.open),
    high: text(average.high),
    low: text(average.low),
    close: text(average.close),
    mean: text(average.value),
    vwap: text(average.vwap),
    twap: text(average.twap),
  }).toEqual({
    trades: row.trades,
    excluded: row.excluded,
    open: exact(row.open),
    high: exact(row.high),
    low: exact(row.low),
    close: exact(row.close),
    mean: exact(row.mean),
    vwap: exact(row.vwap),
    twap: exact(row.twap),
  });
  expect(text(average.volume)).toBe(exact(row.volume ?? "0"));
  expect(text(average.takerVolume)).toBe(exact(row.buy ?? "0"));
  expect(text(average.sellVolume)).toBe(exact(row.sell ?? "0"));
  expect(text(average.quoteVolume)).toBe(exact(row.amount ?? "0"));
  if (row.volatility === undefined || row.volatility === null)
    expect(average.realisedVolatility).toBeUndefined();
  else expect(average.realisedVolatility).toBeCloseTo(row.volatility, 12);
}

describe("the engine against an independent implementation", () => {
  it("gives the stored reference values", () => {
    expect(existsSync(stored)).toBe(true);
    expectSame(JSON.parse(readFileSync(stored, "utf8")));
  });

  it.skipIf(spawnSync("python3", ["--version"]).status !== 0)(
    "gives what Python makes of the trades now",
    () => {
      const text = askPython();
      expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(stored, "utf8")));
      expectSame(JSON.parse(text));
    },
  );

  it.skipIf(pandasPython === undefined)(
    "gives what numpy and pandas make of the trades, to 1 in 10^9",
    () => {
      const rows = JSON.parse(askPython("reference_pandas.py", pandasPython)) as PandasRow[];
      const averages = engineAverages();
      const simple = averages.filter(
        ({ method, tradeCount }) => method === AverageMethod.Simple && tradeCount > 0,
      );
      expect(rows).toHaveLength(simple.length);
      for (const row of rows) {
        const own = averages.filter(
          ({ symbol, windowStartMicros, windowEndMicros }) =>
            symbol === row.symbol && windowStartMicros === row.start && windowEndMicros === row.end,
        );
        const [average, ...exponential] = own;
        expect(average!.tradeCount).toBe(row.trades);
        for (const [name, field] of Object.entries(PANDAS_FIELDS)) {
          expectClose(Number(average![field]), row[name] as number, name);
        }
        expectClose(average!.realisedVolatility ?? 0, row.volatility ?? 0, "volatility", 0);
        expect(exponential).toHaveLength(row.exponential.length);
        for (const [index, { value }] of exponential.entries()) {
          expectClose(Number(value), row.exponential[index]!, `exponential ${index}`);
        }
      }
    },
  );
});

/** @param rounding what the message's own rounding may add */
function expectClose(
  value: number,
  wanted: number,
  what: string,
  rounding = 0.505 * 10 ** -PRICE_DIGITS,
): void {
  const most = Math.max(rounding, Math.abs(wanted) * 1e-9);
  expect(Math.abs(value - wanted), `${what}: ${value} is not ${wanted}`).toBeLessThanOrEqual(most);
}

import { join } from "node:path";
import { Decimal } from "@ims/common";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { buildFilter } from "./build-filter.js";
import { FilterRun } from "./spec-support/filter-run.js";
import { encodeOption, encodeTrade } from "./spec-support/sample-records.js";

let module: Uint8Array;
beforeAll(async () => {
  module = await buildFilter(join(import.meta.dirname, "../template/assembly/index.ts"));
}, 60_000);

const mantissas = fc.oneof(
  fc.bigInt({ min: -(1n << 63n) + 1n, max: (1n << 63n) - 1n }),
  fc.bigInt({ min: -1000n, max: 1000n }),
);
const decimals = fc.tuple(mantissas, fc.integer({ min: 0, max: 18 })).map(([m, s]) => Decimal.of(m, s));

describe("the filter of a new project", () => {
  it("describes itself", () => {
    expect(new FilterRun(module).instance.description).toMatchObject({
      name: "strike-above",
      version: "1.0.0",
      templates: [217],
      parameters: [{ name: "strike", type: "number", default: "85" }],
    });
  });

  it("passes strikes from the parameter on, and what is no option ticker", () => {
    const records = [84n, 85n, 86n].map((strike) => encodeOption({ strike, scale: 0 }));
    const run = new FilterRun(module);
    expect(run.batch([...records, encodeTrade("BTCUSDT", 1)]).verdicts).toEqual([
      "drop",
      "pass",
      "pass",
      "pass",
    ]);
    run.instance.setParameters({ strike: "85.01" });
    expect(run.batch(records).verdicts).toEqual(["drop", "drop", "pass"]);
  });

  it("compares exactly at any scales", () => {
    const run = new FilterRun(module);
    fc.assert(
      fc.property(decimals, fc.array(decimals, { minLength: 1, maxLength: 20 }), (strike, others) => {
        const near = [-1n, 0n, 1n].flatMap((step) => shifted(strike, step));
        const all = [...others, ...near];
        run.instance.setParameters({ strike: strike.toString() });
        const records = all.map(({ mantissa, scale }) => encodeOption({ strike: mantissa, scale }));
        expect(run.batch(records).verdicts).toEqual(
          all.map((value) => (value.compare(strike) < 0 ? "drop" : "pass")),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("lets records pass that are cut off or of another schema", () => {
    const whole = encodeOption({ strike: 1n, scale: 0 });
    const other = whole.slice();
    other[4] = 9;
    const short = whole.slice();
    short[0] = 200;
    short[1] = 0;
    const verdicts = new FilterRun(module).batch([whole, whole.subarray(0, 100), other, short]).verdicts;
    expect(verdicts).toEqual(["drop", "pass", "pass", "pass"]);
  });

  it("needs no more memory after 10,000 batches", () => {
    const run = new FilterRun(module);
    const records = Array.from({ length: 100 }, (_, id) =>
      encodeOption({ strike: BigInt(id), scale: 0, id }),
    );
    run.batch(records);
    const { memoryPages } = run.instance;
    for (let batch = 0; batch < 10_000; batch++) run.batch(records.slice(0, 1 + (batch % 3)));
    expect(run.batch(records).verdicts.filter((verdict) => verdict === "drop")).toHaveLength(85);
    expect(run.instance.memoryPages).toBe(memoryPages);
  });
});

/** The decimal and its neighbours, also at finer scales where they fit. */
function shifted({ mantissa, scale }: Decimal, step: bigint): Decimal[] {
  const values: Decimal[] = [];
  for (let digits = 0; digits + scale <= 18; digits++) {
    const value = mantissa * 10n ** BigInt(digits) + step;
    if (value > -(1n << 63n) && value < 1n << 63n) values.push(Decimal.of(value, scale + digits));
  }
  return values;
}

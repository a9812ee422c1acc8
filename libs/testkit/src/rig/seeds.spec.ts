import { RUNS_OF_CHEAPEST } from "@ims/spec-kit";
import { describe, expect, it } from "vitest";
import { forEachSeed, seedPlan } from "./seeds.js";

describe("seeds", () => {
  it("are as many as the property says, or in proportion to the number asked for, or one", () => {
    expect(seedPlan(100, {})).toEqual({ first: 1, count: 100 });
    expect(seedPlan(RUNS_OF_CHEAPEST, { IMS_SEEDS: "20000" })).toEqual({ first: 1, count: 20_000 });
    expect(seedPlan(RUNS_OF_CHEAPEST / 2, { IMS_SEEDS: "20000" })).toEqual({ first: 1, count: 10_000 });
    expect(seedPlan(10, { IMS_SEEDS: "7" })).toEqual({ first: 1, count: 1 });
    expect(seedPlan(100, { IMS_SEED: "42", IMS_SEEDS: "7" })).toEqual({ first: 42, count: 1 });
    expect(seedPlan(100, { IMS_SEED: "x" })).toEqual({ first: 1, count: 100 });
  });

  it("name themselves when one fails", async () => {
    const run = async (seed: number) => {
      if (seed === 3) throw new Error("no");
    };
    const failing = forEachSeed("a property", 5, run, {});
    await expect(failing).rejects.toThrow("a property: seed 3 failed (repeat with IMS_SEED=3): no");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertSeeded, RUNS_OF_CHEAPEST, seededMillis, seededRuns } from "./seeds.js";

describe("the runs of a property", () => {
  it("are as many as it says, or in proportion to the number asked for", () => {
    expect(seededRuns(100, {})).toBe(100);
    expect(seededRuns(RUNS_OF_CHEAPEST, { IMS_SEEDS: "20000" })).toBe(20_000);
    expect(seededRuns(RUNS_OF_CHEAPEST / 2, { IMS_SEEDS: "20000" })).toBe(10_000);
    expect(seededRuns(10, { IMS_SEEDS: "7" })).toBe(1);
    expect(seededRuns(100, { IMS_SEEDS: "x" })).toBe(100);
  });

  it("have time for as many, and are really run", async () => {
    expect(seededMillis(10, 500)).toBe((500 * seededRuns(10)) / 10);
    let count = 0;
    await assertSeeded(
      fc.property(fc.nat(), () => {
        count++;
      }),
      10,
    );
    expect(count).toBe(seededRuns(10));
    const failing = assertSeeded(
      fc.property(fc.nat(), () => false),
      10,
    );
    await expect(failing).rejects.toThrow(/Property failed/);
  });
});

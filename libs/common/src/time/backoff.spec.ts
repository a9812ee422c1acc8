import { describe, expect, it } from "vitest";
import { backoffMillis } from "./backoff.js";

describe("backoffMillis", () => {
  it("doubles up to the cap and draws from the upper half", () => {
    const least = [0, 1, 2, 3, 10, 1000].map((attempt) => backoffMillis(attempt, 100, 1000, () => 0));
    expect(least).toEqual([50, 100, 200, 400, 500, 500]);
    expect(backoffMillis(1, 100, 1000, () => 0.5)).toBe(150);
    expect(backoffMillis(1, 100, 1000, () => 1 - Number.EPSILON)).toBeLessThanOrEqual(200);
  });
});

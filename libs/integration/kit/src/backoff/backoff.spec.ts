import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff.js";

describe("Backoff", () => {
  it("doubles up to the cap and stays there", () => {
    const backoff = new Backoff(() => 1 - Number.EPSILON, { firstMillis: 100, capMillis: 1000 });
    expect(Array.from({ length: 6 }, () => backoff.nextMillis())).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it("draws from the upper half of the range", () => {
    const low = new Backoff(() => 0, { firstMillis: 100, capMillis: 1000 });
    expect(Array.from({ length: 5 }, () => low.nextMillis())).toEqual([50, 100, 200, 400, 500]);
  });

  it("stays finite after very many failures and starts anew after a success", () => {
    const backoff = new Backoff(() => 0.5);
    for (let count = 0; count < 5000; count++) expect(backoff.nextMillis()).toBeLessThanOrEqual(30_000);
    backoff.reset();
    expect(backoff.nextMillis()).toBeLessThanOrEqual(250);
    expect(backoff.failureCount).toBe(1);
  });
});

import { expect, it } from "vitest";
import { benchAggregation } from "./average-engine.bench.js";

it("the aggregation benchmark runs", () => {
  for (const figures of benchAggregation(2000, 1)) expect(figures.tradesPerSecond).toBeGreaterThan(0);
});

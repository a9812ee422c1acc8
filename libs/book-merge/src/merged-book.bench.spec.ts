import { expect, it } from "vitest";
import { benchMerge } from "./merged-book.bench.js";

it("the merge benchmark runs", () => {
  for (const figures of benchMerge(500)) expect(figures.updatesPerSecond).toBeGreaterThan(0);
});

import { expect, it } from "vitest";
import { benchBooks } from "./order-book.bench.js";

it("the order book benchmark runs", () => {
  for (const figures of benchBooks(500)) expect(figures.changesPerSecond).toBeGreaterThan(0);
});

import { expect, it } from "vitest";
import { benchWalker } from "./frame-walker.bench.js";

it("the benchmark of the byte reader runs, and every frame is read as bytes", () => {
  expect(benchWalker(200).map(({ frame }) => frame)).toEqual([
    "trade",
    "order",
    "diff of 6 levels",
    "best 200 levels",
  ]);
});

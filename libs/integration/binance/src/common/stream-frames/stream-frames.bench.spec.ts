import { expect, it } from "vitest";
import { benchStreamFrames } from "./stream-frames.bench.js";

it("the benchmark of binary frames runs, and every frame is taken", () => {
  const figures = benchStreamFrames(2000);
  expect(figures).toHaveLength(5);
  for (const { frame, rate } of figures) expect(rate, frame).toBeGreaterThan(0);
});

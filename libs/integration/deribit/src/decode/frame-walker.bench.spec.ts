import { expect, it } from "vitest";
import { benchWalkers } from "./frame-walker.bench.js";
import { benchFrames } from "./frames.bench.js";

it("the benchmark of the walkers runs, and every frame becomes its records", () => {
  const figures = benchWalkers(1000);
  expect(figures.map(({ frame }) => frame)).toEqual(Object.keys(benchFrames));
  for (const { asJson, walked } of figures) expect([walked > 0, asJson > 0]).toEqual([true, true]);
});

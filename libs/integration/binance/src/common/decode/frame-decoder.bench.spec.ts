import { expect, it } from "vitest";
import { benchDecoders } from "./frame-decoder.bench.js";

it("the decoder benchmark runs, and every frame is taken", () => {
  for (const figures of benchDecoders(2000)) expect(figures.walk).toBeGreaterThan(0);
});

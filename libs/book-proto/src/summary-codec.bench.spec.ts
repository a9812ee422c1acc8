import { expect, it } from "vitest";
import { benchSummaryCodec } from "./summary-codec.bench.js";

it("the codec benchmark runs", () => {
  const figures = benchSummaryCodec(100);
  expect(figures.map(({ what }) => what)).toEqual(["encode", "encode, general", "decode", "decode, general"]);
});

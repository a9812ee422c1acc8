import { expect, it } from "vitest";
import { benchOptionTickers } from "./option-ticker.bench.js";

it("the benchmark of option tickers runs, and every frame is taken", () => {
  const { asJson, usual } = benchOptionTickers(500);
  expect([usual > 0, asJson > 0]).toEqual([true, true]);
});

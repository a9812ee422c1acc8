import { validateSymbols } from "@ims/integration-kit";
import { describe, expect, it } from "vitest";
import { listedRow } from "../../spec-support/fake-binance.js";
import { BINANCE_MARKETS } from "../market/markets.js";
import { readExchangeInfo } from "./exchange-info.js";

const { production, symbolRules } = BINANCE_MARKETS.spot;
const { listed } = readExchangeInfo(
  { symbols: [listedRow("BTCUSDT"), listedRow("ETHUSDT"), listedRow("LUNAUSDT", { status: "BREAK" })] },
  production,
  symbolRules,
);

describe("validateSymbols", () => {
  it("splits names into tradable ones, once each and in order, and refused ones with reasons", () => {
    const names = ["ETHUSDT", "BTCUSDT", "ETHUSDT", "LUNAUSDT", "BTCUSD", "", "é".repeat(17)];
    const { invalid, valid } = validateSymbols(names, listed, (name) => [`near ${name}`]);
    expect(valid.map(({ symbol }) => symbol)).toEqual(["ETHUSDT", "BTCUSDT"]);
    expect(invalid.map(({ reason }) => reason)).toEqual([
      "LUNAUSDT is not trading now: the venue's status is BREAK",
      "BTCUSD is not listed by the venue",
      "the symbol is empty",
      `${"é".repeat(17)}… is 34 bytes long, symbols have at most 32`,
    ]);
    expect(invalid[1]!.suggestions).toEqual(["near BTCUSD"]);
  });
});

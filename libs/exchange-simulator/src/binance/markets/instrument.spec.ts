import { describe, expect, it } from "vitest";
import { splitPair } from "./instrument.js";

describe("splitPair", () => {
  it("takes the longest usual quote asset off the end", () => {
    expect(splitPair("ETHBTC")).toEqual({ base: "ETH", quote: "BTC" });
    expect(splitPair("BTCFDUSD")).toEqual({ base: "BTC", quote: "FDUSD" });
  });

  it("is confined to a market's quote assets", () => {
    expect(splitPair("BNBUSD", ["USD"])).toEqual({ base: "BNB", quote: "USD" });
  });
});

import { ExchangeId } from "@ims/common";
import { describe, expect, it } from "vitest";
import { readInstruments, spellingOf } from "./instruments.js";

const PERPETUAL = {
  name: "BTC/USD-PERP",
  market_symbol: "btcusd-perp",
  base_currency: "BTC",
  base_decimals: 5,
  counter_currency: "USD",
  counter_decimals: 0,
  trading: "Enabled",
  market_type: "PERPETUAL",
};
const PAIR = {
  name: "LINK/ETH",
  url_symbol: "linketh",
  base_decimals: 8,
  counter_decimals: 8,
  trading: "Disabled",
};

describe("the list of markets", () => {
  it("reads rows of both lists", () => {
    const listed = readInstruments([PERPETUAL, PAIR], "/markets/");
    expect([...listed.values()]).toEqual([
      {
        venueStatus: "Enabled",
        instrument: {
          exchange: ExchangeId.Bitstamp,
          symbol: "btcusd-perp",
          base: "BTC",
          quote: "USD",
          settle: "USD",
          kind: "perpetual",
          status: "trading",
          priceScale: 0,
          quantityScale: 5,
          priceIncrement: "1",
          quantityIncrement: "0.00001",
        },
      },
      {
        venueStatus: "Disabled",
        instrument: expect.objectContaining({ base: "LINK", quote: "ETH", kind: "spot", status: "halted" }),
      },
    ]);
  });

  it("leaves out rows that cannot be read, and refuses a list without any", () => {
    const bad = [
      null,
      {},
      { ...PAIR, name: "LINKETH" },
      { ...PAIR, url_symbol: "x".repeat(33) },
      { ...PAIR, counter_decimals: 19 },
      { ...PAIR, base_decimals: "8" },
    ];
    expect([...readInstruments([...bad, PAIR], "/markets/").keys()]).toEqual(["linketh"]);
    for (const body of [bad, [], {}, null, "no"])
      expect(() => readInstruments(body, "/markets/")).toThrow(/\/markets\//);
  });

  it.each([
    ["BTC/USD", "btcusd"],
    ["BTCUSD", "btcusd"],
    ["btcusd", "btcusd"],
    ["BTC/USD-PERP", "btcusd-perp"],
  ])("spells %s as %s", (name, spelling) => expect(spellingOf(name)).toBe(spelling));
});

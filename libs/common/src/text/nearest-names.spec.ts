import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean, nearestNames } from "./nearest-names.js";

const SYMBOLS = ["BTCUSDT", "BTCUSDC", "ETHUSDT", "ETHBTC", "SOLUSDT", "1000PEPEUSDT"];

describe("nearestNames", () => {
  it.each([
    ["BTCUSD", ["BTCUSDT", "BTCUSDC"]],
    ["BTC-USDT", ["BTCUSDT", "BTCUSDC"]],
    ["btcusdt", ["BTCUSDT"]],
    ["EHTUSDT", ["ETHUSDT"]],
    ["SOLUSDTT", ["SOLUSDT"]],
    ["PEPE", []],
    ["", []],
  ])("for %s", (name, expected) => {
    expect(nearestNames(name, SYMBOLS).slice(0, expected.length || 5)).toEqual(expected);
  });

  it("counts a swap of neighbours as one edit", () => {
    expect(nearestNames("abc", ["acb", "cba"])).toEqual(["acb"]);
  });

  it("gives at most the limit, best first", () => {
    expect(nearestNames("ETHUSD", ["ETHUSXX", "ETHUSDX", "ETHUSDT"], 2)).toEqual(["ETHUSDX", "ETHUSDT"]);
  });

  it("bounds its work by names and candidates", () => {
    const huge = "A".repeat(10_000_000);
    expect(nearestNames(huge, [huge, "B"])).toEqual([huge]);
    let looked = 0;
    const endless = {
      *[Symbol.iterator]() {
        for (;;) {
          looked++;
          yield "ZZZZZZ";
        }
      },
    };
    expect(nearestNames("ABCDEF", endless)).toEqual([]);
    expect(looked).toBe(20_001);
  });

  it("finds any name behind one edit", () => {
    const name = fc.string({ unit: fc.constantFrom(..."ABCDEFGH"), minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom(..."XYZ"), (original, at, letter) => {
        const position = at % original.length;
        const replaced = original.slice(0, position) + letter + original.slice(position + 1);
        const inserted = original.slice(0, position) + letter + original.slice(position);
        for (const misspelt of [replaced, inserted]) {
          expect(nearestNames(misspelt, ["QQQQQQQ", original])).toEqual([original]);
        }
      }),
    );
  });
});

describe("didYouMean", () => {
  it("says nothing without a near name", () => {
    expect(didYouMean("prot", ["port"])).toBe(' (did you mean "port"?)');
    expect(didYouMean("colour", ["port"])).toBe("");
  });
});

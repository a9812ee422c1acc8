import { describe, expect, it } from "vitest";
import { fnv1a32, InstrumentNumbers } from "./instrument-numbers.js";

describe("fnv1a32", () => {
  // Vectors of the FNV authors, draft-eastlake-fnv, section 6.
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("of %j", (text, hash) => {
    expect(fnv1a32(Buffer.from(text))).toBe(hash);
  });
});

describe("InstrumentNumbers", () => {
  it("gives the hash, always the same", () => {
    const numbers = new InstrumentNumbers();
    expect(numbers.numberOf("BTCUSDT")).toBe(fnv1a32(Buffer.from("BTCUSDT")));
    expect(numbers.numberOf("BTCUSDT")).toBe(new InstrumentNumbers().numberOf("BTCUSDT"));
  });

  it("gives the next free number on a collision, wraps, and never gives 0", () => {
    const numbers = new InstrumentNumbers(() => 0xffffffff);
    expect(["A", "B", "C", "A"].map((symbol) => numbers.numberOf(symbol))).toEqual([
      0xffffffff, 1, 2, 0xffffffff,
    ]);
  });
});

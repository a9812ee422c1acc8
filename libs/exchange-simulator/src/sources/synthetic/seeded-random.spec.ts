import { describe, expect, it } from "vitest";
import { SeededRandom, seedFor } from "./seeded-random.js";

describe("SeededRandom", () => {
  it("follows the authors' reference sequence from the state 1, 2, 3, 4", () => {
    const random = new SeededRandom(0);
    random.restore([1, 2, 3, 4]);
    const outputs = Array.from({ length: 6 }, () => random.next());
    expect(outputs).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
  });

  it("repeats itself from a saved state and from an equal seed", () => {
    const random = new SeededRandom(42);
    random.next();
    const state = random.save();
    const first = [random.unit(), random.unit()];
    random.restore(state);
    expect([random.unit(), random.unit()]).toEqual(first);
    expect(new SeededRandom(42).next()).toBe(new SeededRandom(42).next());
    expect(new SeededRandom(42).next()).not.toBe(new SeededRandom(43).next());
  });

  it("derives unrelated seeds for different purposes", () => {
    expect(seedFor(1, "BTCUSDT")).not.toBe(seedFor(1, "ETHUSDT"));
    expect(seedFor(1, "BTCUSDT")).not.toBe(seedFor(2, "BTCUSDT"));
  });
});

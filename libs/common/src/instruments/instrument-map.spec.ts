import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InstrumentMap } from "./instrument-map.js";

/** Small ones and neighbours, which share slots, and those with the top bit set. */
const id = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 40 }).map((factor) => factor * 4096),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);

describe("InstrumentMap", () => {
  it("holds what a Map holds, whatever the numbers are", () => {
    const step = fc.tuple(id, fc.option(fc.integer(), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.array(id), (steps, others) => {
        const map = new InstrumentMap<number>();
        const truth = new Map<number, number | undefined>();
        for (const [at, value] of steps) {
          map.set(at, value);
          if (value !== undefined || truth.has(at)) truth.set(at, value);
        }
        for (const at of [...truth.keys(), ...others]) expect(map.get(at)).toBe(truth.get(at));
        expect([...map.values()]).toEqual([...truth.values()].filter((value) => value !== undefined));
      }),
    );
  });

  it("has nothing at what is no number of an instrument, and takes no such number", () => {
    const map = new InstrumentMap<string>();
    map.set(0, "zero");
    for (const wrong of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(map.get(wrong)).toBeUndefined();
      expect(() => map.set(wrong, "wrong")).toThrow(RangeError);
    }
    expect(map.get(0)).toBe("zero");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divideHalfEven, fitDecimal, INT64_MAX, powerOfTen, roundHalfEven } from "./half-even.js";
import { addProduct, addValue, readBig, writeBig } from "./limbs.js";

/** Values of all sizes, and those around the borders of limbs and of the way without bigint. */
const int64 = fc.oneof(
  fc.bigInt({ min: 0n, max: INT64_MAX }),
  fc.bigInt({ min: 0n, max: 1n << 53n }),
  fc.bigInt({ min: 0n, max: 1n << 27n }),
  fc.constantFrom(
    ...[26n, 27n, 51n, 52n, 53n].flatMap((bits) => [(1n << bits) - 1n, 1n << bits, (1n << bits) + 1n]),
  ),
  fc.constantFrom(0n, 1n, INT64_MAX),
);

function pair(value: bigint): [number, number] {
  const slots = new Float64Array(2);
  writeBig(slots, 0, value, 2);
  return [slots[0]!, slots[1]!];
}

describe("sums in limbs", () => {
  it("are those of bigint, for products of any int64 values", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(int64, int64), { maxLength: 40 }), (factors) => {
        const slots = new Float64Array(3);
        let sum = 0n;
        for (const [left, right] of factors) {
          addProduct(slots, 0, ...pair(left), ...pair(right));
          sum += left * right;
        }
        expect(readBig(slots, 0, 3)).toBe(sum);
        for (const limb of slots) expect(limb).toBeLessThan(2 ** 52);
      }),
      { numRuns: 500 },
    );
  });

  it("are those of bigint, for values", () => {
    fc.assert(
      fc.property(fc.array(int64, { maxLength: 40 }), (values) => {
        const slots = new Float64Array(2);
        for (const value of values) addValue(slots, 0, ...pair(value));
        expect(readBig(slots, 0, 2)).toBe(values.reduce((sum, value) => sum + value, 0n));
      }),
    );
  });

  it("carry beyond the second limb", () => {
    const slots = new Float64Array(3);
    for (let count = 0; count < 8; count++) addProduct(slots, 0, ...pair(INT64_MAX), ...pair(INT64_MAX));
    addProduct(slots, 0, ...pair((1n << 51n) - 1n), ...pair((1n << 51n) - 1n));
    expect(readBig(slots, 0, 3)).toBe(8n * INT64_MAX ** 2n + ((1n << 51n) - 1n) ** 2n);
    expect(slots[2]).toBeGreaterThan(0);
  });
});

describe("rounding", () => {
  it("goes to the nearest, and to the even one of two", () => {
    expect([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].map((value) => divideHalfEven(value, 2n))).toEqual([
      0n,
      0n,
      1n,
      2n,
      2n,
      2n,
      3n,
      4n,
    ]);
    expect([4n, 5n, 7n].map((value) => divideHalfEven(value, 3n))).toEqual([1n, 2n, 2n]);
    expect([0, 0.5, 1.5, 2.5, 2.50001, 2.4999, 7].map(roundHalfEven)).toEqual([0, 0, 2, 2, 3, 2, 7]);
  });

  it("keeps as many digits as int64 and scale 18 have room for", () => {
    expect(fitDecimal(12_300n, 4)).toEqual({ mantissa: 12_300n, scale: 4 });
    expect(fitDecimal(INT64_MAX * 100n, 10)).toEqual({ mantissa: INT64_MAX, scale: 8 });
    expect(fitDecimal(INT64_MAX * 10n + 5n, 10)).toEqual({
      mantissa: (INT64_MAX * 10n + 5n) / 100n + 1n,
      scale: 8,
    });
    expect(fitDecimal(15n, 19)).toEqual({ mantissa: 2n, scale: 18 });
    expect(fitDecimal(25n, 19)).toEqual({ mantissa: 2n, scale: 18 });
    expect(fitDecimal(INT64_MAX + 1n, 0)).toBeUndefined();
  });

  it("differs from the value by at most half of the last digit", () => {
    const mantissas = fc.bigInt({ min: 0n, max: 1n << 120n });
    fc.assert(
      fc.property(mantissas, fc.integer({ min: 0, max: 36 }), (mantissa, scale) => {
        const fit = fitDecimal(mantissa, scale);
        if (!fit) {
          expect(mantissa / powerOfTen(scale)).toBeGreaterThanOrEqual(INT64_MAX);
          return;
        }
        const back = fit.mantissa * powerOfTen(scale - fit.scale);
        const away = back > mantissa ? back - mantissa : mantissa - back;
        expect(away * 2n).toBeLessThanOrEqual(powerOfTen(scale - fit.scale));
        expect(fit.scale).toBeLessThanOrEqual(18);
      }),
    );
  });
});

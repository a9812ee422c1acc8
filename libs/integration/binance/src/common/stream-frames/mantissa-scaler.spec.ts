import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MantissaScaler } from "./mantissa-scaler.js";

const INT64_MAX = (1n << 63n) - 1n;

/** The same in whole numbers without bound. */
function model(mantissa: bigint, exponent: number, scale: number): bigint | undefined {
  if (mantissa < 0n) return undefined;
  if (mantissa === 0n) return 0n;
  const digits = exponent + scale;
  if (digits >= 0) {
    const value = mantissa * 10n ** BigInt(digits);
    return value <= INT64_MAX ? value : undefined;
  }
  const divisor = 10n ** BigInt(-digits);
  return mantissa % divisor === 0n ? mantissa / divisor : undefined;
}

function scaled(mantissa: bigint, exponent: number, scale: number): bigint | undefined {
  const scaler = new MantissaScaler();
  const lo = Number(BigInt.asIntN(32, mantissa));
  const hi = Number(mantissa >> 32n);
  if (!scaler.scale(lo, hi, exponent, scale)) return undefined;
  return BigInt.asIntN(64, (BigInt(scaler.hi) << 32n) | BigInt(scaler.lo >>> 0));
}

/** Mostly numbers that end in zeros, as mantissas of a fine exponent do. */
const mantissas = fc.oneof(
  fc.bigInt({ min: -(1n << 63n), max: INT64_MAX }),
  fc.bigInt({ min: 0n, max: 1n << 54n }),
  fc
    .tuple(fc.bigInt({ min: 0n, max: INT64_MAX }), fc.integer({ min: 0, max: 18 }))
    .map(([value, zeros]) => (value / 10n ** BigInt(zeros)) * 10n ** BigInt(zeros)),
);

describe("MantissaScaler", () => {
  it("gives what whole numbers without bound give, or says that it cannot", () => {
    const exponents = fc.oneof(fc.integer({ min: -12, max: 4 }), fc.integer({ min: -128, max: 127 }));
    fc.assert(
      fc.property(mantissas, exponents, fc.integer({ min: 0, max: 18 }), (mantissa, exponent, scale) => {
        expect(scaled(mantissa, exponent, scale)).toBe(model(mantissa, exponent, scale));
      }),
      { numRuns: 20_000 },
    );
  });

  it("knows the edges", () => {
    expect(scaled(INT64_MAX, -8, 8)).toBe(INT64_MAX);
    expect(scaled(INT64_MAX, -8, 9)).toBeUndefined();
    expect(scaled(INT64_MAX / 10n, -8, 9)).toBe((INT64_MAX / 10n) * 10n);
    expect(scaled(9_000_000_000_000_000_000n, -18, 0)).toBe(9n);
    expect(scaled(9_000_000_000_000_000_001n, -18, 0)).toBeUndefined();
    expect(scaled(1n << 53n, -1, 0)).toBeUndefined();
    expect(scaled(0n, 127, 18)).toBe(0n);
    expect(scaled(-1n, 0, 0)).toBeUndefined();
  });
});

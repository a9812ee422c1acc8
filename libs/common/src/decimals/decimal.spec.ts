import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isImsError } from "../errors/ims-error.js";
import { Decimal } from "./decimal.js";
import { MantissaCell } from "./mantissa-cell.js";

const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);

const decimals = fc
  .tuple(
    fc.oneof(fc.bigInt({ min: INT64_MIN, max: INT64_MAX }), fc.bigInt({ min: -1000n, max: 1000n })),
    fc.nat(18),
  )
  .map(([mantissa, scale]) => Decimal.of(mantissa, scale));

/** Value × 10^36, which is whole for every decimal and every product of two. */
function scaled(value: Decimal): bigint {
  return value.mantissa * 10n ** BigInt(36 - value.scale);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isImsError(error)) return error.code;
    throw error;
  }
  return "none";
}

/** Whether value × 10^-36 is some mantissa × 10^-scale in range. */
function representable(value: bigint): boolean {
  for (let scale = 0; scale <= 18; scale++) {
    const unit = 10n ** BigInt(36 - scale);
    if (value % unit === 0n && value / unit <= INT64_MAX && value / unit >= INT64_MIN) return true;
  }
  return false;
}

describe("Decimal", () => {
  it.each([
    ["1", "1"],
    ["0.00", "0"],
    ["-0", "0"],
    ["007.5000", "7.5"],
    ["7e-8", "0.00000007"],
    ["1.0002E6", "1000200"],
    ["100", "100"],
    ["-9223372036854775808", "-9223372036854775808"],
  ])("prints %s canonically as %s", (text, canonical) => {
    const value = Decimal.parse(text);
    expect(value.toString()).toBe(canonical);
    expect(JSON.stringify({ value })).toBe(`{"value":"${canonical}"}`);
    expect(Decimal.parse(canonical).equals(value)).toBe(true);
  });

  it("names the text and what to write instead when it cannot read it", () => {
    expect(() => Decimal.parse("12,5")).toThrow(/"12,5" is not a decimal number\. Write digits/);
    expect(codeOf(() => Decimal.parse(""))).toBe("decimal.syntax");
    expect(codeOf(() => Decimal.parse("1e40"))).toBe("decimal.overflow");
    const long = "x".repeat(100_000);
    expect(codeOf(() => Decimal.parse(long))).toBe("decimal.overflow");
  });

  it("checks mantissa and scale", () => {
    expect(codeOf(() => Decimal.of(INT64_MAX + 1n, 0))).toBe("decimal.overflow");
    expect(codeOf(() => Decimal.of(INT64_MIN - 1n, 0))).toBe("decimal.overflow");
    for (const scale of [-1, 19, 0.5, Number.NaN]) {
      expect(codeOf(() => Decimal.of(1n, scale))).toBe("decimal.scale");
    }
  });

  it("compares by value", () => {
    expect(Decimal.parse("1.50").equals(Decimal.parse("1.5"))).toBe(true);
    fc.assert(
      fc.property(decimals, decimals, (left, right) => {
        const expected = scaled(left) < scaled(right) ? -1 : scaled(left) > scaled(right) ? 1 : 0;
        expect(left.compare(right)).toBe(expected);
        expect(left.equals(right)).toBe(expected === 0);
      }),
    );
  });

  it.each([
    ["add", (l: Decimal, r: Decimal) => l.add(r), (l: bigint, r: bigint) => l + r],
    ["subtract", (l: Decimal, r: Decimal) => l.subtract(r), (l: bigint, r: bigint) => l - r],
    ["multiply", (l: Decimal, r: Decimal) => l.multiply(r), (l: bigint, r: bigint) => (l * r) / 10n ** 36n],
  ] as const)(
    "%s is exact, or overflows exactly when no decimal holds the result",
    (name, operate, oracle) => {
      fc.assert(
        fc.property(decimals, decimals, (left, right) => {
          const expected = oracle(scaled(left), scaled(right));
          const code = codeOf(() => operate(left, right));
          expect(code).toBe(representable(expected) ? "none" : "decimal.overflow");
          if (code === "none") expect(scaled(operate(left, right))).toBe(expected);
        }),
        {
          numRuns: 1000,
          examples: [[Decimal.of(INT64_MAX, 0), Decimal.of(1n, name === "multiply" ? 0 : 18)]],
        },
      );
    },
  );

  it("keeps the larger scale in sums and the sum of scales in products while they fit", () => {
    expect(Decimal.parse("1.50").add(Decimal.parse("0.5")).toFixed()).toBe("2.00");
    expect(Decimal.parse("1.50").multiply(Decimal.parse("2.0")).toFixed()).toBe("3.000");
    expect(Decimal.parse("0.0000000010").multiply(Decimal.parse("0.0000000010")).toFixed()).toBe(
      "0.000000000000000001",
    );
  });

  it("overflows at the ends of int64", () => {
    const one = Decimal.of(1n, 0);
    expect(codeOf(() => Decimal.of(INT64_MAX, 0).add(one))).toBe("decimal.overflow");
    expect(codeOf(() => Decimal.of(INT64_MIN, 0).subtract(one))).toBe("decimal.overflow");
    expect(codeOf(() => Decimal.of(INT64_MIN, 0).negate())).toBe("decimal.overflow");
    expect(Decimal.of(INT64_MAX, 5).negate().mantissa).toBe(-INT64_MAX);
    expect(() => Decimal.of(INT64_MAX, 0).add(one)).toThrow("9223372036854775807 + 1");
  });

  it("rescales exactly or refuses", () => {
    expect(Decimal.parse("1.500").rescale(1)).toMatchObject({ mantissa: 15n, scale: 1 });
    expect(Decimal.parse("1.5").rescale(3)).toMatchObject({ mantissa: 1500n, scale: 3 });
    expect(Decimal.parse("1.5").toFixed(3)).toBe("1.500");
    expect(codeOf(() => Decimal.parse("1.55").rescale(1))).toBe("decimal.inexact");
    expect(codeOf(() => Decimal.of(INT64_MAX, 0).rescale(1))).toBe("decimal.overflow");
    expect(codeOf(() => Decimal.parse("1").rescale(19))).toBe("decimal.scale");
  });

  it("survives print and parse, fixed and canonical", () => {
    fc.assert(
      fc.property(decimals, (value) => {
        expect(Decimal.parse(value.toFixed())).toEqual(value);
        expect(Decimal.parse(value.toString()).equals(value)).toBe(true);
      }),
    );
  });

  it("gives sign, zero and the nearest float", () => {
    expect(Decimal.parse("-0.1").isNegative).toBe(true);
    expect(Decimal.parse("0.000").isZero()).toBe(true);
    expect(Decimal.zero.isZero()).toBe(true);
    expect(Decimal.parse("61837.63").toNumber()).toBe(61837.63);
  });

  it("copies a cell", () => {
    const cell = new MantissaCell();
    cell.setBigInt(-750n, 2);
    const value = Decimal.fromCell(cell);
    cell.setBigInt(0n, 0);
    expect(cell.isZero).toBe(true);
    expect(value.toString()).toBe("-7.5");
  });
});

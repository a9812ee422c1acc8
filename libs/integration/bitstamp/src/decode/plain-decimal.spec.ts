import { formatMantissa } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mantissaAt, readExactText } from "./exact-text.js";
import { plainDecimalAt } from "./plain-decimal.js";

/** What the exact reader says; -1 for what it refuses, or what needs more digits. */
function exactAt(text: string, scale: number): bigint {
  try {
    const decimal = readExactText(text, "it");
    return decimal.scale > scale ? -1n : mantissaAt(decimal, scale, "it");
  } catch {
    return -1n;
  }
}

describe("plainDecimalAt", () => {
  it.each([
    ["71743.85", 2, 7_174_385],
    ["71743.85", 8, 7_174_385_000_000],
    ["71743.8500", 2, 7_174_385],
    ["0", 8, 0],
    ["0.00000", 2, 0],
    ["2046839978799111", 0, 2_046_839_978_799_111],
    ["9007199254740991", 0, Number.MAX_SAFE_INTEGER],
    ["9007199254740992", 0, -1],
    ["9999999999999999", 0, -1],
    ["71743.855", 2, -1],
    ["1e5", 0, -1],
    ["-1", 0, -1],
    ["", 0, -1],
    [".", 0, -1],
    [".5", 2, -1],
    ["5.", 2, -1],
    ["1.2.3", 2, -1],
    [" 1", 2, -1],
    ["\u0661", 2, -1],
    [undefined, 2, -1],
    [5, 2, -1],
  ])("gives for %j at %i: %i", (text, scale, value) => {
    expect(plainDecimalAt(text, scale)).toBe(value);
  });

  it("gives what the exact reader gives, or nothing; nothing only where it has to be large or odd", () => {
    const plain = fc
      .tuple(fc.nat({ max: 9_999_999 }), fc.nat({ max: 99_999_999 }), fc.nat({ max: 8 }), fc.nat({ max: 3 }))
      .map(
        ([units, fraction, scale, zeros]) =>
          `${formatMantissa(BigInt(units) * 10n ** BigInt(scale) + (BigInt(fraction) % 10n ** BigInt(scale)), scale)}${
            scale > 0 ? "0".repeat(zeros) : ""
          }`,
      );
    const any = fc.oneof(
      plain,
      fc.string({ unit: fc.constantFrom(..."0123456789.eE+- "), maxLength: 20 }),
      fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
    );
    fc.assert(
      fc.property(any, fc.nat({ max: 18 }), (text, scale) => {
        const value = plainDecimalAt(text, scale);
        const exact = exactAt(text, scale);
        if (value >= 0) expect(BigInt(value)).toBe(exact);
        else if (/^[0-9]+(\.[0-9]+)?$/.test(text) && text.length <= 17 && exact >= 0n)
          expect(exact > 2n ** 53n - 1n || BigInt(text.replace(".", "")) > 2n ** 53n - 1n).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

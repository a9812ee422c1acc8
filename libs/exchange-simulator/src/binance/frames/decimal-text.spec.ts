import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigDecimalText, decimalText } from "./decimal-text.js";

describe("decimalText", () => {
  it("prints as the venue does", () => {
    expect(decimalText(6183763, 2, 8)).toBe("61837.63000000");
    expect(decimalText(281451, 1, 2)).toBe("28145.10");
    expect(decimalText(2, 3)).toBe("0.002");
    expect(decimalText(40, 0)).toBe("40");
    expect(decimalText(40, 0, 8)).toBe("40.00000000");
    expect(decimalText(0, 0, 0)).toBe("0");
    expect(bigDecimalText(60_758_918_320n, 7, 8)).toBe("6075.89183200");
    expect(bigDecimalText(0n, 8)).toBe("0.00000000");
  });

  it("reads back to the same number, and both forms agree", () => {
    const scales = fc.tuple(fc.integer({ min: 0, max: 18 }), fc.integer({ min: 0, max: 18 }));
    fc.assert(
      fc.property(fc.maxSafeNat(), scales, (units, [a, b]) => {
        const scale = Math.min(a, b);
        const printScale = Math.max(a, b);
        const text = decimalText(units, scale, printScale);
        expect(text).toBe(bigDecimalText(BigInt(units), scale, printScale));
        const [, whole, fraction = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text)!;
        expect(fraction).toHaveLength(printScale);
        expect(BigInt(whole + fraction)).toBe(BigInt(units) * 10n ** BigInt(printScale - scale));
      }),
    );
  });
});

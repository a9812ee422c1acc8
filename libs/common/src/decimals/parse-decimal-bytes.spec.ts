import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMantissa, formatMantissaWords } from "./format-mantissa.js";
import { MantissaCell } from "./mantissa-cell.js";
import { DecimalParse, parseDecimalBytes } from "./parse-decimal-bytes.js";
import { parseDecimalText } from "./parse-decimal-text.js";

const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);

function parse(text: string): { outcome: DecimalParse; mantissa: bigint; scale: number } {
  const cell = new MantissaCell();
  const bytes = Buffer.from(`x${text}9`);
  const outcome = parseDecimalBytes(bytes, 1, bytes.length - 1, cell);
  return { outcome, mantissa: cell.toBigInt(), scale: cell.scale };
}

/** The definition in BigInt arithmetic, written without regard to speed. */
function oracle(text: string): { outcome: DecimalParse; mantissa: bigint; scale: number } {
  const failed = (outcome: DecimalParse) => ({ outcome, mantissa: 0n, scale: 0 });
  if (!/^-?[0-9]+(\.[0-9]+)?$/.test(text)) return failed(DecimalParse.Syntax);
  const scale = text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
  const mantissa = BigInt(text.replace(".", "").replace("-", "")) * (text.startsWith("-") ? -1n : 1n);
  if (scale > 18 || mantissa > INT64_MAX || mantissa < INT64_MIN) return failed(DecimalParse.Overflow);
  return { outcome: DecimalParse.Ok, mantissa, scale };
}

const digits = (max: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: max });
const plainText = fc
  .tuple(fc.boolean(), digits(23), fc.option(digits(20), { nil: undefined }))
  .map(
    ([negative, whole, fraction]) =>
      `${negative ? "-" : ""}${whole}${fraction === undefined ? "" : `.${fraction}`}`,
  );

describe("parseDecimalBytes", () => {
  it.each([
    ["61837.63000000", 6183763000000n, 8],
    ["0", 0n, 0],
    ["-0", 0n, 0],
    ["-0.00", 0n, 2],
    ["00012", 12n, 0],
    ["-007.50", -750n, 2],
    ["0.00120000", 120000n, 8],
    ["999999999999999", 999999999999999n, 0],
    ["9999999999999999", 9999999999999999n, 0],
    ["-4294967296", -4294967296n, 0],
    ["-4294967297", -4294967297n, 0],
    ["9223372036854775807", INT64_MAX, 0],
    ["-9223372036854775808", INT64_MIN, 0],
    ["9.223372036854775807", INT64_MAX, 18],
    ["-9.223372036854775808", INT64_MIN, 18],
    ["0.000000000000000001", 1n, 18],
    ["000000000000000000000000000000000000000012.5", 125n, 1],
  ])("reads %s", (text, mantissa, scale) => {
    expect(parse(text)).toEqual({ outcome: DecimalParse.Ok, mantissa, scale });
  });

  it.each([
    "",
    "-",
    ".",
    ".5",
    "5.",
    "-.5",
    "-5.",
    "+5",
    "1..2",
    "1.2.3",
    "--1",
    "1-",
    " 1",
    "1 ",
    "1e5",
    "0x1",
    "1,5",
  ])("refuses %j as syntax", (text) => {
    expect(parse(text).outcome).toBe(DecimalParse.Syntax);
  });

  it.each([
    "9223372036854775808",
    "-9223372036854775809",
    "9999999999999999999",
    "18446744073709551616",
    "0.0000000000000000000",
    "1.0000000000000000000",
    `1${"0".repeat(500)}`,
  ])("refuses %s as overflow", (text) => {
    expect(parse(text).outcome).toBe(DecimalParse.Overflow);
  });

  it("leaves the cell as it was when it refuses", () => {
    const cell = new MantissaCell();
    cell.setBigInt(-5n, 3);
    for (const text of ["1x", "99999999999999999999", "0.1234567890123456789"]) {
      const bytes = Buffer.from(text);
      expect(parseDecimalBytes(bytes, 0, bytes.length, cell)).not.toBe(DecimalParse.Ok);
      expect([cell.toBigInt(), cell.scale]).toEqual([-5n, 3]);
    }
  });

  it("reports a range beyond the bytes as syntax", () => {
    const bytes = Buffer.from("123");
    expect(parseDecimalBytes(bytes, 0, 4, new MantissaCell())).toBe(DecimalParse.Syntax);
    expect(parseDecimalBytes(bytes, 3, 2, new MantissaCell())).toBe(DecimalParse.Syntax);
  });

  it("agrees with BigInt arithmetic on plain numbers of every length", () => {
    fc.assert(
      fc.property(plainText, (text) => {
        expect(parse(text)).toEqual(oracle(text));
      }),
      { numRuns: 3000 },
    );
  });

  it("agrees with BigInt arithmetic over the whole int64 range at every scale", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: INT64_MIN, max: INT64_MAX }), fc.nat(18), (mantissa, scale) => {
        expect(parse(formatMantissa(mantissa, scale))).toEqual({ outcome: DecimalParse.Ok, mantissa, scale });
      }),
      { numRuns: 3000 },
    );
  });

  it("agrees with BigInt arithmetic around powers of two and ten", () => {
    for (let power = 0n; power < 64n; power++) {
      for (const base of [1n << power, 10n ** (power % 20n)]) {
        for (let delta = -2n; delta <= 2n; delta++) {
          for (const text of [`${base + delta}`, `${-(base + delta)}`])
            expect(parse(text)).toEqual(oracle(text));
        }
      }
    }
  });

  it("agrees with the definition on arbitrary bytes of the number alphabet", () => {
    const text = fc.string({ unit: fc.constantFrom(..."0019.-e+ x"), maxLength: 24 });
    fc.assert(
      fc.property(text, (value) => {
        expect(parse(value)).toEqual(oracle(value));
      }),
      { numRuns: 3000 },
    );
  });

  it("never throws on random bytes, truncation and flipped bits", () => {
    const cell = new MantissaCell();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([0, 1, 2]).toContain(parseDecimalBytes(bytes, 0, bytes.length, cell));
      }),
    );
    const number = Buffer.from("-61837.63000000");
    for (let length = 0; length <= number.length; length++) {
      const text = number.subarray(0, length).toString();
      expect(parseDecimalBytes(number, 0, length, cell)).toBe(oracle(text).outcome);
      for (let bit = 0; bit < length * 8; bit++) {
        const flipped = Buffer.from(number.subarray(0, length));
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const outcome = parseDecimalBytes(flipped, 0, length, cell);
        expect(outcome).toBe(oracle(flipped.toString("latin1")).outcome);
      }
    }
  });
});

describe("parseDecimalText", () => {
  function parseText(text: string) {
    const cell = new MantissaCell();
    return { outcome: parseDecimalText(text, cell), mantissa: cell.toBigInt(), scale: cell.scale };
  }

  it.each([
    ["7e-8", 7n, 8],
    ["1.0002E6", 1000200n, 0],
    ["1.5e1", 15n, 0],
    ["1.25e+1", 125n, 1],
    ["-2.50e-3", -250n, 5],
    ["0e-500", 0n, 18],
    ["0e999999999999999999999", 0n, 0],
    ["10e-19", 1n, 18],
    ["9.223372036854775807e18", INT64_MAX, 0],
    ["1.00000000000000000000", 10n ** 18n, 18],
    ["5000000000000000000.0000", 5n * 10n ** 18n, 0],
  ])("reads %s", (text, mantissa, scale) => {
    expect(parseText(text)).toEqual({ outcome: DecimalParse.Ok, mantissa, scale });
  });

  it.each(["1e", "e5", "1e+", "1e5.0", "1ee5", "+1", "Infinity", "NaN", "1_000", "٣"])(
    "refuses %s as syntax",
    (text) => {
      expect(parseText(text).outcome).toBe(DecimalParse.Syntax);
    },
  );

  it.each(["1e19", "1e-19", "1e999999999999", "1e-999999999999", `1${"0".repeat(2000)}`, "9.3e18"])(
    "refuses %s as overflow",
    (text) => {
      expect(parseText(text).outcome).toBe(DecimalParse.Overflow);
    },
  );

  it("gives the same as the byte parser wherever that accepts", () => {
    fc.assert(
      fc.property(plainText, (text) => {
        const fromBytes = parse(text);
        if (fromBytes.outcome === DecimalParse.Ok) expect(parseText(text)).toEqual(fromBytes);
        else expect(parseText(text).outcome).not.toBe(DecimalParse.Syntax);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("formatMantissa", () => {
  it.each([
    [0n, 0, "0"],
    [0n, 3, "0.000"],
    [5n, 3, "0.005"],
    [-5n, 3, "-0.005"],
    [6183763000000n, 8, "61837.63000000"],
    [INT64_MIN, 18, "-9.223372036854775808"],
    [INT64_MIN, 0, "-9223372036854775808"],
  ])("prints %s at scale %s", (mantissa, scale, text) => {
    expect(formatMantissa(mantissa, scale)).toBe(text);
  });

  it("prints words as it prints the mantissa, with signed and unsigned low words", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: INT64_MIN, max: INT64_MAX }), fc.nat(18), (mantissa, scale) => {
        const cell = new MantissaCell();
        cell.setBigInt(mantissa, scale);
        expect(formatMantissaWords(cell.lo, cell.hi, scale)).toBe(formatMantissa(mantissa, scale));
        expect(formatMantissaWords(cell.lo >>> 0, cell.hi >>> 0, scale)).toBe(
          formatMantissa(mantissa, scale),
        );
      }),
    );
  });
});

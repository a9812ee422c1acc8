import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumberText } from "./exact-json.js";
import {
  exactNumber,
  readCount,
  readModel,
  readNumberIfGiven,
  readNumberUnlessZero,
  readTimestamp,
} from "./number-fields.js";

const number = (text: string) => new NumberText(text);

describe("numbers from their text", () => {
  it.each([
    ["76917.5", 769_175n, 1],
    ["76917.50", 769_175n, 1],
    ["7.69175e4", 769_175n, 1],
    ["2.0e-5", 2n, 5],
    ["8.55e4", 85_500n, 0],
    ["1.0002e6", 1_000_200n, 0],
    ["-3.1e-6", -31n, 7],
    ["311779840", 311_779_840n, 0],
    ["10.0", 10n, 0],
    ["0.0", 0n, 0],
    ["-0.0e-5", 0n, 0],
    ["1E+2", 100n, 0],
  ])("%s", (text, mantissa, scale) => {
    expect(exactNumber(number(text), "it")).toEqual({ mantissa, scale });
  });

  it("is the same value in every form", () => {
    const forms = fc.record({
      digits: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
      scale: fc.integer({ min: 0, max: 18 }),
      shift: fc.integer({ min: -20, max: 20 }),
      zeros: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(forms, ({ digits, scale, shift, zeros }) => {
        const places = scale + shift;
        const padded = (digits < 0n ? -digits : digits).toString().padStart(Math.max(1, places + 1), "0");
        const [whole, fraction] =
          places > 0
            ? [padded.slice(0, -places), padded.slice(-places)]
            : [`${padded}${"0".repeat(-places)}`, ""];
        const tail = `${fraction}${"0".repeat(zeros)}`;
        const text = `${digits < 0n ? "-" : ""}${whole}${tail === "" ? "" : `.${tail}`}e${shift}`;
        const read = exactNumber(number(text), "it");
        expect(read.mantissa * 10n ** BigInt(18 - read.scale)).toBe(digits * 10n ** BigInt(18 - scale));
        expect(read.scale === 0 || read.mantissa % 10n !== 0n).toBe(true);
      }),
    );
  });

  it("refuses what has no exact form, without computing it", () => {
    expect(() => exactNumber(number("1e-19"), "rate")).toThrow(
      "rate has more than 18 digits after the point",
    );
    expect(() => exactNumber(number("1e999999999"), "rate")).toThrow("rate has the exponent 999999999");
  });
});

describe("fields", () => {
  const record = {
    none: null,
    zero: number("0.0"),
    big: number("9007199254740993"),
    half: number("0.5"),
    text: "expired",
  };

  it("tell no value from 0, and a text from a number", () => {
    expect(readNumberIfGiven(record, "none")).toBeUndefined();
    expect(readNumberIfGiven(record, "missing")).toBeUndefined();
    expect(readNumberIfGiven(record, "zero")).toEqual({ mantissa: 0n, scale: 0 });
    expect(readNumberUnlessZero(record, "zero")).toBeUndefined();
    expect(() => readNumberIfGiven(record, "text")).toThrow("text is not a number");
    expect([readModel(record, "none"), readModel(record, "half")]).toEqual([Number.NaN, 0.5]);
  });

  it("refuse whole numbers and times that a double would bend", () => {
    expect(() => readCount(record, "big")).toThrow("big is beyond 2^53");
    expect(() => readCount(record, "half")).toThrow("half is not a whole number");
    expect(() => readTimestamp({ t: number("1789344933994718924") }, "t")).toThrow("beyond 2^53");
    expect(() => readTimestamp({ t: number("32503708800000") }, "t")).toThrow("no time of this age");
    expect(() => readTimestamp({ t: number("16226274334.0") }, "t")).toThrow("no time of this age");
    expect(readTimestamp({ t: number("1.617644856302e12") }, "t")).toBe(1_617_644_856_302_000);
  });
});

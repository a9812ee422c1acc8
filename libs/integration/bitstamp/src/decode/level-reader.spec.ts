import { formatMantissa, trimFraction } from "@ims/common";
import { createBookFields } from "@ims/integration-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBook } from "./level-reader.js";

const SCALES = { priceScale: 2, quantityScale: 6 };

function read(bids: readonly (readonly unknown[])[], scales = SCALES) {
  const fields = createBookFields();
  readBook({ microtimestamp: "1622520011989838", bids, asks: [] }, scales, fields);
  const levels = Array.from({ length: fields.bids.count }, (_, at) => [
    trimFraction(formatMantissa(fields.bids.price(at), fields.priceScale)),
    trimFraction(formatMantissa(fields.bids.quantity(at), fields.quantityScale)),
  ]);
  return { ...fields, levels };
}

describe("readBook", () => {
  it("keeps the pair's scales where removals are printed with other ones", () => {
    const { levels, priceScale, quantityScale } = read([
      ["2087.28", "0.500000"],
      ["2087.19", "0.00000000"],
      ["2087.1", "0.00000"],
    ]);
    expect(levels).toEqual([
      ["2087.28", "0.5"],
      ["2087.19", "0"],
      ["2087.1", "0"],
    ]);
    expect([priceScale, quantityScale]).toEqual([2, 6]);
  });

  it("reads the same number in different spellings as the same level", () => {
    const { levels } = read([
      ["0.42", "1E-8"],
      ["0.42000", "0.00000001"],
    ]);
    expect(levels[0]).toEqual(levels[1]);
  });

  it("takes a larger scale where a text has more digits", () => {
    const { levels, priceScale, quantityScale } = read([["0.42571", "3000.12345678"]]);
    expect([levels, priceScale, quantityScale]).toEqual([[["0.42571", "3000.12345678"]], 5, 8]);
  });

  it("leaves out market orders in transit", () => {
    expect(read([["0.00", "5"]]).levels).toEqual([]);
  });

  it("gives the microtimestamp as event time and as id", () => {
    const { eventMicros, firstUpdateId, lastUpdateId } = read([]);
    expect([eventMicros, firstUpdateId, lastUpdateId]).toEqual(Array(3).fill(1_622_520_011_989_838));
  });

  it("is exact for every decimal that fits", () => {
    const text = fc
      .tuple(fc.nat({ max: 999_999_999 }), fc.integer({ min: 0, max: 8 }), fc.nat({ max: 3 }), fc.boolean())
      .map(([units, scale, zeros, exponent]) => ({
        text: exponent
          ? `${units}E-${scale}`
          : `${formatMantissa(BigInt(units), scale)}${scale > 0 ? "0".repeat(zeros) : ""}`,
        value: trimFraction(formatMantissa(BigInt(units), scale)),
      }))
      .filter(({ value }) => value !== "0");
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 20 }), (rows) => {
        const { levels } = read(rows.map(([price, amount]) => [price.text, amount.text]));
        expect(levels).toEqual(rows.map(([price, amount]) => [price.value, amount.value]));
      }),
    );
  });
});

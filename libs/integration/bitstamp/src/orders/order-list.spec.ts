import { formatMantissa } from "@ims/common";
import type { Unusable } from "@ims/integration-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOrderSnapshot } from "./order-frame.js";
import { readOrderList } from "./order-list.js";

const SCALES = { priceScale: 2, quantityScale: 8 };

describe("readOrderList", () => {
  function readList(bids: unknown, asks: unknown = []) {
    const list = createOrderSnapshot();
    readOrderList({ timestamp: "1788551766", microtimestamp: "1788551766357123", bids, asks }, SCALES, list);
    const rows = Array.from({ length: list.bids.count }, (_, at) => [
      list.bids.ids[at],
      formatMantissa(list.bids.levels.price(at), list.priceScale),
      formatMantissa(list.bids.levels.quantity(at), list.quantityScale),
    ]);
    return { rows, askCount: list.asks.count, micros: list.eventMicros };
  }

  it("reads all orders in their order, but market orders in transit", () => {
    const bids = [
      ["999999999.00", "1.00000000", "3"],
      ["71743.85", "0.5", "2046839978799111"],
      ["71743.850", "0.00000001", "1"],
    ];
    expect(readList(bids, [["0", "1", "4"]])).toEqual({
      rows: [
        [2046839978799111, "71743.85", "0.50000000"],
        [1, "71743.85", "0.00000001"],
      ],
      askCount: 0,
      micros: 1_788_551_766_357_123,
    });
  });

  it("gives the same for plain rows as where one row makes it take the exact way", () => {
    const price = fc.integer({ min: 1, max: 10_000_000 }).map((cents) => formatMantissa(BigInt(cents), 2));
    const amount = fc
      .integer({ min: 1, max: 1_000_000_000 })
      .map((units) => formatMantissa(BigInt(units), 8));
    const row = fc.tuple(price, amount, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(String));
    const market = fc.constantFrom(
      ["0.00", "1.0", "7"],
      ["999999999.00", "1", "8"],
      ["1.00", "0.00000000", "9"],
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ arbitrary: row, weight: 5 }, { arbitrary: market, weight: 1 })),
        (rows) => {
          const exact = readList([...rows, ["1E0", "1", "1"]]);
          expect(exact.rows.slice(0, -1)).toEqual(readList(rows).rows);
        },
      ),
    );
  });

  it.each([
    ["missing-field", undefined],
    ["missing-field", {}],
    ["unexpected", [["1.5", "1"]]],
    ["bad-number", ["1.5"]],
    ["bad-number", [["1.5", "1", "x"]]],
    ["bad-number", [["1.5", "1", "0"]]],
    ["bad-number", [["1.5", 1, "7"]]],
    ["overflow", [["1.5", "1", "9007199254740993"]]],
  ] as const)("refuses as %s: %j", (reason, bids) => {
    expect(() => readList(bids)).toThrow(expect.objectContaining({ reason }) as Unusable);
  });
});

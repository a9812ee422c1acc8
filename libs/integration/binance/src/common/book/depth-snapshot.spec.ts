import { describe, expect, it } from "vitest";
import { copyBook } from "../../spec-support/recording-sink.js";
import { readDepthSnapshot } from "./depth-snapshot.js";

const SCALES = { priceScale: 2, quantityScale: 0 };

describe("a depth snapshot", () => {
  it("gets the instrument's scales, without the zeros that are printed", () => {
    const body = { lastUpdateId: 9, bids: [["61602.01000000", "3.00000000"]], asks: [["61603", "4"]] };
    expect(copyBook(readDepthSnapshot(body, SCALES, 5))).toMatchObject({
      lastUpdateId: 9,
      receiveMicros: 5,
      eventMicros: 0,
      priceScale: 2,
      quantityScale: 0,
      bids: [[6_160_201n, 3n]],
      asks: [[6_160_300n, 4n]],
    });
  });

  it("gets larger scales where a level needs them, such as after a change of the tick", () => {
    const body = { lastUpdateId: 9, bids: [["1.2345", "0.50"]], asks: [["2", "4"]], E: 1, T: 2 };
    expect(copyBook(readDepthSnapshot(body, SCALES, 5))).toMatchObject({
      sendMicros: 1000,
      eventMicros: 2000,
      priceScale: 4,
      quantityScale: 1,
      bids: [[12_345n, 5n]],
      asks: [[20_000n, 40n]],
    });
  });

  it("may be empty", () => {
    const fields = readDepthSnapshot({ lastUpdateId: 0, bids: [], asks: [] }, SCALES, 5);
    expect([fields.bids.count, fields.asks.count, fields.priceScale]).toEqual([0, 0, 2]);
  });

  it.each([
    [null, "no JSON object"],
    [[], "no JSON object"],
    [{ bids: [], asks: [] }, "lastUpdateId"],
    [{ lastUpdateId: 2 ** 53, bids: [], asks: [] }, "lastUpdateId"],
    [{ lastUpdateId: 1, bids: {}, asks: [] }, "bids"],
    [{ lastUpdateId: 1, bids: [], asks: [["1"]] }, "a level of asks"],
    [{ lastUpdateId: 1, bids: [[1, 2]], asks: [] }, "a level of bids"],
    [{ lastUpdateId: 1, bids: [], asks: [["1", "x"]] }, '"x"'],
    [{ lastUpdateId: 1, bids: [], asks: [["1.", "1"]] }, '"1."'],
    [{ lastUpdateId: 1, bids: [["1e2", "1"]], asks: [["1.5", "1"]] }, '"1e2"'],
    [{ lastUpdateId: 1, bids: [["99999999999999999999", "1"]], asks: [] }, "64 bits"],
    [{ lastUpdateId: 1, bids: [["0.0000000000000000001", "1"]], asks: [] }, "64 bits"],
  ])("of %j is refused", (body, detail) => {
    expect(() => readDepthSnapshot(body, SCALES, 5)).toThrow(
      expect.objectContaining({
        code: "venue.bad-reply",
        message: expect.stringContaining(detail) as string,
      }),
    );
  });
});

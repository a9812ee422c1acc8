import { describe, expect, it } from "vitest";
import { bigintOf, dateOf } from "./times.js";

describe("times of messages", () => {
  it.each([
    [1_723_118_400_123_456, "2024-08-08T12:00:00.123Z"],
    [0, "1970-01-01T00:00:00.000Z"],
    [-1, "1969-12-31T23:59:59.999Z"],
  ])("%d as a Date, without what it cannot hold, and exact as a bigint", (micros, text) => {
    expect(dateOf(micros).toISOString()).toBe(text);
    expect(bigintOf(micros)).toBe(BigInt(micros));
  });

  it("null stays null", () => {
    const none: number | null = null;
    expect([dateOf(none), bigintOf(none)]).toEqual([null, null]);
  });
});

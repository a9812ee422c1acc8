import { SimulatedClock } from "@ims/common";
import { describe, expect, it } from "vitest";
import { IN_PLACE_BYTES_MAX, WritePace } from "./write-pace.js";

/** Time that passes only when a write says so. */
function paced() {
  const time = { millis: 5000 };
  const pace = new WritePace({ monotonicMillis: () => time.millis });
  const writeFor = (millis: number) =>
    pace.inPlace(() => {
      time.millis += millis;
      return millis;
    });
  return { time, pace, writeFor };
}

describe("the pace of writes", () => {
  it("lets small quick writes be made in place, however many", () => {
    const { pace, writeFor } = paced();
    for (let count = 0; count < 100; count++) {
      expect(pace.allowsInPlace(IN_PLACE_BYTES_MAX)).toBe(true);
      expect(writeFor(3)).toBe(3);
    }
  });

  it("never lets a large write be made in place", () => {
    expect(new WritePace(new SimulatedClock()).allowsInPlace(IN_PLACE_BYTES_MAX + 1)).toBe(false);
  });

  it("is wary for a second after a write that was held up, also when that failed", () => {
    const { time, pace, writeFor } = paced();
    writeFor(50);
    expect(pace.allowsInPlace(1)).toBe(false);
    time.millis += 999;
    expect(pace.allowsInPlace(1)).toBe(false);
    time.millis += 1;
    expect(pace.allowsInPlace(1)).toBe(true);
    const fails = () =>
      pace.inPlace(() => {
        time.millis += 50;
        throw new Error("no space");
      });
    expect(fails).toThrow("no space");
    expect(pace.allowsInPlace(1)).toBe(false);
  });
});

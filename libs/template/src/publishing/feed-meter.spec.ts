import { describe, expect, it } from "vitest";
import { FeedMeter } from "./feed-meter.js";

describe("FeedMeter", () => {
  it("knows nothing before the first record, and no rate before an interval ended", () => {
    const meter = new FeedMeter();
    expect(meter).toMatchObject({ count: 0, lastMicros: 0, ratePerSecond: undefined, lagSeconds: undefined });
    meter.published(2_000_000, 1_500_000);
    expect(meter).toMatchObject({
      count: 1,
      lastMicros: 2_000_000,
      lastEventMicros: 1_500_000,
      lagSeconds: 0.5,
    });
    meter.sample(0);
    expect(meter.ratePerSecond).toBeUndefined();
  });

  it("gives the rate of the last whole interval", () => {
    const meter = new FeedMeter();
    meter.sample(0);
    for (let record = 0; record < 50; record++) meter.published(1, 0);
    meter.sample(10_000);
    expect(meter).toMatchObject({ ratePerSecond: 5, lagSeconds: undefined });
    meter.published(1, 0);
    expect(meter.ratePerSecond).toBe(5);
    meter.sample(12_000);
    expect(meter.ratePerSecond).toBe(0.5);
    meter.sample(12_000);
    expect(meter.ratePerSecond).toBe(0.5);
    meter.sample(20_000);
    expect(meter.ratePerSecond).toBe(0);
  });
});

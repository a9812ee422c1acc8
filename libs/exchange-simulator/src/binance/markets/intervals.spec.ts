import { describe, expect, it } from "vitest";
import { quarterDeliveries } from "./instrument.js";
import { barOpen, nextBarOpen, previousBarOpen } from "./intervals.js";
import { SPOT_INTERVALS } from "./market.js";
import { parseStreamName } from "./stream-name.js";
import { USD_FUTURE } from "./usd-future.js";

const at = Date.UTC(2024, 7, 8, 23, 54, 13, 342);

describe("bar boundaries", () => {
  it("start where the venue's bars start", () => {
    expect(barOpen("1s", at)).toBe(Date.UTC(2024, 7, 8, 23, 54, 13));
    expect(barOpen("15m", at)).toBe(Date.UTC(2024, 7, 8, 23, 45));
    expect(barOpen("1d", at)).toBe(Date.UTC(2024, 7, 8));
    // 2024-08-05 was a Monday.
    expect(barOpen("1w", at)).toBe(Date.UTC(2024, 7, 5));
    expect(barOpen("1M", at)).toBe(Date.UTC(2024, 7, 1));
    expect(nextBarOpen("1M", Date.UTC(2024, 11, 1))).toBe(Date.UTC(2025, 0, 1));
  });

  it.each(SPOT_INTERVALS)("of %s meet without gap or overlap", (interval) => {
    const open = barOpen(interval, at);
    const next = nextBarOpen(interval, open);
    expect(open).toBeLessThanOrEqual(at);
    expect(next).toBeGreaterThan(at);
    expect(barOpen(interval, next - 1)).toBe(open);
    expect(barOpen(interval, next)).toBe(next);
    expect(previousBarOpen(interval, next)).toBe(open);
  });
});

describe("delivery contracts", () => {
  it("end on the last Friday of the quarter", () => {
    expect(quarterDeliveries(Date.UTC(2026, 6, 1))).toEqual(["260925", "261225"]);
    expect(quarterDeliveries(Date.UTC(2024, 11, 27, 7))).toEqual(["241227", "250328"]);
    expect(quarterDeliveries(Date.UTC(2024, 11, 27, 8))).toEqual(["250328", "250627"]);
  });
});

describe("stream names", () => {
  it("split into subject, type, interval and suffix", () => {
    expect(parseStreamName("btcusdt@trade")).toEqual({
      subject: "btcusdt",
      type: "trade",
      interval: "",
      suffix: "",
    });
    expect(parseStreamName("btcusd_perp@kline_1M")).toEqual({
      subject: "btcusd_perp",
      type: "kline",
      interval: "1M",
      suffix: "",
    });
    expect(parseStreamName("btcusdt@depth20@100ms")).toMatchObject({ type: "depth20", suffix: "100ms" });
    expect(parseStreamName("!ticker@arr")).toMatchObject({ type: "ticker", suffix: "arr" });
    expect(parseStreamName("!markPrice@arr@1s")).toMatchObject({ type: "markPrice", suffix: "arr@1s" });
    expect(parseStreamName("nonsense").type).toBe("nonsense");
  });

  it("belong to the documented path group on USD-M", () => {
    const routeOf = (stream: string) => USD_FUTURE.routeOf!(parseStreamName(stream).type);
    for (const stream of [
      "a@trade",
      "a@bookTicker",
      "!bookTicker",
      "a@depth@0ms",
      "a@depth5",
      "a@rpiDepth@500ms",
    ]) {
      expect(routeOf(stream)).toBe("public");
    }
    for (const stream of ["a@aggTrade", "a@kline_1m", "a@markPrice@1s", "!ticker@arr", "a@forceOrder"]) {
      expect(routeOf(stream)).toBe("market");
    }
  });
});

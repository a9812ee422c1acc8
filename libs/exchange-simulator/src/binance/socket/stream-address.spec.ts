import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SPOT } from "../markets/spot.js";
import { USD_FUTURE } from "../markets/usd-future.js";
import { parseStreamAddress } from "./stream-address.js";

describe("stream addresses", () => {
  it("of spot", () => {
    expect(parseStreamAddress(SPOT, "/ws")).toMatchObject({ combined: false, streams: [] });
    expect(parseStreamAddress(SPOT, "/ws/a@trade/b@trade")).toMatchObject({
      combined: false,
      streams: ["a@trade", "b@trade"],
    });
    expect(parseStreamAddress(SPOT, "/stream")).toMatchObject({ combined: true, streams: [] });
    expect(parseStreamAddress(SPOT, "/stream?streams=a@trade/b@kline_1m&timeUnit=microsecond")).toEqual({
      combined: true,
      streams: ["a@trade", "b@kline_1m"],
      route: undefined,
      timeUnit: "MICROSECOND",
      format: "json",
    });
    expect(parseStreamAddress(SPOT, "/sbe/stream?streams=a@trade/b@depth")).toMatchObject({
      streams: ["a@trade", "b@depth"],
      format: "sbe",
    });
    expect(parseStreamAddress(SPOT, "/sbe/ws/a@trade")).toMatchObject({
      streams: ["a@trade"],
      format: "sbe",
    });
    expect(parseStreamAddress(SPOT, "/stream?streams=a%40trade%2Fb%40trade")).toMatchObject({
      streams: ["a@trade", "b@trade"],
    });
    expect(parseStreamAddress(SPOT, `/ws/${encodeURIComponent("币安usdt@trade")}`)).toMatchObject({
      streams: ["币安usdt@trade"],
    });
    for (const path of ["/", "/wss", "/streams", "/public/ws", "/%E0%A4%A/ws", "/sbe", "/sbe/sbe/ws"]) {
      expect(parseStreamAddress(SPOT, path)).toBeUndefined();
    }
  });

  it("of USD-M: routed, and unrouted like /public", () => {
    expect(parseStreamAddress(USD_FUTURE, "/public/ws/a@trade")?.route).toBe("public");
    expect(parseStreamAddress(USD_FUTURE, "/market/stream?streams=a@aggTrade")?.route).toBe("market");
    expect(parseStreamAddress(USD_FUTURE, "/private/ws")?.route).toBe("private");
    expect(parseStreamAddress(USD_FUTURE, "/stream")?.route).toBe("public");
    expect(parseStreamAddress(USD_FUTURE, "/sbe/ws")).toBeUndefined();
    expect(parseStreamAddress(USD_FUTURE, "/ws?timeUnit=MICROSECOND")?.timeUnit).toBe("MILLISECOND");
  });

  it("never throw", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        parseStreamAddress(SPOT, text);
        parseStreamAddress(USD_FUTURE, `/public/ws/${text}`);
      }),
    );
  });
});

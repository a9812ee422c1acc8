import { describe, expect, it } from "vitest";
import { TRADES_PATH, type TradeFrame } from "../../spec-support/fault-rules.js";
import { openVenue } from "../../spec-support/venue-client.js";

describe("REST faults", () => {
  const depth = "/api/v3/depth?symbol=BTCUSDT&limit=5";

  it("answer with a status, break off, cut, and ban", async () => {
    const { venue, clock } = await openVenue(
      "spot",
      {},
      {
        faults: {
          rules: [
            { fault: "rest-status", path: "time", status: 503, count: 1 },
            { fault: "rest-status", path: "ping", status: 429, code: -1003, msg: "m", retryAfterSeconds: 4 },
            { fault: "rest-malformed", path: "depth", count: 1 },
            { fault: "rest-reset", path: "ticker/*", count: 1 },
            { fault: "rest-ban", path: "klines", seconds: 30, count: 1 },
          ],
        },
      },
    );
    const get = (path: string) => venue.request("GET", path);
    expect(await get("/api/v3/time")).toMatchObject({ status: 503, body: "" });
    expect((await get("/api/v3/time")).status).toBe(200);
    expect(await get("/api/v3/ping")).toMatchObject({
      status: 429,
      body: `{"code":-1003,"msg":"m"}`,
      headers: { "retry-after": "4", "x-mbx-used-weight-1m": expect.any(String) },
    });
    expect(() => JSON.parse("")).toThrow();
    const broken = await get(depth);
    expect(() => JSON.parse(broken.body)).toThrow();
    await expect(get("/api/v3/ticker/price")).rejects.toMatchObject({ code: "simulator.connection-cut" });
    const banned = await get("/api/v3/klines?symbol=BTCUSDT&interval=1m");
    expect(banned.status).toBe(418);
    expect(banned.headers["retry-after"]).toBe("30");
    await clock.advance(29_000);
    expect((await get(depth)).status).toBe(418);
    await clock.advance(1000);
    expect((await get(depth)).status).toBe(200);
    expect(venue.faultLog.map(({ fault, path }) => [fault, path])).toEqual([
      ["rest-status", "time"],
      ["rest-status", "ping"],
      ["rest-malformed", "depth"],
      ["rest-reset", "ticker/price"],
      ["rest-ban", "klines"],
    ]);
    await venue.close();
  });

  it("give late and stale snapshots", async () => {
    const { venue, clock, connect } = await openVenue("spot", { tradesPerSecond: 200 });
    await connect("/ws/btcusdt@depth@100ms");
    await clock.advance(5000);
    venue.inject({ fault: "stale-snapshot", path: "depth", updates: 100, count: 1 });
    const now = venue.book("BTCUSDT")!;
    const stale = JSON.parse((await venue.request("GET", depth)).body) as {
      lastUpdateId: number;
      bids: string[][];
    };
    expect(stale.lastUpdateId).toBe(now.updateId - 100);
    const then = venue.book("BTCUSDT", stale.lastUpdateId)!;
    expect(stale.bids.map(([price]) => Number(price) * 100)).toEqual(
      then.bids.slice(0, 5).map(([price]) => expect.closeTo(price, 3)),
    );
    venue.inject({ fault: "rest-delay", path: "depth", millis: 3000, count: 1 });
    let late: string | undefined;
    const asked = venue.request("GET", depth).then(({ body }) => {
      late = body;
    });
    const before = venue.book("BTCUSDT")!.updateId;
    await clock.advance(2999);
    expect(late).toBeUndefined();
    await clock.advance(1);
    await asked;
    expect((JSON.parse(late!) as { lastUpdateId: number }).lastUpdateId).toBe(before);
    expect(venue.book("BTCUSDT")!.updateId).toBeGreaterThan(before);
    await venue.close();
  });

  it("end with the venue when they are still being held back", async () => {
    const { venue, clock } = await openVenue(
      "spot",
      {},
      { faults: { rules: [{ fault: "rest-delay", millis: 3000 }] } },
    );
    const asked = venue.request("GET", "/api/v3/ping");
    const failed = expect(asked).rejects.toMatchObject({ code: "simulator.closed-early" });
    await venue.close();
    await failed;
    expect(clock.pendingTimerCount).toBe(0);
  });
});

describe("venue faults", () => {
  it("skew the clock of everything the venue says", async () => {
    const { venue, clock, connect, get } = await openVenue("spot", { tradesPerSecond: 30 });
    const client = await connect(TRADES_PATH);
    venue.inject({ fault: "clock-skew", millis: 5000, atMillis: 1000 });
    await clock.advance(999);
    const trueMillis = () => clock.nowMicros() / 1000;
    expect((await get("/api/v3/time")).serverTime).toBe(trueMillis());
    await clock.advance(2000);
    expect((await get("/api/v3/time")).serverTime).toBe(trueMillis() + 5000);
    const last = JSON.parse(client.frames[client.frames.length - 1]!) as { T: number };
    expect(last.T).toBeGreaterThan(trueMillis() + 4000);
    await venue.close();
  });

  it("skip trade ids that nobody can have", async () => {
    const { venue, clock, connect, get } = await openVenue("spot", { tradesPerSecond: 30 });
    const client = await connect(TRADES_PATH);
    await clock.advance(2000);
    const before = client.parsed<TradeFrame>();
    venue.inject({ fault: "skip-trade-ids", symbol: "BTCUSDT", ids: 5, atMillis: 0 });
    await clock.advance(2000);
    const ids = client.parsed<TradeFrame>().map(({ t }) => t);
    const last = before[before.length - 1]!.t;
    expect(ids[before.length]).toBe(last + 6);
    const rows = await get(`/api/v3/historicalTrades?symbol=BTCUSDT&fromId=${last}&limit=2`);
    expect(rows.map(({ id }: { id: number }) => id)).toEqual([last, last + 6]);
    await venue.close();
  });

  it("print trades outside the market, which stay out of bars and aggregates", async () => {
    const { venue, clock, connect } = await openVenue("usd-future", {
      tradesPerSecond: 5,
      liquidationShare: 1,
    });
    const trades = await connect("/public/ws/btcusdt@trade");
    const aggregates = await connect("/market/ws/btcusdt@aggTrade");
    const forced = await connect("/market/ws/!forceOrder@arr");
    for (const origin of ["INSURANCE_FUND", "ADL", "NA"] as const) {
      venue.inject({ fault: "print", symbol: "BTCUSDT", origin, atMillis: 2000 });
    }
    await clock.advance(6000);
    interface Print {
      t: number;
      X: string;
      p: string;
    }
    const list = trades.parsed<Print>();
    const odd = list.filter(({ X }) => X !== "MARKET");
    expect(odd.map(({ X }) => X).sort()).toEqual(["ADL", "INSURANCE_FUND", "NA"]);
    expect(odd.find(({ X }) => X === "NA")!.p).toBe("0");
    expect(list.every(({ t }, at) => t === list[0]!.t + at)).toBe(true);
    const covered = aggregates.parsed<{ f: number; l: number }>();
    for (const { t } of odd) expect(covered.some(({ f, l }) => f <= t && t <= l)).toBe(false);
    const liquidated = forced.parsed<{ o: { s: string; T: number } }>().map(({ o }) => `${o.s} ${o.T}`);
    expect(new Set(liquidated).size).toBe(liquidated.length);
    const seconds = forced.parsed<{ E: number; o: { s: string } }>().map(({ E, o }) => `${o.s} ${E}`);
    expect(seconds.length).toBeGreaterThan(2);
    expect(new Set(seconds).size).toBe(seconds.length);
    await venue.close();
  });
});

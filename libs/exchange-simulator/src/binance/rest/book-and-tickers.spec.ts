import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { SimulatedClock } from "@ims/common";
import { describe, expect, inject, it } from "vitest";
import { openVenue } from "../../spec-support/venue-client.js";
import type { BinanceMarketName } from "../markets/market.js";
import { RequestWeight } from "./request-weight.js";

const PREFIX = { spot: "/api/v3", "usd-future": "/fapi/v1", "coin-future": "/dapi/v1" } as const;
const SYMBOL = { spot: "BTCUSDT", "usd-future": "BTCUSDT", "coin-future": "BTCUSD_PERP" } as const;
const FOLDER = {
  spot: "binance-spot",
  "usd-future": "binance-usdm",
  "coin-future": "binance-coinm",
} as const;
const MARKETS = ["spot", "usd-future", "coin-future"] as const;

async function running(market: BinanceMarketName) {
  const opened = await openVenue(market, { symbols: 20 });
  await opened.clock.advance(60_000);
  const answer = (path: string) => opened.venue.request("GET", `${PREFIX[market]}/${path}`);
  const used = async (path: string) => {
    const before = Number((await answer("time")).headers["x-mbx-used-weight-1m"]);
    return Number((await answer(path)).headers["x-mbx-used-weight-1m"]) - before;
  };
  return { ...opened, answer, used, symbol: SYMBOL[market] };
}

describe("REST depth", () => {
  it("has the market's shape, limits and weights", async () => {
    for (const market of MARKETS) {
      const { answer, used, venue, symbol } = await running(market);
      const body = JSON.parse((await answer(`depth?symbol=${symbol}&limit=5`)).body);
      expect(Object.keys(body)).toEqual(
        market === "spot"
          ? ["lastUpdateId", "bids", "asks"]
          : [
              "lastUpdateId",
              "E",
              "T",
              ...(market === "coin-future" ? ["symbol", "pair"] : []),
              "bids",
              "asks",
            ],
      );
      expect([body.bids.length, body.asks.length]).toEqual([5, 5]);
      const prices = body.bids.map(([price]: [string]) => Number(price));
      expect([...prices].sort((a, b) => b - a)).toEqual(prices);
      const weights = market === "spot" ? [5, 25, 50, 250] : [5, 10, 20];
      const limits = market === "spot" ? [100, 500, 1000, 5000] : [100, 500, 1000];
      for (const [at, limit] of limits.entries()) {
        expect(await used(`depth?symbol=${symbol}&limit=${limit}`)).toBe(weights[at]);
      }
      const odd = await answer(`depth?symbol=${symbol}&limit=7`);
      expect(odd.status).toBe(market === "spot" ? 200 : 400);
      const beyond = await answer(`depth?symbol=${symbol}&limit=5001`);
      expect(beyond.status).toBe(market === "spot" ? 200 : 400);
      expect(JSON.parse((await answer("depth?symbol=NOPE")).body).code).toBe(-1121);
      await venue.close();
    }
  });

  it("is 429 over the budget and 418 for whoever goes on", async () => {
    const { venue, clock } = await openVenue("spot", {}, { limits: { requestWeightPerMinute: 500 } });
    const ask = () => venue.request("GET", "/api/v3/depth?symbol=BTCUSDT&limit=5000");
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const refused = await ask();
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "60"]);
    expect(JSON.parse(refused.body).code).toBe(-1003);
    let status = 429;
    for (let count = 0; count < 20 && status === 429; count++) status = (await ask()).status;
    expect(status).toBe(418);
    await clock.advance(119_000);
    expect((await ask()).status).toBe(418);
    await clock.advance(1000);
    expect((await ask()).status).toBe(200);
    await venue.close();
  });
});

describe("a weight budget", () => {
  it("may be shared by both futures markets, as on the venue since 2026-06-30", async () => {
    const clock = new SimulatedClock();
    const requestWeight = new RequestWeight(clock, 60);
    const usd = await openVenue("usd-future", {}, { requestWeight });
    const coin = await openVenue("coin-future", {}, { requestWeight });
    const ask = async (venue: typeof usd.venue, path: string) => {
      const { status, headers } = await venue.request("GET", path);
      return [status, headers["x-mbx-used-weight-1m"]];
    };
    expect(await ask(usd.venue, "/fapi/v1/ticker/24hr")).toEqual([200, "40"]);
    expect(await ask(coin.venue, "/dapi/v1/depth?symbol=BTCUSD_PERP&limit=1000")).toEqual([200, "60"]);
    expect(await ask(usd.venue, "/fapi/v1/ping")).toEqual([429, "61"]);
    await usd.venue.close();
    await coin.venue.close();
  });
});

describe("REST tickers", () => {
  it("answer one symbol, several or all, a list on COIN-M in any case", async () => {
    for (const market of MARKETS) {
      const { answer, venue, symbol } = await running(market);
      for (const path of ["ticker/24hr", "ticker/price", "ticker/bookTicker"]) {
        const one = JSON.parse((await answer(`${path}?symbol=${symbol}`)).body);
        expect(Array.isArray(one)).toBe(market === "coin-future");
        expect([one].flat()[0].symbol).toBe(symbol);
        const all = JSON.parse((await answer(path)).body);
        expect(all.length).toBeGreaterThan(15);
        if (market === "spot") {
          const two = encodeURIComponent(`["ETHUSDT","BTCUSDT"]`);
          const some = JSON.parse((await answer(`${path}?symbols=${two}`)).body);
          expect(some.map(({ symbol }: { symbol: string }) => symbol)).toEqual(["ETHUSDT", "BTCUSDT"]);
        }
        if (market === "coin-future") {
          const pair = JSON.parse((await answer(`${path}?pair=BTCUSD`)).body);
          expect(pair.length).toBeGreaterThan(1);
          expect(new Set(pair.map((row: { symbol: string }) => row.symbol.split("_")[0]))).toEqual(
            new Set(["BTCUSD"]),
          );
        }
      }
      await venue.close();
    }
  });

  it("weigh as documented", async () => {
    const spot = await running("spot");
    expect(await spot.used("ticker/24hr?symbol=BTCUSDT")).toBe(2);
    expect(await spot.used("ticker/24hr")).toBe(80);
    expect(await spot.used("ticker/price?symbol=BTCUSDT")).toBe(2);
    expect(await spot.used("ticker/bookTicker")).toBe(4);
    await spot.venue.close();
    const coin = await running("coin-future");
    expect(await coin.used("premiumIndex?symbol=BTCUSD_PERP")).toBe(10);
    expect(await coin.used("ticker/24hr")).toBe(40);
    await coin.venue.close();
    const usd = await running("usd-future");
    expect(await usd.used("premiumIndex?symbol=BTCUSDT")).toBe(1);
    expect(await usd.used("openInterest?symbol=BTCUSDT")).toBe(1);
    expect(await usd.used("ticker/bookTicker?symbol=BTCUSDT")).toBe(2);
    await usd.venue.close();
  });

  it("say of funding what the stream says, and nothing for a delivery contract", async () => {
    for (const market of ["usd-future", "coin-future"] as const) {
      const { answer, venue, clock, connect, symbol } = await running(market);
      const group = market === "usd-future" ? "/market" : "";
      const client = await connect(`${group}/ws/${symbol.toLowerCase()}@markPrice@1s`);
      // To the next whole second: the stream's moment.
      await clock.advance(1000 - ((clock.nowMicros() / 1000) % 1000));
      interface Mark {
        E: number;
        p: string;
        i: string;
        r: string;
        T: number;
      }
      const frame = client.parsed<Mark>().at(-1)!;
      const rest = [JSON.parse((await answer(`premiumIndex?symbol=${symbol}`)).body)].flat()[0];
      expect(rest).toMatchObject({
        markPrice: frame.p,
        indexPrice: frame.i,
        lastFundingRate: frame.r,
        nextFundingTime: frame.T,
        time: frame.E,
      });
      expect(rest.lastFundingRate).toMatch(/^-?0\.\d{8}$/);
      expect(frame.T % (8 * 3_600_000)).toBe(0);
      const dated = venue.symbols.find((name) => /_\d{6}$/.test(name))!;
      const delivery = [JSON.parse((await answer(`premiumIndex?symbol=${dated}`)).body)].flat()[0];
      expect(delivery.nextFundingTime).toBe(0);
      expect(delivery.lastFundingRate).toBe(market === "coin-future" ? "" : "0.00000000");
      await venue.close();
    }
  });

  it("keep the funding time through the settlement's own millisecond", async () => {
    const { venue, clock, connect } = await openVenue("usd-future", { tradesPerSecond: 0.1 });
    const client = await connect("/market/ws/btcusdt@markPrice@1s");
    const eightHours = 8 * 3_600_000;
    const now = clock.nowMicros() / 1000;
    const settlement = Math.ceil(now / eightHours) * eightHours;
    await clock.advance(settlement - now + 1500);
    const at = (E: number) => client.parsed<{ E: number; T: number }>().find((frame) => frame.E === E)!.T;
    expect([at(settlement - 1000), at(settlement), at(settlement + 1000)]).toEqual([
      settlement,
      settlement,
      settlement + eightHours,
    ]);
    await venue.close();
  });
});

const sharedDir = inject("sharedDir");

describe.skipIf(!sharedDir)("REST bodies beside recorded ones", () => {
  it("have the same keys", async () => {
    for (const market of MARKETS) {
      const { answer, venue, symbol } = await running(market);
      const file = `${sharedDir}/exchanges/recordings/${FOLDER[market]}/rest-bodies-mixed.jsonl.gz`;
      const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n");
      let compared = 0;
      for (const line of lines) {
        const { url, data } = JSON.parse(line) as { url: string; data: unknown };
        const [, path] = /\/v\d\/([^?]*)/.exec(url) ?? [];
        const known = /^(?:depth|premiumIndex|openInterest|ticker\/(?:24hr|price|bookTicker))$/;
        if (path === undefined || !known.test(path)) continue;
        const theirs = [data].flat()[0] as object;
        if ("code" in theirs) continue;
        const single = Array.isArray(data) && market !== "coin-future" ? "" : `?symbol=${symbol}`;
        const ours = JSON.parse((await answer(`${path}${single}`)).body);
        expect(Array.isArray(ours)).toBe(Array.isArray(data));
        expect(Object.keys([ours].flat()[0]).sort()).toEqual(Object.keys(theirs).sort());
        compared++;
      }
      expect(compared).toBeGreaterThanOrEqual(5);
      await venue.close();
    }
  });
});

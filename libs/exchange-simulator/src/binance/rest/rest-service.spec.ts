import { SimulatedClock } from "@ims/common";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { startBinanceSimulator } from "../binance-simulator.js";
import type { BinanceMarketName } from "../markets/market.js";
import type { BinanceSimulator } from "../simulator.js";
import type { SimulatorLimits, SyntheticSourceOptions } from "../simulator-options.js";

const running: BinanceSimulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

async function start(
  market: BinanceMarketName,
  source: Partial<SyntheticSourceOptions> = {},
  limits: SimulatorLimits = { requestWeightPerMinute: 1e9 },
) {
  const clock = new SimulatedClock();
  const synthetic = { kind: "synthetic", seed: 3, tradesPerSecond: 100, ...source } as const;
  const simulator = await startBinanceSimulator({ market, clock, source: synthetic, limits });
  running.push(simulator);
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${simulator.restUrl}${path}`, { headers });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : JSON.parse(text),
    };
  };
  return { simulator, clock, get };
}

type Row = [number, string, string, string, string, string, number, string, number, string, string, string];
interface TradeRow {
  id: number;
  price: string;
  qty: string;
  quoteQty: string;
  time: number;
}
interface AggregateRow {
  a: number;
  p: string;
  q: string;
  f: number;
  l: number;
  T: number;
}

describe("ping, time and exchangeInfo", () => {
  it("of spot", async () => {
    const { get, clock } = await start("spot");
    expect((await get("/api/v3/ping")).body).toEqual({});
    expect((await get("/api/v3/time")).body).toEqual({ serverTime: clock.nowMicros() / 1000 });
    const micros = await get("/api/v3/time", { "X-MBX-TIME-UNIT": "MICROSECOND" });
    expect(micros.body).toEqual({ serverTime: clock.nowMicros() });
    const { body } = await get("/api/v3/exchangeInfo");
    expect(body.rateLimits[0]).toEqual({
      rateLimitType: "REQUEST_WEIGHT",
      interval: "MINUTE",
      intervalNum: 1,
      limit: 6000,
    });
    const btc = body.symbols.find(({ symbol }: { symbol: string }) => symbol === "BTCUSDT");
    expect(btc).toMatchObject({ status: "TRADING", baseAsset: "BTC", quoteAsset: "USDT" });
    expect(btc.filters[0]).toMatchObject({ filterType: "PRICE_FILTER", tickSize: "0.01000000" });
    expect(btc.filters[1]).toMatchObject({ filterType: "LOT_SIZE", stepSize: "0.00001000" });
    expect(body.symbols.some(({ status }: { status: string }) => status === "BREAK")).toBe(true);
    const one = await get("/api/v3/exchangeInfo?symbol=ETHBTC");
    expect(one.body.symbols.map(({ symbol }: { symbol: string }) => symbol)).toEqual(["ETHBTC"]);
    const two = await get(`/api/v3/exchangeInfo?symbols=${encodeURIComponent(`["ETHBTC","BNBUSDT"]`)}`);
    expect(two.body.symbols).toHaveLength(2);
    const halted = await get("/api/v3/exchangeInfo?symbolStatus=BREAK");
    expect(halted.body.symbols.map(({ symbol }: { symbol: string }) => symbol)).toEqual(["BCCBTC"]);
  });

  it("of the futures", async () => {
    const coin = (await (await start("coin-future")).get("/dapi/v1/exchangeInfo")).body;
    expect(coin.symbols[0]).toMatchObject({
      symbol: "BTCUSD_PERP",
      pair: "BTCUSD",
      contractType: "PERPETUAL",
      contractStatus: "TRADING",
      contractSize: 100,
      marginAsset: "BTC",
    });
    expect(coin.symbols[0]).not.toHaveProperty("status");
    expect(coin.symbols[1].contractSize).toBe(10);
    const dated = coin.symbols.filter(({ contractType }: { contractType: string }) =>
      /QUARTER/.test(contractType),
    );
    expect(dated).toHaveLength(3);
    expect(dated[0].symbol).toMatch(/^BTCUSD_\d{6}$/);
    const usd = (await (await start("usd-future")).get("/fapi/v1/exchangeInfo")).body;
    expect(usd.futuresType).toBe("U_MARGINED");
    expect(usd.symbols[0]).toMatchObject({ symbol: "BTCUSDT", status: "TRADING", marginAsset: "USDT" });
    expect(usd.symbols[0].filters[0].tickSize).toBe("0.10");
    expect(usd.symbols.some(({ status }: { status: string }) => status === "SETTLING")).toBe(true);
  });
});

describe("refusals", () => {
  it.each([
    ["klines?symbol=NOPE&interval=1m", -1121, "Invalid symbol."],
    ["klines?symbol=BTCUSDT&interval=7m", -1120, "Invalid interval."],
    [
      "klines?symbol=BTCUSDT",
      -1102,
      "Mandatory parameter 'interval' was not sent, was empty/null, or malformed.",
    ],
    ["klines?symbol=&interval=1m", -1105, "Parameter 'symbol' was empty."],
    ["klines?symbol=BTCUSDT&interval=1m&limit=x", -1100, expect.stringContaining("'limit'")],
    ["klines?symbol=BTCUSDT&interval=1m&limit=0", -1130, expect.stringContaining("'limit'")],
    ["klines?symbol=BTCUSDT&symbol=ETHUSDT&interval=1m", -1101, expect.stringContaining("'symbol'")],
    ["exchangeInfo?symbol=NOPE", -1121, "Invalid symbol."],
    [`exchangeInfo?symbols=["BTCUSDT","NOPE"]`, -1121, "Invalid symbol."],
    ["exchangeInfo?symbols=BTCUSDT", -1100, expect.stringContaining("'symbols'")],
    [
      "exchangeInfo?symbol=BTCUSDT&symbolStatus=TRADING",
      -1128,
      "Combination of optional parameters invalid.",
    ],
    ["aggTrades?symbol=BTCUSDT&fromId=1&startTime=1", -1128, "Combination of optional parameters invalid."],
  ])("of spot: %s", async (path, code, msg) => {
    const { get } = await start("spot");
    expect(await get(`/api/v3/${path}`)).toMatchObject({ status: 400, body: { code, msg } });
  });

  it("of the futures", async () => {
    const { get } = await start("coin-future");
    expect(
      (
        await get(
          "/dapi/v1/klines?symbol=BTCUSD_PERP&interval=1d&startTime=1546300800000&endTime=1577836800000",
        )
      ).body,
    ).toEqual({ code: -4088, msg: "Maximum time interval is 200 days." });
    expect((await get("/dapi/v1/klines?symbol=BTCUSD_PERP&interval=1m&limit=1501")).body.code).toBe(-1130);
    expect((await get("/dapi/v1/klines?symbol=BTCUSD_PERP&interval=1s")).body.code).toBe(-1120);
    const refused = await get("/dapi/v1/historicalTrades?symbol=BTCUSD_PERP&limit=5");
    expect(refused).toMatchObject({ status: 401, body: { code: -2014, msg: "API-key format invalid." } });
    expect((await get("/api/v3/ping")).status).toBe(404);
  });

  it("never become a crash, whatever is asked", async () => {
    const { simulator, get } = await start("spot");
    await fc.assert(
      fc.asyncProperty(fc.webUrl({ withQueryParameters: true }), fc.string(), async (url, symbol) => {
        const { pathname, search } = new URL(url);
        const paths = [
          `/api/v3${pathname}${search}`,
          `/api/v3/klines?interval=1m&symbol=${encodeURIComponent(symbol)}`,
        ];
        for (const path of paths) expect((await get(path)).status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 30 },
    );
    expect((await fetch(`${simulator.restUrl}/api/v3/ping`, { method: "POST", body: "x" })).status).toBe(404);
    expect((await get("/api/v3/ping")).status).toBe(200);
  });
});

describe("request weight", () => {
  it("is counted, refused with 429 and 418, and given back", async () => {
    const { get, clock } = await start("spot", {}, { requestWeightPerMinute: 50 });
    expect((await get("/api/v3/exchangeInfo")).headers.get("x-mbx-used-weight-1m")).toBe("20");
    await clock.advance(15_000);
    expect((await get("/api/v3/exchangeInfo")).headers.get("x-mbx-used-weight-1m")).toBe("40");
    const refused = await get("/api/v3/exchangeInfo");
    expect(refused).toMatchObject({ status: 429, body: { code: -1003 } });
    expect(refused.headers.get("retry-after")).toBe("45");
    await clock.advance(45_000);
    expect((await get("/api/v3/ping")).status).toBe(200);
    for (let request = 0; request < 12; request++) await get("/api/v3/exchangeInfo");
    const banned = await get("/api/v3/exchangeInfo");
    expect(banned.status).toBe(418);
    expect(banned.headers.get("retry-after")).toBe("120");
    await clock.advance(119_000);
    expect((await get("/api/v3/ping")).status).toBe(418);
    await clock.advance(1_000);
    expect((await get("/api/v3/ping")).status).toBe(200);
  });

  it("depends on the rows wanted on the futures", async () => {
    const { get } = await start("usd-future");
    const used = async (limit: number) =>
      Number(
        (await get(`/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=${limit}`)).headers.get(
          "x-mbx-used-weight-1m",
        ),
      );
    expect([await used(99), await used(100), await used(500), await used(1001)]).toEqual([1, 3, 8, 18]);
  });
});

describe("klines", () => {
  it("follow the venue's list rules and join without holes", async () => {
    const { get, clock } = await start("spot");
    await clock.advance(180_000);
    const rows = async (query: string) =>
      (await get(`/api/v3/klines?symbol=BTCUSDT&interval=1m${query}`)).body as Row[];
    const all = await rows("&limit=1000");
    expect(all).toHaveLength(1000);
    expect(all.every((row, index) => index === 0 || row[0] === all[index - 1]![0] + 60_000)).toBe(true);
    expect(all.every((row) => row.length === 12 && row[6] === row[0] + 59_999 && row[11] === "0")).toBe(true);
    const now = clock.nowMicros() / 1000;
    expect(all[999]![0]).toBe(Math.floor(now / 60_000) * 60_000);
    expect(await rows("")).toEqual(all.slice(-500));
    expect(await rows("&limit=5000")).toEqual(all);
    const start5 = all[100]![0];
    expect(await rows(`&startTime=${start5}&limit=5`)).toEqual(all.slice(100, 105));
    expect(await rows(`&startTime=${start5 * 1000}&limit=5`)).toEqual(all.slice(100, 105));
    expect(await rows(`&startTime=${start5 - 1}&endTime=${start5 + 120_000}`)).toEqual(all.slice(100, 103));
    expect(await rows(`&endTime=${start5}&limit=4`)).toEqual(all.slice(97, 101));
    expect(await rows(`&startTime=${now + 1e6}`)).toEqual([]);
    expect(await rows("&endTime=5")).toEqual([]);
    for (const [, open, high, low, close] of all) {
      const [o, h, l, c] = [open, high, low, close].map(Number) as [number, number, number, number];
      expect(l <= Math.min(o, c) && h >= Math.max(o, c)).toBe(true);
    }
  });

  it("of long intervals are sums of short ones, and live ones sums of the trades", async () => {
    const { get, clock, simulator } = await start("spot", { symbols: ["BTCUSDT"], tradesPerSecond: 10 });
    await clock.advance(130_000);
    const list = async (interval: string) =>
      (await get(`/api/v3/klines?symbol=BTCUSDT&limit=1000&interval=${interval}`)).body as Row[];
    const minutes = await list("1m");
    const hour = (await list("1h")).find((row) => row[0] >= minutes[0]![0])!;
    const inside = minutes.filter((row) => row[0] >= hour[0] && row[0] <= hour[6]);
    expect(inside).toHaveLength(60);
    expect(hour[8]).toBe(inside.reduce((count, row) => count + row[8], 0));
    expect([hour[1], hour[4]]).toEqual([inside[0]![1], inside[59]![4]]);
    const live = minutes.filter((row) => row[0] >= clock.startMicros / 1000 - 60_000);
    const seconds = await list("1s");
    expect(seconds.reduce((count, row) => count + row[8], 0)).toBe(simulator.truth("BTCUSDT").tradeCount);
    expect(live.reduce((count, row) => count + row[8], 0)).toBe(simulator.truth("BTCUSDT").tradeCount);
  });
});

describe("trades", () => {
  it("of the past are those that happened", async () => {
    const { get, clock, simulator } = await start("spot");
    expect((await get("/api/v3/trades?symbol=BCCBTC")).body).toEqual([]);
    await clock.advance(60_000);
    const { firstTradeId, lastTradeId } = simulator.truth("BTCUSDT");
    const recent = (await get("/api/v3/trades?symbol=BTCUSDT&limit=10")).body as TradeRow[];
    expect(recent.map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, index) => lastTradeId - 9 + index),
    );
    const old = (await get(`/api/v3/historicalTrades?symbol=BTCUSDT&fromId=${firstTradeId + 3}&limit=5`))
      .body;
    expect(old.map(({ id }: TradeRow) => id - firstTradeId)).toEqual([3, 4, 5, 6, 7]);
    expect(Object.keys(old[0])).toEqual([
      "id",
      "price",
      "qty",
      "quoteQty",
      "time",
      "isBuyerMaker",
      "isBestMatch",
    ]);
    const [row] = recent as [TradeRow];
    const truth = simulator.truth("BTCUSDT", { fromTradeId: row.id, toTradeId: row.id });
    const integer = (text: string) => BigInt(text.replace(".", ""));
    expect(truth.quantitySum * 1000n).toBe(integer(row.qty));
    expect(truth.priceQuantitySum * 10n).toBe(integer(row.quoteQty));
  });

  it("in aggregate cover every trade once", async () => {
    const { get, clock, simulator } = await start("usd-future", {
      symbols: ["BTCUSDT"],
      unusualTradeShare: 0,
    });
    await clock.advance(30_000);
    const { firstTradeId, tradeCount } = simulator.truth("BTCUSDT");
    const list = async (query: string) =>
      (await get(`/fapi/v1/aggTrades?symbol=BTCUSDT&limit=1000${query}`)).body as AggregateRow[];
    const all = await list(`&startTime=${clock.startMicros / 1000}`);
    const everything = [...all];
    while (everything[everything.length - 1]!.l < firstTradeId + tradeCount - 1) {
      everything.push(...(await list(`&fromId=${everything[everything.length - 1]!.a + 1}`)));
    }
    expect(everything[0]!.f).toBe(firstTradeId);
    expect(everything.every((row, index) => index === 0 || row.f === everything[index - 1]!.l + 1)).toBe(
      true,
    );
    expect(everything.every((row, index) => index === 0 || row.a === everything[index - 1]!.a + 1)).toBe(
      true,
    );
    const recent = await list("");
    expect(recent).toEqual(everything.slice(-1000));
    const middle = everything[700]!;
    const upTo = await list(`&endTime=${middle.T}`);
    expect(upTo[upTo.length - 1]!.T).toBeLessThanOrEqual(middle.T);
    expect(upTo.some(({ a }) => a === middle.a)).toBe(true);
    const hour = await list(`&startTime=${middle.T}&endTime=${middle.T + 3_600_001}`);
    expect(hour).toMatchObject({ code: expect.any(Number) });
  });
});

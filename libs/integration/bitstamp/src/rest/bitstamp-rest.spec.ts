import { ExchangeId, SimulatedClock } from "@ims/common";
import type { HttpReply } from "@ims/integration-kit";
import { describe, expect, it } from "vitest";
import { INSTRUMENT } from "../spec-support/reader-stage.js";
import { BitstampRest, isNotFound } from "./bitstamp-rest.js";

const LIST = [
  { name: "BTC/USD", url_symbol: "btcusd", base_decimals: 8, counter_decimals: 2, trading: "Enabled" },
];

function open(answer: (path: string) => { status?: number; body: unknown }) {
  const asked: string[] = [];
  const clock = new SimulatedClock();
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const rest = new BitstampRest({
    clock,
    logger,
    random: () => 0.5,
    origin: "http://venue/",
    transport: async (url): Promise<HttpReply> => {
      asked.push(`${url.pathname}${url.search}`);
      const { body, status = 200 } = answer(url.pathname);
      return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
    },
  });
  return { asked, clock, rest };
}

const never = () => new AbortController().signal;

describe("the REST interface of Bitstamp", () => {
  it("reads the older list where the newer one is not to be had, and both again after a pause", async () => {
    let isDown = true;
    const { asked, clock, rest } = open((path) =>
      isDown || path.endsWith("/markets/") ? { status: 404, body: { error: "Not found" } } : { body: LIST },
    );
    const listed = rest.instruments(never());
    await clock.advance(10);
    isDown = false;
    await clock.advance(5000);
    expect((await listed).get("btcusd")?.instrument.exchange).toBe(ExchangeId.Bitstamp);
    expect(asked.map((path) => path.replace("/api/v2", ""))).toEqual([
      "/markets/",
      "/trading-pairs-info/",
      "/markets/",
      "/trading-pairs-info/",
    ]);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("does not take perpetuals for delisted because only the older list answers, which has none", async () => {
    const perpetual = {
      ...LIST[0],
      name: "BTC/USD-PERP",
      market_symbol: "btcusd-perp",
      base_currency: "BTC",
    };
    const markets = [
      { ...LIST[0], market_symbol: "btcusd" },
      { ...perpetual, counter_currency: "USD", market_type: "PERPETUAL" },
    ];
    let newer: unknown = markets;
    const { rest } = open((path) => {
      if (!path.endsWith("/markets/")) return { body: LIST };
      return newer ? { body: newer } : { status: 404, body: {} };
    });
    const symbols = async () => [...(await rest.instruments(never())).keys()].sort();
    expect(await symbols()).toEqual(["btcusd", "btcusd-perp"]);
    newer = undefined;
    expect(await symbols()).toEqual(["btcusd", "btcusd-perp"]);
    newer = markets.slice(0, 1);
    expect(await symbols()).toEqual(["btcusd"]);
    newer = undefined;
    expect(await symbols()).toEqual(["btcusd"]);
  });

  it("lists trades oldest first, and refuses what is no list of them", async () => {
    const rows = [
      { date: "1560481868", tid: "90574283", price: "8194.79", type: "1", amount: "0.00288599" },
      { date: "1560481858", tid: "90574282", price: "8193.12", type: "1", amount: "0.00156303" },
    ];
    const { asked, rest } = open(() => ({ body: rows }));
    expect((await rest.trades("btcusd", "hour", never())).map(({ tradeId }) => tradeId)).toEqual([
      90574282, 90574283,
    ]);
    expect(asked).toEqual(["/api/v2/transactions/btcusd/?time=hour"]);
    for (const body of [{}, [7], [{ tid: 7 }]]) {
      await expect(open(() => ({ body })).rest.trades("btcusd", "hour", never())).rejects.toThrow(
        /transactions/,
      );
    }
  });

  it("reads a book, and refuses one without a microtimestamp: nothing could be joined to it", async () => {
    const body = {
      timestamp: "1",
      microtimestamp: "1654243213142992",
      bids: [["30415.13", "0.37816633"]],
      asks: [],
    };
    const book = await open(() => ({ body })).rest.book(INSTRUMENT, never());
    expect([book.lastUpdateId, book.bids.count]).toEqual([1_654_243_213_142_992, 1]);
    const old = open(() => ({ body: { timestamp: "1560482001", bids: [], asks: [] } }));
    await expect(old.rest.book(INSTRUMENT, never())).rejects.toThrow(/microtimestamp is missing/);
  });

  it("tells a market that is gone from a refusal by load", async () => {
    for (const [status, expected] of [
      [404, true],
      [403, false],
      [500, false],
    ] as const) {
      const { rest } = open(() => ({ status, body: {} }));
      const error: unknown = await rest.book(INSTRUMENT, never()).catch((caught: unknown) => caught);
      expect(isNotFound(error)).toBe(expected);
    }
  });
});

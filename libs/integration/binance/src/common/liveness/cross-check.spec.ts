import { DataType, SimulatedClock } from "@ims/common";
import { ClockOffset, FeedLiveness, HttpJsonClient } from "@ims/integration-kit";
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../spec-support/silent-logger.js";
import { BINANCE_REST_RULES } from "../rest/rest-rules.js";
import { CrossCheck } from "./cross-check.js";
import type { WatchedStream } from "./watched-stream.js";

let clock: SimulatedClock;
let feeds: WatchedStream[];
let lastTradeMillis: number | undefined;
let asked: string[];
let check: CrossCheck;

beforeEach(() => {
  clock = new SimulatedClock();
  feeds = [];
  asked = [];
  lastTradeMillis = 0;
  const http = new HttpJsonClient({
    baseUrl: "http://venue",
    clock,
    random: () => 0.5,
    logger: silentLogger,
    transport: async (url) => {
      asked.push(`${url.pathname}${url.search}`);
      if (lastTradeMillis === undefined) return { status: 503, headers: {}, body: Buffer.from("busy") };
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify([{ time: lastTradeMillis }])) };
    },
  });
  const offset = new ClockOffset({ clock, ask: () => Promise.reject(new Error("unused")) });
  const rules = BINANCE_REST_RULES["usd-future"];
  check = new CrossCheck({ clock, http, rules, offset, wsUrl: "wss://venue", feeds: () => feeds });
});

function feed(name: string, dataType: DataType, path: string): WatchedStream {
  const liveness = new FeedLiveness({ kind: "driven" }, clock.monotonicMillis(), () => {});
  liveness.acknowledged(clock.monotonicMillis());
  const symbol = name.slice(0, name.indexOf("@")).toUpperCase();
  const added = { stream: name, symbol, dataType, path, liveness };
  feeds.push(added);
  return added;
}

async function ask(silent: WatchedStream) {
  const answer = check.ask(silent, new AbortController().signal);
  await clock.advance(1000);
  return answer;
}

describe("CrossCheck", () => {
  it("calls a stream quiet when the venue had no trade since", async () => {
    const silent = feed("btcusdt@aggTrade", DataType.Trade, "/market");
    lastTradeMillis = clock.nowMicros() / 1000 - 5000;
    await clock.advance(3000);
    expect((await ask(silent)).verdict).toBe("quiet");
    expect(asked).toEqual(["/fapi/v1/trades?symbol=BTCUSDT&limit=1"]);
  });

  it("names the stream and the address when no stream of its kind is fed there", async () => {
    const silent = feed("btcusdt@aggTrade", DataType.Trade, "/public");
    await clock.advance(3000);
    lastTradeMillis = clock.nowMicros() / 1000 - 1000;
    expect(await ask(silent)).toEqual({
      verdict: "dead",
      text:
        "btcusdt@aggTrade was acknowledged on /public and stays silent, as every aggTrade there: the address is " +
        "wrong for this kind of stream or retired: the venue has traded since",
    });
    const fed = feed("ethusdt@aggTrade", DataType.Trade, "/public");
    fed.liveness.recordCount++;
    expect((await ask(silent)).text).toBe(
      "btcusdt@aggTrade was acknowledged on /public and stays silent: the venue has traded since",
    );
  });

  it("asks nobody when the symbol's trades come", async () => {
    const silent = feed("btcusdt@bookTicker", DataType.TopOfBook, "/public");
    const trades = feed("btcusdt@trade", DataType.Trade, "/public");
    await clock.advance(3000);
    trades.liveness.recordCount++;
    trades.liveness.look(clock.monotonicMillis());
    const { text, verdict } = await ask(silent);
    expect([verdict, asked]).toEqual(["dead", []]);
    expect(text).toContain("btcusdt@trade has records");
  });

  it("does not know when the venue cannot be asked", async () => {
    lastTradeMillis = undefined;
    expect((await ask(feed("btcusdt@aggTrade", DataType.Trade, "/market"))).verdict).toBe("unknown");
  });
});

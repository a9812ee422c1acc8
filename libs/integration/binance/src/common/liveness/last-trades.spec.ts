import { SimulatedClock } from "@ims/common";
import { ClockOffset, HttpJsonClient } from "@ims/integration-kit";
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../spec-support/silent-logger.js";
import { BINANCE_REST_RULES } from "../rest/rest-rules.js";
import { LastTrades } from "./last-trades.js";

const SYMBOLS = Array.from({ length: 1500 }, (_, index) => `S${index}USDT`);

let clock: SimulatedClock;
/** Last trade of each symbol at the venue: its id and its time. */
let trades: Map<string, { id: number; millis: number }>;
let asked: string[];
let isDown: boolean;
let lastTrades: LastTrades;

beforeEach(() => {
  clock = new SimulatedClock();
  asked = [];
  isDown = false;
  const millis = clock.nowMicros() / 1000;
  trades = new Map(SYMBOLS.map((symbol, index) => [symbol, { id: 1000 + index, millis }]));
  const http = new HttpJsonClient({
    baseUrl: "http://venue",
    clock,
    random: () => 0.5,
    logger: silentLogger,
    transport: async (url) => {
      asked.push(`${url.pathname}${url.search}`);
      if (isDown) return { status: 503, headers: {}, body: Buffer.from("busy") };
      const symbol = url.searchParams.get("symbol");
      const body = symbol
        ? [{ T: trades.get(symbol)!.millis }]
        : [...trades].map(([name, { id }]) => ({ symbol: name, lastId: id }));
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
    },
  });
  const offset = new ClockOffset({ clock, ask: () => Promise.reject(new Error("unused")) });
  lastTrades = new LastTrades({ clock, http, offset, rules: BINANCE_REST_RULES.spot });
});

function trade(symbol: string): void {
  trades.set(symbol, { id: trades.get(symbol)!.id + 1, millis: clock.nowMicros() / 1000 });
}

/** Which of the symbols have traded, asked all at once; `during` happens while the venue is asked. */
async function ask(symbols: readonly string[], sinceMillis: number, during = () => {}): Promise<string[]> {
  const { signal } = new AbortController();
  const answers = Promise.allSettled(
    symbols.map((symbol) => lastTrades.tradedSince(symbol, sinceMillis, signal)),
  );
  await clock.advance(100);
  during();
  await clock.advance(10_000);
  const traded = (await answers).map((answer) => (answer.status === "fulfilled" ? answer.value : "failed"));
  return symbols.filter((_, index) => traded[index] !== false);
}

describe("LastTrades", () => {
  it("asks for few symbols one by one, once for all who ask", async () => {
    await clock.advance(5000);
    const since = clock.monotonicMillis();
    await clock.advance(2000);
    trade("S1USDT");
    const { signal } = new AbortController();
    const answers = ["S1USDT", "S2USDT", "S1USDT"].map((symbol) =>
      lastTrades.tradedSince(symbol, since, signal),
    );
    await clock.advance(0);
    expect(await Promise.all(answers)).toEqual([true, false, true]);
    expect(asked).toEqual(["S1USDT", "S2USDT"].map((symbol) => `/api/v3/aggTrades?symbol=${symbol}&limit=1`));
  });

  it("asks for all at once when many are silent, with one weight however many", async () => {
    await clock.advance(5000);
    const since = clock.monotonicMillis();
    await clock.advance(3000);
    const traded = await ask(SYMBOLS, since, () => trade("S7USDT"));
    expect(traded).toEqual(["S7USDT"]);
    expect(asked).toEqual(["/api/v3/ticker/24hr", "/api/v3/ticker/24hr"]);
  });

  it("compares with what it has read since the silence began, and only then reads once", async () => {
    await clock.advance(5000);
    const since = clock.monotonicMillis();
    await clock.advance(3000);
    expect(await ask(SYMBOLS, since)).toEqual([]);
    trade("S3USDT");
    await clock.advance(20_000);
    asked.length = 0;
    expect(await ask(SYMBOLS, since)).toEqual(["S3USDT"]);
    expect(asked).toHaveLength(1);
    // A silence that began later is not measured by what was read before it.
    expect(await ask(SYMBOLS, clock.monotonicMillis() - 3000)).toEqual([]);
  });

  it("fails all who ask when the venue cannot be asked, and is of use again later", async () => {
    isDown = true;
    expect(await ask(SYMBOLS.slice(0, 3), 0)).toHaveLength(3);
    expect(await ask(SYMBOLS, 0)).toHaveLength(SYMBOLS.length);
    isDown = false;
    expect(await ask(SYMBOLS, clock.monotonicMillis() - 3000)).toEqual([]);
  });
});

import { SimulatedClock } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import { SocketClient } from "../spec-support/socket-client.js";
import { startBinanceSimulator } from "./binance-simulator.js";
import type { BinanceMarketName } from "./markets/market.js";
import type { BinanceSimulator } from "./simulator.js";
import type { BinanceSimulatorOptions, SyntheticSourceOptions } from "./simulator-options.js";

const running: BinanceSimulator[] = [];
const clients: SocketClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

async function start(
  market: BinanceMarketName,
  source: Partial<SyntheticSourceOptions> = {},
  options: Partial<BinanceSimulatorOptions> = {},
) {
  const clock = new SimulatedClock();
  const simulator = await startBinanceSimulator({
    market,
    clock,
    source: { kind: "synthetic", seed: 11, tradesPerSecond: 200, ...source },
    limits: { messagesPerSecond: 1000 },
    ...options,
  });
  running.push(simulator);
  return { simulator, clock };
}

async function connect(simulator: BinanceSimulator, path: string): Promise<SocketClient> {
  const client = await SocketClient.open(`${simulator.wsUrl}${path}`);
  clients.push(client);
  return client;
}

interface Kline {
  t: number;
  T: number;
  f: number;
  L: number;
  o: string;
  c: string;
  h: string;
  l: string;
  v: string;
  n: number;
  x: boolean;
  q: string;
  V: string;
  Q: string;
}
interface Trade {
  E: number;
  T: number;
  t: number;
  p: string;
  q: string;
  m: boolean;
  X?: string;
}

/** Decimal text to an integer at scale 8, independent of the simulator's own printing. */
function units8(text: string): bigint {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole! + fraction.padEnd(8, "0"));
}

describe("a synthetic market", () => {
  it.each(["spot", "usd-future", "coin-future"] as const)(
    "sends the same frames for the same seed and clock (%s)",
    async (market) => {
      const session = async (seed: number) => {
        const { simulator, clock } = await start(market, { seed });
        const subject = simulator.symbols[0]!.toLowerCase();
        const route = market === "usd-future" ? "/public" : "";
        const streams = [`${subject}@trade`, `${subject}@bookTicker`];
        const client = await connect(simulator, `${route}/stream?streams=${streams.join("/")}`);
        await client.settled();
        await clock.advance(3000);
        await client.settled();
        return client.frames;
      };
      const first = await session(5);
      expect(first.length).toBeGreaterThan(50);
      expect(await session(5)).toEqual(first);
      expect(await session(6)).not.toEqual(first);
    },
  );

  it("numbers trades without holes and knows their sums", async () => {
    const { simulator, clock } = await start("spot");
    const client = await connect(simulator, "/ws/btcusdt@trade");
    await client.settled();
    await clock.advance(5000);
    await client.settled();
    const trades = client.frames.map((frame) => JSON.parse(frame) as Trade);
    expect(trades.every(({ t }, index) => t === trades[0]!.t + index)).toBe(true);
    expect(new Set(trades.map(({ m }) => m)).size).toBe(2);
    const truth = simulator.truth("BTCUSDT");
    expect(truth).toMatchObject({
      tradeCount: trades.length,
      firstTradeId: trades[0]!.t,
      priceScale: 2,
      quantityScale: 5,
    });
    const quantity = trades.reduce((sum, { q }) => sum + units8(q), 0n);
    expect(truth.quantitySum * 1000n).toBe(quantity);
    const middle = trades.slice(10, 40);
    const range = simulator.truth("BTCUSDT", { fromTradeId: middle[0]!.t, toTradeId: middle[29]!.t });
    expect(range).toMatchObject({ tradeCount: 30, firstTradeId: middle[0]!.t, lastTradeId: middle[29]!.t });
    expect(range.priceQuantitySum * 10n ** 9n).toBe(
      middle.reduce((sum, { p, q }) => sum + units8(p) * units8(q), 0n),
    );
    expect(() => simulator.truth("NOPE")).toThrow(
      expect.objectContaining({ code: "simulator.unknown-symbol" }),
    );
  });

  it.each([
    ["spot", "btcusdt", "1s"],
    ["spot", "btcusdt", "1m"],
    ["usd-future", "btcusdt", "3m"],
    ["coin-future", "btcusd_perp", "1m"],
  ] as const)(
    "makes klines of %s %s %s that equal the sums of the trades",
    async (market, subject, interval) => {
      const { simulator, clock } = await start(market, { unusualTradeShare: market === "spot" ? 0 : 0.02 });
      const split = market === "usd-future";
      const tradeClient = await connect(simulator, `${split ? "/public" : ""}/ws/${subject}@trade`);
      const klineClient = await connect(
        simulator,
        `${split ? "/market" : ""}/ws/${subject}@kline_${interval}`,
      );
      await tradeClient.settled();
      await klineClient.settled();
      await clock.advance(interval === "3m" ? 400_000 : 130_000);
      await tradeClient.settled();
      await klineClient.settled();
      const trades = tradeClient.frames
        .map((frame) => JSON.parse(frame) as Trade)
        .filter(({ X }) => X === undefined || X === "MARKET");
      const klines = klineClient.frames.map((frame) => (JSON.parse(frame) as { k: Kline }).k);
      const closed = klines.filter(({ x }) => x);
      expect(closed.length).toBeGreaterThanOrEqual(2);
      // A bar that began before the start also holds made-up history.
      const live = closed.filter(({ t, T }) => T - t < 60_000 || t >= clock.startMicros / 1000);
      expect(live.length).toBeGreaterThanOrEqual(1);
      for (const bar of live) {
        const inside = trades.filter(({ T }) => T >= bar.t && T <= bar.T);
        expect(bar.n).toBe(inside.length);
        if (inside.length === 0) continue;
        const sum = (list: Trade[]) => list.reduce((total, { q }) => total + units8(q), 0n);
        const taker = inside.filter(({ m }) => !m);
        expect(units8(bar.v)).toBe(sum(inside));
        expect(units8(bar.V)).toBe(sum(taker));
        const prices = inside.map(({ p }) => units8(p));
        expect(units8(bar.h)).toBe(prices.reduce((a, b) => (a > b ? a : b)));
        expect(units8(bar.l)).toBe(prices.reduce((a, b) => (a < b ? a : b)));
        expect([bar.o, bar.c]).toEqual([inside[0]!.p, inside[inside.length - 1]!.p]);
        expect([bar.f, bar.L]).toEqual([inside[0]!.t, inside[inside.length - 1]!.t]);
        const quote = (list: Trade[]) =>
          market === "coin-future"
            ? list.reduce((total, { p, q }) => total + coinBase(p, q), 0n)
            : list.reduce((total, { p, q }) => total + units8(p) * units8(q), 0n) / 10n ** 8n;
        expect(units8(bar.q)).toBe(quote(inside));
        expect(units8(bar.Q)).toBe(quote(taker));
      }
      const pace = market === "spot" ? (interval === "1s" ? 1000 : 2000) : 250;
      const sent = klineClient.frames.map((frame) => (JSON.parse(frame) as { E: number }).E);
      expect(sent.every((millis) => millis % pace === 0)).toBe(true);
      expect(klines.every(({ x, T }, index) => !x || sent[index] === T + 1)).toBe(true);
      expect(closed.every((bar, index) => index === 0 || bar.t === closed[index - 1]!.T + 1)).toBe(true);
    },
  );

  it("prints microseconds where spot is asked for them", async () => {
    const { simulator, clock } = await start("spot");
    const micros = await connect(simulator, "/ws/btcusdt@trade?timeUnit=MICROSECOND");
    const millis = await connect(simulator, "/ws/btcusdt@trade");
    await micros.settled();
    await millis.settled();
    await clock.advance(1000);
    await micros.settled();
    await millis.settled();
    const cut = micros.frames.map((frame) => Math.floor((JSON.parse(frame) as Trade).T / 1000));
    expect(cut).toEqual(millis.frames.map((frame) => (JSON.parse(frame) as Trade).T));
    expect(cut.length).toBeGreaterThan(0);
  });

  it("has as many symbols as wanted, and refuses options out of range", async () => {
    const { simulator } = await start("coin-future", { symbols: 40 });
    expect(simulator.symbols).toHaveLength(40);
    const named = await start("usd-future", { symbols: ["BTCUSDT", "BTCUSDT_260925", "币安USDT"] });
    expect(named.simulator.symbols).toEqual(["BTCUSDT", "BTCUSDT_260925", "币安USDT"]);
    const invalid = { code: "simulator.invalid-option" };
    for (const source of [
      { symbols: 0 },
      { symbols: ["btc"] },
      { symbols: [] },
      { tradesPerSecond: -1 },
      { seed: 1.5 },
      { unusualTradeShare: 2 },
    ]) {
      await expect(start("usd-future", source)).rejects.toMatchObject(invalid);
    }
    await expect(start("spot", {}, { host: "0.0.0.0" })).rejects.toMatchObject(invalid);
    await expect(start("spot", {}, { port: simulator.port })).rejects.toMatchObject({
      code: "simulator.address-in-use",
    });
  });

  it("keeps no timer after close", async () => {
    const { simulator, clock } = await start("spot");
    const client = await connect(simulator, "/ws/btcusdt@kline_1m/btcusdt@trade");
    await client.settled();
    expect(clock.pendingTimerCount).toBeGreaterThan(0);
    await simulator.close();
    await client.closed;
    expect(clock.pendingTimerCount).toBe(0);
    expect(simulator.stats.connectionCount).toBe(0);
    await simulator.finished;
  });
});

/** Contracts × 100 USD ÷ price, rounded half up to 8 decimals. */
function coinBase(price: string, contracts: string): bigint {
  const numerator = BigInt(contracts) * 100n * 10n ** 16n;
  const divisor = units8(price);
  return (2n * numerator + divisor) / (2n * divisor);
}

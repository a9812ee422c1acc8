import { DataType, ExchangeId, FeedState, SimulatedClock, type TimeResolutionText } from "@ims/common";
import type { FeedRequest } from "@ims/traits";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBinanceIntegration } from "../../create-binance-integration.js";
import {
  FakeBinance,
  type FakePeer,
  klineFrame,
  listedRow,
  tradeFrame,
} from "../../spec-support/fake-binance.js";
import { RecordingSink } from "../../spec-support/recording-sink.js";
import { silentLogger } from "../../spec-support/silent-logger.js";
import type { BinanceMarketName } from "../market/binance-market.js";
import type { BinanceOptions } from "../settings/binance-options.js";
import type { BinanceIntegration } from "./binance-integration.js";

const TRADES: FeedRequest = { dataType: DataType.Trade };
const barsOf = (resolution: TimeResolutionText): FeedRequest => ({ dataType: DataType.Bar, resolution });

let clock: SimulatedClock;
let venue: FakeBinance;
let sink: RecordingSink;
let integration: BinanceIntegration;

beforeEach(async () => {
  clock = new SimulatedClock();
  sink = new RecordingSink();
  venue = await FakeBinance.start();
  venue.exchangeInfo = {
    symbols: [listedRow("BTCUSDT"), listedRow("ETHUSDT"), listedRow("OLDUSDT", { status: "BREAK" })],
  };
});

afterEach(async () => {
  await integration.shutdown();
  expect(clock.pendingTimerCount).toBe(0);
  await venue.close();
});

function create(market: BinanceMarketName = "spot", options: BinanceOptions = {}): BinanceIntegration {
  const { restUrl, wsUrl } = venue;
  const factory = createBinanceIntegration(market, { restUrl, wsUrl, ...options });
  const context = { sink, clock, logger: silentLogger, random: () => 0.5 };
  integration = factory(context) as BinanceIntegration;
  return integration;
}

/** Connected and its first message acknowledged. */
async function subscribed(): Promise<FakePeer> {
  const peer = await venue.peers.next();
  await peer.controls.next();
  return peer;
}

describe("BinanceIntegration symbols", () => {
  it("lists instruments and validates names", async () => {
    create();
    expect((await integration.symbols()).map(({ symbol }) => symbol)).toEqual([
      "BTCUSDT",
      "ETHUSDT",
      "OLDUSDT",
    ]);
    expect(await venue.requests.next()).toBe("/api/v3/exchangeInfo?showPermissionSets=false");
    const { invalid, valid } = await integration.validate(["BTCUSDT", "BTCUSD", "OLDUSDT"]);
    expect(valid.map(({ symbol }) => symbol)).toEqual(["BTCUSDT"]);
    expect(invalid.map(({ suggestions, symbol }) => [symbol, ...suggestions])).toEqual([
      ["BTCUSD", "BTCUSDT"],
      ["OLDUSDT"],
    ]);
  });

  it("repeats until the venue has a list, while validation tells that there is none", async () => {
    venue.exchangeInfoStatus = 503;
    create("spot", { symbolsWaitMillis: 4000 });
    const refused = expect(integration.validate(["BTCUSDT"])).rejects.toMatchObject({
      code: "venue.unreachable",
    });
    await venue.requests.next();
    await clock.advance(4000);
    await refused;
    expect(integration.status().connected).toBe(false);
    venue.exchangeInfoStatus = 200;
    let arrived = false;
    const symbols = integration.symbols().finally(() => {
      arrived = true;
    });
    while (!arrived) await clock.advance(1000);
    expect(await symbols).toHaveLength(3);
  });

  it("refuses to start what is not traded, naming all, and starts nothing then", async () => {
    create();
    const given = integration.start(TRADES, ["BTCUSDT", "NOPE", "OLDUSDT"]);
    await expect(given).rejects.toMatchObject({
      code: "venue.unknown-symbol",
      context: { symbols: ["NOPE", "OLDUSDT"] },
    });
    expect(integration.status().subscriptions).toEqual([]);
    await expect(integration.start(barsOf("7m" as "5m"), ["BTCUSDT"])).rejects.toMatchObject({
      code: "venue.not-offered",
    });
  });

  it("registers changed instruments again when the list is renewed", async () => {
    create("spot", { symbolsRefreshMillis: 60_000, silenceMillis: 600_000 });
    await integration.start(TRADES, ["BTCUSDT"]);
    await subscribed();
    venue.exchangeInfo = { symbols: [listedRow("BTCUSDT", { status: "HALT" }), listedRow("ETHUSDT")] };
    await venue.requests.next();
    await clock.advance(57_000);
    await venue.requests.next();
    while (sink.registered.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(sink.registered[1]).toMatchObject({ symbol: "BTCUSDT", status: "halted" });
  });
});

describe("BinanceIntegration streams", () => {
  it("subscribes trades and bars on one combined connection and delivers them", async () => {
    create();
    expect(integration.description).toMatchObject({
      exchange: ExchangeId.BinanceSpot,
      title: "Binance spot",
    });
    await integration.start(TRADES, ["BTCUSDT", "ETHUSDT"]);
    await integration.start(TRADES, ["BTCUSDT"]);
    await integration.start(barsOf("1M"), ["BTCUSDT"]);
    const peer = await venue.peers.next();
    expect(peer.path).toBe("/stream");
    expect(await peer.controls.next()).toEqual({
      method: "SUBSCRIBE",
      params: ["btcusdt@trade", "ethusdt@trade", "btcusdt@kline_1M"],
      id: 1,
    });
    peer.send(tradeFrame("ETHUSDT", 7));
    const now = clock.nowMicros();
    expect(await sink.trades.next()).toMatchObject({ instrumentId: 2, tradeId: 7, receiveMicros: now });
    peer.send(klineFrame("BTCUSDT", "1M", true));
    expect(await sink.bars.next()).toMatchObject({
      instrumentId: 1,
      resolution: 8,
      close: 225n,
      priceScale: 2,
    });
    expect(integration.status()).toMatchObject({
      connected: true,
      connectionCount: 1,
      reconnectCount: 0,
      subscriptions: [
        { ...TRADES, symbol: "BTCUSDT", state: "acknowledged", feedState: FeedState.Starting, lastMicros: 0 },
        { ...TRADES, symbol: "ETHUSDT", state: "acknowledged", feedState: FeedState.Live, lastMicros: now },
        {
          dataType: DataType.Bar,
          symbol: "BTCUSDT",
          resolution: "1M",
          state: "acknowledged",
          lastMicros: now,
        },
      ],
    });
  });

  it("routes USD-M streams to the paths on which the venue serves them", async () => {
    create("usd-future");
    await integration.start(TRADES, ["BTCUSDT"]);
    await integration.start(barsOf("1m"), ["BTCUSDT"]);
    const peers = [await venue.peers.next(), await venue.peers.next()];
    const asked = await Promise.all(
      peers.map(async (peer) => [peer.path, ...(await peer.controls.next()).params]),
    );
    expect(asked.sort()).toEqual([
      ["/market/stream", "btcusdt@kline_1m"],
      ["/public/stream", "btcusdt@trade"],
    ]);
    await integration.shutdown();
    create("usd-future", { tradesChannel: "aggTrade", testnet: true });
    await integration.start(TRADES, ["BTCUSDT"]);
    const peer = await venue.peers.next();
    expect([peer.path, ...(await peer.controls.next()).params]).toEqual([
      "/market/stream",
      "btcusdt@aggTrade",
    ]);
    expect(integration.description.exchange).toBe(ExchangeId.BinanceUsdMarginFutureTestnet);
  });

  it("stops streams live, drops what is still in flight, and may start them again", async () => {
    create();
    await integration.start(TRADES, ["BTCUSDT", "ETHUSDT"]);
    const peer = await subscribed();
    await integration.stop(TRADES, ["BTCUSDT", "NOPE"]);
    await integration.stop(TRADES, ["BTCUSDT"]);
    expect(await peer.controls.next()).toMatchObject({ method: "UNSUBSCRIBE", params: ["btcusdt@trade"] });
    peer.send(tradeFrame("BTCUSDT", 1));
    peer.send(tradeFrame("ETHUSDT", 2));
    expect(await sink.trades.next()).toMatchObject({ tradeId: 2 });
    expect(integration.status().counters.unsubscribedCount).toBe(1);
    await integration.start(TRADES, ["BTCUSDT"]);
    expect(await peer.controls.next()).toMatchObject({ method: "SUBSCRIBE", params: ["btcusdt@trade"] });
    await integration.stopAll();
    expect((await peer.controls.next()).params).toEqual(["ethusdt@trade", "btcusdt@trade"]);
    expect(integration.status()).toMatchObject({ connected: true, subscriptions: [] });
  });

  it("subscribes everything again after a drop, and counts no jump of ids for it", async () => {
    create();
    await integration.start(TRADES, ["BTCUSDT"]);
    const first = await subscribed();
    first.send(tradeFrame("BTCUSDT", 1));
    await sink.trades.next();
    first.socket.terminate();
    while (integration.status().connected) await new Promise((resolve) => setImmediate(resolve));
    expect(integration.status().subscriptions).toMatchObject([{ state: "pending" }]);
    await clock.advance(1000);
    const second = await venue.peers.next();
    expect((await second.controls.next()).params).toEqual(["btcusdt@trade"]);
    second.send(tradeFrame("BTCUSDT", 9));
    second.send(tradeFrame("BTCUSDT", 12));
    await sink.trades.next();
    await sink.trades.next();
    expect(integration.status()).toMatchObject({ reconnectCount: 1, idJumpCount: 1 });
  });

  it("dials anew at once when the venue announces its shutdown", async () => {
    create();
    await integration.start(TRADES, ["BTCUSDT"]);
    const first = await subscribed();
    first.send({ stream: "!serverShutdown", data: { e: "serverShutdown", E: 1770123456789 } });
    await first.closed;
    await clock.advance(250);
    expect((await (await venue.peers.next()).controls.next()).params).toEqual(["btcusdt@trade"]);
  });

  it("dials anew when the venue stays silent, and when it does not acknowledge", async () => {
    await venue.close();
    venue = await FakeBinance.start({ autoPong: false });
    venue.exchangeInfo = { symbols: [listedRow("BTCUSDT")] };
    venue.acknowledges = false;
    create("spot", { silenceMillis: 3000, acknowledgeTimeoutMillis: 60_000 });
    await integration.start(TRADES, ["BTCUSDT"]);
    const first = await subscribed();
    await clock.advance(3000);
    await first.closed;
    await clock.advance(1000);
    await subscribed();
    await integration.shutdown();
    create("spot", { silenceMillis: 600_000, acknowledgeTimeoutMillis: 1000 });
    await integration.start(TRADES, ["BTCUSDT"]);
    const mute = await venue.peers.next();
    for (let attempt = 0; attempt < 3; attempt++) {
      await mute.controls.next();
      await clock.advance(5000);
    }
    await mute.closed;
  });

  it("refuses malformed frames and goes on", async () => {
    create();
    await integration.start(TRADES, ["BTCUSDT"]);
    const peer = await subscribed();
    for (const frame of ["nonsense", "{}", "[]", '{"stream":"x","data":7}', "\u0000"]) {
      peer.send(frame);
      await sink.rejections.next();
    }
    peer.send(tradeFrame("BTCUSDT", 1));
    expect(await sink.trades.next()).toMatchObject({ tradeId: 1 });
    expect(integration.status()).toMatchObject({ reconnectCount: 0, counters: { rejectedCount: 5 } });
  });

  it("stops reading while the sink has no room", async () => {
    create();
    await integration.start(TRADES, ["BTCUSDT"]);
    const peer = await subscribed();
    sink.accepting = false;
    peer.send(tradeFrame("BTCUSDT", 1));
    await sink.trades.next();
    const flushed = new Promise((resolve) =>
      peer.socket.send(JSON.stringify(tradeFrame("BTCUSDT", 2)), resolve),
    );
    await flushed;
    await clock.advance(120_000);
    expect(sink.trades.pendingCount).toBe(0);
    expect(integration.status().connected).toBe(true);
    sink.accept();
    expect(await sink.trades.next()).toMatchObject({ tradeId: 2 });
  });

  it("does not read from connections that come up while the sink has no room", async () => {
    create("usd-future");
    await integration.start(TRADES, ["BTCUSDT"]);
    const trades = await subscribed();
    sink.accepting = false;
    trades.send(tradeFrame("BTCUSDT", 1));
    await sink.trades.next();
    await integration.start(barsOf("1m"), ["BTCUSDT"]);
    const bars = await subscribed();
    await new Promise((resolve) => bars.socket.send(JSON.stringify(klineFrame("BTCUSDT", "1m")), resolve));
    for (let turn = 0; turn < 20; turn++) await clock.advance(10);
    expect(sink.bars.pendingCount).toBe(0);
    sink.accept();
    await sink.bars.next();
  });

  it("spreads streams over connections within the venue's limit", async () => {
    const symbols = Array.from({ length: 1025 }, (_, index) => `S${index}USDT`);
    venue.exchangeInfo = { symbols: symbols.map((symbol) => listedRow(symbol)) };
    create();
    await integration.start(TRADES, symbols);
    const [first, second] = [await venue.peers.next(), await venue.peers.next()];
    const asked: string[] = [];
    while (asked.length < symbols.length) {
      await clock.advance(250);
      for (const { controls } of [first, second]) {
        while (controls.pendingCount > 0) asked.push(...(await controls.next()).params);
      }
    }
    expect(new Set(asked).size).toBe(1025);
    await integration.stop(TRADES, symbols);
    await Promise.race([first.closed, second.closed]);
    expect(integration.status().connectionCount).toBe(1);
  });
});

describe("BinanceIntegration shutdown", () => {
  it("leaves no socket and no timer, calls the sink no more, and refuses further work", async () => {
    create();
    await integration.start(TRADES, ["BTCUSDT"]);
    const peer = await subscribed();
    peer.send(tradeFrame("BTCUSDT", 1));
    await Promise.all([integration.shutdown(), integration.shutdown()]);
    await peer.closed;
    expect(venue.clientCount).toBe(0);
    expect(sink.trades.pendingCount).toBe(0);
    await expect(integration.start(TRADES, ["BTCUSDT"])).rejects.toMatchObject({ code: "venue.closed" });
    await expect(integration.symbols()).rejects.toMatchObject({ code: "venue.closed" });
    expect(integration.status()).toMatchObject({ connected: false, connectionCount: 0, subscriptions: [] });
  });

  it("ends a start that still waits for the symbol list", async () => {
    venue.exchangeInfoStatus = 500;
    create();
    const refused = expect(integration.start(TRADES, ["BTCUSDT"])).rejects.toMatchObject({
      code: "venue.closed",
    });
    await venue.requests.next();
    await integration.shutdown();
    await refused;
  });

  it("needs usable URLs", () => {
    create();
    for (const wsUrl of ["localhost:1", "http://127.0.0.1", "ws://127.0.0.1/?x=1"]) {
      expect(() => createBinanceIntegration("spot", { wsUrl })).toThrow(
        expect.objectContaining({ code: "venue.bad-url" }),
      );
    }
  });
});

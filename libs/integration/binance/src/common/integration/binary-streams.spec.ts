import { DataType, systemClock } from "@ims/common";
import { startBinanceSimulator } from "@ims/exchange-simulator";
import { afterEach, describe, expect, it } from "vitest";
import { createBinanceIntegration } from "../../create-binance-integration.js";
import {
  all,
  BOOKS,
  expectBooks,
  expectComplete,
  lostTrades,
  SYMBOLS,
  said,
  start,
  TOPS,
  TRADES,
} from "../../spec-support/binary-checks.js";
import { API_KEY, BinaryStage } from "../../spec-support/binary-stage.js";
import { RecordingSink, type SeenTrade } from "../../spec-support/recording-sink.js";
import { silentLogger } from "../../spec-support/silent-logger.js";

const stages: BinaryStage[] = [];
async function open(...options: Parameters<typeof BinaryStage.open>): Promise<BinaryStage> {
  const stage = await BinaryStage.open(...options);
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

describe("JSON and binary streams", () => {
  it("give equal trades, tops of book and books", async () => {
    const stage = await open();
    const json = stage.client({ marketData: "json" });
    const sbe = stage.client({ marketData: "sbe" });
    for (const client of [json, sbe]) await start(stage, client, [TRADES, TOPS, BOOKS]);
    await stage.advance(10_000);
    expect([json, sbe].map(({ integration }) => integration.status().marketData)).toEqual(["json", "sbe"]);
    expect(sbe.integration.status()).toMatchObject({ connected: true, connectionCount: 1 });
    const counts = sbe.integration.status().counters;
    expect(counts).toMatchObject({ rejectedCount: 0, unknownTemplateCount: 0, fallbackCount: 0 });

    const [jsonTrades, sbeTrades] = await Promise.all([all(json.sink.trades), all(sbe.sink.trades)]);
    expectComplete(stage, sbeTrades);
    const key = ({ instrumentId, tradeId }: SeenTrade) => `${instrumentId} ${tradeId}`;
    const byId = new Map(jsonTrades.map((trade) => [key(trade), trade]));
    const shared = sbeTrades.filter((trade) => byId.has(key(trade)));
    expect(shared.length).toBeGreaterThan(300);
    expect(shared.map(said)).toEqual(shared.map((trade) => said(byId.get(key(trade))!)));
    expect(shared.map(({ sendMicros }) => sendMicros)).toEqual(
      shared.map((trade) => byId.get(key(trade))!.sendMicros),
    );
    // Some frames held several trades.
    const binary = stage.venue.deliveries().filter(({ connection }) => connection === 2);
    const ids = ({ runs }: (typeof binary)[0]) =>
      runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    const trades = binary.filter(({ stream }) => stream.endsWith("@trade"));
    expect(trades).toHaveLength(SYMBOLS.length);
    for (const delivery of trades) expect(ids(delivery)).toBeGreaterThan(delivery.frameCount);

    const tops = await Promise.all([json, sbe].map(({ sink }) => all(sink.tops)));
    const topOf = (list: (typeof tops)[0]) =>
      new Map(
        list.map(({ eventMicros: _e, receiveMicros: _r, sendMicros: _s, ...top }) => [
          `${top.instrumentId} ${top.updateId}`,
          top,
        ]),
      );
    const [jsonTops, sbeTops] = tops.map(topOf) as [Map<string, object>, Map<string, object>];
    const common = [...sbeTops.keys()].filter((id) => jsonTops.has(id));
    expect(common.length).toBeGreaterThan(200);
    for (const id of common) expect(sbeTops.get(id)).toEqual(jsonTops.get(id));
    expect(tops[1]!.every(({ sendMicros }) => sendMicros > 1e15)).toBe(true);

    for (const client of [json, sbe]) await expectBooks(stage, client);
  });

  it("stand side by side: what has no binary stream comes from the JSON host", async () => {
    const stage = await open();
    const sbe = stage.client({ marketData: "sbe" });
    await start(stage, sbe, [
      TRADES,
      { dataType: DataType.Bar, resolution: "1m" },
      { dataType: DataType.Ticker },
    ]);
    await stage.advance(5000);
    expect(sbe.integration.status()).toMatchObject({ connectionCount: 2, connected: true });
    expect(sbe.sink.bars.pendingCount).toBeGreaterThan(0);
    expect(sbe.sink.tickers.pendingCount).toBeGreaterThan(0);
    expect(sbe.sink.trades.pendingCount).toBeGreaterThan(50);
    const states = sbe.integration.status().subscriptions.map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(["acknowledged"]));
    const seen = sbe.sink.trades.pendingCount;
    await stage.during(sbe.integration.stop(TRADES, SYMBOLS));
    await stage.advance(1000);
    expect(sbe.sink.trades.pendingCount - seen).toBeLessThan(5);
    expect(stage.venue.stats.subscriptionCount).toBe(2 * SYMBOLS.length);
  });

  it("reads aggregate trades as JSON, which alone have them", async () => {
    const stage = await open();
    const sbe = stage.client({ marketData: "sbe", tradesChannel: "aggTrade" });
    await start(stage, sbe, [TRADES, TOPS], ["BTCUSDT"]);
    await stage.advance(2000);
    expect(sbe.integration.status()).toMatchObject({ connectionCount: 2 });
    expect(sbe.sink.trades.pendingCount).toBeGreaterThan(0);
  });
});

describe("faults of binary streams", () => {
  it.each(["drop", "duplicate", "malformed", "extra-field", "reorder-keys"] as const)(
    "%s: every trade comes exactly once, and what cannot be read is counted",
    async (fault) => {
      const stage = await open({
        faults: { rules: [{ fault, stream: "btcusdt@trade", skip: 20, count: 10 }] },
      });
      const sbe = stage.client({ marketData: "sbe" });
      await start(stage, sbe, [TRADES]);
      await stage.advance(15_000);
      expect(stage.venue.faultLog.filter((entry) => entry.fault === fault)).toHaveLength(10);
      expectComplete(stage, await all(sbe.sink.trades));
      const { rejectedCount } = sbe.integration.status().counters;
      expect(rejectedCount).toBe(fault === "malformed" ? 10 : 0);
    },
  );

  it("a lost connection and a shutdown notice cost nothing", async () => {
    const stage = await open();
    const sbe = stage.client({ marketData: "sbe" });
    await start(stage, sbe, [TRADES, BOOKS]);
    await stage.advance(3000);
    stage.venue.inject({ fault: "reset", atMillis: 3500 });
    await stage.advance(10_000);
    stage.venue.inject({ fault: "server-shutdown", atMillis: 14_000, leadMillis: 10_000 });
    await stage.advance(20_000);
    const status = sbe.integration.status();
    expect(status.marketData).toBe("sbe");
    expect(lostTrades(sbe)).toEqual([]);
    expect(status.reconnectCount).toBeGreaterThanOrEqual(1);
    expect(status.handOverCount).toBeGreaterThanOrEqual(1);
    expectComplete(stage, await all(sbe.sink.trades));
    await expectBooks(stage, sbe);
  });
});

it("binary streams come over real sockets, with the key in the handshake", async () => {
  const simulator = await startBinanceSimulator({
    market: "spot",
    source: { kind: "synthetic", seed: 3, symbols: ["BTCUSDT"], tradesPerSecond: 200 },
    apiKeys: [API_KEY],
  });
  const sink = new RecordingSink();
  const create = createBinanceIntegration("spot", {
    restUrl: simulator.restUrl,
    wsUrl: simulator.wsUrl,
    sbeUrl: simulator.sbeUrl,
    marketData: "sbe",
    apiKey: API_KEY,
  });
  const integration = create({ sink, clock: systemClock, logger: silentLogger, random: Math.random });
  try {
    await integration.start(TRADES, ["BTCUSDT"]);
    await integration.start(BOOKS, ["BTCUSDT"]);
    const ids: number[] = [];
    while (ids.length < 50) ids.push((await sink.trades.next()).tradeId);
    expect(ids).toEqual(ids.map((_, index) => ids[0]! + index));
    expect((await sink.bookSnapshots.next()).bids.length).toBeGreaterThan(10);
    expect(await sink.bookDeltas.next()).toMatchObject({ instrumentId: 1 });
    expect(integration.status()).toMatchObject({ marketData: "sbe", counters: { rejectedCount: 0 } });
  } finally {
    await integration.shutdown();
    await simulator.close();
  }
});

it("a binary stream that is acknowledged and stays silent is named as what it is", async () => {
  const stage = await open({
    faults: { rules: [{ fault: "silent-after-ack", stream: "btcusdt@bestBidAsk", count: 1 }] },
  });
  const sbe = stage.client({ marketData: "sbe" });
  await start(stage, sbe, [TRADES, TOPS], ["BTCUSDT"]);
  await stage.advance(10_000);
  const texts = (await all(sbe.sink.feedStatuses)).map(({ text }) => text);
  expect(texts).toContainEqual(expect.stringContaining("ws://localhost/sbe as btcusdt@bestBidAsk"));
  expect(sbe.sink.tops.pendingCount).toBeGreaterThan(20);
});

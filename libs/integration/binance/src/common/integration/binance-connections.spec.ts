import { BarState, DataType, FeedState, GapReason, RecordFlags, type TimeResolutionText } from "@ims/common";
import type { FeedRequest } from "@ims/traits";
import { describe, expect, it } from "vitest";
import {
  BAR_MICROS,
  FakeBinance,
  klineFrame,
  klineRow,
  listedRow,
  tradeFrame,
  tradeRow,
} from "../../spec-support/fake-binance.js";
import { IntegrationStage } from "../../spec-support/integration-stage.js";

const TRADES: FeedRequest = { dataType: DataType.Trade };
const barsOf = (resolution: TimeResolutionText): FeedRequest => ({ dataType: DataType.Bar, resolution });

const stage = IntegrationStage.forEachTest();

describe("BinanceIntegration connections", () => {
  it("subscribes everything again after a drop and reads what was missed meanwhile", async () => {
    stage.create();
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const first = await stage.subscribed();
    first.send(tradeFrame("BTCUSDT", 1));
    await stage.sink.trades.next();
    first.socket.terminate();
    while (stage.integration.status().connected) await new Promise((resolve) => setImmediate(resolve));
    expect(stage.integration.status().subscriptions).toMatchObject([{ state: "pending" }]);
    await stage.clock.advance(1000);
    const second = await stage.venue.peers.next();
    expect((await second.controls.next()).params).toEqual(["btcusdt@trade"]);
    stage.venue.tradeRows.push(...[2, 3, 5].map(tradeRow));
    second.send(tradeFrame("BTCUSDT", 7));
    second.send(tradeFrame("BTCUSDT", 6));
    while (stage.sink.trades.pendingCount < 5) await stage.clock.advance(10);
    const seen = [];
    while (stage.sink.trades.pendingCount > 0) seen.push(await stage.sink.trades.next());
    expect(seen.map(({ flags, tradeId }) => [tradeId, flags])).toEqual([
      [2, RecordFlags.BackFilled],
      [3, RecordFlags.BackFilled],
      [5, RecordFlags.BackFilled],
      [6, 0],
      [7, 0],
    ]);
    expect(seen[0]).toMatchObject({ instrumentId: 1, price: [10_050_000_000n, 8], quantity: [5n, 1] });
    expect(await stage.venue.otherRequests.next()).toBe(
      "/api/v3/historicalTrades?symbol=BTCUSDT&limit=1000&fromId=2",
    );
    expect(await stage.sink.gaps.next()).toMatchObject({
      dataType: DataType.Trade,
      reason: GapReason.ConnectionLost,
      fromId: 4,
      toId: 4,
      missingCount: 1,
      filledCount: 4,
    });
    expect(stage.integration.status()).toMatchObject({
      reconnectCount: 1,
      gaps: [{ instrumentId: 1, dataType: DataType.Trade, gapCount: 1, missingCount: 1 }],
    });
  });

  it("reads the end of a bar again that a drop has taken", async () => {
    stage.create();
    await stage.integration.start(barsOf("1m"), ["BTCUSDT"]);
    const first = await stage.subscribed();
    first.send(klineFrame("BTCUSDT", "1m"));
    await stage.sink.bars.next();
    first.socket.terminate();
    while (stage.integration.status().connected) await new Promise((resolve) => setImmediate(resolve));
    await stage.clock.advance(1000);
    const second = await stage.venue.peers.next();
    await second.controls.next();
    stage.venue.klineRows.push(klineRow(0), klineRow(1), klineRow(2));
    second.send(klineFrame("BTCUSDT", "1m", false, 2));
    while (stage.sink.bars.pendingCount < 3) await stage.clock.advance(10);
    const seen = [await stage.sink.bars.next(), await stage.sink.bars.next(), await stage.sink.bars.next()];
    const { BackFilled } = RecordFlags;
    expect(seen.map(({ flags, openMicros, state }) => [openMicros - BAR_MICROS, state, flags])).toEqual([
      [0, BarState.Closed, BackFilled],
      [60_000_000, BarState.Closed, BackFilled],
      [120_000_000, BarState.Forming, 0],
    ]);
    expect(stage.sink.gaps.pendingCount).toBe(0);
  });

  it("continues from the last trade of an earlier run", async () => {
    stage.venue.tradeRows.push(tradeRow(41));
    stage.create("spot", { lastTradeId: () => 40 });
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const peer = await stage.subscribed();
    peer.send(tradeFrame("BTCUSDT", 42));
    while (stage.sink.trades.pendingCount < 2) await stage.clock.advance(10);
    expect(await stage.sink.trades.next()).toMatchObject({ tradeId: 41, flags: RecordFlags.BackFilled });
    expect(await stage.sink.trades.next()).toMatchObject({ tradeId: 42, flags: 0 });
  });

  it("opens the next connection beside the old one when the venue announces its shutdown", async () => {
    stage.create();
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const first = await stage.subscribed();
    first.send(tradeFrame("BTCUSDT", 1));
    first.send({ stream: "!serverShutdown", data: { e: "serverShutdown", E: 1770123456789 } });
    const second = await stage.venue.peers.next();
    expect((await second.controls.next()).params).toEqual(["btcusdt@trade"]);
    for (const id of [2, 3]) {
      second.send(tradeFrame("BTCUSDT", id));
      first.send(tradeFrame("BTCUSDT", id));
    }
    while (stage.sink.trades.pendingCount < 3) await new Promise((resolve) => setImmediate(resolve));
    let closed = false;
    first.socket.on("close", () => {
      closed = true;
    });
    while (!closed) await stage.clock.advance(100);
    second.send(tradeFrame("BTCUSDT", 4));
    for (const id of [1, 2, 3, 4])
      expect(await stage.sink.trades.next()).toMatchObject({ tradeId: id, flags: 0 });
    expect(stage.sink.trades.pendingCount).toBe(0);
    expect(stage.integration.status()).toMatchObject({
      reconnectCount: 0,
      handOverCount: 1,
      connectionCount: 1,
    });
  });

  it("restarts a silent stream alone, says why by name, and leaves a quiet one", async () => {
    stage.create();
    await stage.integration.start(TRADES, ["BTCUSDT", "ETHUSDT"]);
    const peer = await stage.subscribed();
    while (stage.integration.status().subscriptions.some(({ state }) => state === "pending"))
      await stage.clock.advance(1);
    while (stage.sink.feedStatuses.pendingCount < 4) await stage.clock.advance(250);
    const states = await Promise.all([1, 2, 3, 4].map(() => stage.sink.feedStatuses.next()));
    const { Quiet, Starting } = FeedState;
    expect(states.map(({ state }) => state)).toEqual([Starting, Starting, Quiet, Quiet]);
    expect(stage.clock.monotonicMillis()).toBeLessThan(5000);
    peer.send(tradeFrame("ETHUSDT", 1));
    await stage.sink.trades.next();
    stage.venue.lastTradeMillis = stage.clock.nowMicros() / 1000 + 3000;
    while (peer.controls.pendingCount === 0) await stage.clock.advance(250);
    expect(await peer.controls.next()).toMatchObject({ method: "UNSUBSCRIBE", params: ["btcusdt@trade"] });
    expect(await stage.sink.feedStatuses.next()).toMatchObject({ instrumentId: 2, state: FeedState.Live });
    const stale = await stage.sink.feedStatuses.next();
    expect(stale).toMatchObject({ instrumentId: 1, dataType: DataType.Trade, state: FeedState.Stale });
    expect(stale.text).toContain("btcusdt@trade was acknowledged on ws://");
    expect(await peer.controls.next()).toMatchObject({ method: "SUBSCRIBE", params: ["btcusdt@trade"] });
  });

  it("shares streams between redundant connections, and the first copy counts", async () => {
    stage.create("spot", { redundancy: 2 });
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const peers = [await stage.venue.peers.next(), await stage.venue.peers.next()];
    for (const peer of peers) expect((await peer.controls.next()).params).toEqual(["btcusdt@trade"]);
    peers[0]!.send(tradeFrame("BTCUSDT", 1));
    peers[1]!.send(tradeFrame("BTCUSDT", 1));
    peers[1]!.send(tradeFrame("BTCUSDT", 2));
    await stage.sink.trades.next();
    await stage.sink.trades.next();
    peers[1]!.socket.terminate();
    await peers[1]!.closed;
    peers[0]!.send(tradeFrame("BTCUSDT", 2));
    peers[0]!.send(tradeFrame("BTCUSDT", 3));
    expect(await stage.sink.trades.next()).toMatchObject({ tradeId: 3, flags: 0 });
    expect(stage.integration.status().subscriptions).toMatchObject([{ state: "acknowledged" }]);
  });

  it("dials anew when the venue stays silent, and when it does not acknowledge", async () => {
    await stage.venue.close();
    stage.venue = await FakeBinance.start({ autoPong: false });
    stage.venue.exchangeInfo = { symbols: [listedRow("BTCUSDT")] };
    stage.venue.acknowledges = false;
    stage.create("spot", { silenceMillis: 3000, acknowledgeTimeoutMillis: 60_000 });
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const first = await stage.subscribed();
    await stage.clock.advance(3000);
    await first.closed;
    await stage.clock.advance(1000);
    await stage.subscribed();
    await stage.integration.shutdown();
    stage.create("spot", { silenceMillis: 600_000, acknowledgeTimeoutMillis: 1000 });
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const mute = await stage.venue.peers.next();
    for (let attempt = 0; attempt < 3; attempt++) {
      await mute.controls.next();
      await stage.clock.advance(5000);
    }
    await mute.closed;
  });

  it("stops reading while the sink has no room", async () => {
    stage.create();
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const peer = await stage.subscribed();
    stage.sink.accepting = false;
    peer.send(tradeFrame("BTCUSDT", 1));
    await stage.sink.trades.next();
    const flushed = new Promise((resolve) =>
      peer.socket.send(JSON.stringify(tradeFrame("BTCUSDT", 2)), resolve),
    );
    await flushed;
    await stage.clock.advance(120_000);
    expect(stage.sink.trades.pendingCount).toBe(0);
    expect(stage.integration.status().connected).toBe(true);
    stage.sink.accept();
    expect(await stage.sink.trades.next()).toMatchObject({ tradeId: 2 });
  });

  it("does not read from connections that come up while the sink has no room", async () => {
    stage.create("usd-future");
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const trades = await stage.subscribed();
    stage.sink.accepting = false;
    trades.send(tradeFrame("BTCUSDT", 1));
    await stage.sink.trades.next();
    await stage.integration.start(barsOf("1m"), ["BTCUSDT"]);
    const bars = await stage.subscribed();
    await new Promise((resolve) => bars.socket.send(JSON.stringify(klineFrame("BTCUSDT", "1m")), resolve));
    for (let turn = 0; turn < 20; turn++) await stage.clock.advance(10);
    expect(stage.sink.bars.pendingCount).toBe(0);
    stage.sink.accept();
    await stage.sink.bars.next();
  });

  it("spreads streams over connections within the venue's limit", async () => {
    const symbols = Array.from({ length: 1025 }, (_, index) => `S${index}USDT`);
    stage.venue.exchangeInfo = { symbols: symbols.map((symbol) => listedRow(symbol)) };
    stage.create();
    await stage.integration.start(TRADES, symbols);
    const [first, second] = [await stage.venue.peers.next(), await stage.venue.peers.next()];
    const asked: string[] = [];
    while (asked.length < symbols.length) {
      await stage.clock.advance(250);
      for (const { controls } of [first, second]) {
        while (controls.pendingCount > 0) asked.push(...(await controls.next()).params);
      }
    }
    expect(new Set(asked).size).toBe(1025);
    await stage.integration.stop(TRADES, symbols);
    await Promise.race([first.closed, second.closed]);
    expect(stage.integration.status().connectionCount).toBe(1);
  });
});

import {
  BarState,
  DataType,
  ExchangeId,
  FeedState,
  GapReason,
  RecordFlags,
  SimulatedClock,
  type TimeResolutionText,
} from "@ims/common";
import type { FeedRequest } from "@ims/traits";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBinanceIntegration } from "../../create-binance-integration.js";
import {
  BAR_MICROS,
  FakeBinance,
  type FakePeer,
  klineFrame,
  klineRow,
  listedRow,
  tradeFrame,
  tradeRow,
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
    expect(await sink.instruments.next()).toMatchObject({ symbol: "BTCUSDT", status: "halted" });
    expect(await sink.instruments.next()).toMatchObject({ symbol: "OLDUSDT", status: "expired" });
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
    expect(peer.path).toBe("/stream?timeUnit=MICROSECOND");
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
      ["/market/stream", "!contractInfo", "btcusdt@kline_1m"],
      ["/public/stream", "btcusdt@trade"],
    ]);
    await integration.shutdown();
    create("usd-future", { tradesChannel: "aggTrade", testnet: true });
    await integration.start(TRADES, ["BTCUSDT"]);
    const peer = await venue.peers.next();
    expect([peer.path, ...(await peer.controls.next()).params]).toEqual([
      "/market/stream",
      "!contractInfo",
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

  it("subscribes everything again after a drop and reads what was missed meanwhile", async () => {
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
    venue.tradeRows.push(...[2, 3, 5].map(tradeRow));
    second.send(tradeFrame("BTCUSDT", 7));
    second.send(tradeFrame("BTCUSDT", 6));
    while (sink.trades.pendingCount < 5) await clock.advance(10);
    const seen = [];
    while (sink.trades.pendingCount > 0) seen.push(await sink.trades.next());
    expect(seen.map(({ flags, tradeId }) => [tradeId, flags])).toEqual([
      [2, RecordFlags.BackFilled],
      [3, RecordFlags.BackFilled],
      [5, RecordFlags.BackFilled],
      [6, 0],
      [7, 0],
    ]);
    expect(seen[0]).toMatchObject({ instrumentId: 1, price: [10_050_000_000n, 8], quantity: [5n, 1] });
    expect(await venue.otherRequests.next()).toBe(
      "/api/v3/historicalTrades?symbol=BTCUSDT&limit=1000&fromId=2",
    );
    expect(await sink.gaps.next()).toMatchObject({
      dataType: DataType.Trade,
      reason: GapReason.ConnectionLost,
      fromId: 4,
      toId: 4,
      missingCount: 1,
      filledCount: 4,
    });
    expect(integration.status()).toMatchObject({
      reconnectCount: 1,
      gaps: [{ instrumentId: 1, dataType: DataType.Trade, gapCount: 1, missingCount: 1 }],
    });
  });

  it("reads the end of a bar again that a drop has taken", async () => {
    create();
    await integration.start(barsOf("1m"), ["BTCUSDT"]);
    const first = await subscribed();
    first.send(klineFrame("BTCUSDT", "1m"));
    await sink.bars.next();
    first.socket.terminate();
    while (integration.status().connected) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1000);
    const second = await venue.peers.next();
    await second.controls.next();
    venue.klineRows.push(klineRow(0), klineRow(1), klineRow(2));
    second.send(klineFrame("BTCUSDT", "1m", false, 2));
    while (sink.bars.pendingCount < 3) await clock.advance(10);
    const seen = [await sink.bars.next(), await sink.bars.next(), await sink.bars.next()];
    const { BackFilled } = RecordFlags;
    expect(seen.map(({ flags, openMicros, state }) => [openMicros - BAR_MICROS, state, flags])).toEqual([
      [0, BarState.Closed, BackFilled],
      [60_000_000, BarState.Closed, BackFilled],
      [120_000_000, BarState.Forming, 0],
    ]);
    expect(sink.gaps.pendingCount).toBe(0);
  });

  it("continues from the last trade of an earlier run", async () => {
    venue.tradeRows.push(tradeRow(41));
    create("spot", { lastTradeId: () => 40 });
    await integration.start(TRADES, ["BTCUSDT"]);
    const peer = await subscribed();
    peer.send(tradeFrame("BTCUSDT", 42));
    while (sink.trades.pendingCount < 2) await clock.advance(10);
    expect(await sink.trades.next()).toMatchObject({ tradeId: 41, flags: RecordFlags.BackFilled });
    expect(await sink.trades.next()).toMatchObject({ tradeId: 42, flags: 0 });
  });

  it("opens the next connection beside the old one when the venue announces its shutdown", async () => {
    create();
    await integration.start(TRADES, ["BTCUSDT"]);
    const first = await subscribed();
    first.send(tradeFrame("BTCUSDT", 1));
    first.send({ stream: "!serverShutdown", data: { e: "serverShutdown", E: 1770123456789 } });
    const second = await venue.peers.next();
    expect((await second.controls.next()).params).toEqual(["btcusdt@trade"]);
    for (const id of [2, 3]) {
      second.send(tradeFrame("BTCUSDT", id));
      first.send(tradeFrame("BTCUSDT", id));
    }
    while (sink.trades.pendingCount < 3) await new Promise((resolve) => setImmediate(resolve));
    let closed = false;
    first.socket.on("close", () => {
      closed = true;
    });
    while (!closed) await clock.advance(100);
    second.send(tradeFrame("BTCUSDT", 4));
    for (const id of [1, 2, 3, 4]) expect(await sink.trades.next()).toMatchObject({ tradeId: id, flags: 0 });
    expect(sink.trades.pendingCount).toBe(0);
    expect(integration.status()).toMatchObject({ reconnectCount: 0, handOverCount: 1, connectionCount: 1 });
  });

  it("restarts a silent stream alone, says why by name, and leaves a quiet one", async () => {
    create();
    await integration.start(TRADES, ["BTCUSDT", "ETHUSDT"]);
    const peer = await subscribed();
    while (integration.status().subscriptions.some(({ state }) => state === "pending"))
      await clock.advance(1);
    while (sink.feedStatuses.pendingCount < 4) await clock.advance(250);
    const states = await Promise.all([1, 2, 3, 4].map(() => sink.feedStatuses.next()));
    const { Quiet, Starting } = FeedState;
    expect(states.map(({ state }) => state)).toEqual([Starting, Starting, Quiet, Quiet]);
    expect(clock.monotonicMillis()).toBeLessThan(5000);
    peer.send(tradeFrame("ETHUSDT", 1));
    await sink.trades.next();
    venue.lastTradeMillis = clock.nowMicros() / 1000 + 3000;
    while (peer.controls.pendingCount === 0) await clock.advance(250);
    expect(await peer.controls.next()).toMatchObject({ method: "UNSUBSCRIBE", params: ["btcusdt@trade"] });
    expect(await sink.feedStatuses.next()).toMatchObject({ instrumentId: 2, state: FeedState.Live });
    const stale = await sink.feedStatuses.next();
    expect(stale).toMatchObject({ instrumentId: 1, dataType: DataType.Trade, state: FeedState.Stale });
    expect(stale.text).toContain("btcusdt@trade was acknowledged on ws://");
    expect(await peer.controls.next()).toMatchObject({ method: "SUBSCRIBE", params: ["btcusdt@trade"] });
  });

  it("joins a book to its snapshot, compares it with the top of book, and shows all of it again when asked", async () => {
    create();
    const BOOK: FeedRequest = { dataType: DataType.Book };
    await integration.start(BOOK, ["BTCUSDT"]);
    await integration.start({ dataType: DataType.TopOfBook }, ["BTCUSDT"]);
    const peer = await venue.peers.next();
    expect((await peer.controls.next()).params).toEqual(["btcusdt@depth@100ms", "btcusdt@bookTicker"]);
    const depth = (U: number, u: number, b: string[][], a: string[][]) =>
      peer.send({
        stream: "btcusdt@depth@100ms",
        data: { e: "depthUpdate", E: 1723161255343, s: "BTCUSDT", U, u, b, a },
      });
    depth(99, 101, [["1.10000000", "2.00000000"]], []);
    while (sink.bookSnapshots.pendingCount === 0) await clock.advance(10);
    expect(await venue.otherRequests.next()).toBe("/api/v3/depth?symbol=BTCUSDT&limit=5000");
    const snapshot = await sink.bookSnapshots.next();
    expect(snapshot).toMatchObject({ instrumentId: 1, lastUpdateId: 101 });
    expect(snapshot.bids).toEqual([
      [110n, 200_000n],
      [100n, 500_000n],
    ]);
    depth(102, 103, [["1.10000000", "0.00000000"]], []);
    expect(await sink.bookDeltas.next()).toMatchObject({ previousUpdateId: 101, lastUpdateId: 103 });
    peer.send({
      stream: "btcusdt@bookTicker",
      data: { u: 103, s: "BTCUSDT", b: "1.00", B: "5", a: "1.50", A: "7" },
    });
    expect(await sink.tops.next()).toMatchObject({ updateId: 103, hasBid: true });
    venue.depthSnapshot = { lastUpdateId: 104, bids: [["1.00", "5"]], asks: [["1.50", "7"]] };
    await integration.start(BOOK, ["BTCUSDT"]);
    await venue.otherRequests.next();
    while (sink.bookSnapshots.pendingCount === 0) await clock.advance(10);
    expect(await sink.bookSnapshots.next()).toMatchObject({ lastUpdateId: 104, asks: [[150n, 700_000n]] });
    depth(104, 105, [], [["1.40000000", "1.00000000"]]);
    expect(await sink.bookDeltas.next()).toMatchObject({ lastUpdateId: 105 });
    depth(110, 111, [], []);
    expect(await sink.gaps.next()).toMatchObject({ dataType: DataType.Book, fromId: 106, toId: 109 });
    expect(integration.status().subscriptions[0]).toMatchObject({ feedState: FeedState.Stale });
  });

  it("misses nothing where the venue spent a trade id on a print without a price", async () => {
    create("usd-future");
    await integration.start(TRADES, ["BTCUSDT"]);
    const peer = await subscribed();
    const { data, stream } = tradeFrame("BTCUSDT", 2) as { data: object; stream: string };
    peer.send(tradeFrame("BTCUSDT", 1));
    peer.send({ stream, data: { ...data, p: "0", q: "0", X: "NA" } });
    peer.send(tradeFrame("BTCUSDT", 3));
    expect(await sink.trades.next()).toMatchObject({ tradeId: 1 });
    expect(await sink.trades.next()).toMatchObject({ tradeId: 3, flags: 0 });
    expect(venue.otherRequests.pendingCount).toBe(0);
  });

  it("offers every data type that the market has, each on its path", async () => {
    create("usd-future");
    const { Book, Liquidation, MarkPrice, Ticker, TopOfBook } = DataType;
    expect(integration.description.dataTypes).toEqual(
      expect.arrayContaining([DataType.Trade, DataType.Bar, Book, Liquidation, MarkPrice, Ticker, TopOfBook]),
    );
    for (const dataType of [MarkPrice, Liquidation, Ticker])
      await integration.start({ dataType }, ["BTCUSDT"]);
    const peer = await venue.peers.next();
    expect(peer.path).toBe("/market/stream");
    expect((await peer.controls.next()).params).toEqual([
      "!contractInfo",
      "btcusdt@markPrice@1s",
      "btcusdt@forceOrder",
      "btcusdt@ticker",
    ]);
    const markPrice = { p: "10.5", i: "10.4", P: "10.3", r: "0.0001", T: 1723161600000 };
    const data = { e: "markPriceUpdate", E: 1723161255000, s: "BTCUSDT", ...markPrice };
    for (let copy = 0; copy < 2; copy++) peer.send({ stream: "btcusdt@markPrice@1s", data });
    peer.send({ stream: "btcusdt@markPrice@1s", data: { ...data, E: 1723161256000 } });
    await sink.markPrices.next();
    expect(await sink.markPrices.next()).toMatchObject({ sendMicros: 1723161256000_000 });
    await integration.shutdown();
    create("spot");
    await expect(integration.start({ dataType: MarkPrice }, ["BTCUSDT"])).rejects.toMatchObject({
      code: "venue.not-offered",
    });
  });

  it("shares streams between redundant connections, and the first copy counts", async () => {
    create("spot", { redundancy: 2 });
    await integration.start(TRADES, ["BTCUSDT"]);
    const peers = [await venue.peers.next(), await venue.peers.next()];
    for (const peer of peers) expect((await peer.controls.next()).params).toEqual(["btcusdt@trade"]);
    peers[0]!.send(tradeFrame("BTCUSDT", 1));
    peers[1]!.send(tradeFrame("BTCUSDT", 1));
    peers[1]!.send(tradeFrame("BTCUSDT", 2));
    await sink.trades.next();
    await sink.trades.next();
    peers[1]!.socket.terminate();
    await peers[1]!.closed;
    peers[0]!.send(tradeFrame("BTCUSDT", 2));
    peers[0]!.send(tradeFrame("BTCUSDT", 3));
    expect(await sink.trades.next()).toMatchObject({ tradeId: 3, flags: 0 });
    expect(integration.status().subscriptions).toMatchObject([{ state: "acknowledged" }]);
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
    for (const frame of ["nonsense", "{}", "7", '{"stream":"x","data":7}', "\u0000"]) {
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

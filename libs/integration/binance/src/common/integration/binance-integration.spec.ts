import { DataType, ExchangeId, FeedState, type TimeResolutionText } from "@ims/common";
import type { FeedRequest } from "@ims/traits";
import { describe, expect, it } from "vitest";
import { createBinanceIntegration } from "../../create-binance-integration.js";
import { klineFrame, listedRow, tradeFrame } from "../../spec-support/fake-binance.js";
import { IntegrationStage } from "../../spec-support/integration-stage.js";

const TRADES: FeedRequest = { dataType: DataType.Trade };
const barsOf = (resolution: TimeResolutionText): FeedRequest => ({ dataType: DataType.Bar, resolution });

const stage = IntegrationStage.forEachTest();

describe("BinanceIntegration symbols", () => {
  it("lists instruments and validates names", async () => {
    stage.create();
    expect((await stage.integration.symbols()).map(({ symbol }) => symbol)).toEqual([
      "BTCUSDT",
      "ETHUSDT",
      "OLDUSDT",
    ]);
    expect(await stage.venue.requests.next()).toBe("/api/v3/exchangeInfo?showPermissionSets=false");
    const { invalid, valid } = await stage.integration.validate(["BTCUSDT", "BTCUSD", "OLDUSDT"]);
    expect(valid.map(({ symbol }) => symbol)).toEqual(["BTCUSDT"]);
    expect(invalid.map(({ suggestions, symbol }) => [symbol, ...suggestions])).toEqual([
      ["BTCUSD", "BTCUSDT"],
      ["OLDUSDT"],
    ]);
  });

  it("repeats until the venue has a list, while validation tells that there is none", async () => {
    stage.venue.exchangeInfoStatus = 503;
    stage.create("spot", { symbolsWaitMillis: 4000 });
    const refused = expect(stage.integration.validate(["BTCUSDT"])).rejects.toMatchObject({
      code: "venue.unreachable",
    });
    await stage.venue.requests.next();
    await stage.clock.advance(4000);
    await refused;
    expect(stage.integration.status().connected).toBe(false);
    stage.venue.exchangeInfoStatus = 200;
    let arrived = false;
    const symbols = stage.integration.symbols().finally(() => {
      arrived = true;
    });
    while (!arrived) await stage.clock.advance(1000);
    expect(await symbols).toHaveLength(3);
  });

  it("refuses to start what is not traded, naming all, and starts nothing then", async () => {
    stage.create();
    const given = stage.integration.start(TRADES, ["BTCUSDT", "NOPE", "OLDUSDT"]);
    await expect(given).rejects.toMatchObject({
      code: "venue.unknown-symbol",
      context: { symbols: ["NOPE", "OLDUSDT"] },
    });
    expect(stage.integration.status().subscriptions).toEqual([]);
    await expect(stage.integration.start(barsOf("7m" as "5m"), ["BTCUSDT"])).rejects.toMatchObject({
      code: "venue.not-offered",
    });
  });

  it("registers changed instruments again when the list is renewed", async () => {
    stage.create("spot", { symbolsRefreshMillis: 60_000, silenceMillis: 600_000 });
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    await stage.subscribed();
    stage.venue.exchangeInfo = { symbols: [listedRow("BTCUSDT", { status: "HALT" }), listedRow("ETHUSDT")] };
    await stage.venue.requests.next();
    await stage.clock.advance(57_000);
    await stage.venue.requests.next();
    while (stage.sink.registered.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(stage.sink.registered[1]).toMatchObject({ symbol: "BTCUSDT", status: "halted" });
    expect(await stage.sink.instruments.next()).toMatchObject({ symbol: "BTCUSDT", status: "halted" });
    expect(await stage.sink.instruments.next()).toMatchObject({ symbol: "OLDUSDT", status: "expired" });
  });
});

describe("BinanceIntegration streams", () => {
  it("subscribes trades and bars on one combined connection and delivers them", async () => {
    stage.create();
    expect(stage.integration.description).toMatchObject({
      exchange: ExchangeId.BinanceSpot,
      title: "Binance spot",
    });
    await stage.integration.start(TRADES, ["BTCUSDT", "ETHUSDT"]);
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    await stage.integration.start(barsOf("1M"), ["BTCUSDT"]);
    const peer = await stage.venue.peers.next();
    expect(peer.path).toBe("/stream?timeUnit=MICROSECOND");
    expect(await peer.controls.next()).toEqual({
      method: "SUBSCRIBE",
      params: ["btcusdt@trade", "ethusdt@trade", "btcusdt@kline_1M"],
      id: 1,
    });
    peer.send(tradeFrame("ETHUSDT", 7));
    const now = stage.clock.nowMicros();
    expect(await stage.sink.trades.next()).toMatchObject({ instrumentId: 2, tradeId: 7, receiveMicros: now });
    peer.send(klineFrame("BTCUSDT", "1M", true));
    expect(await stage.sink.bars.next()).toMatchObject({
      instrumentId: 1,
      resolution: 8,
      close: 225n,
      priceScale: 2,
    });
    expect(stage.integration.status()).toMatchObject({
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
    stage.create("usd-future");
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    await stage.integration.start(barsOf("1m"), ["BTCUSDT"]);
    const peers = [await stage.venue.peers.next(), await stage.venue.peers.next()];
    const asked = await Promise.all(
      peers.map(async (peer) => [peer.path, ...(await peer.controls.next()).params]),
    );
    expect(asked.sort()).toEqual([
      ["/market/stream", "!contractInfo", "btcusdt@kline_1m"],
      ["/public/stream", "btcusdt@trade"],
    ]);
    await stage.integration.shutdown();
    stage.create("usd-future", { tradesChannel: "aggTrade", testnet: true });
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const peer = await stage.venue.peers.next();
    expect([peer.path, ...(await peer.controls.next()).params]).toEqual([
      "/market/stream",
      "!contractInfo",
      "btcusdt@aggTrade",
    ]);
    expect(stage.integration.description.exchange).toBe(ExchangeId.BinanceUsdMarginFutureTestnet);
  });

  it("stops streams live, drops what is still in flight, and may start them again", async () => {
    stage.create();
    await stage.integration.start(TRADES, ["BTCUSDT", "ETHUSDT"]);
    const peer = await stage.subscribed();
    await stage.integration.stop(TRADES, ["BTCUSDT", "NOPE"]);
    await stage.integration.stop(TRADES, ["BTCUSDT"]);
    expect(await peer.controls.next()).toMatchObject({ method: "UNSUBSCRIBE", params: ["btcusdt@trade"] });
    peer.send(tradeFrame("BTCUSDT", 1));
    peer.send(tradeFrame("ETHUSDT", 2));
    expect(await stage.sink.trades.next()).toMatchObject({ tradeId: 2 });
    expect(stage.integration.status().counters.unsubscribedCount).toBe(1);
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    expect(await peer.controls.next()).toMatchObject({ method: "SUBSCRIBE", params: ["btcusdt@trade"] });
    await stage.integration.stopAll();
    expect((await peer.controls.next()).params).toEqual(["ethusdt@trade", "btcusdt@trade"]);
    expect(stage.integration.status()).toMatchObject({ connected: true, subscriptions: [] });
  });

  it("joins a book to its snapshot, compares it with the top of book, and shows all of it again when asked", async () => {
    stage.create();
    const BOOK: FeedRequest = { dataType: DataType.Book };
    await stage.integration.start(BOOK, ["BTCUSDT"]);
    await stage.integration.start({ dataType: DataType.TopOfBook }, ["BTCUSDT"]);
    const peer = await stage.venue.peers.next();
    expect((await peer.controls.next()).params).toEqual(["btcusdt@depth@100ms", "btcusdt@bookTicker"]);
    const depth = (U: number, u: number, b: string[][], a: string[][]) =>
      peer.send({
        stream: "btcusdt@depth@100ms",
        data: { e: "depthUpdate", E: 1723161255343, s: "BTCUSDT", U, u, b, a },
      });
    depth(99, 101, [["1.10000000", "2.00000000"]], []);
    while (stage.sink.bookSnapshots.pendingCount === 0) await stage.clock.advance(10);
    expect(await stage.venue.otherRequests.next()).toBe("/api/v3/depth?symbol=BTCUSDT&limit=5000");
    const snapshot = await stage.sink.bookSnapshots.next();
    expect(snapshot).toMatchObject({ instrumentId: 1, lastUpdateId: 101 });
    expect(snapshot.bids).toEqual([
      [110n, 200_000n],
      [100n, 500_000n],
    ]);
    depth(102, 103, [["1.10000000", "0.00000000"]], []);
    expect(await stage.sink.bookDeltas.next()).toMatchObject({ previousUpdateId: 101, lastUpdateId: 103 });
    peer.send({
      stream: "btcusdt@bookTicker",
      data: { u: 103, s: "BTCUSDT", b: "1.00", B: "5", a: "1.50", A: "7" },
    });
    expect(await stage.sink.tops.next()).toMatchObject({ updateId: 103, hasBid: true });
    stage.venue.depthSnapshot = { lastUpdateId: 104, bids: [["1.00", "5"]], asks: [["1.50", "7"]] };
    await stage.integration.start(BOOK, ["BTCUSDT"]);
    await stage.venue.otherRequests.next();
    while (stage.sink.bookSnapshots.pendingCount === 0) await stage.clock.advance(10);
    expect(await stage.sink.bookSnapshots.next()).toMatchObject({
      lastUpdateId: 104,
      asks: [[150n, 700_000n]],
    });
    depth(104, 105, [], [["1.40000000", "1.00000000"]]);
    expect(await stage.sink.bookDeltas.next()).toMatchObject({ lastUpdateId: 105 });
    depth(110, 111, [], []);
    expect(await stage.sink.gaps.next()).toMatchObject({ dataType: DataType.Book, fromId: 106, toId: 109 });
    expect(stage.integration.status().subscriptions[0]).toMatchObject({ feedState: FeedState.Stale });
  });

  it("misses nothing where the venue spent a trade id on a print without a price", async () => {
    stage.create("usd-future");
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const peer = await stage.subscribed();
    const { data, stream } = tradeFrame("BTCUSDT", 2) as { data: object; stream: string };
    peer.send(tradeFrame("BTCUSDT", 1));
    peer.send({ stream, data: { ...data, p: "0", q: "0", X: "NA" } });
    peer.send(tradeFrame("BTCUSDT", 3));
    expect(await stage.sink.trades.next()).toMatchObject({ tradeId: 1 });
    expect(await stage.sink.trades.next()).toMatchObject({ tradeId: 3, flags: 0 });
    expect(stage.venue.otherRequests.pendingCount).toBe(0);
  });

  it("offers every data type that the market has, each on its path", async () => {
    stage.create("usd-future");
    const { Book, Liquidation, MarkPrice, Ticker, TopOfBook } = DataType;
    expect(stage.integration.description.dataTypes).toEqual(
      expect.arrayContaining([DataType.Trade, DataType.Bar, Book, Liquidation, MarkPrice, Ticker, TopOfBook]),
    );
    for (const dataType of [MarkPrice, Liquidation, Ticker])
      await stage.integration.start({ dataType }, ["BTCUSDT"]);
    const peer = await stage.venue.peers.next();
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
    await stage.sink.markPrices.next();
    expect(await stage.sink.markPrices.next()).toMatchObject({ sendMicros: 1723161256000_000 });
    await stage.integration.shutdown();
    stage.create("spot");
    await expect(stage.integration.start({ dataType: MarkPrice }, ["BTCUSDT"])).rejects.toMatchObject({
      code: "venue.not-offered",
    });
  });

  it("refuses malformed frames and goes on", async () => {
    stage.create();
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const peer = await stage.subscribed();
    for (const frame of ["nonsense", "{}", "7", '{"stream":"x","data":7}', "\u0000"]) {
      peer.send(frame);
      await stage.sink.rejections.next();
    }
    peer.send(tradeFrame("BTCUSDT", 1));
    expect(await stage.sink.trades.next()).toMatchObject({ tradeId: 1 });
    expect(stage.integration.status()).toMatchObject({ reconnectCount: 0, counters: { rejectedCount: 5 } });
  });
});

describe("BinanceIntegration shutdown", () => {
  it("leaves no socket and no timer, calls the sink no more, and refuses further work", async () => {
    stage.create();
    await stage.integration.start(TRADES, ["BTCUSDT"]);
    const peer = await stage.subscribed();
    peer.send(tradeFrame("BTCUSDT", 1));
    await Promise.all([stage.integration.shutdown(), stage.integration.shutdown()]);
    await peer.closed;
    expect(stage.venue.clientCount).toBe(0);
    expect(stage.sink.trades.pendingCount).toBe(0);
    await expect(stage.integration.start(TRADES, ["BTCUSDT"])).rejects.toMatchObject({
      code: "venue.closed",
    });
    await expect(stage.integration.symbols()).rejects.toMatchObject({ code: "venue.closed" });
    expect(stage.integration.status()).toMatchObject({
      connected: false,
      connectionCount: 0,
      subscriptions: [],
    });
  });

  it("ends a start that still waits for the symbol list", async () => {
    stage.venue.exchangeInfoStatus = 500;
    stage.create();
    const refused = expect(stage.integration.start(TRADES, ["BTCUSDT"])).rejects.toMatchObject({
      code: "venue.closed",
    });
    await stage.venue.requests.next();
    await stage.integration.shutdown();
    await refused;
  });

  it("needs usable URLs", () => {
    stage.create();
    for (const wsUrl of ["localhost:1", "http://127.0.0.1", "ws://127.0.0.1/?x=1"]) {
      expect(() => createBinanceIntegration("spot", { wsUrl })).toThrow(
        expect.objectContaining({ code: "venue.bad-url" }),
      );
    }
  });
});

import { DataType, formatMantissa, systemClock } from "@ims/common";
import { startBinanceSimulator } from "@ims/exchange-simulator";
import type { SocketConnector } from "@ims/integration-kit";
import type { FeedRequest } from "@ims/traits";
import { afterEach, describe, expect, it } from "vitest";
import { createBinanceIntegration } from "../../create-binance-integration.js";
import { API_KEY, BinaryStage, type StagedClient } from "../../spec-support/binary-stage.js";
import { BookReader } from "../../spec-support/book-reader.js";
import type { EventQueue } from "../../spec-support/event-queue.js";
import { RecordingSink, type SeenDecimal, type SeenTrade } from "../../spec-support/recording-sink.js";
import { silentLogger } from "../../spec-support/silent-logger.js";

const TRADES: FeedRequest = { dataType: DataType.Trade };
const TOPS: FeedRequest = { dataType: DataType.TopOfBook };
const BOOKS: FeedRequest = { dataType: DataType.Book };
const SYMBOLS = ["BTCUSDT", "ETHUSDT", "DOGEUSDT"];

const stages: BinaryStage[] = [];
async function open(...options: Parameters<typeof BinaryStage.open>): Promise<BinaryStage> {
  const stage = await BinaryStage.open(...options);
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function all<T>(queue: EventQueue<T>): Promise<T[]> {
  const seen: T[] = [];
  while (queue.pendingCount > 0) seen.push(await queue.next());
  return seen;
}

async function start(
  stage: BinaryStage,
  { integration }: StagedClient,
  feeds: readonly FeedRequest[],
  symbols = SYMBOLS,
): Promise<void> {
  await stage.during(Promise.all(feeds.map((feed) => integration.start(feed, symbols))));
}

function value([mantissa, scale]: SeenDecimal): string {
  const text = formatMantissa(mantissa, scale);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** All that the venue said of a trade. */
function said({ aggressor, eventMicros, instrumentId, kind, price, quantity, tradeId }: SeenTrade) {
  return {
    aggressor,
    eventMicros,
    instrumentId,
    kind,
    price: value(price),
    quantity: value(quantity),
    tradeId,
  };
}

/** Every trade of the run exactly once, in order, as the venue made it. */
function expectComplete(stage: BinaryStage, trades: readonly SeenTrade[], symbols = SYMBOLS): void {
  symbols.forEach((symbol, index) => {
    const mine = trades.filter(({ instrumentId }) => instrumentId === index + 1);
    const ids = mine.map(({ tradeId }) => tradeId);
    const { priceScale, quantityScale } = stage.venue.truth(symbol);
    const truth = stage.venue.trades(symbol, ids[0]!, ids.at(-1)!).map((trade) => ({
      eventMicros: trade.eventMicros,
      price: value([BigInt(trade.price), priceScale]),
      quantity: value([BigInt(trade.quantity), quantityScale]),
      tradeId: trade.tradeId,
    }));
    expect(ids.length).toBeGreaterThan(40);
    expect(mine.map(said)).toMatchObject(truth);
    expect(stage.venue.truth(symbol).lastTradeId - ids.at(-1)!).toBeLessThan(5);
  });
}

/** What a book missed is in its next snapshot, and told as a gap all the same. */
function lostTrades({ integration }: StagedClient) {
  return integration.status().gaps.filter(({ dataType }) => dataType === DataType.Trade);
}

/** The book that a careful reader has at the end is the venue's. */
async function expectBooks(stage: BinaryStage, { sink }: StagedClient): Promise<void> {
  const snapshots = await all(sink.bookSnapshots);
  const deltas = await all(sink.bookDeltas);
  SYMBOLS.forEach((symbol, index) => {
    const reader = new BookReader();
    const mine = <T extends { instrumentId: number }>(books: T[]) =>
      books.filter(({ instrumentId }) => instrumentId === index + 1);
    const first = mine(snapshots).at(-1)!;
    reader.read({ kind: "snapshot", book: first });
    for (const book of mine(deltas)) {
      if (book.lastUpdateId > first.lastUpdateId) reader.read({ kind: "delta", book });
    }
    const truth = stage.venue.book(symbol, reader.lastUpdateId)!;
    const scaled = {
      id: truth.updateId,
      bids: new Map(truth.bids),
      asks: new Map(truth.asks),
    };
    expect(reader.suspect, symbol).toBe(false);
    expect(mine(deltas).length, symbol).toBeGreaterThan(20);
    expect(reader.difference(scaled as never), symbol).toBeUndefined();
  });
}

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

describe("where the binary streams cannot be had", () => {
  const warnings = ({ log }: StagedClient) => log.filter((line) => /^(?:warn|error)/.test(line));

  it("auto reads JSON and says so in one line", async () => {
    const stage = await open();
    const auto = stage.client({ marketData: "auto", apiKey: "0000000000000000" });
    await start(stage, auto, [TRADES, TOPS, BOOKS]);
    await stage.advance(10_000);
    expect(auto.integration.status()).toMatchObject({
      marketData: "json",
      connected: true,
      connectionCount: 1,
    });
    expect(warnings(auto)).toEqual([expect.stringMatching(/JSON streams.*HTTP 401/)]);
    expectComplete(stage, await all(auto.sink.trades));
    await expectBooks(stage, auto);
  });

  it("auto without a key reads JSON and says so in one line", async () => {
    const stage = await open();
    const auto = stage.client({ marketData: "auto", apiKey: undefined });
    expect(auto.log.filter((line) => line.includes("no API key"))).toHaveLength(1);
    await start(stage, auto, [TRADES], ["BTCUSDT"]);
    expect(auto.integration.status().marketData).toBe("json");
  });

  it("auto reads JSON when the host does not answer, and when it is not there", async () => {
    const unreachable =
      (fail: (events: Parameters<SocketConnector>[2], stage: BinaryStage) => void, stage: BinaryStage) =>
      (dial: SocketConnector): SocketConnector =>
      (url, bytesMax, events, headers) => {
        if (!url.includes("/sbe/")) return dial(url, bytesMax, events, headers);
        const nothing = () => {};
        fail(events, stage);
        return {
          isOpen: false,
          isPaused: false,
          send: nothing,
          ping: nothing,
          pause: nothing,
          resume: nothing,
          terminate: () => void stage.clock.setTimer(0, () => events.onClosed(1006)),
        };
      };
    for (const [fail, reason] of [
      [() => {}, /no answer within 10000 ms/],
      [
        (events: Parameters<SocketConnector>[2], stage: BinaryStage) =>
          void stage.clock.setTimer(5, () => events.onError("getaddrinfo ENOTFOUND")),
        /ENOTFOUND/,
      ],
    ] as const) {
      const stage = await open();
      const auto = stage.client({ marketData: "auto" }, unreachable(fail, stage));
      await start(stage, auto, [TRADES], ["BTCUSDT"]);
      await stage.advance(12_000);
      expect(auto.integration.status()).toMatchObject({ marketData: "json", connected: true });
      expect(warnings(auto)).toEqual([expect.stringMatching(reason)]);
      await stage.advance(2000);
      expect(auto.sink.trades.pendingCount).toBeGreaterThan(10);
    }
  });

  it("auto goes over to JSON when the key is withdrawn while running, and nothing is lost", async () => {
    const stage = await open();
    let withdrawn = false;
    const auto = stage.client({ marketData: "auto" }, (dial) => (url, bytesMax, events, headers) => {
      return dial(url, bytesMax, events, withdrawn ? {} : headers);
    });
    await start(stage, auto, [TRADES, BOOKS]);
    await stage.advance(4000);
    expect(auto.integration.status().marketData).toBe("sbe");
    withdrawn = true;
    stage.venue.inject({ fault: "reset", atMillis: 0 });
    await stage.advance(15_000);
    expect(auto.integration.status()).toMatchObject({ marketData: "json", connected: true });
    expect(lostTrades(auto)).toEqual([]);
    expectComplete(stage, await all(auto.sink.trades));
    await expectBooks(stage, auto);
  });

  it("auto gives up a connection that is still up when another is refused, and says that it did", async () => {
    const stage = await open();
    let withdrawn = false;
    const auto = stage.client(
      { marketData: "auto", redundancy: 2 },
      (dial) => (url, bytesMax, events, headers) => {
        return dial(url, bytesMax, events, withdrawn ? {} : headers);
      },
    );
    await start(stage, auto, [TRADES, BOOKS]);
    await stage.advance(4000);
    expect(auto.integration.status()).toMatchObject({ marketData: "sbe", connectionCount: 2 });
    const before = (await all(auto.sink.feedStatuses)).map(({ text }) => text);
    expect(before).not.toContainEqual(expect.stringContaining("connection was lost"));
    withdrawn = true;
    stage.venue.inject({ fault: "reset", atMillis: 0, connection: 1 });
    await stage.advance(15_000);
    expect(auto.integration.status()).toMatchObject({ marketData: "json", connectionCount: 2 });
    const after = (await all(auto.sink.feedStatuses)).map(({ text }) => text);
    expect(after).toContainEqual(expect.stringContaining("connection was lost"));
    expectComplete(stage, await all(auto.sink.trades));
    await expectBooks(stage, auto);
  });

  it("auto keeps to the binary streams through losses of the network and quick changes of mind", async () => {
    const stage = await open();
    const auto = stage.client({ marketData: "auto" });
    const started = auto.integration.start(TRADES, ["BTCUSDT"]);
    const stopped = auto.integration.stop(TRADES, ["BTCUSDT"]);
    await stage.during(Promise.all([started, stopped]));
    await start(stage, auto, [TRADES]);
    await stage.advance(3000);
    stage.venue.faults.refuseConnections(true);
    stage.venue.inject({ fault: "reset", atMillis: 0 });
    await stage.advance(5000);
    stage.venue.faults.refuseConnections(false);
    await stage.advance(70_000, 50);
    expect(auto.integration.status()).toMatchObject({ marketData: "sbe", connected: true });
    expectComplete(stage, await all(auto.sink.trades));
  });

  it("auto goes over to JSON when the host stays down, not while the venue asks for a pause", async () => {
    const stage = await open({
      source: { kind: "synthetic", seed: 5, symbols: ["BTCUSDT"], tradesPerSecond: 3 },
    });
    let status = 429;
    let isDown = false;
    const auto = stage.client({ marketData: "auto" }, (dial) => (url, bytesMax, events, headers) => {
      if (!isDown || !url.includes("/sbe/")) return dial(url, bytesMax, events, headers);
      const wire = dial(url, bytesMax, { ...events, onOpen: () => events.onRefused(status, "1") }, headers);
      return wire;
    });
    await start(stage, auto, [TRADES], ["BTCUSDT"]);
    await stage.advance(1000);
    isDown = true;
    stage.venue.inject({ fault: "reset", atMillis: 0 });
    await stage.advance(300_000, 250);
    expect(auto.integration.status()).toMatchObject({ marketData: "sbe", connected: false });
    status = 503;
    await stage.advance(600_000, 250);
    expect(auto.integration.status()).toMatchObject({ marketData: "json", connected: true });
    expectComplete(stage, await all(auto.sink.trades), ["BTCUSDT"]);
  });

  it("sbe stays, tries again, and says once what to check; the key is in no line", async () => {
    const key = "wrongwrongwrongwrong";
    const stage = await open();
    const sbe = stage.client({ marketData: "sbe", apiKey: key });
    await start(stage, sbe, [TRADES], ["BTCUSDT"]);
    await stage.advance(60_000, 50);
    expect(sbe.integration.status()).toMatchObject({
      marketData: "sbe",
      connected: false,
      connectionCount: 0,
    });
    expect(sbe.log.filter((line) => line.includes("Ed25519"))).toHaveLength(1);
    expect(warnings(sbe).length).toBeGreaterThan(2);
    expect(sbe.log.join("\n")).not.toContain(key);
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

import assert from "node:assert/strict";
import { DataType, FeedState, RecordFlags, trimFraction } from "@ims/common";
import { runVenueCase, type VenueRig } from "@ims/testkit";
import type { IntegrationContext, MarkPriceFields } from "@ims/traits";
import { describe, expect, it } from "vitest";
import { type BitstampStage, openBitstampStage } from "./bitstamp-stage.js";
import { BookMirror } from "./book-mirror.js";

const PAIR = "btcusd";

interface Scene {
  readonly rig: VenueRig;
  readonly stage: BitstampStage;
  readonly mirror: BookMirror;
}

/** Plays a scene against a venue of its own. */
async function play(
  act: (scene: Scene) => Promise<void>,
  stage = openBitstampStage(),
  context: Partial<IntegrationContext> = {},
): Promise<void> {
  const mirror = new BookMirror();
  const mirrored = Object.create(stage, {
    create: {
      value: (given: IntegrationContext) =>
        stage.create({ ...given, ...context, sink: mirror.inFrontOf(given.sink) }),
    },
  }) as BitstampStage;
  await runVenueCase({ name: "scene", run: (rig) => act({ rig, stage, mirror }) }, () => mirrored);
}

/** So many trades that every cut takes some. */
const openBusyStage = () => openBitstampStage(undefined, { tradesPerSecond: 40 });

/** The book that a reader has is the venue's, level by level. */
function expectBook({ mirror, stage }: Scene): void {
  const { asks, bids, micros } = stage.venue.truth.book(PAIR);
  const print = (levels: readonly string[][]) =>
    levels.map(([price, amount]) => `${trimFraction(price!)} ${trimFraction(amount!)}`);
  expect(mirror.lastUpdateId).toBe(micros);
  expect(mirror.levels).toEqual({ bids: print(bids), asks: print(asks) });
  expect([mirror.breaks, mirror.isSuspect]).toEqual([[], false]);
}

/** Every trade from the first one on once, whatever their order. */
function expectAllTrades({ rig, stage }: Scene): void {
  const seen = rig.sink.tradesOf(PAIR).map(({ tradeId }) => tradeId);
  const first = Math.min(...seen);
  const made = stage.trades(PAIR, first, Math.max(...seen)).map(({ tradeId }) => tradeId);
  expect([...seen].sort((left, right) => left - right)).toEqual(made);
}

describe("Bitstamp when something goes wrong", () => {
  it("moves to another connection when the venue asks for it, and nobody notices", () =>
    play(async (scene) => {
      const { rig, stage } = scene;
      await rig.start(DataType.Trade, PAIR);
      await rig.start(DataType.Book, PAIR);
      await rig.flowing(PAIR);
      await rig.until("a book", () => !scene.mirror.isSuspect);
      const { wholeCount } = scene.mirror;
      for (let turn = 0; turn < 3; turn++) {
        stage.venue.inject({ fault: "request-reconnect" });
        await rig.until("two connections", () => stage.connectionCount === 2);
        await rig.until("one connection", () => stage.connectionCount === 1);
        await rig.advance(25_000);
      }
      await rig.expectWhole(PAIR);
      expectBook(scene);
      expect(scene.mirror.wholeCount).toBe(wholeCount);
      expect([rig.sink.gaps, rig.sink.rejections, rig.integration.status().reconnectCount]).toEqual([
        [],
        [],
        0,
      ]);
      const states = new Set(rig.sink.statuses.map(({ state }) => state));
      expect([...states]).toEqual([FeedState.Starting, FeedState.Live]);
    }));

  it("reads the trades of a cut over REST, marks them, and puts them in their place", () =>
    play(async (scene) => {
      const { rig, stage } = scene;
      await rig.start(DataType.Trade, PAIR);
      await rig.flowing(PAIR);
      stage.venue.inject({ fault: "cut" });
      await rig.advance(30_000);
      await rig.expectWhole(PAIR);
      const filled = rig.sink.trades.filter(({ flags }) => (flags & RecordFlags.BackFilled) !== 0);
      expect(filled.length).toBeGreaterThan(0);
      expect([rig.sink.gaps, rig.errors]).toEqual([[], []]);
    }, openBusyStage()));

  it("goes on after a while though REST refuses, and marks late what it reads in the end", () =>
    play(async (scene) => {
      const { rig, stage } = scene;
      await rig.start(DataType.Trade, PAIR);
      await rig.flowing(PAIR);
      stage.venue.inject({ fault: "refuse-rest", status: 403, forMillis: 40_000 });
      stage.venue.inject({ fault: "cut" });
      await rig.advance(35_000);
      const before = rig.sink.trades.length;
      await rig.advance(90_000);
      expect(rig.sink.trades.length).toBeGreaterThan(before);
      expectAllTrades(scene);
      const late = rig.sink.trades.filter(({ flags }) => (flags & RecordFlags.Late) !== 0);
      expect(late.length).toBeGreaterThan(0);
      expect(late.every(({ flags }) => (flags & RecordFlags.BackFilled) !== 0)).toBe(true);
      expect(rig.sink.gaps).toEqual([]);
    }, openBusyStage()));

  it.each([
    ["trades", DataType.Trade, "live_trades_"],
    ["books", DataType.Book, "diff_order_book_"],
    ["tops of book", DataType.TopOfBook, "order_book_"],
  ] as const)("finds out that acknowledged %s are silent, and asks for them again", (_, dataType, channel) =>
    play(async (scene) => {
      const { rig, stage } = scene;
      await rig.start(dataType, PAIR);
      await rig.until(
        "it is live",
        () => rig.integration.status().subscriptions[0]?.feedState === FeedState.Live,
      );
      await rig.advance(20_000);
      stage.venue.inject({ fault: "mute", channel });
      const isTold = (state: FeedState) => rig.sink.statuses.some((row) => row.state === state);
      await rig.until("it is called stale", () => isTold(FeedState.Stale), 30_000);
      await rig.until("it is live again", () => rig.sink.statuses.at(-1)?.state === FeedState.Live, 30_000);
      await rig.advance(60_000);
      if (dataType === DataType.Trade) await rig.expectWhole(PAIR);
      if (dataType === DataType.Book) expectBook(scene);
    }),
  );

  it("finds a change that was lost without a trace by comparing the book with the venue's", () =>
    play(
      async (scene) => {
        const { mirror, rig, stage } = scene;
        await rig.start(DataType.Book, PAIR);
        await rig.until("a book", () => !mirror.isSuspect);
        const { wholeCount } = mirror;
        stage.venue.inject({ fault: "drop", channel: "diff_order_book_", count: 3 });
        await rig.until("another book", () => mirror.wholeCount > wholeCount, 90_000);
        expectBook(scene);
        expect(rig.sink.gaps).toMatchObject([{ dataType: DataType.Book, symbol: PAIR }]);
      },
      openBitstampStage(undefined, undefined, { bookCheckMillis: 30_000 }),
    ));

  it("finds trades that were lost without a trace by comparing with the venue's list", () =>
    play(
      async (scene) => {
        const { rig, stage } = scene;
        await rig.start(DataType.Trade, PAIR);
        await rig.flowing(PAIR);
        await rig.advance(60_000);
        stage.venue.inject({ fault: "drop", channel: "live_trades_", count: 5 });
        await rig.advance(60_000);
        expectAllTrades(scene);
        const late = rig.sink.trades.filter(({ flags }) => (flags & RecordFlags.Late) !== 0);
        expect([late.length, rig.sink.gaps]).toEqual([5, []]);
      },
      openBitstampStage(undefined, undefined, { tradeCheckMillis: 20_000 }),
    ));

  it("takes no snapshot that is older than the first change kept", () => {
    const stage = openBitstampStage();
    stage.venue.inject({ fault: "stale-book", lagMillis: 9000, forMillis: 5000 });
    return play(async (scene) => {
      const { mirror, rig } = scene;
      await rig.start(DataType.Book, PAIR);
      await rig.advance(4000);
      expect(mirror.wholeCount).toBe(0);
      await rig.until("a book", () => mirror.wholeCount > 0);
      expectBook(scene);
      await rig.advance(10_000);
      expectBook(scene);
      expect(rig.sink.gaps).toEqual([]);
    }, stage);
  });

  it("has the whole book though REST takes long and the venue is asked to hurry", () => {
    const stage = openBitstampStage();
    return play(async (scene) => {
      const { mirror, rig } = scene;
      await rig.symbols();
      stage.venue.inject({ fault: "slow-rest", millis: 9000, forMillis: 60_000 });
      await rig.start(DataType.Book, PAIR);
      await rig.until("a book", () => mirror.wholeCount > 0, 90_000);
      expectBook(scene);
    }, stage);
  });

  it("loses no trade and no level to frames that break off, and counts them", () =>
    play(async (scene) => {
      const { rig, stage } = scene;
      await rig.start(DataType.Trade, PAIR);
      await rig.start(DataType.Book, PAIR);
      await rig.flowing(PAIR);
      await rig.until("a book", () => !scene.mirror.isSuspect);
      stage.venue.inject({ fault: "malform", channel: "live_trades_", count: 2 });
      stage.venue.inject({ fault: "malform", channel: "diff_order_book_", count: 1 });
      await rig.advance(30_000);
      await rig.expectWhole(PAIR);
      expectBook(scene);
      expect(rig.sink.rejections.map(({ reason }) => reason)).toEqual(["not-json", "not-json", "not-json"]);
    }));

  it("passes on a frame once that comes twice", () =>
    play(async (scene) => {
      const { rig, stage } = scene;
      await rig.start(DataType.Trade, PAIR);
      await rig.start(DataType.Book, PAIR);
      stage.venue.inject({ fault: "duplicate", channel: "live_trades_", count: 30 });
      stage.venue.inject({ fault: "duplicate", channel: "diff_order_book_", count: 30 });
      await rig.flowing(PAIR);
      await rig.advance(60_000);
      await rig.expectWhole(PAIR);
      expectBook(scene);
    }));

  it("goes on behind the last trade that the service had stored", () => {
    const stage = openBitstampStage();
    let lastId = 0;
    return play(
      async (scene) => {
        const { rig } = scene;
        await rig.advance(150_000);
        lastId = stage.trades(PAIR, 0, Number.MAX_SAFE_INTEGER)[20]!.tradeId;
        await rig.start(DataType.Trade, PAIR);
        await rig.flowing(PAIR);
        await rig.advance(10_000);
        await rig.expectWhole(PAIR);
        expect(rig.sink.tradesOf(PAIR)[0]!.tradeId).toBe(
          stage.trades(PAIR, lastId + 1, Number.MAX_SAFE_INTEGER)[0]!.tradeId,
        );
        expect(rig.sink.gaps).toEqual([]);
      },
      stage,
      { lastTradeId: (symbol) => (symbol === PAIR ? lastId : undefined) },
    );
  });
});

describe("Bitstamp in good order", () => {
  it("takes names as people write them, and answers with the venue's", () =>
    play(async ({ rig }) => {
      const { invalid, valid } = await rig.settled(
        rig.integration.validate([
          "BTC/USD",
          "BTCUSD",
          "btcusd",
          "eth/btc",
          "BTCUSD-PERP",
          "BTC/XYZ",
          "galaeur",
        ]),
      );
      expect(valid.map(({ symbol }) => symbol)).toEqual(["btcusd", "ethbtc", "btcusd-perp"]);
      expect(invalid.map(({ symbol }) => symbol)).toEqual(["BTC/XYZ", "galaeur"]);
      await rig.start(DataType.Trade, "BTC/USD");
      expect(rig.integration.status().subscriptions).toMatchObject([{ symbol: "btcusd" }]);
      await rig.flowing("btcusd");
      await rig.stop(DataType.Trade, "BTCUSD");
      expect(rig.integration.status().subscriptions).toEqual([]);
    }));

  it("sends heartbeats, and has mark prices as exact as they are printed", () => {
    const prices: MarkPriceFields[] = [];
    const stage = openBitstampStage();
    const create = stage.create.bind(stage);
    const watched = Object.create(stage, {
      create: {
        value: (context: IntegrationContext) => {
          const { sink } = context;
          const markPrice = (price: MarkPriceFields) => {
            prices.push({ ...price });
            sink.markPrice(price);
          };
          return create({ ...context, sink: Object.assign(Object.create(sink), { markPrice }) });
        },
      },
    }) as BitstampStage;
    return play(async ({ rig }) => {
      await rig.start(DataType.MarkPrice, "btcusd-perp");
      await rig.until("mark prices", () => prices.length > 1);
      const [{ fundingRate, fundingScale, indexPrice, nextFundingMicros, priceScale }] = prices as [
        MarkPriceFields,
      ];
      assert.ok(String(indexPrice).endsWith("00000002"));
      expect([priceScale, fundingRate, fundingScale]).toEqual([11, 1n, 4]);
      expect(nextFundingMicros % 28_800_000_000).toBe(0);
      expect(stage.venue.truth.heartbeatCount).toBeGreaterThan(1);
    }, watched);
  });
});

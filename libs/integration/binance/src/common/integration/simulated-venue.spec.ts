import { BarState, DataType, FeedState, RecordFlags } from "@ims/common";
import type { BarFields, FeedRequest, LiquidationFields, MarkPriceFields } from "@ims/traits";
import { afterEach, describe, expect, it } from "vitest";
import type { EventQueue } from "../../spec-support/event-queue.js";
import { SimulatedStage } from "../../spec-support/simulated-venue.js";
import type { BinanceOptions } from "../settings/binance-options.js";

const MARK_PRICES: FeedRequest = { dataType: DataType.MarkPrice };
const LIQUIDATIONS: FeedRequest = { dataType: DataType.Liquidation };

const stages: SimulatedStage[] = [];
async function open(...options: Parameters<typeof SimulatedStage.open>): Promise<SimulatedStage> {
  const stage = await SimulatedStage.open(...options);
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

describe("times of back-filled trades", () => {
  it("are those of the stream, to the microsecond", async () => {
    const stage = await open({
      market: "spot",
      source: { kind: "synthetic", seed: 4, symbols: ["BTCUSDT"], tradesPerSecond: 40 },
      faults: { rules: [{ fault: "drop", stream: "btcusdt@trade", skip: 20, count: 30 }] },
    });
    await start(stage, { dataType: DataType.Trade }, ["BTCUSDT"]);
    await stage.advance(10_000);
    const trades = await all(stage.sink.trades);
    const filled = trades.filter(({ flags }) => (flags & RecordFlags.BackFilled) !== 0);
    expect(filled).toHaveLength(30);
    const truth = stage.venue.trades("BTCUSDT", trades[0]!.tradeId, trades.at(-1)!.tradeId);
    expect(trades.map(({ eventMicros, tradeId }) => [tradeId, eventMicros])).toEqual(
      truth.map(({ eventMicros, tradeId }) => [tradeId, eventMicros]),
    );
    expect(filled.some(({ eventMicros }) => eventMicros % 1000 !== 0)).toBe(true);
    expect(stage.integration.status().gaps).toEqual([]);
  });
});

describe("bars of a stream that was silent", () => {
  it("are read again when it flows again, although its connection stayed up", async () => {
    const stage = await open({
      market: "spot",
      source: { kind: "synthetic", seed: 6, symbols: ["BTCUSDT"], tradesPerSecond: 0.5 },
    });
    await start(stage, { dataType: DataType.Bar, resolution: "1m" }, ["BTCUSDT"]);
    const bars: BarFields[] = [];
    // Silent from the end of a bar on: nothing but its successors is missing.
    for (let step = 0; bars.length < 20 || bars.at(-1)!.state !== BarState.Closed; step++) {
      if (step === 20_000) throw new Error("no bar was the last record for a moment");
      await stage.advance(50);
      bars.push(...(await all(stage.sink.bars)));
    }
    stage.venue.faults.silence("btcusdt@kline_1m");
    await stage.advance(240_000);
    stage.venue.faults.resume();
    await stage.advance(150_000);
    bars.push(...(await all(stage.sink.bars)));
    const closed = bars.filter(({ state }) => state === BarState.Closed);
    expect(closed.every(({ tradeCount }) => tradeCount > 0)).toBe(true);
    const minutes = closed.map(({ openMicros }) => openMicros / 60_000_000);
    expect(minutes).toEqual(minutes.map((_, index) => minutes[0]! + index));
    expect(closed.filter(({ flags }) => (flags & RecordFlags.BackFilled) !== 0).length).toBeGreaterThan(2);
    expect(stage.integration.status().gaps).toEqual([]);
  });
});

describe("streams of all symbols", () => {
  /** What comes of many symbols within half a minute, by symbol. */
  async function records(options: BinanceOptions) {
    const stage = await open(
      {
        market: "usd-future",
        source: { kind: "synthetic", seed: 9, symbols: 120, tradesPerSecond: 600, liquidationShare: 0.2 },
        keepDeliveries: true,
      },
      options,
    );
    const listed = await stage.during(stage.integration.symbols());
    const traded = listed.filter(({ status }) => status === "trading");
    const symbols = traded.slice(0, 110).map(({ symbol }) => symbol);
    await start(stage, MARK_PRICES, symbols);
    await start(stage, LIQUIDATIONS, symbols);
    await stage.advance(5000);
    const fromMicros = stage.clock.nowMicros();
    await stage.advance(30_000);
    const within = ({ receiveMicros }: { receiveMicros: number }) => receiveMicros > fromMicros;
    const bySymbol = new Map<string, unknown[]>(symbols.map((symbol) => [symbol, []]));
    const names = new Map(stage.sink.registered.map(({ symbol }, index) => [index + 1, symbol]));
    const add = (record: MarkPriceFields | LiquidationFields) => {
      const { instrumentId, receiveMicros: _, ...rest } = record;
      bySymbol.get(names.get(instrumentId)!)!.push(rest);
    };
    for (const price of (await all(stage.sink.markPrices)).filter(within)) add(price);
    const liquidations = (await all(stage.sink.liquidations)).filter(within);
    for (const liquidation of liquidations) add(liquidation);
    const streams = new Set(stage.venue.deliveries().map(({ stream }) => stream));
    return { bySymbol, liquidationCount: liquidations.length, streams };
  }

  it("bring of each symbol what its own stream brings", async () => {
    const own = await records({ allSymbolsFrom: 1000 });
    const shared = await records({});
    expect([...shared.streams].sort()).toEqual(["!forceOrder@arr", "!markPrice@arr@1s"]);
    expect(own.streams.size).toBeGreaterThan(110);
    expect(shared.liquidationCount).toBeGreaterThan(100);
    expect([...own.bySymbol.values()].every((list) => list.length >= 29)).toBe(true);
    expect(Object.fromEntries(shared.bySymbol)).toEqual(Object.fromEntries(own.bySymbol));
  });
});

describe("best levels of books", () => {
  const BEST: FeedRequest = { dataType: DataType.Book, depth: 20 };
  const WHOLE: FeedRequest = { dataType: DataType.Book };

  it.each(["spot", "usd-future"] as const)("are the venue's at every push, on %s", async (market) => {
    const stage = await open({
      market,
      source: { kind: "synthetic", seed: 6, symbols: ["BTCUSDT"], tradesPerSecond: 30 },
    });
    await start(stage, BEST, ["BTCUSDT"]);
    await stage.advance(3000);
    const books = await all(stage.sink.bookSnapshots);
    expect(books.length).toBeGreaterThan(20);
    for (const { asks, bids, horizon, lastUpdateId, priceScale, quantityScale } of books) {
      const truth = stage.venue.book("BTCUSDT", lastUpdateId)!;
      expect([horizon, bids.length, asks.length]).toEqual([20, 20, 20]);
      const factors = [
        10n ** BigInt(truth.priceScale - priceScale),
        10n ** BigInt(truth.quantityScale - quantityScale),
      ];
      const atTruth = (levels: typeof bids) =>
        levels.map((level) => level.map((value, at) => value * factors[at]!));
      expect([atTruth(bids), atTruth(asks)]).toEqual([best(truth.bids), best(truth.asks)]);
    }
    expect(stage.sink.bookDeltas.pendingCount).toBe(0);
    expect(stage.requests.some((request) => request.includes("/depth"))).toBe(false);
    expect(stage.integration.status().subscriptions).toMatchObject([
      { depth: 20, feedState: FeedState.Live, state: "acknowledged" },
    ]);
  });

  it("wait behind the whole book while there is one, and are refused beyond what the venue has", async () => {
    const stage = await open({
      market: "spot",
      source: { kind: "synthetic", seed: 6, symbols: ["BTCUSDT"], tradesPerSecond: 30 },
    });
    await start(stage, BEST, ["BTCUSDT"]);
    await start(stage, WHOLE, ["BTCUSDT"]);
    await stage.advance(3000);
    const whole = await all(stage.sink.bookSnapshots);
    expect(whole.filter(({ horizon }) => horizon !== 20)).toHaveLength(1);
    expect(whole.at(-1)!.horizon).not.toBe(20);
    expect((await all(stage.sink.bookDeltas)).length).toBeGreaterThan(10);
    await stage.during(stage.integration.stop(WHOLE, ["BTCUSDT"]));
    await stage.advance(3000);
    const best20 = await all(stage.sink.bookSnapshots);
    expect(best20.length).toBeGreaterThan(10);
    expect(best20.every(({ horizon }) => horizon === 20)).toBe(true);
    await stage.during(stage.integration.stop(BEST, ["BTCUSDT"]));
    await stage.advance(1000);
    await all(stage.sink.bookSnapshots);
    await stage.advance(1000);
    expect(stage.sink.bookSnapshots.pendingCount).toBe(0);
    for (const feed of [
      { ...BEST, depth: 21 },
      { dataType: DataType.Trade, depth: 5 },
    ]) {
      await expect(stage.integration.start(feed, ["BTCUSDT"])).rejects.toMatchObject({
        code: "venue.not-offered",
      });
    }
  });

  function best(levels: readonly (readonly [number, number])[]) {
    return levels.slice(0, 20).map(([price, quantity]) => [BigInt(price), BigInt(quantity)]);
  }
});

describe("news of the simulated venue", () => {
  it("reach the sink within seconds on futures", async () => {
    const stage = await open({
      market: "coin-future",
      source: { kind: "synthetic", seed: 1, tradesPerSecond: 1 },
    });
    const symbols = await stage.during(stage.integration.symbols());
    const [first] = symbols;
    await stage.advance(2000);
    const nowMillis = stage.clock.monotonicMillis();
    stage.venue.inject({
      fault: "status",
      atMillis: nowMillis + 1000,
      symbol: first!.symbol,
      status: "SETTLING",
    });
    stage.venue.inject({ fault: "list", atMillis: nowMillis + 2000, symbol: "NEWUSD_PERP" });
    await stage.advance(10_000);
    const told = await all(stage.sink.instruments);
    expect(told.map(({ status, symbol }) => [symbol, status])).toEqual([
      [first!.symbol, "halted"],
      ["NEWUSD_PERP", expect.stringMatching(/trading|pending/)],
    ]);
  });
});

async function start(stage: SimulatedStage, feed: FeedRequest, symbols: readonly string[]): Promise<void> {
  await stage.during(stage.integration.start(feed, symbols));
}

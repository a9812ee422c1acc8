import { describe, expect, it } from "vitest";
import { collect, stage } from "../spec-support/client-stage.js";

/** A client with one running feed, and what it says about returns, in order. */
async function running() {
  const scene = stage();
  const { client, run } = scene;
  const events: [string, unknown][] = [];
  for (const name of ["disconnected", "connected", "missed", "reconnected", "resumed"] as const) {
    client.on(name, (...args: readonly unknown[]) => events.push([name, args[0]]));
  }
  await run(client.login());
  await run(client.startTradeData("BTCUSDT"));
  return { ...scene, events };
}

describe("a return of the broker", () => {
  it("is told with nothing missed, once the feeds have seen that all is there", async () => {
    const { client, service, broker, clock, events } = await running();
    const trades = collect(client.trades());
    service.publishTrade("BTCUSDT", 1);
    await clock.advance(100);
    broker.goAway();
    await clock.advance(3000);
    broker.comeBack();
    service.publishTrade("BTCUSDT", 2);
    await clock.advance(5000);
    expect(events).toEqual([
      ["disconnected", undefined],
      ["connected", undefined],
      ["reconnected", { awayMillis: expect.any(Number), missed: [] }],
    ]);
    expect((events[2]![1] as { awayMillis: number }).awayMillis).toBeGreaterThanOrEqual(3000);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual([1, 2]);
  });

  it("is told with what the broker lost, also while a consumer holds the reading up", async () => {
    const { client, service, broker, clock, events } = await running();
    const trades = client.trades({ capacity: 1 });
    service.publishTrade("BTCUSDT", 1);
    service.publishTrade("BTCUSDT", 2);
    await clock.advance(100);
    broker.goAway();
    await clock.advance(100);
    broker.comeBack({ isEmpty: true });
    await clock.advance(5000);
    const missed = {
      stream: "binancespot-market-data",
      topic: "trades",
      partitionId: 3,
      cause: "restarted",
      expectedOffset: 1,
      foundOffset: 0,
      subscriptions: [expect.objectContaining({ symbol: "BTCUSDT" })],
    };
    expect(events.slice(2)).toEqual([
      ["missed", missed],
      ["reconnected", { awayMillis: expect.any(Number), missed: [missed] }],
    ]);
    service.publishTrade("BTCUSDT", 3);
    expect((await trades.next()).value?.tradeId).toBe(1);
    await clock.advance(100);
    expect((await trades.next()).value?.tradeId).toBe(3);
  });

  it("is told at once where no feed runs", async () => {
    const { client, broker, run, clock, events } = await running();
    await run(client.stopAllData());
    broker.goAway();
    await clock.advance(10);
    broker.comeBack();
    expect(events.at(-1)).toEqual(["reconnected", { awayMillis: 10, missed: [] }]);
  });
});

describe("a return of the service", () => {
  it("is told with the data that it moved to another partition", async () => {
    const { client, service, clock, events } = await running();
    const trades = collect(client.trades());
    service.publishTrade("BTCUSDT", 1);
    await clock.advance(100);
    service.symbols.set("BTCUSDT", { instrumentId: 11, partitionId: 0 });
    service.restart();
    service.publishTrade("BTCUSDT", 2);
    await clock.advance(10_100);
    service.publishTrade("BTCUSDT", 3);
    await clock.advance(100);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual([1, 3]);
    const missed = expect.objectContaining({
      partitionId: 0,
      cause: "moved",
      expectedOffset: 1,
      foundOffset: 1,
      subscriptions: [expect.objectContaining({ symbol: "BTCUSDT", partitionId: 0 })],
    });
    expect(events).toEqual([
      ["missed", missed],
      ["resumed", { subscriptionCount: 1, awayMillis: expect.any(Number), missed: [missed] }],
    ]);
  });
});

describe("a session that the service forgot while data flows on", () => {
  it("misses nothing and repeats nothing, though the reply names an end that was passed meanwhile", async () => {
    const { client, service, broker, clock, events } = await running();
    const trades = collect(client.trades());
    service.publishTrade("BTCUSDT", 1);
    await clock.advance(100);
    service.restart();
    const answer = broker.onControl!;
    broker.onControl = (payload) => {
      answer(payload);
      // Its reply is under way from here on.
      if (service.requests.at(-1) === "start BTCUSDT 1/0") {
        broker.slowStream = service.clientPlace(client.clientId).stream;
      }
    };
    while (!broker.slowStream) await clock.advance(100);
    service.publishTrade("BTCUSDT", 2);
    await clock.advance(500);
    broker.slowStream = undefined;
    await clock.advance(2000);
    service.publishTrade("BTCUSDT", 3);
    await clock.advance(500);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual([1, 2, 3]);
    expect(events).toEqual([
      ["resumed", { subscriptionCount: 1, awayMillis: expect.any(Number), missed: [] }],
    ]);
  });
});

describe("onMessage", () => {
  it("gives each message of its type, also after a callback that throws", async () => {
    const { client, service, clock } = await running();
    const errors: unknown[] = [];
    client.on("error", (error) => errors.push(error));
    const seen: unknown[] = [];
    client.onMessage("trade", () => {
      throw new Error("a user's mistake");
    });
    const end = client.onMessage("trade", ({ tradeId, price }) => seen.push(`${tradeId} ${price}`));
    const bars: unknown[] = [];
    client.onMessage("bar", (bar) => bars.push(bar));
    service.publishTrade("BTCUSDT", 1, { price: "12.50" });
    await clock.advance(100);
    end();
    service.publishTrade("BTCUSDT", 2);
    await clock.advance(100);
    expect(seen).toEqual(["1 12.5"]);
    expect(bars).toEqual([]);
    expect(errors).toMatchObject([
      { code: "client.callback-failed", context: { type: "trade" } },
      { code: "client.callback-failed" },
    ]);
  });
});

describe("onFlyweight", () => {
  it("gives the decoder of each record of its type, over the bytes that arrived", async () => {
    const { client, service, run, clock } = await running();
    await run(client.startOhlcvData("BTCUSDT", "1m"));
    const seen: unknown[] = [];
    const end = client.onFlyweight("trade", (trade, { partitionId, offset }) => {
      seen.push([trade.tradeIdNumber(), trade.price(), trade.priceScale(), partitionId, offset]);
    });
    // Bars are not read by it: they wait for somebody who wants them.
    service.publishBar("BTCUSDT", "1m", "5");
    service.publishTrade("BTCUSDT", 1, { price: "12.5" });
    service.publishTrade("BTCUSDT", 2, { price: "0.00000001" });
    await clock.advance(100);
    expect(seen).toEqual([
      [1, 125n, 1, 3, 0],
      [2, 1n, 8, 3, 1],
    ]);
    end();
    service.publishTrade("BTCUSDT", 3);
    await clock.advance(100);
    expect(seen).toHaveLength(2);
    const bars = collect(client.bars());
    await clock.advance(100);
    expect(bars).toHaveLength(1);
  });
});

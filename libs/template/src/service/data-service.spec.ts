import { Aggressor, ExchangeId, type StatusReport, timeResolutionOf } from "@ims/common";
import { v2 } from "@ims/sbe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fnv1a32 } from "../publishing/instrument-numbers.js";
import { ServiceFixture } from "../spec-support/service-fixture.js";
import type { DataService } from "./data-service.js";

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture();
});
afterEach(() => fixture.dispose());

async function startedPair(clientId = 100) {
  await fixture.startBroker();
  const service = await fixture.startService();
  const client = await fixture.connect(clientId);
  await service.ready;
  return { service, client };
}

async function statusOf(service: DataService): Promise<StatusReport> {
  return (await (await fetch(new URL("/status", service.healthUrl))).json()) as StatusReport;
}

describe("a data service", () => {
  it("logs a client in, starts a feed and delivers exact trades, in order", async () => {
    const { service, client } = await startedPair();
    const login = await client.login();
    expect(login.json).toMatchObject({
      clientId: 100,
      exchangeId: ExchangeId.BinanceSpot,
      requestType: 110,
      heartbeatMillis: 10_000,
      expiryMillis: 30_000,
      instrumentCount: 3,
      serviceVersion: "0.1.0",
    });
    const instruments = await client.read(
      "binancespot-market-data",
      "instruments",
      0,
      Number(login.json.instrumentsOffset),
      10,
    );
    expect(instruments.map(({ json }) => json.symbol)).toEqual(["BTCUSDT", "ETHUSDT", "SOLUSDT"]);
    expect(instruments[0]!.json).toMatchObject({
      kind: "Spot",
      status: "Trading",
      priceIncrement: "1",
      priceScale: 2,
    });

    const start = await client.startTrades("BTCUSDT");
    const instrumentId = fnv1a32(Buffer.from("BTCUSDT"));
    expect(start.json).toMatchObject({
      stream: "binancespot-market-data",
      topic: "trades",
      partitionId: instrumentId % 4,
      firstOffset: "0",
      instrumentId,
      symbol: "BTCUSDT",
    });
    expect(fixture.venue.running).toEqual(new Set(["trades BTCUSDT"]));
    for (let tradeId = 1; tradeId <= 2500; tradeId++) {
      fixture.venue.emitTrade("BTCUSDT", tradeId, BigInt(tradeId) * 7n, -BigInt(tradeId));
    }
    const trades: Record<string, unknown>[] = [];
    while (trades.length < 2500) {
      const read = await client.read(
        "binancespot-market-data",
        "trades",
        instrumentId % 4,
        trades.length,
        1000,
      );
      trades.push(...read.map(({ json }) => json));
    }
    expect(trades.map(({ tradeId }) => Number(tradeId))).toEqual(trades.map((_, index) => index + 1));
    expect(trades[2499]).toMatchObject({
      price: "17500",
      quantity: "-2500",
      symbol: "BTCUSDT",
      aggressor: "Seller",
      eventTime: String(1_700_000_000_002_500),
    });
    expect(Aggressor.Seller).toBe(v2.AggressorSide.Seller);
    const report = await statusOf(service);
    expect(report).toMatchObject({
      status: "ready",
      sessionCount: 1,
      counters: { recordsDropped: 0 },
    });
    expect(report.publishing.queues.slice(0, 2)).toMatchObject([
      { topic: "trades", publishedCount: 2500, shedCount: 0 },
      { topic: "bars", publishedCount: 0 },
    ]);
    expect(report.subscriptions).toMatchObject([
      { dataType: "trades", symbol: "BTCUSDT", subscriberCount: 1 },
    ]);
  });

  it("tells a later reader where its data begins", async () => {
    const { client } = await startedPair();
    await client.login();
    const first = await client.startTrades("BTCUSDT");
    const partitionId = first.json.partitionId as number;
    for (const tradeId of [1, 2, 3]) fixture.venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
    for (const tradeId of ["1", "2", "3"]) {
      const { json } = await client.next("binancespot-market-data", "trades", partitionId);
      expect(json.tradeId).toBe(tradeId);
    }
    const other = await fixture.connect(101);
    await other.login();
    const second = await other.startTrades("BTCUSDT");
    expect(second.json.firstOffset).toBe("3");
    fixture.venue.emitTrade("BTCUSDT", 4, 1n, 1n);
    const from = Number(second.json.firstOffset);
    let read = await other.read("binancespot-market-data", "trades", partitionId, from, 10);
    while (read.length === 0)
      read = await other.read("binancespot-market-data", "trades", partitionId, from, 10);
    expect(read.map(({ json }) => json.tradeId)).toEqual(["4"]);
  });

  it("keeps a feed for the client that still reads it, and ends it with the last", async () => {
    const { client } = await startedPair();
    const other = await fixture.connect(101);
    await client.login();
    await other.login();
    await client.startTrades("ETHUSDT");
    await other.startTrades("ETHUSDT");
    await other.startBars("ETHUSDT", timeResolutionOf("1h")!);
    expect(fixture.venue.calls).toEqual(["start trades ETHUSDT", "start bars ETHUSDT 1h"]);
    expect((await client.stopTrades("ETHUSDT")).json).toMatchObject({ affectedCount: 1 });
    expect(fixture.venue.running).toEqual(new Set(["trades ETHUSDT", "bars ETHUSDT 1h"]));
    expect((await other.logout()).json).toMatchObject({ affectedCount: 2 });
    expect(fixture.venue.running.size).toBe(0);
    expect((await other.logout()).json).toMatchObject({ kind: "Client", code: 3 });
  });

  it("copies private delivery into the client's own stream", async () => {
    const { client } = await startedPair();
    await client.login();
    const start = await client.startTrades("BTCUSDT", v2.Delivery.Private);
    expect(start.json).toMatchObject({
      stream: "binancespot-data-client-100",
      topic: "binancespot-data-topic",
      partitionId: 0,
    });
    fixture.venue.emitTrade("BTCUSDT", 9, 123n, 4n);
    const copy = await client.next("binancespot-data-client-100", "binancespot-data-topic");
    expect(copy.offset).toBeGreaterThanOrEqual(Number(start.json.firstOffset));
    expect(copy).toMatchObject({ templateId: 210, json: { tradeId: "9", price: "123", quantity: "4" } });
  });

  it("flushes what is buffered before it ends", async () => {
    const { service, client } = await startedPair();
    await client.login();
    const { partitionId } = (await client.startTrades("BTCUSDT")).json as { partitionId: number };
    for (let tradeId = 1; tradeId <= 5000; tradeId++) fixture.venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
    await service.close();
    expect(fixture.venue.calls.at(-1)).toBe("shutdown");
    const topic = await client.iggy.topics.get("binancespot-market-data", "trades");
    expect(topic!.partitions[partitionId]).toMatchObject({ messageCount: 5000 });
    await expect(fetch(service.healthUrl)).rejects.toThrow();
    expect(await service.closed).toBeUndefined();
  });
});

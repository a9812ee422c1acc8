import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataType, ExchangeId, type Instrument, MantissaCell } from "@ims/common";
import { type DataService, startDataService } from "@ims/template";
import { type ClientEvents, ImsClient } from "ims-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Child } from "./support/child.js";
import { quietLogger } from "./support/market-run.js";
import { ScriptedVenue } from "./support/scripted-venue.js";

const EXCHANGE = ExchangeId.BinanceSpot;
const NOW = 1_723_118_400_123_000;
const BTCUSDT: Instrument = {
  exchange: EXCHANGE,
  symbol: "BTCUSDT",
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  kind: "spot",
  status: "trading",
  priceScale: 2,
  quantityScale: 3,
  priceIncrement: "0.01",
  quantityIncrement: "0.001",
};

let folder: string;
let broker: Child;
let port: number;
let venue: ScriptedVenue;
let service: DataService;
let client: ImsClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ims-e2e-"));
  port = 0;
  await startBroker();
  const url = `iggy://iggy:iggy@127.0.0.1:${port}`;
  venue = new ScriptedVenue(EXCHANGE, [DataType.Trade], [BTCUSDT], DataType.Book);
  service = await startDataService({
    exchange: EXCHANGE,
    integration: venue.factory,
    settings: { iggyUrl: url, brokerMode: "external", dataDir: folder, httpPort: 0 },
    env: {},
    logger: quietLogger(),
  });
  await service.ready;
  client = await ImsClient.open({ url, exchange: EXCHANGE });
}, 60_000);

afterEach(async () => {
  await client.shutdown();
  await service.close();
  broker.kill("SIGKILL");
  await broker.exited;
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** A broker as a process of its own, on the port of the one before. */
async function startBroker(): Promise<void> {
  const data = join(folder, "broker");
  broker = Child.node("apps/ims-client/bin/ims.js", ["broker", "--port", String(port), "--data-dir", data]);
  const [, text] = await broker.printed(/listening on iggy:\/\/127\.0\.0\.1:(\d+)/);
  port = Number(text);
}

function cell(mantissa: bigint, scale: number): MantissaCell {
  const filled = new MantissaCell();
  filled.setBigInt(mantissa, scale);
  return filled;
}

function publishTrade(tradeId: number): void {
  venue.sink.trade({
    instrumentId: venue.idOf("BTCUSDT"),
    eventMicros: NOW + tradeId,
    sendMicros: 0,
    receiveMicros: NOW + tradeId,
    flags: 0,
    tradeId,
    firstTradeId: tradeId,
    lastTradeId: tradeId,
    price: cell(6_183_763n, 2),
    quantity: cell(1n, 3),
    aggressor: 1,
    kind: 0,
  });
}

function next<Name extends keyof ClientEvents>(name: Name): Promise<ClientEvents[Name][0]> {
  return new Promise((resolve) => {
    const end = client.on(name, (...args) => {
      end();
      resolve(args[0]);
    });
  });
}

describe("a broker that is killed under a client", { timeout: 60_000 }, () => {
  it("comes back with its data: every trade is given once, and the client says that nothing is missed", async () => {
    const trades = client.trades();
    await client.startTradeData("BTCUSDT");
    const ids: number[] = [];
    const take = async (count: number) => {
      while (ids.length < count) ids.push((await trades.next()).value!.tradeId);
    };
    for (let id = 1; id <= 50; id++) publishTrade(id);
    await take(50);
    const [lost, back] = [next("disconnected"), next("reconnected")];
    broker.kill("SIGKILL");
    await broker.exited;
    await lost;
    // Published while nobody can store it: the service keeps it for the broker's return.
    for (let id = 51; id <= 60; id++) publishTrade(id);
    await startBroker();
    expect(await back).toEqual({ awayMillis: expect.any(Number), missed: [] });
    for (let id = 61; id <= 100; id++) publishTrade(id);
    await take(100);
    expect(ids).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it("comes back empty: the client says what it can no longer have, and reads on", async () => {
    const trades = client.trades();
    await client.startTradeData("BTCUSDT");
    publishTrade(1);
    expect((await trades.next()).value?.tradeId).toBe(1);
    const [missed, back] = [next("missed"), next("reconnected")];
    broker.kill("SIGKILL");
    await broker.exited;
    await rm(join(folder, "broker"), { recursive: true });
    await startBroker();
    expect(await missed).toMatchObject({ cause: "restarted", expectedOffset: 1, foundOffset: 0 });
    expect((await back).missed).toContainEqual(
      expect.objectContaining({
        topic: "trades",
        subscriptions: [expect.objectContaining({ symbol: "BTCUSDT" })],
      }),
    );
    publishTrade(2);
    expect((await trades.next()).value?.tradeId).toBe(2);
  });
});

import { DataType, SimulatedClock } from "@ims/common";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBinanceIntegration } from "../../create-binance-integration.js";
import { FakeBinance, type FakePeer, listedRow } from "../../spec-support/fake-binance.js";
import { RecordingSink } from "../../spec-support/recording-sink.js";
import { silentLogger } from "../../spec-support/silent-logger.js";
import type { BinanceMarketName } from "../market/binance-market.js";
import type { BinanceIntegration } from "./binance-integration.js";

let clock: SimulatedClock;
let venue: FakeBinance;
let sink: RecordingSink;
let integration: BinanceIntegration;

beforeEach(async () => {
  clock = new SimulatedClock();
  sink = new RecordingSink();
  venue = await FakeBinance.start();
  venue.exchangeInfo = { symbols: [listedRow("BTCUSDT"), listedRow("ETHUSDT")] };
});

afterEach(async () => {
  await integration.shutdown();
  expect(clock.pendingTimerCount).toBe(0);
  await venue.close();
});

function create(market: BinanceMarketName): void {
  const { restUrl, wsUrl } = venue;
  const factory = createBinanceIntegration(market, { restUrl, wsUrl, silenceMillis: 600_000 });
  integration = factory({ sink, clock, logger: silentLogger, random: () => 0.5 }) as BinanceIntegration;
}

/** A futures market whose list was read, and the connection on which it announces. */
async function announcing(): Promise<FakePeer> {
  create("usd-future");
  await integration.symbols();
  await venue.requests.next();
  const peer = await venue.peers.next();
  expect(peer.path).toBe("/market/stream");
  expect((await peer.controls.next()).params).toEqual(["!contractInfo"]);
  return peer;
}

function contract(symbol: string, status: string, fields: object = {}): object {
  const data = { e: "contractInfo", E: 1669647330137, s: symbol, ct: "PERPETUAL", dt: 4133404800000 };
  return { stream: "!contractInfo", data: { ...data, ot: 1569398400000, cs: status, st: 1, ...fields } };
}

describe("news of instruments", () => {
  it("tells a state that futures announce at once, and subscribed instruments have it", async () => {
    const peer = await announcing();
    await integration.start({ dataType: DataType.MarkPrice }, ["BTCUSDT"]);
    const before = clock.nowMicros();
    peer.send(contract("BTCUSDT", "SETTLING"));
    expect(await sink.instruments.next()).toMatchObject({ symbol: "BTCUSDT", status: "halted" });
    expect(clock.nowMicros()).toBe(before);
    expect(sink.registered.map(({ status }) => status)).toEqual(["trading", "halted"]);
    expect((await integration.symbols())[0]).toMatchObject({ symbol: "BTCUSDT", status: "halted" });
    expect((await integration.validate(["BTCUSDT"])).valid).toEqual([]);
    peer.send(contract("BTCUSDT", "SETTLING"));
    peer.send(contract("ETHUSDT", "TRADING", { st: 2 }));
    peer.send(contract("ETHUSDT", "CLOSE"));
    expect(await sink.instruments.next()).toMatchObject({ symbol: "ETHUSDT", status: "expired" });
    expect(sink.instruments.pendingCount).toBe(0);
  });

  it("reads the list again for a contract that it lacks, until it is there", async () => {
    const peer = await announcing();
    peer.send(contract("NEWUSDT", "PENDING_TRADING"));
    peer.send(contract("ETHUSDT", "CLOSE"));
    await sink.instruments.next();
    await clock.advance(2000);
    await venue.requests.next();
    venue.exchangeInfo = {
      symbols: [
        listedRow("BTCUSDT"),
        // The list may be behind the announcements.
        listedRow("ETHUSDT"),
        listedRow("NEWUSDT", { status: "PENDING_TRADING" }),
      ],
    };
    while (venue.requests.pendingCount === 0) await clock.advance(1000);
    expect(await sink.instruments.next()).toMatchObject({ symbol: "NEWUSDT", status: "pending" });
    expect(clock.monotonicMillis()).toBeLessThan(15_000);
    expect(sink.instruments.pendingCount).toBe(0);
    // For ever it is not.
    while (clock.monotonicMillis() < 200_000) await clock.advance(5000);
    expect(await sink.instruments.next()).toMatchObject({ symbol: "ETHUSDT", status: "trading" });
  });

  it("does not ask for ever for a contract that is never listed", async () => {
    const peer = await announcing();
    peer.send(contract("GHOSTUSDT", "PENDING_TRADING"));
    peer.send(contract("BTCUSDT", "CLOSE"));
    await sink.instruments.next();
    let readings = 0;
    for (let step = 0; step < 1000; step++) {
      await clock.advance(3000);
      while (venue.requests.pendingCount > 0) {
        await venue.requests.next();
        readings++;
      }
    }
    expect(readings).toBeGreaterThan(3);
    expect(readings).toBeLessThan(10);
  });

  it("reads the list again after the announcements were cut off", async () => {
    const peer = await announcing();
    peer.socket.terminate();
    venue.exchangeInfo = { symbols: [listedRow("BTCUSDT", { status: "CLOSE" }), listedRow("ETHUSDT")] };
    while (venue.requests.pendingCount === 0) await clock.advance(100);
    expect(await sink.instruments.next()).toMatchObject({ symbol: "BTCUSDT", status: "expired" });
    expect(clock.monotonicMillis()).toBeLessThan(10_000);
  });

  it("finds listings and states of spot, which announces nothing, within minutes", async () => {
    create("spot");
    await integration.symbols();
    await venue.requests.next();
    venue.exchangeInfo = { symbols: [listedRow("BTCUSDT", { status: "BREAK" }), listedRow("NEWUSDT")] };
    await clock.advance(300_000);
    await venue.requests.next();
    const told = [
      await sink.instruments.next(),
      await sink.instruments.next(),
      await sink.instruments.next(),
    ];
    expect(told.map(({ status, symbol }) => [symbol, status])).toEqual([
      ["NEWUSDT", "trading"],
      ["BTCUSDT", "halted"],
      ["ETHUSDT", "expired"],
    ]);
    expect(venue.peers.pendingCount).toBe(0);
  });
});

import { DataType, FeedState, GapReason, SimulatedClock } from "@ims/common";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBinanceIntegration } from "../../create-binance-integration.js";
import { FakeBinance, type FakePeer, listedRow } from "../../spec-support/fake-binance.js";
import { RecordingSink } from "../../spec-support/recording-sink.js";
import { silentLogger } from "../../spec-support/silent-logger.js";
import type { BinanceIntegration } from "../integration/binance-integration.js";

const { Liquidation, MarkPrice, Ticker } = DataType;

let clock: SimulatedClock;
let venue: FakeBinance;
let sink: RecordingSink;
let integration: BinanceIntegration;

beforeEach(async () => {
  clock = new SimulatedClock();
  sink = new RecordingSink();
  venue = await FakeBinance.start();
  venue.exchangeInfo = { symbols: [listedRow("BTCUSDT")] };
  const factory = createBinanceIntegration("usd-future", { restUrl: venue.restUrl, wsUrl: venue.wsUrl });
  integration = factory({ sink, clock, logger: silentLogger, random: () => 0.5 }) as BinanceIntegration;
});

afterEach(async () => {
  await integration.shutdown();
  await venue.close();
});

const isUp = () => integration.status().subscriptions.every(({ state }) => state === "acknowledged");

async function subscribed(): Promise<FakePeer> {
  while (venue.peers.pendingCount === 0) await clock.advance(10);
  const peer = await venue.peers.next();
  while (!isUp()) await clock.advance(10);
  return peer;
}

/** After it the record has reached the sink. */
async function sendMarkPrice(peer: FakePeer): Promise<void> {
  const data = { e: "markPriceUpdate", E: clock.nowMicros() / 1000, s: "BTCUSDT", p: "10.5", T: 0 };
  peer.send({ stream: "btcusdt@markPrice@1s", data });
  await sink.markPrices.next();
}

describe("losses of data that cannot be read again", () => {
  it("become gaps from the last record on, when the stream is back", async () => {
    for (const dataType of [MarkPrice, Liquidation, Ticker])
      await integration.start({ dataType }, ["BTCUSDT"]);
    const first = await subscribed();
    const since = clock.nowMicros();
    await clock.advance(500);
    await sendMarkPrice(first);
    const last = clock.nowMicros();
    await clock.advance(500);
    first.socket.terminate();
    while (isUp()) await clock.advance(10);
    expect(sink.gaps.pendingCount).toBe(0);
    await subscribed();
    const gaps = [await sink.gaps.next(), await sink.gaps.next(), await sink.gaps.next()];
    const found = new Map(gaps.map((gap) => [gap.dataType, gap]));
    expect([...found.keys()].sort()).toEqual([MarkPrice, Liquidation, Ticker].sort());
    for (const { toMicros, ...gap } of gaps) {
      expect(gap).toMatchObject({ reason: GapReason.ConnectionLost, missingCount: -1, fromId: 0, toId: 0 });
      expect(toMicros).toBeLessThanOrEqual(clock.nowMicros());
      expect(toMicros).toBeGreaterThan(last + 500_000);
    }
    expect(found.get(MarkPrice)?.fromMicros).toBe(last);
    expect(found.get(Liquidation)?.fromMicros).toBeLessThanOrEqual(since);
    expect(integration.status().gaps).toHaveLength(3);
    const { subscriptions } = integration.status();
    expect(subscriptions.find(({ dataType }) => dataType === Liquidation)).toMatchObject({
      feedState: FeedState.Quiet,
    });
  });

  it("are told when the feed ends during the interruption, and none where nothing was promised", async () => {
    venue.acknowledges = false;
    await integration.start({ dataType: Liquidation }, ["BTCUSDT"]);
    const mute = await venue.peers.next();
    await mute.controls.next();
    venue.acknowledges = true;
    mute.socket.terminate();
    const first = await subscribed();
    expect(sink.gaps.pendingCount).toBe(0);
    first.socket.terminate();
    while (integration.status().subscriptions[0]?.feedState !== FeedState.Stale) await clock.advance(10);
    await integration.stop({ dataType: Liquidation }, ["BTCUSDT"]);
    expect(await sink.gaps.next()).toMatchObject({ dataType: Liquidation });
  });

  it("are told of a stream that fell silent by itself", async () => {
    await integration.start({ dataType: MarkPrice }, ["BTCUSDT"]);
    const peer = await subscribed();
    await sendMarkPrice(peer);
    const last = clock.nowMicros();
    while (sink.gaps.pendingCount === 0) await clock.advance(100);
    const gap = await sink.gaps.next();
    expect(gap).toMatchObject({ dataType: MarkPrice, fromMicros: last });
    expect(gap.toMicros).toBeGreaterThan(last + 2_500_000);
  });

  it("are told of records that cannot be used, one gap for all between two good ones", async () => {
    await integration.start({ dataType: MarkPrice }, ["BTCUSDT"]);
    await integration.start({ dataType: Liquidation }, ["BTCUSDT"]);
    const peer = await subscribed();
    await sendMarkPrice(peer);
    const last = clock.nowMicros();
    for (const p of ["?", "1e40"]) {
      await clock.advance(500);
      const data = { e: "markPriceUpdate", E: clock.nowMicros() / 1000, s: "BTCUSDT", p };
      peer.send({ stream: "btcusdt@markPrice@1s", data });
      await sink.rejections.next();
    }
    peer.send('{"stream":"btcusdt@markPrice@1s","data":{"e":"mark');
    await sink.rejections.next();
    expect(sink.gaps.pendingCount).toBe(0);
    await clock.advance(500);
    await sendMarkPrice(peer);
    const next = clock.nowMicros();
    await clock.advance(1000);
    expect(await sink.gaps.next()).toMatchObject({
      dataType: MarkPrice,
      reason: GapReason.Unknown,
      fromMicros: last,
      toMicros: next,
      missingCount: -1,
    });
    peer.send({ stream: "btcusdt@forceOrder", data: { e: "forceOrder", E: 1, o: { s: "BTCUSDT", S: "?" } } });
    await sink.rejections.next();
    await integration.stop({ dataType: Liquidation }, ["BTCUSDT"]);
    expect(await sink.gaps.next()).toMatchObject({ dataType: Liquidation });
    peer.send('{"stream":"btcusdt@markPrice@1s","data":{"e":"mark');
    await sink.rejections.next();
    await integration.stop({ dataType: MarkPrice }, ["BTCUSDT"]);
    expect(await sink.gaps.next()).toMatchObject({ dataType: MarkPrice });
    expect(sink.gaps.pendingCount).toBe(0);
  });
});

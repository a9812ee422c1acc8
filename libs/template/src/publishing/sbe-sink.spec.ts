import { BarState, Delivery, ExchangeId, SimulatedClock } from "@ims/common";
import { v1, v2 } from "@ims/sbe";
import { describe, expect, it } from "vitest";
import { ServiceCounters } from "../health/service-counters.js";
import { FakeIntegration, testInstrument } from "../spec-support/fake-integration.js";
import { FakeProducer } from "../spec-support/fake-producer.js";
import { fakePublishing } from "../spec-support/fake-room.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import type { Feed } from "../subscriptions/feed.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { Channel } from "./channels.js";
import { fnv1a32 } from "./instrument-numbers.js";
import { messageIdOf } from "./message-ids.js";
import { RateLimitedLog } from "./rate-limited-log.js";
import { SbeSink, type SinkTargets } from "./sbe-sink.js";

const TRADES: Feed = { dataType: 1, resolution: 0, symbol: "BTCUSDT" };

function setUp() {
  const clock = new SimulatedClock();
  const counters = new ServiceCounters();
  const { lines, logger } = recordingLogger();
  const sink = new SbeSink(ExchangeId.BinanceSpot, clock, counters, new RateLimitedLog(clock, logger));
  const trades = [new FakeProducer(), new FakeProducer(), new FakeProducer()];
  const bars = [new FakeProducer(), new FakeProducer()];
  const byChannel = [trades, bars];
  const copies: { clientId: number; payload: Uint8Array; id: bigint | undefined }[] = [];
  const targets = {
    producers: {
      ...fakePublishing(clock),
      of: (channel: Channel) => byChannel[channel]?.map((producer) => producer.asProducer()) ?? [],
    },
    outboxes: {
      of: (clientId: number) => ({
        push: (payload: Uint8Array, id?: bigint) => {
          copies.push({ clientId, payload, id });
          return true;
        },
      }),
    },
  } as unknown as SinkTargets;
  const venue = new FakeIntegration();
  venue.factory({ sink, clock, logger, random: () => 0 });
  return { sink, venue, trades, bars, copies, counters, lines, clock, targets };
}

function decodeTrade(payload: Uint8Array) {
  const view = new DataView(payload.buffer, payload.byteOffset);
  return new v2.TradeDecoder().wrapAndApplyHeader(view, 0, payload.length).toJSON();
}

describe("SbeSink", () => {
  it("encodes a trade into the partition of its instrument", () => {
    const { sink, venue, trades, targets, counters, clock } = setUp();
    sink.attach(targets);
    venue.emitTrade("BTCUSDT", 2 ** 40 + 3, -(1n << 63n), (1n << 63n) - 1n);
    const id = fnv1a32(Buffer.from("BTCUSDT"));
    const [record] = trades[id % 3]!.records;
    const eventTime = 1_700_000_000_000_000 + 2 ** 40 + 3;
    expect(decodeTrade(record!.payload)).toEqual({
      eventTime: String(eventTime),
      sendTime: String(eventTime + 1),
      receiveTime: String(eventTime + 2),
      publishTime: String(clock.nowMicros()),
      instrumentId: id,
      exchangeId: 4,
      priceScale: 2,
      quantityScale: 5,
      flags: [],
      symbol: "BTCUSDT",
      tradeId: String(2 ** 40 + 3),
      price: String(-(1n << 63n)),
      quantity: String((1n << 63n) - 1n),
      firstTradeId: String(2 ** 40 + 3),
      lastTradeId: String(2 ** 40 + 3),
      aggressor: "Seller",
      kind: "Regular",
    });
    expect(record!.idWords).toEqual([3, 256, id, (4 << 24) | (1 << 16)]);
    expect(counters.published[Channel.Trades]).toBe(1);
    expect(sink.meterOf(TRADES)).toMatchObject({ count: 1, lastMicros: clock.nowMicros() });
  });

  it("encodes a bar, with null for the time that the venue did not give", () => {
    const { sink, venue, bars, targets } = setUp();
    sink.attach(targets);
    venue.emitBar("ETHUSDT", "1h", 1_700_000_000_000_000, -5n);
    const id = fnv1a32(Buffer.from("ETHUSDT"));
    const { payload } = bars[id % 2]!.records[0]!;
    const decoder = new v2.BarDecoder().wrapAndApplyHeader(new DataView(payload.buffer), 0, payload.length);
    expect(decoder.toJSON()).toMatchObject({
      sendTime: null,
      openTime: "1700000000000000",
      open: "100",
      high: "300",
      low: "50",
      close: "-5",
      volume: "12345",
      quoteVolume: "9223372036854775807",
      takerVolume: "2345",
      quoteScale: 7,
      tradeCount: 3,
      resolution: 5,
      state: "Forming",
    });
  });

  it("gives updates of one bar different ids, and a repeated one the same", () => {
    const { sink, venue, bars, targets } = setUp();
    sink.attach(targets);
    const bar = {
      instrumentId: sink.register(testInstrument("BTCUSDT")),
      resolution: 1,
      state: BarState.Forming as BarState,
      openMicros: 60_000_000,
      closeMicros: 119_999_999,
      eventMicros: 0,
      sendMicros: 0,
      receiveMicros: 1,
      flags: 0,
      open: 1n,
      high: 1n,
      low: 1n,
      close: 1n,
      volume: 1n,
      takerVolume: 1n,
      quoteVolume: 1n,
      priceScale: 0,
      quantityScale: 0,
      quoteScale: 0,
      tradeCount: 1,
    } as const;
    venue.sink.bar(bar);
    venue.sink.bar({ ...bar, tradeCount: 2 });
    venue.sink.bar({ ...bar, state: BarState.Closed });
    venue.sink.bar({ ...bar, resolution: 2 });
    venue.sink.bar(bar);
    const ids = bars.flatMap(({ records }) => records.map(({ idWords }) => idWords.join()));
    expect(new Set(ids).size).toBe(4);
    expect(ids[4]).toBe(ids[0]);
  });

  it("drops with a count and one log line when there is no room, or no broker yet", () => {
    const { sink, venue, trades, targets, counters, lines } = setUp();
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    expect([sink.accepting, counters.recordsDropped]).toEqual([false, 1]);
    sink.attach(targets);
    expect(sink.accepting).toBe(true);
    for (const producer of trades) producer.room = 1;
    for (const tradeId of [2, 3, 4]) venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
    expect([counters.published[Channel.Trades], counters.recordsDropped]).toEqual([1, 3]);
    expect(lines.filter(({ kind }) => kind === "record-dropped")).toHaveLength(1);
  });

  it("counts as dropped, without throwing, what a venue still delivers when the producers are closed", () => {
    const { sink, venue, trades, bars, targets, counters, lines } = setUp();
    sink.attach(targets);
    for (const producer of [...trades, ...bars]) producer.isClosed = true;
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    venue.emitBar("BTCUSDT", "1m", 60_000_000, 1n);
    expect([...counters.published.slice(0, 2), counters.recordsDropped]).toEqual([0, 0, 2]);
    expect(lines.filter(({ kind }) => kind === "record-dropped")).toHaveLength(1);
  });

  it("counts a private copy that cannot be made, and makes the others", () => {
    const { sink, venue, copies, targets, counters } = setUp();
    const { of } = targets.outboxes;
    targets.outboxes.of = (clientId) => {
      if (clientId === 101) throw new Error("no outbox");
      return of(clientId);
    };
    sink.attach(targets);
    const table = new SubscriptionTable();
    sink.register(testInstrument("BTCUSDT"));
    for (const clientId of [101, 102]) {
      table.add({ clientId, feed: TRADES, delivery: Delivery.Private, generation: 2 });
    }
    sink.setReaders(TRADES, table);
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    expect(copies.map(({ clientId }) => clientId)).toEqual([102]);
    expect([
      counters.published[Channel.Trades],
      counters.privateCopies,
      counters.privateCopiesDropped,
    ]).toEqual([1, 1, 1]);
  });

  it("rejects what a record cannot hold, and goes on", () => {
    const { sink, venue, trades, targets, counters } = setUp();
    sink.attach(targets);
    venue.emitTrade("BTCUSDT", 2 ** 60, 1n, 1n);
    venue.emitTrade("BTCUSDT", 7, 1n, 1n);
    expect(counters.framesRejected.overflow).toBe(1);
    expect(counters.published[Channel.Trades]).toBe(1);
    const [record] = trades.flatMap(({ records }) => records);
    expect(decodeTrade(record!.payload)).toMatchObject({ tradeId: "7" });
  });

  it("copies only for private readers, in their generation, under the same id", () => {
    const { sink, venue, trades, copies, targets, counters } = setUp();
    sink.attach(targets);
    const table = new SubscriptionTable();
    const add = (clientId: number, delivery: Delivery, generation: 1 | 2) =>
      table.add({ clientId, feed: TRADES, delivery, generation });
    sink.register(testInstrument("BTCUSDT"));
    add(100, Delivery.Shared, 2);
    sink.setReaders(TRADES, table);
    venue.emitTrade("BTCUSDT", 1, 25_050n, 100n);
    expect(copies).toEqual([]);
    add(101, Delivery.Private, 2);
    add(102, Delivery.Private, 1);
    sink.setReaders(TRADES, table);
    venue.emitTrade("BTCUSDT", 2, 25_050n, 100n);
    const records = trades.flatMap((producer) => producer.records);
    expect(copies.map(({ clientId }) => clientId)).toEqual([101, 102]);
    expect(copies[0]!.payload).toEqual(records[1]!.payload);
    expect(copies[1]!.id).toBe(messageIdOf(Uint32Array.from(records[1]!.idWords)));
    const version1 = copies[1]!.payload;
    const decoder = new v1.TradeBarDecoder().wrapAndApplyHeader(
      new DataView(version1.buffer),
      0,
      version1.length,
    );
    expect(decoder.toJSON()).toEqual({
      messageType: "TradeBar",
      symbolID: "BTCUSDT",
      dateTime: String(1_700_000_000_000_002),
      price: { num: "25050", scale: 2 },
      volume: { num: "100", scale: 5 },
    });
    table.remove(101, TRADES);
    table.remove(102, TRADES);
    sink.setReaders(TRADES, table);
    venue.emitTrade("BTCUSDT", 3, 1n, 1n);
    expect([copies.length, counters.privateCopies]).toEqual([2, 2]);
  });

  it("counts rejected frames by reason and logs one line a minute for each", async () => {
    const { sink, counters, lines, clock } = setUp();
    for (let frame = 0; frame < 5; frame++) sink.rejected({ reason: "not-json", detail: "oops" });
    sink.rejected({ reason: "overflow", detail: "1e99" });
    await clock.advance(60_000);
    sink.rejected({ reason: "not-json", detail: "again" });
    expect(counters.framesRejected).toMatchObject({ "not-json": 6, overflow: 1 });
    expect(lines.map(({ kind, suppressed }) => [kind, suppressed])).toEqual([
      ["rejected-not-json", undefined],
      ["rejected-overflow", undefined],
      ["rejected-not-json", 4],
    ]);
  });
});

import { DataType, Delivery, ExchangeId, FeedState, GapReason, SimulatedClock } from "@ims/common";
import { decodeRecord, type FeedStatusRecord, type GapRecord, type StreamRecord } from "@ims/sbe";
import { beforeEach, describe, expect, it } from "vitest";
import { ServiceCounters } from "../health/service-counters.js";
import { FakeIntegration, testInstrument } from "../spec-support/fake-integration.js";
import { FakeProducer } from "../spec-support/fake-producer.js";
import { fakePublishing } from "../spec-support/fake-room.js";
import {
  sampleBook,
  sampleGap,
  sampleStatus,
  sampleTicker,
  sampleTop,
} from "../spec-support/sample-fields.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { Channel } from "./channels.js";
import type { FailedBatch } from "./market-data-producers.js";
import { RateLimitedLog } from "./rate-limited-log.js";
import { SbeSink, type SinkTargets } from "./sbe-sink.js";

const BLOCK_MILLIS = 1000;
const FIRST_EVENT_MICROS = 1_700_000_000_000_000;

let clock: SimulatedClock;
let sink: SbeSink;
let venue: FakeIntegration;
let counters: ServiceCounters;
let producing: ReturnType<typeof fakePublishing> & { onBatchFailed: (batch: FailedBatch) => void };
let producers: Map<Channel, FakeProducer>;
let copies: Record<string, unknown>[];
/** Of the streams of the clients. */
let hasRoom: boolean;

beforeEach(() => {
  clock = new SimulatedClock();
  counters = new ServiceCounters();
  producers = new Map();
  copies = [];
  hasRoom = true;
  const { logger } = recordingLogger();
  sink = new SbeSink(ExchangeId.BinanceSpot, clock, counters, new RateLimitedLog(clock, logger));
  producing = fakePublishing(clock, BLOCK_MILLIS);
  venue = new FakeIntegration();
  venue.factory({ sink, clock, logger, random: () => 0 });
});

function attach(): void {
  const outboxOf = (clientId: number) => ({
    push: (payload: Uint8Array) => {
      if (!hasRoom) return false;
      const record = decodeRecord(new DataView(payload.buffer, payload.byteOffset), 0, payload.length);
      const { fromId, toId, missingCount } = (record ?? {}) as Partial<GapRecord>;
      const isGap = record?.type === "gap";
      copies.push(isGap ? { clientId, type: "gap", fromId, toId, missingCount } : { clientId });
      return true;
    },
  });
  const of = (channel: Channel) => [producerOf(channel).asProducer()];
  sink.attach({
    producers: Object.assign(producing, { of }),
    outboxes: { of: outboxOf },
    instruments: { changed: () => {} },
  } as unknown as SinkTargets);
}

function producerOf(channel: Channel): FakeProducer {
  const producer = producers.get(channel) ?? new FakeProducer();
  producers.set(channel, producer);
  return producer;
}

function decoded(payload: Uint8Array): StreamRecord {
  return decodeRecord(new DataView(payload.buffer, payload.byteOffset), 0, payload.length)!;
}

const recordsOf = (channel: Channel) => producerOf(channel).records.map(({ payload }) => decoded(payload));
const gaps = () => recordsOf(Channel.Gaps) as GapRecord[];
const idOf = (symbol: string) => sink.register(testInstrument(symbol));

async function shed(freeSlotCount: number): Promise<void> {
  producing.arena.freeSlotCount = 1;
  void sink.accepting;
  await clock.advance(BLOCK_MILLIS);
  producing.arena.freeSlotCount = freeSlotCount;
}

async function relieve(): Promise<void> {
  producing.arena.freeSlotCount = 64;
  await clock.advance(100);
}

describe("records that are given up", () => {
  it("are told of in one gap per feed once everything flows again", async () => {
    attach();
    venue.emitTrade("BTCUSDT", 6, 1n, 1n);
    await shed(0);
    for (const tradeId of [7, 8, 9]) venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
    venue.emitTrade("ETHUSDT", 100, 1n, 1n);
    expect([gaps(), sink.openGapCount, counters.shed[Channel.Trades]]).toEqual([[], 2, 4]);
    expect(sink.missingCountOf({ dataType: DataType.Trade, resolution: 0, symbol: "BTCUSDT" })).toBe(3);
    await relieve();
    venue.emitTrade("BTCUSDT", 10, 1n, 1n);
    expect(gaps()).toMatchObject([
      {
        symbol: "BTCUSDT",
        dataType: DataType.Trade,
        reason: GapReason.QueueFull,
        fromId: 7,
        toId: 9,
        missingCount: 3,
        filledCount: 0,
        fromMicros: FIRST_EVENT_MICROS + 6,
        toMicros: FIRST_EVENT_MICROS + 9,
      },
      { symbol: "ETHUSDT", fromId: 100, toId: 100, missingCount: 1, fromMicros: undefined },
    ]);
    expect(recordsOf(Channel.Trades)).toHaveLength(2);
    expect([sink.openGapCount, counters.gapsPublished, counters.recordsDropped]).toEqual([0, 2, 4]);
  });

  it("are of the least valuable feeds while trades go on, each bar resolution on its own", async () => {
    attach();
    await shed(4);
    sink.topOfBook(sampleTop(idOf("BTCUSDT"), 7));
    sink.ticker(sampleTicker(idOf("BTCUSDT")));
    venue.emitBar("BTCUSDT", "1m", 60_000_000, 1n);
    venue.emitBar("BTCUSDT", "1m", 120_000_000, 1n);
    venue.emitBar("BTCUSDT", "1h", 60_000_000, 1n);
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    expect(recordsOf(Channel.Trades)).toHaveLength(1);
    await relieve();
    expect(
      gaps().map(({ dataType, resolution, missingCount, fromId }) => [
        dataType,
        resolution,
        missingCount,
        fromId,
      ]),
    ).toEqual([
      [DataType.TopOfBook, 0, 1, 7],
      [DataType.Ticker, 0, 1, undefined],
      [DataType.Bar, 1, 2, undefined],
      [DataType.Bar, 5, 1, undefined],
    ]);
  });

  it("make a book ask for all of it, but only once books flow again", async () => {
    attach();
    sink.bookSnapshot(sampleBook(idOf("BTCUSDT"), 10));
    await shed(5);
    sink.bookDelta(sampleBook(idOf("BTCUSDT"), 11));
    expect([sink.brokenBookCount, counters.shed[Channel.Book]]).toEqual([0, 1]);
    await relieve();
    expect([sink.brokenBookCount, sink.someBrokenBooks(9)]).toMatchObject([1, [{ symbol: "BTCUSDT" }]]);
    sink.bookDelta(sampleBook(idOf("BTCUSDT"), 12));
    sink.bookSnapshot(sampleBook(idOf("BTCUSDT"), 13));
    expect([sink.brokenBookCount, recordsOf(Channel.Book).length]).toEqual([0, 2]);
    await clock.advance(100);
    expect(gaps().map(({ toId, missingCount }) => [toId, missingCount])).toEqual([
      [11, 1],
      [12, 1],
    ]);
  });

  it("are told of every ten seconds while it lasts, if the broker confirms something", async () => {
    attach();
    await shed(1);
    sink.ticker(sampleTicker(idOf("BTCUSDT")));
    await clock.advance(30_000);
    // The broker is away: what room there is stays for trades.
    expect(gaps()).toEqual([]);
    producing.arena.freeSlotCount = 11;
    await clock.advance(10_000);
    expect(gaps()).toMatchObject([{ dataType: DataType.Ticker, missingCount: 1 }]);
    const [first] = gaps();
    sink.ticker({ ...sampleTicker(idOf("BTCUSDT")), eventMicros: first!.toMicros! + 5 });
    await relieve();
    expect(gaps()[1]).toMatchObject({ fromMicros: first!.toMicros, toMicros: first!.toMicros! + 5 });
  });

  it("include those that come before there is a broker, and those that find no room while the venue is stopped", async () => {
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    expect([sink.accepting, counters.recordsDropped]).toEqual([false, 1]);
    attach();
    producerOf(Channel.Trades).room = 1;
    for (const tradeId of [2, 3, 4]) venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
    await clock.advance(100);
    expect(gaps()).toMatchObject([{ fromId: 1, toId: 4, missingCount: 3 }]);
  });

  it("stay in the ledger while gaps find no room, and go out in pieces", async () => {
    attach();
    await shed(0);
    for (let symbol = 0; symbol < 1200; symbol++) venue.emitTrade(`S${symbol}`, 5, 1n, 1n);
    producerOf(Channel.Gaps).room = 700;
    await relieve();
    expect([gaps().length, sink.openGapCount]).toEqual([700, 500]);
    producerOf(Channel.Gaps).room = Number.POSITIVE_INFINITY;
    await clock.advance(100);
    expect(new Set(gaps().map(({ symbol }) => symbol)).size).toBe(1200);
    expect([gaps().length, sink.openGapCount, counters.gapsPublished]).toEqual([1200, 0, 1200]);
  });

  it("are told to private readers of the feed, and to no others", async () => {
    attach();
    const feed = { dataType: DataType.Trade, resolution: 0, symbol: "BTCUSDT" };
    const table = new SubscriptionTable();
    idOf("BTCUSDT");
    table.add({ clientId: 101, feed, delivery: Delivery.Private, generation: 2 });
    sink.setReaders(feed, table);
    await shed(0);
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    venue.emitTrade("ETHUSDT", 1, 1n, 1n);
    await relieve();
    expect(copies).toMatchObject([{ clientId: 101, type: "gap" }]);
  });

  it("are told at the end of the service, as far as there is room", async () => {
    attach();
    await shed(0);
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    sink.detach();
    expect(gaps()).toHaveLength(1);
  });
});

describe("private copies that find no room", () => {
  const feed = { dataType: DataType.Trade, resolution: 0, symbol: "BTCUSDT" };
  const table = new SubscriptionTable();
  const read = (clientId: number, generation: 1 | 2) =>
    table.add({ clientId, feed, delivery: Delivery.Private, generation });

  it("are told to each client in its own stream once it has room, and not to who reads no more", async () => {
    attach();
    idOf("BTCUSDT");
    for (const clientId of [101, 102]) read(clientId, 2);
    // Version 1 has no message for it.
    read(103, 1);
    sink.setReaders(feed, table);
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    hasRoom = false;
    for (const tradeId of [2, 3]) venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
    await clock.advance(10_000);
    expect([copies.length, counters.privateCopiesDropped]).toEqual([3, 6]);
    table.remove(102, feed);
    sink.setReaders(feed, table);
    hasRoom = true;
    await clock.advance(1000);
    expect(copies.slice(3)).toEqual([{ clientId: 101, type: "gap", fromId: 2, toId: 3, missingCount: 2 }]);
    await clock.advance(10_000);
    expect(copies).toHaveLength(4);
    // The shared stream lost nothing.
    expect([gaps(), recordsOf(Channel.Trades).length]).toEqual([[], 3]);
  });
});

describe("a batch that the broker refused for good", () => {
  it("is told of in a gap of unknown size for each feed that it may have held", async () => {
    attach();
    await clock.advance(1000);
    venue.emitTrade("ETHUSDT", 1, 1n, 1n);
    await clock.advance(1000);
    const fromMicros = clock.nowMicros();
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    const producer = producerOf(Channel.Trades).asProducer();
    producing.onBatchFailed({ channel: Channel.Trades, producer, messageCount: 1, fromMicros });
    const other = new FakeProducer().asProducer();
    producing.onBatchFailed({ channel: Channel.Trades, producer: other, messageCount: 1, fromMicros: 0 });
    // What is lost as well before the gap is told belongs to it, and its ids would say too little.
    producerOf(Channel.Trades).room = 0;
    venue.emitTrade("BTCUSDT", 2, 1n, 1n);
    await clock.advance(100);
    expect(gaps()).toMatchObject([
      {
        symbol: "BTCUSDT",
        dataType: DataType.Trade,
        missingCount: undefined,
        fromId: undefined,
        toId: undefined,
      },
    ]);
    expect(sink.openGapCount).toBe(0);
  });

  it("breaks the books that it may have held", () => {
    attach();
    sink.bookSnapshot(sampleBook(idOf("BTCUSDT"), 10));
    const producer = producerOf(Channel.Book).asProducer();
    producing.onBatchFailed({ channel: Channel.Book, producer, messageCount: 1, fromMicros: 0 });
    expect(sink.someBrokenBooks(9)).toMatchObject([{ dataType: DataType.Book, symbol: "BTCUSDT" }]);
  });
});

describe("what the venue tells about feeds", () => {
  it("waits for room: gaps in order, of states the last of each feed", async () => {
    attach();
    producerOf(Channel.Gaps).room = 0;
    producerOf(Channel.FeedStatus).room = 0;
    sink.gap({ ...sampleGap(idOf("BTCUSDT")), fromId: 1 });
    sink.gap({ ...sampleGap(idOf("BTCUSDT")), fromId: 2 });
    for (const state of [FeedState.Stale, FeedState.Live])
      sink.feedStatus({ ...sampleStatus(idOf("BTCUSDT")), state });
    sink.feedStatus({ ...sampleStatus(idOf("ETHUSDT")), state: FeedState.Dead });
    expect(sink.openGapCount).toBe(4);
    producerOf(Channel.Gaps).room = 9;
    producerOf(Channel.FeedStatus).room = 9;
    await relieve();
    expect(gaps().map(({ fromId }) => fromId)).toEqual([1, 2]);
    const states = recordsOf(Channel.FeedStatus) as FeedStatusRecord[];
    expect(states.map(({ symbol, state }) => [symbol, state])).toEqual([
      ["BTCUSDT", FeedState.Live],
      ["ETHUSDT", FeedState.Dead],
    ]);
    expect(sink.openGapCount).toBe(0);
  });
});

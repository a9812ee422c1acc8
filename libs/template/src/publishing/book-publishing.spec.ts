import { BookLevels, DataType, Delivery, ExchangeId, RecordFlags, SimulatedClock } from "@ims/common";
import { type BookDeltaRecord, type BookSnapshotRecord, decodeRecord } from "@ims/sbe";
import type { BookFields } from "@ims/traits";
import { beforeEach, describe, expect, it } from "vitest";
import { ServiceCounters } from "../health/service-counters.js";
import { testInstrument } from "../spec-support/fake-integration.js";
import { FakeProducer } from "../spec-support/fake-producer.js";
import { fakePublishing } from "../spec-support/fake-room.js";
import { sampleBook, sampleGap, sampleStatus, sampleTop } from "../spec-support/sample-fields.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { LEVELS_PER_SIDE_MAX } from "./book-encoder.js";
import { Channel } from "./channels.js";
import { RateLimitedLog } from "./rate-limited-log.js";
import { SbeSink, type SinkTargets } from "./sbe-sink.js";

let sink: SbeSink;
let counters: ServiceCounters;
let clock: SimulatedClock;
let producers: Map<Channel, FakeProducer>;
let copies: { clientId: number; type: string }[];
let instrumentId: number;

beforeEach(() => {
  clock = new SimulatedClock();
  counters = new ServiceCounters();
  producers = new Map();
  copies = [];
  sink = new SbeSink(
    ExchangeId.BinanceSpot,
    clock,
    counters,
    new RateLimitedLog(clock, recordingLogger().logger),
  );
  const outboxOf = (clientId: number) => ({
    push: (payload: Uint8Array) => copies.push({ clientId, type: typeOf(payload) }) > 0,
  });
  sink.attach({
    producers: { ...fakePublishing(clock), of: (channel: Channel) => [producerOf(channel).asProducer()] },
    outboxes: { of: outboxOf },
    instruments: {},
  } as unknown as SinkTargets);
  instrumentId = sink.register(testInstrument("BTCUSDT"));
});

function producerOf(channel: Channel): FakeProducer {
  const producer = producers.get(channel) ?? new FakeProducer();
  producers.set(channel, producer);
  return producer;
}

function decoded(payload: Uint8Array) {
  return decodeRecord(new DataView(payload.buffer, payload.byteOffset), 0, payload.length)!;
}

const typeOf = (payload: Uint8Array) => decoded(payload).type;

function booksPublished() {
  return producerOf(Channel.Book).records.map(
    ({ payload }) => decoded(payload) as BookSnapshotRecord | BookDeltaRecord,
  );
}

/** Levels of falling prices from `top` on, which is best first for bids. */
function fallingLevels(count: number, top: number): BookLevels {
  const levels = new BookLevels();
  for (let index = 0; index < count; index++) levels.push(top - index, 0, index + 1, 0);
  return levels;
}

function largeBook(bidCount: number, askCount: number): BookFields {
  return {
    ...sampleBook(instrumentId, 900),
    bids: fallingLevels(bidCount, 1_000_000),
    asks: fallingLevels(askCount, 2_000_000),
  };
}

describe("a book with more levels than a message holds", () => {
  it("is published whole: its best levels, then changes with the rest, the last one marked", () => {
    sink.bookSnapshot(largeBook(2 * LEVELS_PER_SIDE_MAX + 5, 3));
    const parts = booksPublished();
    expect(parts.map(({ type, bids, asks, flags }) => [type, bids.length, asks.length, flags])).toEqual([
      ["book-snapshot", LEVELS_PER_SIDE_MAX, 3, RecordFlags.Snapshot],
      ["book-delta", LEVELS_PER_SIDE_MAX, 0, RecordFlags.Snapshot],
      ["book-delta", 5, 0, RecordFlags.Snapshot | RecordFlags.LastInEvent],
    ]);
    expect(parts.map(({ lastUpdateId }) => lastUpdateId)).toEqual([900, 900, 900]);
    const changes = parts.slice(1) as BookDeltaRecord[];
    expect(changes.map(({ previousUpdateId }) => previousUpdateId)).toEqual([900, 900]);
    const mantissas = parts.flatMap(({ bids }) => bids.map(({ price }) => Number(price.mantissa)));
    expect(mantissas).toEqual(Array.from({ length: mantissas.length }, (_, index) => 1_000_000 - index));
    const ids = producerOf(Channel.Book).records.map(({ idWords }) => idWords.join());
    expect(new Set(ids).size).toBe(3);
  });

  it("changes it in several messages too, of which only the first continues the update before", () => {
    sink.bookDelta(largeBook(1, LEVELS_PER_SIDE_MAX + 1));
    const parts = booksPublished() as BookDeltaRecord[];
    expect(parts.map(({ previousUpdateId, flags }) => [previousUpdateId, flags])).toEqual([
      [899, 0],
      [900, RecordFlags.LastInEvent],
    ]);
    expect(parts.map(({ bids, asks }) => [bids.length, asks.length])).toEqual([
      [1, LEVELS_PER_SIDE_MAX],
      [0, 1],
    ]);
  });
});

describe("a book of which a record is lost", () => {
  it("publishes no change until it is whole again, counts them, and asks for all of it", () => {
    sink.bookSnapshot(sampleBook(instrumentId, 1));
    expect(sink.brokenBookCount).toBe(0);
    producerOf(Channel.Book).room = 0;
    sink.bookDelta(sampleBook(instrumentId, 2));
    expect(sink.someBrokenBooks(9)).toMatchObject([{ dataType: DataType.Book, symbol: "BTCUSDT" }]);
    producerOf(Channel.Book).room = 10;
    sink.bookDelta(sampleBook(instrumentId, 3));
    expect([counters.recordsDropped, booksPublished().length]).toEqual([2, 1]);
    sink.bookSnapshot(sampleBook(instrumentId, 4));
    sink.bookDelta(sampleBook(instrumentId, 5));
    expect(booksPublished().map(({ lastUpdateId }) => lastUpdateId)).toEqual([1, 4, 5]);
    expect([counters.recordsDropped, sink.brokenBookCount]).toEqual([2, 0]);
  });

  it("is asked for in turn with others", () => {
    const other = sink.register(testInstrument("ETHUSDT"));
    for (const id of [instrumentId, other]) sink.bookDelta({ ...sampleBook(id, 2), lastUpdateId: 2 ** 60 });
    expect([1, 2, 3].map(() => sink.someBrokenBooks(1)[0]!.symbol)).toEqual([
      "BTCUSDT",
      "ETHUSDT",
      "BTCUSDT",
    ]);
  });

  it("is not taken for whole when only the first part of it found room", () => {
    producerOf(Channel.Book).room = 1;
    sink.bookSnapshot(largeBook(LEVELS_PER_SIDE_MAX + 1, 0));
    expect(sink.someBrokenBooks(9)).toMatchObject([{ dataType: DataType.Book, symbol: "BTCUSDT" }]);
    expect(booksPublished().map(({ flags }) => flags & RecordFlags.LastInEvent)).toEqual([0]);
  });

  it("is so as well when a field cannot be encoded", () => {
    sink.bookDelta({ ...sampleBook(instrumentId, 2), lastUpdateId: 2 ** 60 });
    expect(counters.framesRejected.overflow).toBe(1);
    expect(sink.someBrokenBooks(9)).toMatchObject([{ dataType: DataType.Book, symbol: "BTCUSDT" }]);
  });
});

describe("message ids", () => {
  it("are the same for what the venue says twice, except for a whole book, with which readers begin", async () => {
    sink.bookSnapshot(sampleBook(instrumentId, 900));
    sink.bookDelta(sampleBook(instrumentId, 901));
    await clock.advance(3);
    sink.bookSnapshot(sampleBook(instrumentId, 900));
    sink.bookDelta(sampleBook(instrumentId, 901));
    const [first, change, again, repeated] = producerOf(Channel.Book).records.map(({ idWords }) => idWords);
    expect(repeated).toEqual(change);
    expect(again).not.toEqual(first);
    expect(first).not.toEqual(change);
  });

  it("tell tops of one update id apart by what they hold", () => {
    sink.topOfBook(sampleTop(instrumentId, 7));
    const other = sampleTop(instrumentId, 7);
    other.askQuantity.setBigInt(9n, 3);
    sink.topOfBook(other);
    sink.topOfBook(sampleTop(instrumentId, 7));
    const ids = producerOf(Channel.TopOfBook).records.map(({ idWords }) => idWords.join());
    expect(ids[1]).not.toBe(ids[0]);
    expect(ids[2]).toBe(ids[0]);
  });

  it("of gaps and states differ from those of the data, and among feeds", () => {
    sink.gap(sampleGap(instrumentId, DataType.Trade));
    sink.gap(sampleGap(instrumentId, DataType.Book));
    sink.feedStatus(sampleStatus(instrumentId));
    const ids = [Channel.Gaps, Channel.FeedStatus].flatMap((channel) =>
      producerOf(channel).records.map(({ idWords }) => idWords[3]! >>> 16),
    );
    expect(ids).toEqual([0x0481, 0x0491, 0x04c1]);
  });
});

describe("a sink", () => {
  it("rejects a top of book whose sides have different scales: one of them would be wrong", () => {
    const top = sampleTop(instrumentId);
    top.askPrice.setBigInt(100_010n, 3);
    sink.topOfBook(top);
    expect([counters.framesRejected.unexpected, counters.published[Channel.TopOfBook]]).toEqual([1, 0]);
  });

  it("cuts a long text at a character", () => {
    sink.feedStatus({ ...sampleStatus(instrumentId), text: `ab${"€".repeat(400)}` });
    const [record] = producerOf(Channel.FeedStatus).records;
    expect(decoded(record!.payload)).toMatchObject({ text: `ab${"€".repeat(340)}` });
  });

  it("uses no producer of a channel before its first record", () => {
    sink.topOfBook(sampleTop(instrumentId));
    expect([...producers.keys()]).toEqual([Channel.TopOfBook]);
  });

  it("copies a feed, and what is told about it, for its private readers only", () => {
    const table = new SubscriptionTable();
    const feed = { dataType: DataType.Book, resolution: 0, symbol: "BTCUSDT" };
    table.add({ clientId: 100, feed, delivery: Delivery.Private, generation: 2 });
    sink.setReaders(feed, table);
    sink.bookSnapshot(sampleBook(instrumentId, 1));
    sink.topOfBook(sampleTop(instrumentId));
    sink.gap(sampleGap(instrumentId, DataType.Book));
    sink.gap(sampleGap(instrumentId, DataType.Trade));
    sink.feedStatus(sampleStatus(instrumentId, undefined, DataType.Book));
    expect(copies).toEqual([
      { clientId: 100, type: "book-snapshot" },
      { clientId: 100, type: "gap" },
      { clientId: 100, type: "feed-status" },
    ]);
    expect(counters.privateCopies).toBe(3);
  });

  it("knows when each feed had its last record", () => {
    sink.topOfBook(sampleTop(instrumentId));
    const lastOf = (dataType: number) =>
      sink.meterOf({ dataType, resolution: 0, symbol: "BTCUSDT" })?.lastMicros ?? 0;
    expect([lastOf(DataType.TopOfBook), lastOf(DataType.Book)]).toEqual([clock.nowMicros(), 0]);
  });
});

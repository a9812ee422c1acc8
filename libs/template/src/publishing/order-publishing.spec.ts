import { BookOrders, DataType, ExchangeId, RecordFlags, SimulatedClock } from "@ims/common";
import { type BookOrderRecord, decodeRecord, type OrderSnapshotRecord } from "@ims/sbe";
import { beforeEach, describe, expect, it } from "vitest";
import { ServiceCounters } from "../health/service-counters.js";
import { testInstrument } from "../spec-support/fake-integration.js";
import { FakeProducer } from "../spec-support/fake-producer.js";
import { fakePublishing } from "../spec-support/fake-room.js";
import { sampleBook, sampleOrder, sampleOrders } from "../spec-support/sample-fields.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { Channel } from "./channels.js";
import { ORDERS_PER_SIDE_MAX } from "./order-encoder.js";
import { RateLimitedLog } from "./rate-limited-log.js";
import { SbeSink, type SinkTargets } from "./sbe-sink.js";

let sink: SbeSink;
let counters: ServiceCounters;
let producer: FakeProducer;
let instrumentId: number;

beforeEach(() => {
  const clock = new SimulatedClock();
  counters = new ServiceCounters();
  producer = new FakeProducer();
  const others = new FakeProducer();
  const log = new RateLimitedLog(clock, recordingLogger().logger);
  sink = new SbeSink(ExchangeId.Bitstamp, clock, counters, log);
  const of = (channel: Channel) => [(channel === Channel.Orders ? producer : others).asProducer()];
  const producers = { ...fakePublishing(clock), of };
  sink.attach({ producers, outboxes: {}, instruments: {} } as unknown as SinkTargets);
  instrumentId = sink.register(testInstrument("btcusd"));
});

function published(): (BookOrderRecord | OrderSnapshotRecord)[] {
  return producer.records.map(
    ({ payload }) =>
      decodeRecord(new DataView(payload.buffer, payload.byteOffset), 0, payload.length) as BookOrderRecord,
  );
}

const summary = () =>
  published().map((record) => (record.type === "book-order" ? record.orderId : `all ${record.bids.length}`));

describe("all orders of a book", () => {
  it("are published in parts: the first voids what was known, the last one is marked", () => {
    const bids = new BookOrders();
    for (let at = 0; at < 2 * ORDERS_PER_SIDE_MAX + 5; at++) bids.push(1000 + at, 9000 - at, 0, 1, 0);
    sink.orderSnapshot({ ...sampleOrders(instrumentId), bids });
    const parts = published() as OrderSnapshotRecord[];
    expect(parts.map(({ part, bids: own, asks, flags }) => [part, own.length, asks.length, flags])).toEqual([
      [0, ORDERS_PER_SIDE_MAX, 1, RecordFlags.Snapshot],
      [1, ORDERS_PER_SIDE_MAX, 0, RecordFlags.Snapshot],
      [2, 5, 0, RecordFlags.Snapshot | RecordFlags.LastInEvent],
    ]);
    const ids = parts.flatMap(({ bids: own }) => own.map(({ orderId }) => orderId));
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, at) => 1000 + at));
    const words = producer.records.map(({ idWords }) => idWords.join());
    expect(new Set(words).size).toBe(3);
  });

  it("of an empty book are one message, which voids what was known", () => {
    sink.orderSnapshot({ ...sampleOrders(instrumentId), bids: new BookOrders(), asks: new BookOrders() });
    expect(published()).toMatchObject([{ part: 0, bids: [], asks: [], flags: 3 }]);
  });
});

describe("orders of which an event is lost", () => {
  it("are published no more until they are whole again, and asked for; the book is not concerned", () => {
    sink.orderSnapshot(sampleOrders(instrumentId));
    sink.order(sampleOrder(instrumentId, 1));
    producer.room = 0;
    sink.order(sampleOrder(instrumentId, 2));
    producer.room = 10;
    sink.order(sampleOrder(instrumentId, 3));
    sink.bookSnapshot(sampleBook(instrumentId, 7));
    sink.bookDelta(sampleBook(instrumentId, 8));
    expect(counters.recordsDropped).toBe(2);
    expect(sink.someBrokenBooks(9)).toMatchObject([{ dataType: DataType.Order, symbol: "btcusd" }]);
    sink.orderSnapshot(sampleOrders(instrumentId));
    sink.order(sampleOrder(instrumentId, 4));
    expect(summary()).toEqual(["all 2", 1, "all 2", 4]);
    expect([sink.brokenBookCount, counters.recordsDropped]).toEqual([0, 2]);
  });

  it("are so as well when a field cannot be encoded, or the quantities have several scales", () => {
    sink.order({ ...sampleOrder(instrumentId, 1), orderId: 2 ** 60 });
    expect(counters.framesRejected.overflow).toBe(1);
    expect(sink.brokenBookCount).toBe(1);
    sink.orderSnapshot(sampleOrders(instrumentId));
    const mixed = sampleOrder(instrumentId, 2);
    mixed.filledQuantity.scale = 7;
    sink.order(mixed);
    expect([sink.brokenBookCount, published().length]).toEqual([1, 1]);
  });

  it("are whole only with all parts", () => {
    const bids = new BookOrders();
    for (let at = 0; at <= ORDERS_PER_SIDE_MAX; at++) bids.push(at + 1, 9000, 0, 1, 0);
    producer.room = 1;
    sink.orderSnapshot({ ...sampleOrders(instrumentId), bids });
    expect([sink.brokenBookCount, published().length]).toEqual([1, 1]);
  });
});

describe("message ids", () => {
  it("are the same for an event told twice, and others for each event of an order", () => {
    const created = sampleOrder(instrumentId, 5);
    sink.order(created);
    sink.order(created);
    sink.order({ ...created, event: 2 });
    sink.order({ ...created, event: 2, eventMicros: created.eventMicros + 1000 });
    sink.order({ ...created, event: 2, quantity: Object.assign(created.quantity, { lo: 77 }) });
    const words = producer.records.map(({ idWords }) => idWords.join());
    expect(words[0]).toBe(words[1]);
    expect(new Set(words).size).toBe(4);
  });
});

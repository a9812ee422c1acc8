import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@ims/common";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { decodeRecord, type MergedBookRecord, v2 } from "@ims/sbe";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BookHub } from "../hub/book-hub.js";
import { ScriptedSource, spot } from "../spec-support/scripted-source.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { MERGED_STREAM, MERGED_TOPIC, MergedPublisher } from "./merged-publisher.js";
import { symbolNumber } from "./merged-record.js";

let folder: string;
let broker: Broker;
let url: string;
let hub: BookHub;
let publisher: MergedPublisher;
let binance: ScriptedSource;
let bitstamp: ScriptedSource;
let warnings: object[];

beforeEach(async () => {
  warnings = [];
  folder = await mkdtemp(join(tmpdir(), "ims-merged-"));
  broker = await startBroker({ port: 0, dataDir: folder });
  url = `iggy://iggy:iggy@127.0.0.1:${broker.port}`;
  binance = new ScriptedSource("binancespot", [spot("BTCUSD", "BTC", "USD"), spot("ETHUSD", "ETH", "USD")]);
  bitstamp = new ScriptedSource("bitstamp", [spot("btcusd", "BTC", "USD")]);
  hub = new BookHub([binance, bitstamp], {
    clock: systemClock,
    staleAfterMillis: 60_000,
    releaseAfterMillis: 0,
  });
  hub.open();
});

afterEach(async () => {
  await publisher.close();
  await hub.close();
  await broker.close();
  await rm(folder, { recursive: true, force: true });
});

function publish(symbols: readonly string[], intervalMillis = 1, deliveryMillisMax = 10_000): void {
  const options = { url, symbols, depth: 2, intervalMillis, deliveryMillisMax };
  const logger = { ...silentLogger, warn: (fields: object) => warnings.push(fields) };
  publisher = new MergedPublisher(hub, { ...options, clock: systemClock, logger });
  publisher.open();
}

/** Reads what is published from the first message on, until the test holds. */
async function readUntil(test: (record: MergedBookRecord) => boolean): Promise<MergedBookRecord[]> {
  const client = await IggyClient.connect(url);
  const records: MergedBookRecord[] = [];
  try {
    await expect
      .poll(() => client.topics.get(MERGED_STREAM, MERGED_TOPIC))
      .toMatchObject({ partitionCount: 4 });
    const consumer = client.createConsumer({
      stream: MERGED_STREAM,
      topic: MERGED_TOPIC,
      consumer: "spec",
      start: { kind: "first" },
    });
    for await (const { payload } of consumer) {
      const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
      const record = decodeRecord(view, 0, payload.byteLength) as MergedBookRecord;
      records.push(record);
      if (test(record)) break;
    }
    await consumer.close();
  } finally {
    await client.close();
  }
  return records;
}

it("publishes the merged book of a named symbol that nobody watches, with the venue of each level", async () => {
  publish(["btc/usd"]);
  binance.list();
  bitstamp.list();
  await expect.poll(() => binance.followed.size + bitstamp.followed.size).toBe(2);
  bitstamp.followed.get("btcusd")!.book.instrumentId = 7;
  binance.give("BTCUSD", [[100, 1]], [[102, 2]], systemClock.monotonicMillis());
  bitstamp.give(
    "btcusd",
    [
      [103, 3],
      [99, 4],
    ],
    [[104, 5]],
    systemClock.monotonicMillis(),
  );
  const records = await readUntil(({ bids, venues }) => bids.length === 2 && venues.length === 2);
  const record = records.at(-1)!;
  const levels = (side: MergedBookRecord["bids"]) =>
    side.map(({ exchangeId, price, quantity }) => [exchangeId, price.toString(), quantity.toString()]);
  expect(levels(record.bids)).toEqual([
    [10, "103", "3"],
    [4, "100", "1"],
  ]);
  expect(levels(record.asks)).toEqual([
    [4, "102", "2"],
    [10, "104", "5"],
  ]);
  expect(record).toMatchObject({
    type: "merged-book",
    exchangeId: 0,
    symbol: "BTCUSD",
    instrumentId: symbolNumber("BTCUSD"),
    horizon: 2,
    condition: v2.BookCondition.Crossed,
  });
  expect(record.spread!.toString()).toBe("-1");
  expect(
    record.venues.map(({ exchangeId, instrumentId, state }) => [exchangeId, instrumentId, state]),
  ).toEqual([
    [4, 0, v2.FeedState.Live],
    [10, 7, v2.FeedState.Live],
  ]);
  expect(hub.keptCount).toBe(1);
});

it("publishes what is watched as long as it is kept, and names a venue that left", async () => {
  publish([]);
  binance.list();
  bitstamp.list();
  const books = hub.booksOf(hub.symbols.find("BTCUSD")!)!;
  const release = books.hold();
  binance.give("BTCUSD", [[100, 1]], [[102, 2]], systemClock.monotonicMillis());
  bitstamp.give("btcusd", [[101, 3]], [[104, 5]], systemClock.monotonicMillis());
  await readUntil(({ bids }) => bids.length === 2);
  bitstamp.followed.get("btcusd")!.book.suspend("stale", "nothing comes");
  const left = (await readUntil(({ condition }) => (condition & v2.BookCondition.VenueMissing) !== 0)).at(
    -1,
  )!;
  expect(left.bids.map(({ exchangeId }) => exchangeId)).toEqual([4]);
  expect(left.venues[1]).toMatchObject({ exchangeId: 10, state: v2.FeedState.Stale });
  release();
  await expect.poll(() => hub.keptCount).toBe(0);
});

it("publishes the newest state only, however many came between two looks", async () => {
  publish(["BTCUSD"], 20);
  binance.list();
  await expect.poll(() => binance.followed.size).toBe(1);
  const states = 5000;
  for (let state = 1; state <= states; state++) {
    binance.give("BTCUSD", [[100, state]], [], systemClock.monotonicMillis());
  }
  const records = await readUntil(({ bids }) => bids[0]?.quantity.toString() === String(states));
  expect(records.length).toBeLessThan(5);
  expect(publisher.lostCount).toBe(0);
});

it("waits for a broker that is not there, publishes once it is, and ends without one", async () => {
  await broker.close();
  publish(["BTCUSD"]);
  binance.list();
  const { port } = broker;
  broker = await startBroker({ port, dataDir: folder });
  await expect.poll(() => binance.followed.size, { timeout: 10_000 }).toBe(1);
  binance.give("BTCUSD", [[100, 1]], [], systemClock.monotonicMillis());
  await readUntil(({ bids }) => bids.length === 1);
  await broker.close();
  binance.give("BTCUSD", [[101, 1]], [], systemClock.monotonicMillis());
  await publisher.close();
  expect(hub.keptCount).toBe(1);
});

it("publishes the newest state again when it was lost, though the book does not change", async () => {
  publish(["BTCUSD"], 1, 200);
  binance.list();
  await expect.poll(() => binance.followed.size).toBe(1);
  binance.give("BTCUSD", [[100, 1]], [], systemClock.monotonicMillis());
  await readUntil(({ bids }) => bids.length === 1);
  const { port } = broker;
  await broker.close();
  binance.give("BTCUSD", [[101, 1]], [], systemClock.monotonicMillis());
  await expect.poll(() => publisher.lostCount, { timeout: 10_000 }).toBeGreaterThan(0);
  broker = await startBroker({ port, dataDir: folder });
  await readUntil(({ bids }) => bids[0]?.price.toString() === "101");
}, 30_000);

it("goes on when its topic is deleted while it publishes", async () => {
  publish(["BTCUSD"]);
  binance.list();
  await expect.poll(() => binance.followed.size).toBe(1);
  binance.give("BTCUSD", [[100, 1]], [], systemClock.monotonicMillis());
  await readUntil(({ bids }) => bids.length === 1);
  const client = await IggyClient.connect(url);
  await client.topics.delete(MERGED_STREAM, MERGED_TOPIC);
  await client.close();
  binance.give("BTCUSD", [[102, 1]], [], systemClock.monotonicMillis());
  await readUntil(({ bids }) => bids[0]?.price.toString() === "102");
}, 30_000);

it("names a symbol that is to be published and that no venue lists, once, and publishes it when one does", async () => {
  publish(["SOLUSD", "BTCUSX"]);
  binance.list();
  await expect.poll(() => warnings).toHaveLength(2);
  expect(warnings[1]).toEqual({ symbol: "BTCUSX", near: ["BTCUSD"] });
  binance.list([spot("SOLUSD", "SOL", "USD")]);
  await expect.poll(() => binance.followed.size).toBe(1);
  expect(warnings).toHaveLength(2);
});

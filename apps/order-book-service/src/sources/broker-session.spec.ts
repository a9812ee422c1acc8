import { VenueBook } from "@ims/book-merge";
import { ImsError, RecordFlags, SimulatedClock } from "@ims/common";
import { v2 } from "@ims/sbe";
import { MockImsClient, mockFeedStatus, mockGap } from "ims-client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { spot } from "../spec-support/scripted-source.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { BrokerSource } from "./broker-source.js";

const INSTRUMENTS = [spot("BTCUSDT", "BTC", "USDT"), spot("ETHUSDT", "ETH", "USDT")];

let clock: SimulatedClock;
let clients: MockImsClient[];
let source: BrokerSource;
let book: VenueBook;

beforeEach(async () => {
  clock = new SimulatedClock();
  clients = [];
  source = new BrokerSource("binancespot", {
    url: "iggy://nowhere",
    clock,
    logger: silentLogger,
    openClient: async () => {
      const client = new MockImsClient({ instruments: INSTRUMENTS });
      await client.login();
      clients.push(client);
      return client;
    },
  });
  source.open(() => {});
  await turns();
  book = new VenueBook("binancespot", { staleAfterMillis: 30_000 });
  source.follow("BTCUSDT", book, () => {});
  await turns();
});
afterEach(() => source.close());

/** What was begun has happened. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const requestsOf = (client: MockImsClient) => client.requests.filter((request) => / book/.test(request));

async function giveWhole(price: bigint): Promise<void> {
  const bytes = new Uint8Array(v2.BookSnapshotEncoder.encodedLengthFor({ bids: 1, asks: 0 }));
  const encoder = new v2.BookSnapshotEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  encoder
    .eventTimeNull()
    .sendTimeNull()
    .receiveTimeNumber(1)
    .publishTimeNumber(2)
    .instrumentId(7)
    .exchangeId(1)
    .priceScale(0)
    .quantityScale(0)
    .flags(RecordFlags.Snapshot | RecordFlags.LastInEvent)
    .symbol("BTCUSDT")
    .lastUpdateIdNumber(100)
    .horizonNull();
  encoder.bidsCount(1).next().price(price).quantity(1n);
  encoder.asksCount(0);
  clients.at(-1)!.publishRecord(bytes);
  await turns();
}

async function tell(state: "live" | "quiet" | "stale"): Promise<void> {
  clients.at(-1)!.publish(mockFeedStatus({ symbol: "BTCUSDT", data: "book", state }));
  await turns();
}

it("does not take a book that was read before the client was lost for the venue's", async () => {
  await giveWhole(100n);
  expect(book.state).toBe("fresh");
  clients[0]!.lose(new Error("taken over"));
  await turns();
  await clock.advance(1000);
  await turns();
  expect(clients).toHaveLength(2);
  expect(requestsOf(clients[1]!)).toEqual(["start book BTCUSDT"]);
  expect([book.state, book.reason]).toEqual(["waiting", "the whole book is awaited"]);
  await giveWhole(101n);
  expect(book.state).toBe("fresh");
});

it("asks for a book anew when it is followed again before its stop was asked for", async () => {
  await giveWhole(100n);
  const next = new VenueBook("binancespot");
  source.unfollow("BTCUSDT");
  source.follow("BTCUSDT", next, () => {});
  await turns();
  expect(requestsOf(clients[0]!)).toEqual(["start book BTCUSDT", "stop book BTCUSDT", "start book BTCUSDT"]);
  await giveWhole(101n);
  expect([next.state, book.book.bids.count]).toEqual(["fresh", 1]);
});

it("keeps a book whose feed is quiet, and lets it go when the feed is stale", async () => {
  await giveWhole(100n);
  await tell("quiet");
  await clock.advance(3_600_000);
  expect(book.expire(clock.monotonicMillis())).toBe(false);
  await tell("stale");
  expect([book.state, book.reason]).toEqual(["stale", "the feed is stale"]);
  await tell("live");
  expect(book.state).toBe("fresh");
  await clock.advance(30_000);
  expect(book.expire(clock.monotonicMillis())).toBe(true);
});

it("names why the service refuses a book, whatever else is heard, and asks again", async () => {
  source.unfollow("BTCUSDT");
  await turns();
  clients[0]!.refuseNext("not now");
  source.follow("BTCUSDT", book, () => {});
  await turns();
  await tell("live");
  expect(book.reason).toMatch(/not now/);
  await clock.advance(1000);
  await turns();
  await giveWhole(100n);
  expect(book.state).toBe("fresh");
});

it("asks once more for what the service did not grant when it was started anew", async () => {
  await giveWhole(100n);
  await clients[0]!.stopBook("BTCUSDT");
  clients[0]!.emit("resumed", { subscriptionCount: 0, awayMillis: 5000, missed: [] });
  await turns();
  expect(requestsOf(clients[0]!).at(-1)).toBe("start book BTCUSDT");
});

it("asks for the whole book when it has not read all of what the service wrote", async () => {
  await giveWhole(100n);
  const [subscription] = clients[0]!.subscriptions;
  const place = { stream: "binancespot-market-data", partitionId: 0, cause: "expired" } as const;
  const offsets = { expectedOffset: 5, foundOffset: 9 };
  clients[0]!.emit("missed", { ...place, ...offsets, topic: "book", subscriptions: [subscription!] });
  expect([book.state, book.reason]).toEqual(["waiting", "changes were not read: expired"]);
  await clock.advance(1000);
  await turns();
  expect(requestsOf(clients[0]!).slice(1)).toEqual(["stop book BTCUSDT", "start book BTCUSDT"]);
  await giveWhole(101n);
  expect(book.state).toBe("fresh");
  // What was said of gaps is missing: any book may be another than the venue's.
  clients[0]!.emit("missed", { ...place, ...offsets, topic: "gaps", subscriptions: [] });
  expect(book.state).toBe("waiting");
});

it("does not wait for a whole book that it has read before the gap that was told ahead of it", async () => {
  await giveWhole(100n);
  const gap = { symbol: "BTCUSDT", data: "book" };
  clients[0]!.publish(mockGap({ ...gap, receiveMicros: 2 }));
  await turns();
  expect(book.state).toBe("fresh");
  clients[0]!.publish(mockGap({ ...gap, receiveMicros: 3 }));
  await turns();
  expect(book.state).toBe("waiting");
});

it("takes the venue back when its service answers again, which was only slow", async () => {
  await giveWhole(100n);
  const [client] = clients;
  const answer = client!.stopBook.bind(client);
  const noReply = new ImsError(
    "client.no-reply",
    { summary: "no reply", action: "wait", retryable: true },
    "the service did not answer",
  );
  client!.stopBook = () => Promise.reject(noReply);
  client!.emit("silent", noReply);
  await turns();
  expect([book.state, book.reason]).toEqual(["stale", "the service of the venue does not answer"]);
  client!.stopBook = answer;
  await clock.advance(1000);
  await turns();
  expect(book.state).toBe("fresh");
});

import { BookCondition, ExchangeId, FeedState } from "@ims/common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MergedBookMessage } from "../records/merged-book-message.js";
import { IggyStage } from "../spec-support/iggy-stage.js";
import { encodeMergedBook } from "../spec-support/sample-merged-books.js";
import { followMergedBooks } from "./follow-merged-books.js";
import type { FollowOptions, MissedMessages } from "./follow-records.js";

const { BinanceSpot, Bitstamp, Deribit } = ExchangeId;
/** 2^60 cents and more: beyond what a double holds. */
const HUGE = 1_152_921_504_606_846_977n;

let stage: IggyStage;
beforeAll(async () => {
  stage = await IggyStage.start();
  await expect(take(1, {})).rejects.toMatchObject({
    code: "client.not-there",
    message: expect.stringContaining("BOOK_PUBLISH_SYMBOLS"),
  });
  await stage.client.streams.create("merged-books");
  await stage.client.topics.create("merged-books", { name: "books", partitionCount: 2 });
  const waiting = [BinanceSpot, Bitstamp].map((exchangeId) => ({ exchangeId, state: FeedState.Starting }));
  await send(0, encodeMergedBook({ symbol: "BTCUSDT", condition: 4, venues: waiting }));
  await send(
    0,
    encodeMergedBook({
      symbol: "BTCUSDT",
      condition: BookCondition.Crossed | BookCondition.VenueMissing,
      spread: -5n,
      bids: [
        [10_010n, 1500n, Bitstamp],
        [10_010n, 1n, 250],
      ],
      asks: [[10_005n, HUGE, BinanceSpot]],
      venues: [
        { exchangeId: BinanceSpot, state: FeedState.Live, ageMicros: 0 },
        { exchangeId: Bitstamp, state: FeedState.Quiet, ageMicros: 1500 },
        { exchangeId: Deribit, state: FeedState.Stale },
        { exchangeId: 250, state: 99 },
      ],
    }),
  );
  await send(1, encodeMergedBook({ symbol: "ETHBTC", condition: BookCondition.Locked, spread: 0n }));
  await send(0, Buffer.from("three octets"));
  await send(0, encodeMergedBook({ symbol: "BTCUSDT", bids: [[9_999n, 1n, Deribit]] }));
});
afterAll(() => stage.end());

async function send(partitionId: number, payload: Uint8Array): Promise<void> {
  await stage.client.sendMessages({
    stream: "merged-books",
    topic: "books",
    partitioning: { kind: "partition", partitionId },
    messages: [{ payload }],
  });
}

/** The first messages of an iteration. */
async function take(count: number, options: FollowOptions): Promise<MergedBookMessage[]> {
  const messages = [];
  for await (const message of followMergedBooks({ url: stage.url, ...options })) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

describe("followMergedBooks", () => {
  it("gives every field, exact: crossed, with the exchange of each level and the state of each venue", async () => {
    const missed: MissedMessages[] = [];
    const [waiting, crossed, after] = await take(3, {
      symbols: "btc/usdt",
      from: "first",
      onMissed: (it) => missed.push(it),
    });
    expect(waiting).toMatchObject({
      spread: null,
      crossed: false,
      locked: false,
      venueMissing: true,
      bids: [],
      asks: [],
      venues: [
        { exchange: "binancespot", ageMicros: null, state: "starting" },
        { exchange: "bitstamp", ageMicros: null, state: "starting" },
      ],
    });
    const micros = 1_723_118_400_123_000;
    expect(JSON.parse(JSON.stringify(crossed))).toEqual({
      type: "merged-book",
      symbol: "BTCUSDT",
      flags: [],
      eventMicros: micros,
      sendMicros: null,
      receiveMicros: micros + 2000,
      publishMicros: micros + 2100,
      offset: 1,
      partitionId: 0,
      spread: "-0.05",
      crossed: true,
      locked: false,
      venueMissing: true,
      horizon: 20,
      bids: [
        { price: "100.1", quantity: "1.5", exchange: "bitstamp" },
        { price: "100.1", quantity: "0.001", exchange: "exchange-250" },
      ],
      asks: [{ price: "100.05", quantity: "1152921504606846.977", exchange: "binancespot" }],
      venues: [
        { exchange: "binancespot", instrumentId: 100 + BinanceSpot, ageMicros: 0, state: "live" },
        { exchange: "bitstamp", instrumentId: 100 + Bitstamp, ageMicros: 1500, state: "quiet" },
        { exchange: "deribit", instrumentId: 100 + Deribit, ageMicros: null, state: "stale" },
        { exchange: "exchange-250", instrumentId: 350, ageMicros: null, state: "unknown" },
      ],
    });
    expect(crossed!.asks[0]!.quantity.mantissa).toBe(HUGE);
    expect(after).toMatchObject({ offset: 3, crossed: false, venueMissing: false });
    expect(missed).toMatchObject([{ partitionId: 0, expectedOffset: 2, foundOffset: 3 }]);
  });

  it("reads all symbols, and begins with the newest of each partition", async () => {
    const newest = await take(2, {});
    newest.sort((one, other) => one.partitionId - other.partitionId);
    expect(newest).toMatchObject([
      { symbol: "BTCUSDT", offset: 3 },
      { symbol: "ETHBTC", offset: 0, locked: true },
    ]);
    expect(newest[1]!.spread?.toString()).toBe("0");
  });

  it("goes on with what comes, until the signal", async () => {
    const ended = new AbortController();
    const books = followMergedBooks({ url: stage.url, symbols: ["SOLUSDT"], signal: ended.signal });
    const next = books.next();
    await send(1, encodeMergedBook({ symbol: "SOLUSDT" }));
    expect((await next).value).toMatchObject({ symbol: "SOLUSDT", partitionId: 1, bids: [] });
    const last = books.next();
    ended.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  it("is decoded by ims tail too", async () => {
    const rows = await stage.json("tail merged-books/books --from first --count 6");
    const crossed = rows.find(({ offset, partition }) => offset === 1 && partition === 0);
    expect(crossed).toMatchObject({
      kind: "merged-book",
      payload: { symbol: "BTCUSDT", spread: "-0.05", bids: [{ price: "100.1" }, { quantity: "0.001" }] },
    });
  });
});

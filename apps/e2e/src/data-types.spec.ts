import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BookLevels,
  DataType,
  ExchangeId,
  FeedState,
  GapReason,
  type Instrument,
  MantissaCell,
  OrderStatus,
  RecordFlags,
  Side,
} from "@ims/common";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { type DataService, startDataService } from "@ims/template";
import { Book, type BookLevel, ImsClient } from "ims-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { quietLogger } from "./support/market-run.js";
import { ScriptedVenue } from "./support/scripted-venue.js";

const EXCHANGE = ExchangeId.BinanceUsdMarginFuture;
const NOW = 1_723_118_400_123_000;
const OFFERED = [
  DataType.Trade,
  DataType.TopOfBook,
  DataType.Book,
  DataType.MarkPrice,
  DataType.Liquidation,
  DataType.Ticker,
];

let dataDir: string;
let broker: Broker;
let venue: ScriptedVenue;
let service: DataService;
let clients: ImsClient[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "ims-e2e-"));
  broker = await startBroker({ port: 0, dataDir: join(dataDir, "broker") });
  venue = new ScriptedVenue(EXCHANGE, OFFERED, ["BTCUSDT", "ETHUSDT"].map(perpetual), DataType.Book);
  service = await startDataService({
    exchange: EXCHANGE,
    integration: venue.factory,
    settings: { iggyUrl: url(), brokerMode: "external", dataDir, httpPort: 0 },
    env: {},
    logger: quietLogger(),
  });
  await service.ready;
  clients = [];
});

afterEach(async () => {
  for (const client of clients) await client.shutdown();
  await service.close();
  await broker.close();
  await rm(dataDir, { recursive: true, force: true });
});

const url = () => `iggy://iggy:iggy@127.0.0.1:${broker.port}`;

function perpetual(symbol: string): Instrument {
  return {
    exchange: EXCHANGE,
    symbol,
    base: symbol.slice(0, 3),
    quote: "USDT",
    settle: "USDT",
    kind: "perpetual",
    status: "trading",
    priceScale: 2,
    quantityScale: 3,
    priceIncrement: "0.01",
    quantityIncrement: "0.001",
  };
}

async function loggedIn(): Promise<ImsClient> {
  const client = await ImsClient.connect({ url: url(), exchange: EXCHANGE });
  clients.push(client);
  await client.login();
  return client;
}

function head(symbol: string, flags = 0) {
  return {
    instrumentId: venue.idOf(symbol),
    eventMicros: NOW,
    sendMicros: NOW + 1,
    receiveMicros: NOW + 2,
    flags,
  };
}

function cell(mantissa: bigint, scale: number): MantissaCell {
  const filled = new MantissaCell();
  filled.setBigInt(mantissa, scale);
  return filled;
}

/** Levels of falling or rising prices in cents, each of quantity 0.001 times its place. */
function ladder(count: number, best: number, step: number): BookLevels {
  const levels = new BookLevels();
  for (let index = 0; index < count; index++) levels.push(best + index * step, 0, index + 1, 0);
  return levels;
}

function emitBook(kind: "whole" | "change", lastUpdateId: number, bids: BookLevels, asks: BookLevels): void {
  const book = {
    ...head("BTCUSDT"),
    priceScale: 2,
    quantityScale: 3,
    firstUpdateId: lastUpdateId,
    lastUpdateId,
    previousUpdateId: lastUpdateId - 1,
    horizon: 0,
    bids,
    asks,
  };
  if (kind === "whole") venue.sink.bookSnapshot(book);
  else venue.sink.bookDelta(book);
}

async function next<Message>(iterator: AsyncIterableIterator<Message>): Promise<Message> {
  const result = await iterator.next();
  if (result.done) throw new Error("the iteration ended");
  return result.value;
}

describe("every kind of data through broker, service and client", () => {
  it("tops of books, with a side that is empty", async () => {
    const client = await loggedIn();
    const tops = client.topOfBook();
    await client.startTopOfBook("BTCUSDT");
    venue.sink.topOfBook({
      ...head("BTCUSDT"),
      updateId: 2 ** 52,
      hasBid: true,
      hasAsk: false,
      bidPrice: cell((1n << 63n) - 1n, 8),
      bidQuantity: cell(1500n, 3),
      askPrice: cell(0n, 0),
      askQuantity: cell(0n, 0),
    });
    const top = await next(tops);
    expect(JSON.parse(JSON.stringify(top))).toMatchObject({
      type: "top-of-book",
      exchange: "binanceusdmarginfuture",
      symbol: "BTCUSDT",
      flags: [],
      eventMicros: NOW,
      updateId: 2 ** 52,
      bid: { price: "92233720368.54775807", quantity: "1.5" },
      ask: null,
    });
    expect(await client.stopTopOfBook("BTCUSDT")).toBe(1);
    expect(venue.calls).toEqual([
      `start ${DataType.TopOfBook} BTCUSDT`,
      `stop ${DataType.TopOfBook} BTCUSDT`,
    ]);
  });

  it("mark prices, liquidations and tickers", async () => {
    const client = await loggedIn();
    const marks = client.markPrices();
    const liquidations = client.liquidations();
    const tickers = client.tickers();
    await client.startMarkPrice(["BTCUSDT", "ETHUSDT"]);
    await client.startLiquidations("BTCUSDT");
    await client.startTickers("ETHUSDT");
    venue.sink.markPrice({
      ...head("ETHUSDT"),
      priceScale: 8,
      markPrice: 350_012_345_678n,
      indexPrice: null,
      settlementEstimate: 350_000_000_000n,
      fundingRate: -100n,
      fundingScale: 6,
      nextFundingMicros: NOW + 1,
    });
    venue.sink.liquidation({
      ...head("BTCUSDT", RecordFlags.Late),
      eventMicros: 0,
      priceScale: 2,
      quantityScale: 3,
      side: Side.Buy,
      status: OrderStatus.PartiallyFilled,
      price: 6_000_000n,
      averagePrice: null,
      quantity: 14n,
      filledQuantity: 10n,
    });
    venue.sink.ticker({
      ...head("ETHUSDT"),
      priceScale: 2,
      quantityScale: 3,
      quoteScale: 5,
      open: 1n,
      high: 4n,
      low: null,
      last: 2n,
      volume: 7n,
      quoteVolume: 8n,
      windowStartMicros: NOW - 86_400_000_000,
      tradeCount: 0,
    });
    expect(JSON.parse(JSON.stringify(await next(marks)))).toMatchObject({
      symbol: "ETHUSDT",
      markPrice: "3500.12345678",
      indexPrice: null,
      settlementEstimate: "3500",
      fundingRate: "-0.0001",
      nextFundingMicros: NOW + 1,
    });
    expect(JSON.parse(JSON.stringify(await next(liquidations)))).toMatchObject({
      symbol: "BTCUSDT",
      flags: ["late", "venue-time-missing"],
      eventMicros: null,
      side: "buy",
      status: "partially-filled",
      price: "60000",
      averagePrice: null,
      quantity: "0.014",
      filledQuantity: "0.01",
    });
    expect(JSON.parse(JSON.stringify(await next(tickers)))).toMatchObject({
      open: "0.01",
      low: null,
      quoteVolume: "0.00008",
      tradeCount: 0,
      windowStartMicros: NOW - 86_400_000_000,
    });
  });

  it("a book of 10,000 levels a side, for the first reader and for one that joins later", async () => {
    let lastUpdateId = 100;
    let bids = ladder(10_000, 5_000_000, -1);
    venue.onBookStarted = () => emitBook("whole", lastUpdateId, bids, ladder(10_000, 5_000_001, 1));
    const first = await readBook(await loggedIn());
    const change = new BookLevels();
    change.push(5_000_000, 0, 0, 0);
    change.push(4_999_999, 0, 77, 0);
    lastUpdateId = 101;
    bids = new BookLevels();
    for (let place = 2; place <= 10_000; place++)
      bids.push(5_000_001 - place, 0, place === 2 ? 77 : place, 0);
    emitBook("change", 101, change, new BookLevels());
    while (first.book.lastUpdateId !== 101) first.book.apply(await next(first.changes));
    expect([first.book.state, first.book.bids.length, first.book.asks.length]).toEqual([
      "valid",
      9_999,
      10_000,
    ]);
    expect(text(first.book.bids[0]!)).toBe("49999.99 x 0.077");
    const joined = await readBook(await loggedIn());
    expect(joined.book.lastUpdateId).toBe(101);
    expect(joined.book.bids.map(text)).toEqual(first.book.bids.map(text));
    expect(joined.book.asks.map(text)).toEqual(first.book.asks.map(text));
    first.book.apply(await next(first.changes));
    emitBook("change", 103, new BookLevels(), new BookLevels());
    while (joined.book.state === "valid") joined.book.apply(await next(joined.changes));
    expect([joined.book.state, joined.book.reason]).toEqual([
      "broken",
      "updates from 101 to 102 are missing",
    ]);
  });

  it("gaps and states of the feeds that were asked for", async () => {
    const client = await loggedIn();
    const gaps = client.gaps();
    const statuses = client.feedStatus();
    await client.startTradeData("BTCUSDT");
    const about = { dataType: DataType.Trade, resolution: 0 } as const;
    const gap = {
      ...about,
      reason: GapReason.VenueRestarted,
      fromId: 5,
      toId: 9,
      fromMicros: NOW,
      toMicros: 0,
      missingCount: 5,
      filledCount: 0,
    };
    venue.sink.gap({ ...head("ETHUSDT"), ...gap });
    venue.sink.gap({ ...head("BTCUSDT"), ...gap });
    venue.sink.feedStatus({
      ...head("BTCUSDT"),
      ...about,
      state: FeedState.Dead,
      sinceMicros: NOW,
      lastRecordMicros: 0,
      expectedMicros: 50_000,
      text: "btcusdt@trade was acknowledged and stays silent",
    });
    expect(await next(gaps)).toMatchObject({
      symbol: "BTCUSDT",
      data: "trades",
      reason: "venue-restarted",
      fromId: 5,
      toId: 9,
      missingCount: 5,
      toMicros: null,
    });
    expect(await next(statuses)).toMatchObject({
      symbol: "BTCUSDT",
      data: "trades",
      state: "dead",
      lastRecordMicros: null,
      expectedIntervalMicros: 50_000,
      text: "btcusdt@trade was acknowledged and stays silent",
    });
  });
});

/** A client's book, followed until it is valid for the first time. */
async function readBook(client: ImsClient) {
  const changes = client.book();
  const book = new Book("BTCUSDT");
  await client.startBook("BTCUSDT");
  while (!book.apply(await next(changes)));
  return { book, changes };
}

function text({ price, quantity }: BookLevel): string {
  return `${price} x ${quantity}`;
}

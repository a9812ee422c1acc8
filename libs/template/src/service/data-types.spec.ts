import { DataType, ExchangeId, marketDataPartition, type StatusReport } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { MarketDataSink } from "@ims/traits";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fnv1a32 } from "../publishing/instrument-numbers.js";
import { testInstrument } from "../spec-support/fake-integration.js";
import type { RawClient } from "../spec-support/raw-client.js";
import {
  sampleBook,
  sampleGap,
  sampleLiquidation,
  sampleMarkPrice,
  sampleOrder,
  sampleOrders,
  sampleStatus,
  sampleTicker,
  sampleTop,
} from "../spec-support/sample-fields.js";
import { ServiceFixture, until } from "../spec-support/service-fixture.js";
import type { DataService } from "./data-service.js";

const STREAM = "binancespot-market-data";
const OFFERED = [
  DataType.Trade,
  DataType.TopOfBook,
  DataType.Book,
  DataType.MarkPrice,
  DataType.Liquidation,
  DataType.Ticker,
  DataType.Order,
];

let fixture: ServiceFixture;
let service: DataService;
let client: RawClient;
let instrumentId: number;

beforeEach(async () => {
  fixture = new ServiceFixture(ExchangeId.BinanceSpot, OFFERED);
  await fixture.startBroker();
  service = await fixture.startService();
  client = await fixture.connect(100);
  await service.ready;
  await client.login();
  instrumentId = fixture.venue.sink.register(testInstrument("BTCUSDT"));
});
afterEach(() => fixture.dispose());

const bookPartition = () => marketDataPartition(fnv1a32(Buffer.from("BTCUSDT")), 4);

describe("a service of a venue with all kinds of data", () => {
  it.each<[string, DataType, number, (sink: MarketDataSink, id: number) => void, object]>([
    [
      "top-of-book",
      DataType.TopOfBook,
      212,
      (sink, id) => sink.topOfBook(sampleTop(id)),
      { updateId: "7", bidPrice: "10000", askQuantity: "6", priceScale: 2, quantityScale: 3 },
    ],
    [
      "book",
      DataType.Book,
      213,
      (sink, id) => sink.bookSnapshot(sampleBook(id, 5, { bids: [[100, 1]] })),
      { lastUpdateId: "5", bids: [{ price: "100", quantity: "1" }], flags: ["Snapshot", "LastInEvent"] },
    ],
    [
      "mark-price",
      DataType.MarkPrice,
      215,
      (sink, id) => sink.markPrice(sampleMarkPrice(id)),
      { markPrice: "10000", settlementEstimate: null, fundingRate: "100", fundingScale: 8 },
    ],
    [
      "liquidations",
      DataType.Liquidation,
      216,
      (sink, id) => sink.liquidation(sampleLiquidation(id)),
      { price: "9900", side: "Sell", status: "Filled" },
    ],
    [
      "tickers",
      DataType.Ticker,
      218,
      (sink, id) => sink.ticker(sampleTicker(id)),
      { last: "10000", tradeCount: 321 },
    ],
    [
      "orders",
      DataType.Order,
      222,
      (sink, id) => sink.order(sampleOrder(id, 9)),
      { orderId: "9", event: "Created", side: "Buy", price: "10000", filledQuantity: "2" },
    ],
    [
      "orders",
      DataType.Order,
      223,
      (sink, id) => sink.orderSnapshot(sampleOrders(id)),
      {
        part: 0,
        asks: [{ orderId: "13", price: "10100", quantity: "5" }],
        flags: ["Snapshot", "LastInEvent"],
      },
    ],
  ])(
    "starts %s, publishes it to its topic, and stops it",
    async (topic, dataType, templateId, emit, json) => {
      const { json: accepted } = await client.startData(dataType, "BTCUSDT");
      expect(accepted).toMatchObject({ stream: STREAM, topic, instrumentId, firstOffset: "0" });
      expect(fixture.venue.running).toEqual(new Set([`${topic} BTCUSDT`]));
      emit(fixture.venue.sink, instrumentId);
      const message = await client.next(STREAM, topic, accepted.partitionId as number);
      expect(message).toMatchObject({ templateId, json: { symbol: "BTCUSDT", instrumentId, ...json } });
      const url = new URL("/status", service.healthUrl);
      const report = (await (await fetch(url)).json()) as StatusReport;
      const published = report.publishing.queues.filter(({ publishedCount }) => publishedCount > 0);
      expect(published).toMatchObject([{ topic, publishedCount: 1 }]);
      expect(report.subscriptions).toMatchObject([
        { dataType: topic, symbol: "BTCUSDT", feedState: "starting", lastMessageAt: expect.any(String) },
      ]);
      await client.stopData(dataType, "BTCUSDT");
      expect(fixture.venue.running.size).toBe(0);
    },
  );

  it("tells of gaps and of states of feeds in topics of one partition each", async () => {
    const other = fixture.venue.sink.register(testInstrument("ETHUSDT"));
    fixture.venue.sink.gap(sampleGap(instrumentId));
    fixture.venue.sink.gap(sampleGap(other));
    fixture.venue.sink.feedStatus(sampleStatus(other));
    const gaps = [await client.next(STREAM, "gaps"), await client.next(STREAM, "gaps")];
    expect(gaps.map(({ json }) => [json.symbol, json.fromId, json.toId, json.missingCount])).toEqual([
      ["BTCUSDT", "11", "20", 10],
      ["ETHUSDT", "11", "20", 10],
    ]);
    expect((await client.next(STREAM, "feed-status")).json).toMatchObject({
      symbol: "ETHUSDT",
      state: "Stale",
      expectedInterval: "50000",
      text: "no trade for 5 s, another connection is tried",
    });
  });

  it("refuses what the venue does not offer, and names what it does", async () => {
    const { templateId, json } = await client.startData(DataType.OptionTicker, "BTCUSDT");
    expect(templateId).toBe(v2.RequestRefusedDecoder.TEMPLATE_ID);
    expect(json.text).toBe(
      "Test venue does not offer option-tickers. " +
        "Ask for one of trades, top-of-book, book, mark-price, liquidations, tickers, orders.",
    );
    expect((await client.startBars("BTCUSDT", 1)).json).toMatchObject({ kind: "Data", code: 2 });
    expect(fixture.venue.calls).toEqual([]);
  });

  it("has no topic for what the venue does not offer", async () => {
    const topics = await client.iggy.topics.list(STREAM);
    expect(topics.map(({ name }) => name).sort()).toEqual([
      "book",
      "feed-status",
      "gaps",
      "instruments",
      "liquidations",
      "mark-price",
      "orders",
      "tickers",
      "top-of-book",
      "trades",
    ]);
  });

  it("has the whole book passed on again when a further reader joins", async () => {
    await client.startData(DataType.Book, "BTCUSDT");
    const second = await fixture.connect(101);
    await second.login();
    await second.startData(DataType.Book, "BTCUSDT");
    await client.startData(DataType.TopOfBook, "BTCUSDT");
    await second.startData(DataType.TopOfBook, "BTCUSDT");
    await client.startData(DataType.Order, "BTCUSDT");
    await second.startData(DataType.Order, "BTCUSDT");
    expect(fixture.venue.calls).toEqual([
      "start book BTCUSDT",
      "start book BTCUSDT",
      "start top-of-book BTCUSDT",
      "start orders BTCUSDT",
      "start orders BTCUSDT",
    ]);
    await client.stopData(DataType.Book, "BTCUSDT");
    expect(fixture.venue.calls).toHaveLength(5);
  });

  it("publishes an instrument that changes behind the list", async () => {
    const halted = { ...testInstrument("ETHUSDT"), status: "halted" } as const;
    fixture.venue.sink.instrument(halted);
    fixture.venue.sink.instrument(testInstrument("NEWUSDT"));
    const seen: unknown[] = [];
    for (let count = 0; count < 5; count++) {
      const { json } = await client.next(STREAM, "instruments");
      seen.push([json.symbol, json.status]);
    }
    expect(seen.slice(3)).toEqual([
      ["ETHUSDT", "Halted"],
      ["NEWUSDT", "Trading"],
    ]);
  });

  it("asks the venue for a book of which a record was lost", async () => {
    await client.startData(DataType.Book, "BTCUSDT");
    const { sink } = fixture.venue;
    // An id that no record can hold: the change cannot be published.
    sink.bookDelta({ ...sampleBook(instrumentId, 6), lastUpdateId: 2 ** 60 });
    sink.bookDelta(sampleBook(instrumentId, 7));
    await until(() => fixture.venue.calls.length === 2);
    expect(fixture.venue.calls).toEqual(["start book BTCUSDT", "start book BTCUSDT"]);
    sink.bookSnapshot(sampleBook(instrumentId, 8));
    sink.bookDelta(sampleBook(instrumentId, 9));
    const published = [
      await client.next(STREAM, "book", bookPartition()),
      await client.next(STREAM, "book", bookPartition()),
    ];
    expect(published.map(({ json }) => json.lastUpdateId)).toEqual(["8", "9"]);
  });
});

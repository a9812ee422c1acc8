import { Decimal } from "@ims/common";
import { describe, expect, it } from "vitest";
import { ImsClient } from "../client/ims-client.js";
import type { MarketDataClient } from "../client/market-data-client.js";
import { Book } from "../records/book.js";
import { collect, stage } from "../spec-support/client-stage.js";
import { encodeTrade } from "../spec-support/sample-records.js";
import { MockImsClient } from "./mock-ims-client.js";
import {
  mockBar,
  mockBookDelta,
  mockBookSnapshot,
  mockFeedStatus,
  mockGap,
  mockLiquidation,
  mockMarkPrice,
  mockOptionTicker,
  mockOrder,
  mockOrderSnapshot,
  mockTicker,
  mockTopOfBook,
  mockTrade,
} from "./mock-messages.js";

async function started(): Promise<MockImsClient> {
  const client = new MockImsClient();
  await client.login();
  await client.startTradeData("BTCUSDT");
  return client;
}

async function toArray<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const array: Item[] = [];
  for await (const item of items) array.push(item);
  return array;
}

describe("MockImsClient", () => {
  it("has every public member of ImsClient", () => {
    const membersOf = (prototype: object): string[] =>
      prototype === Object.prototype
        ? []
        : [...Object.getOwnPropertyNames(prototype), ...membersOf(Object.getPrototypeOf(prototype))];
    const mock = new MockImsClient();
    for (const name of membersOf(ImsClient.prototype)) {
      if (name !== "constructor") expect(name in mock, name).toBe(true);
    }
  });

  it("gives a program what the test publishes, now or before it iterates", async () => {
    const client = await started();
    const program = async (to: string[], source: MarketDataClient) => {
      for await (const trade of source.trades()) to.push(`${trade.symbol} ${trade.price} ${trade.offset}`);
    };
    expect(client.publish(mockTrade({ price: "1.50" }))).toBe(true);
    expect(client.publish(mockTrade({ symbol: "ETHUSDT" }))).toBe(false);
    const seen: string[] = [];
    const running = program(seen, client);
    client.publish(mockTrade({ price: Decimal.parse("2") }));
    await client.shutdown();
    await running;
    expect(seen).toEqual(["BTCUSDT 1.5 0", "BTCUSDT 2 1"]);
  });

  it("gives all kinds of messages only while their feeds run", async () => {
    const client = new MockImsClient();
    await client.login();
    await client.startOhlcvData("BTCUSDT", "1m");
    await client.startTopOfBook("BTCUSDT");
    await client.startBook("BTCUSDT");
    await client.startMarkPrice("BTCUSDT");
    await client.startLiquidations("BTCUSDT");
    await client.startTickers("BTCUSDT");
    await client.startOptionTickers("BTCUSDT");
    await client.startOrders("BTCUSDT");
    const all = toArray(client.messages());
    const notices = [toArray<unknown>(client.gaps()), toArray<unknown>(client.feedStatus())];
    const messages = [
      mockBar(),
      mockTopOfBook({ ask: null, bid: { price: "5", quantity: "1" } }),
      mockBookSnapshot(),
      mockMarkPrice(),
      mockLiquidation(),
      mockTicker(),
      mockOptionTicker({ symbol: "BTCUSDT" }),
      mockOrderSnapshot({ symbol: "BTCUSDT", bids: [{ orderId: 1, price: "5", quantity: "1" }] }),
      mockOrder({ symbol: "BTCUSDT", originalQuantity: "2" }),
    ];
    for (const message of messages) expect(client.publish(message), message.type).toBe(true);
    expect(client.publish(mockBar({ resolution: "5m" }))).toBe(false);
    expect(client.publish(mockGap({ data: "book" }))).toBe(true);
    expect(client.publish(mockGap({ data: "trades" }))).toBe(false);
    expect(client.publish(mockFeedStatus({ data: "bars", resolution: "1m" }))).toBe(true);
    expect(await client.stopAllData()).toBe(8);
    expect(client.publish(mockBar())).toBe(false);
    await client.shutdown();
    expect((await all).map(({ type }) => type)).toEqual(messages.map(({ type }) => type));
    expect((await Promise.all(notices)).map((list) => list.length)).toEqual([1, 1]);
    const ledger: unknown[] = [];
    const other = new MockImsClient();
    other.publish(mockGap());
    for await (const gap of other.gapLedger()) ledger.push(gap.type);
    expect(ledger).toEqual(["gap"]);
  });

  it("keeps the order of whole books and their changes", async () => {
    const client = new MockImsClient();
    await client.login();
    await client.startBook("BTCUSDT");
    client.publish(mockBookSnapshot({ bids: [{ price: "1", quantity: "2" }] }));
    client.publish(mockBookDelta({ bids: [{ price: "1", quantity: "0" }] }));
    client.publish(mockBookDelta({ lastUpdateId: 3, asks: [{ price: "9", quantity: "1" }] }));
    const book = new Book("BTCUSDT");
    const messages = client.book();
    for (let count = 0; count < 3; count++) book.apply((await messages.next()).value!);
    expect([book.state, book.bids, book.asks[0]!.price.toString()]).toEqual(["valid", [], "9"]);
  });

  it("hands out encoded records as bytes, as decoders and as messages", async () => {
    const client = await started();
    const seen: unknown[] = [];
    client.onRecord((templateId, _view, offset, length) => seen.push([templateId, offset, length]));
    client.onMessage("trade", ({ tradeId }) => seen.push(tradeId));
    client.onFlyweight("trade", (trade, { offset }) => seen.push([trade.tradeIdNumber(), offset]));
    const trades = client.trades();
    const bytes = new Uint8Array(200).subarray(8);
    bytes.set(encodeTrade({ symbol: "BTCUSDT", instrumentId: 1, tradeId: 7 }));
    client.publishRecord(bytes.subarray(0, 128));
    expect((await trades.next()).value).toMatchObject({ tradeId: 7, offset: 0 });
    expect(seen).toEqual([[210, 0, 128], 7, [7, 0]]);
    client.publish(mockTrade({ tradeId: 8 }));
    expect(seen.slice(3)).toEqual([8]);
    expect(() => client.publishRecord(new Uint8Array(3))).toThrow(/too few/);
  });

  it("refuses as a service does", async () => {
    const client = new MockImsClient({
      instruments: [{ symbol: "BTCUSDT" }, { symbol: "ADAUSDT" }] as never,
    });
    await expect(client.startTradeData("BTCUSDT")).rejects.toMatchObject({
      code: "client.refused",
      context: { kind: "data", code: 8 },
    });
    client.refuseNext("Wrong token.", 5);
    await expect(client.login()).rejects.toMatchObject({ message: expect.stringMatching(/^Wrong token\. /) });
    await client.login();
    await expect(client.login()).rejects.toMatchObject({ context: { kind: "client", code: 1 } });
    await expect(client.startTradeData("BTCUSD")).rejects.toThrow(/BTCUSD is not served .*"BTCUSDT"/);
    expect((await client.symbols()).map(({ symbol }) => symbol)).toEqual(["ADAUSDT", "BTCUSDT"]);
    await client.logout();
    await client.shutdown();
    await expect(client.login()).rejects.toMatchObject({ code: "client.closed" });
    expect(client.requests).toEqual([
      "start trades BTCUSDT",
      "login",
      "login",
      "login",
      "start trades BTCUSD",
      "logout",
    ]);
  });

  it("tells of events, and ends iterations when the client is lost", async () => {
    const client = await started();
    const events: unknown[] = [];
    client.on("reconnected", (event) => events.push(event));
    client.emit("reconnected", { awayMillis: 5, missed: [] });
    expect(events).toEqual([{ awayMillis: 5, missed: [] }]);
    const next = client.trades().next();
    const error = new Error("refused for good");
    client.lose(error);
    await expect(next).rejects.toBe(error);
  });

  it("makes messages of the same shape as the client", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    await run(client.startOhlcvData("BTCUSDT", "1m"));
    const real = collect(client.messages());
    service.publishTrade("BTCUSDT", 1);
    service.publishBar("BTCUSDT", "1m", "5");
    await clock.advance(100);
    const [trade, bar] = [
      real.find(({ type }) => type === "trade")!,
      real.find(({ type }) => type === "bar")!,
    ];
    expect(Object.keys(mockTrade()).sort()).toEqual(Object.keys(trade).sort());
    expect(Object.keys(mockBar()).sort()).toEqual(Object.keys(bar).sort());
  });
});

import { DataType, timeResolutionOf } from "@ims/common";
import { describe, expect, it } from "vitest";
import { collect, type Stage, stage } from "../spec-support/client-stage.js";
import { encodeBookDelta, encodeGap, SAMPLE_MICROS } from "../spec-support/sample-records.js";
import type { MalformedRecord } from "./partition-reader.js";

function tellGap(
  { service }: Stage,
  symbol: string,
  dataType: DataType,
  fromId: number,
  resolution?: number,
): void {
  service.publish("gaps", symbol, (instrumentId) =>
    encodeGap(symbol, instrumentId, dataType, fromId, resolution),
  );
}

describe("what the service says about feeds", () => {
  it("is heard of the feeds that were asked for, from the first start on", async () => {
    const staged = stage();
    const { client, run, clock } = staged;
    await run(client.login());
    tellGap(staged, "BTCUSDT", DataType.Trade, 100);
    await run(client.startTradeData("BTCUSDT"));
    await run(client.startOhlcvData("BTCUSDT", "1m"));
    tellGap(staged, "BTCUSDT", DataType.Trade, 200);
    tellGap(staged, "BTCUSDT", DataType.Book, 300);
    tellGap(staged, "ETHUSDT", DataType.Trade, 400);
    tellGap(staged, "BTCUSDT", DataType.Bar, 500, timeResolutionOf("5m"));
    tellGap(staged, "BTCUSDT", DataType.Bar, 600, timeResolutionOf("1m"));
    const gaps = collect(client.gaps());
    await clock.advance(100);
    expect(gaps.map(({ data, resolution, fromId }) => [data, resolution, fromId])).toEqual([
      ["trades", null, 200],
      ["bars", "1m", 600],
    ]);
    expect(gaps[0]).toMatchObject({
      type: "gap",
      symbol: "BTCUSDT",
      reason: "sequence-broken",
      toId: 209,
      fromMicros: SAMPLE_MICROS - 5,
      toMicros: null,
      missingCount: null,
      filledCount: 2,
    });
  });

  it("ends with the feed, and leaves those of others", async () => {
    const staged = stage();
    const { client, run, clock } = staged;
    await run(client.login());
    await run(client.startTradeData(["BTCUSDT", "ETHUSDT"]));
    const gaps = collect(client.gaps());
    await run(client.stopTradeData("BTCUSDT"));
    tellGap(staged, "BTCUSDT", DataType.Trade, 1);
    tellGap(staged, "ETHUSDT", DataType.Trade, 2);
    await clock.advance(100);
    expect(gaps.map(({ fromId }) => fromId)).toEqual([2]);
  });

  it("goes on after a restart of the service, without repetition or loss", async () => {
    const staged = stage();
    const { client, service, run, clock } = staged;
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    const gaps = collect(client.gaps());
    tellGap(staged, "BTCUSDT", DataType.Trade, 1);
    await clock.advance(100);
    service.restart();
    tellGap(staged, "BTCUSDT", DataType.Trade, 2);
    await clock.advance(10_200);
    tellGap(staged, "BTCUSDT", DataType.Trade, 3);
    await clock.advance(100);
    expect(service.requests.filter((request) => request === "login")).toHaveLength(2);
    expect(gaps.map(({ fromId }) => fromId)).toEqual([1, 2, 3]);
  });

  it("is not among the messages of data, and is not read while nobody wants it", async () => {
    const staged = stage();
    const { client, broker, run, clock } = staged;
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    const pollCount = broker.pollCount;
    tellGap(staged, "BTCUSDT", DataType.Trade, 1);
    await clock.advance(500);
    expect(broker.pollCount).toBe(pollCount);
    const messages = collect(client.messages());
    await clock.advance(100);
    expect(messages).toEqual([]);
  });
});

describe("the gap ledger", () => {
  it("lists every loss that was told, whoever asked for the feed, and then ends", async () => {
    const staged = stage();
    const { client, run, broker, service } = staged;
    const ledger = async () => {
      const ids: (number | null)[] = [];
      for await (const { fromId } of client.gapLedger()) ids.push(fromId);
      return ids;
    };
    expect(await run(ledger())).toEqual([]);
    for (let id = 1; id <= 1500; id++) {
      tellGap(staged, id % 2 === 0 ? "BTCUSDT" : "ETHUSDT", DataType.Trade, id);
    }
    broker.append(service.place("gaps", 0), new Uint8Array(3));
    const malformed: MalformedRecord[] = [];
    client.on("malformed", (record) => malformed.push(record));
    expect(await run(ledger())).toEqual(Array.from({ length: 1500 }, (_, index) => index + 1));
    expect(malformed).toMatchObject([{ topic: "gaps", offset: 1500 }]);
  });
});

describe("delivery of books", () => {
  it("skips a change whose levels are cut off, says so, and goes on", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    await run(client.startBook("BTCUSDT"));
    const malformed: MalformedRecord[] = [];
    client.on("malformed", (record) => malformed.push(record));
    const changes = collect(client.book());
    service.publish("book", "BTCUSDT", (id) => encodeBookDelta("BTCUSDT", id, 1, 1000));
    service.publish("book", "BTCUSDT", (id) => encodeBookDelta("BTCUSDT", id, 2));
    await clock.advance(100);
    expect(changes.map(({ lastUpdateId }) => lastUpdateId)).toEqual([2]);
    expect(malformed).toMatchObject([{ topic: "book", offset: 0, count: 1 }]);
    expect(client.subscriptions).toMatchObject([{ type: "book", symbol: "BTCUSDT", topic: "book" }]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collect, stage } from "../spec-support/client-stage.js";
import { encodeTrade, SAMPLE_MICROS } from "../spec-support/sample-records.js";
import type { MalformedRecord } from "./partition-reader.js";

describe("delivery", () => {
  it("gives trades as exact values, only of what was asked for, from the moment of the start", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    service.publishTrade("BTCUSDT", 1);
    service.publishTrade("BTCUSDT", 2);
    await run(client.startTradeData("BTCUSDT"));
    service.publishTrade("ETHUSDT", 3);
    service.publishTrade("BTCUSDT", 4, {
      price: "92233720368.54775807",
      quantity: "0.10000000",
      aggressor: 2,
      kind: 4,
      eventMicros: null,
    });
    const trades = collect(client.trades());
    await clock.advance(100);
    expect(trades).toHaveLength(1);
    const [trade] = trades;
    expect(trade).toMatchObject({
      type: "trade",
      exchange: "binancespot",
      symbol: "BTCUSDT",
      tradeId: 4,
      aggressor: "seller",
      kind: "liquidation",
      eventMicros: null,
      sendMicros: null,
      receiveMicros: SAMPLE_MICROS + 2000,
      offset: 3,
      partitionId: 3,
    });
    expect(trade!.price.toString()).toBe("92233720368.54775807");
    expect(JSON.parse(JSON.stringify(trade))).toMatchObject({ quantity: "0.1" });
  });

  it("gives bars of the asked resolution only", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    await run(client.startOhlcvData("BTCUSDT", "1m"));
    const bars = collect(client.bars());
    service.publishBar("BTCUSDT", "5m", "1");
    service.publishBar("BTCUSDT", "1m", "61850.5");
    await clock.advance(100);
    expect(bars).toHaveLength(1);
    expect(JSON.parse(JSON.stringify(bars[0]))).toMatchObject({
      type: "bar",
      resolution: "1m",
      state: "forming",
      open: "61800.1",
      high: "61900",
      low: "61799.99",
      close: "61850.5",
      volume: "12.5",
      quoteVolume: "773000.25",
      takerVolume: "7.25",
      tradeCount: 321,
    });
  });

  it("reads nothing, and so loses nothing, until somebody consumes that type", async () => {
    const { client, service, broker, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    await run(client.startOhlcvData("BTCUSDT", "1m"));
    service.publishTrade("BTCUSDT", 1);
    service.publishBar("BTCUSDT", "1m", "5");
    const pollCount = broker.pollCount;
    await clock.advance(500);
    expect(broker.pollCount).toBe(pollCount);
    const trades = collect(client.trades());
    await clock.advance(500);
    const bars = collect(client.bars());
    await clock.advance(500);
    expect(trades.map((trade) => trade.tradeId)).toEqual([1]);
    expect(bars).toHaveLength(1);
  });

  it("gives every iteration every message, and callbacks the bytes", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    const [all, trades] = [collect(client.messages()), collect(client.trades())];
    const records: number[] = [];
    const errors: unknown[] = [];
    client.on("error", (error) => errors.push(error));
    client.onRecord((templateId, view, offset, length) => {
      records.push(templateId, view.getUint32(offset + 8 + 32, true), length);
      throw new Error("a user's mistake");
    });
    service.publishTrade("BTCUSDT", 1);
    await clock.advance(100);
    expect(all.map(({ type }) => type)).toEqual(["trade"]);
    expect(trades).toEqual(all);
    expect(records).toEqual([210, 11, 128]);
    expect(errors).toMatchObject([{ code: "client.callback-failed" }]);
  });

  it("stops reading when a queue is full, and loses nothing", async () => {
    const { client, service, broker, run, clock } = stage({ queueCapacity: 5 });
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    for (let id = 1; id <= 100; id++) service.publishTrade("BTCUSDT", id);
    const iterator = client.trades();
    await clock.advance(1000);
    const pollCount = broker.pollCount;
    await clock.advance(1000);
    expect(broker.pollCount).toBe(pollCount);
    const ids: number[] = [];
    while (ids.length < 100) ids.push((await run(iterator.next())).value!.tradeId);
    expect(ids).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it("ends an iteration by its signal and by leaving the loop; the others go on", async () => {
    const { client, service, run, clock } = stage({ queueCapacity: 2 });
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    const abort = new AbortController();
    const ended = client.trades({ signal: abort.signal });
    const left = client.trades();
    const going = collect(client.trades());
    for (let id = 1; id <= 10; id++) service.publishTrade("BTCUSDT", id);
    await clock.advance(100);
    expect(going.length).toBeLessThan(10);
    abort.abort();
    await left.return!();
    await clock.advance(100);
    expect(going).toHaveLength(10);
    expect(await ended.next()).toEqual({ done: true, value: undefined });
    expect(await client.trades({ signal: abort.signal }).next()).toEqual({ done: true, value: undefined });
  });

  it("ends iterations at shutdown after what they hold", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    const iterator = client.trades();
    service.publishTrade("BTCUSDT", 1);
    await clock.advance(100);
    await run(client.shutdown());
    expect((await iterator.next()).value?.tradeId).toBe(1);
    expect((await iterator.next()).done).toBe(true);
    expect((await client.trades().next()).done).toBe(true);
  });

  it("goes back for a start whose reply came after the cursor had passed, without doubling the others", async () => {
    const { client, service, broker, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    const trades = collect(client.trades());
    broker.slowStream = service.clientPlace(4242).stream;
    const start = client.startTradeData("ETHUSDT");
    await clock.advance(5);
    // The reply is written but not read yet: data of both symbols passes by the running reader.
    service.publishTrade("ETHUSDT", 1);
    service.publishTrade("BTCUSDT", 2);
    service.publishTrade("ETHUSDT", 3);
    await clock.advance(100);
    expect(trades.map((trade) => trade.tradeId)).toEqual([2]);
    broker.slowStream = undefined;
    await run(start);
    service.publishTrade("BTCUSDT", 4);
    await clock.advance(200);
    expect(trades.filter(({ symbol }) => symbol === "ETHUSDT").map((trade) => trade.tradeId)).toEqual([1, 3]);
    expect(trades.filter(({ symbol }) => symbol === "BTCUSDT").map((trade) => trade.tradeId)).toEqual([2, 4]);
  });

  it("delivers nothing of a symbol after its stop, and ends polling after the last", async () => {
    const { client, service, broker, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData(["BTCUSDT", "ETHUSDT"]));
    const trades = collect(client.trades());
    await run(client.stopTradeData("BTCUSDT"));
    service.publishTrade("BTCUSDT", 1);
    service.publishTrade("ETHUSDT", 2);
    await clock.advance(100);
    expect(trades.map((trade) => trade.tradeId)).toEqual([2]);
    expect(await run(client.stopAllData())).toBe(1);
    await clock.advance(100);
    const pollCount = broker.pollCount;
    await clock.advance(1000);
    expect(broker.pollCount).toBe(pollCount);
  });

  it("starts all symbols of a call or none", async () => {
    const { client, service, run } = stage();
    await run(client.login());
    await expect(run(client.startTradeData(["BTCUSDT", "BTCUSD", "ETHUSDT"]))).rejects.toMatchObject({
      code: "client.refused",
    });
    expect(client.subscriptions).toEqual([]);
    // The service starts all symbols of a request or none, so there is nothing to take back.
    expect(service.requests.filter((text) => text.startsWith("stop"))).toEqual([]);
    await expect(client.startTradeData([])).rejects.toMatchObject({ code: "client.invalid-argument" });
    await expect(client.startTradeData("X".repeat(33))).rejects.toThrow(
      /^The symbol has 33 bytes, at most 32 fit/,
    );
  });

  it("looks for data after 1 ms at first and every 20 ms in the end", async () => {
    const { client, broker, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    collect(client.trades());
    await clock.advance(1000);
    const pollCount = broker.pollCount;
    await clock.advance(1000);
    expect(broker.pollCount - pollCount).toBe(50);
  });

  it("reads many partitions at once without a warning of the process", async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning.name);
    process.on("warning", onWarning);
    try {
      const { client, service, run, clock } = stage();
      const symbols = Array.from({ length: 16 }, (_, partitionId) => `S${partitionId}USDT`);
      symbols.forEach((symbol, index) => {
        service.symbols.set(symbol, { instrumentId: 100 + index, partitionId: index });
      });
      await run(client.login());
      await run(client.startTradeData(symbols));
      const trades = collect(client.trades());
      for (const symbol of symbols) service.publishTrade(symbol, 1);
      await clock.advance(100);
      expect(trades).toHaveLength(symbols.length);
      await run(client.shutdown());
    } finally {
      process.off("warning", onWarning);
    }
    expect(warnings).not.toContain("MaxListenersExceededWarning");
  });
});

describe("delivery of malformed bytes", () => {
  it("counts and skips what is no message, and delivers what follows", async () => {
    const { client, service, broker, run, clock } = stage();
    const malformed: MalformedRecord[] = [];
    client.on("malformed", (record) => malformed.push(record));
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    const trades = collect(client.trades());
    const place = service.place("trades", 3);
    const whole = encodeTrade({ symbol: "BTCUSDT", instrumentId: 11, tradeId: 7 });
    const expectedCount = whole.length;
    for (let length = 0; length < whole.length; length++) broker.append(place, whole.slice(0, length));
    service.publishTrade("BTCUSDT", 8);
    await clock.advance(1000);
    expect(malformed).toHaveLength(expectedCount);
    expect(malformed.at(-1)).toMatchObject({ topic: "trades", partitionId: 3, count: expectedCount });
    expect(trades.map((trade) => trade.tradeId)).toEqual([8]);
  });

  it("survives random bytes, flipped bits and foreign messages", async () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(127), fc.nat(255)).map(([at, bits]) => {
        const bytes = encodeTrade({ symbol: "BTCUSDT", instrumentId: 11, tradeId: 7 });
        bytes[at]! ^= bits;
        return bytes;
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 60 }), async (payloads) => {
        const { client, service, broker, run, clock } = stage();
        await run(client.login());
        await run(client.startTradeData("BTCUSDT"));
        const trades = collect(client.trades());
        for (const bytes of payloads) {
          broker.append(service.place("trades", 3), bytes);
          broker.append(service.clientPlace(4242), bytes);
        }
        service.publishTrade("BTCUSDT", 123_456);
        await clock.advance(100);
        expect(trades.at(-1)?.tradeId).toBe(123_456);
        await run(client.stopAllData());
        await run(client.shutdown());
        expect(clock.pendingTimerCount).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});

import { describe, expect, it, vi } from "vitest";
import { collect, stage } from "../spec-support/client-stage.js";
import { ResumePoint } from "./resume-point.js";
import type { StartFrom } from "./start-from.js";

const ids = (trades: readonly { readonly tradeId: number }[]) => trades.map(({ tradeId }) => tradeId);

describe("a feed that goes on behind a place", () => {
  it("does not give out copies of what stands before it", async () => {
    const { client, service, broker, run, clock } = stage();
    service.publishTrades("BTCUSDT", [1, 2, 3, 4]);
    // The batch of the last three was sent again.
    service.publishTrades("BTCUSDT", [2, 3, 4]);
    broker.expire(service.place("trades", 3), 1);
    const missed: unknown[] = [];
    client.on("missed", (event) => missed.push(event));
    await run(client.login());
    await run(client.startTradeData("BTCUSDT", { from: { offset: 3 } }));
    const trades = collect(client.trades());
    service.publishTrades("BTCUSDT", [5]);
    await clock.advance(100);
    expect(ids(trades)).toEqual([4, 5]);
    expect(client.duplicatesSkipped).toBe(3);
    expect(missed).toEqual([]);
  });
});

describe("a feed that begins in the past", () => {
  async function withHistory() {
    const scene = stage();
    const { service, broker, client, run } = scene;
    for (let id = 1; id <= 10; id++) {
      broker.nowMicros = id * 1_000_000;
      service.publishTrade(id % 2 === 0 ? "ETHUSDT" : "BTCUSDT", id);
    }
    await run(client.login());
    return scene;
  }

  it.each<[string, StartFrom | undefined, number[]]>([
    ["now by default", undefined, []],
    ["now", "now", []],
    ["the first record", "first", [1, 3, 5, 7, 9]],
    ["an offset", { offset: 4 }, [5, 7, 9]],
    ["the end", { offset: 10 }, []],
    ["a Date", { time: new Date(6500) }, [7, 9]],
    ["microseconds", { time: 7_000_000 }, [7, 9]],
    ["microseconds as a bigint", { time: 7_000_001n }, [9]],
    ["a time to come", { time: new Date(60_000) }, []],
  ])("from %s", async (_, from, history) => {
    const { client, service, run, clock } = await withHistory();
    await run(client.startTradeData("BTCUSDT", { from }));
    const trades = collect(client.trades());
    service.publishTrade("BTCUSDT", 11);
    await clock.advance(100);
    expect(ids(trades)).toEqual([...history, 11]);
  });

  it("asks each partition once, however many symbols begin there", async () => {
    const { client, transport, run } = await withHistory();
    const offsetAt = vi.spyOn(transport, "offsetAt");
    const subscriptions = await run(
      client.startTradeData(["BTCUSDT", "ETHUSDT", "BNBUSDT"], { from: { time: 3_500_000 } }),
    );
    expect(subscriptions.map(({ firstOffset }) => firstOffset)).toEqual([3, 3, 0]);
    expect(offsetAt).toHaveBeenCalledTimes(2);
  });

  it("takes what retention left for the first, without a word of loss", async () => {
    const { client, service, broker, run, clock } = await withHistory();
    broker.expire(service.place("trades", 3), 6);
    const missed: unknown[] = [];
    client.on("missed", (event) => missed.push(event));
    await run(client.startTradeData("BTCUSDT", { from: "first" }));
    const trades = collect(client.trades());
    await clock.advance(100);
    expect(ids(trades)).toEqual([7, 9]);
    expect(missed).toEqual([]);
  });

  it.each<[string, StartFrom, RegExp]>([
    ["an offset below 0", { offset: -1 }, /^from\.offset is -1/],
    ["half an offset", { offset: 1.5 }, /^from\.offset is 1\.5/],
    ["no date", { time: new Date(Number.NaN) }, /^from\.time is Invalid Date/],
    ["a time before 1970", { time: -1n }, /^from\.time is -1/],
    ["another word", "then" as StartFrom, /^from is "then"/],
  ])("refuses %s before anything is sent", async (_, from, message) => {
    const { client, service } = await withHistory();
    await expect(client.startTradeData("BTCUSDT", { from })).rejects.toThrow(message);
    await expect(client.startTradeData(["A", "B"], { from: { offset: 1 } })).rejects.toThrow(/of one symbol/);
    expect(service.requests).toEqual(["login"]);
  });

  it("refuses an offset that the partition has not reached, and stops the feed again", async () => {
    const { client, service, run } = await withHistory();
    await expect(run(client.startTradeData("BTCUSDT", { from: { offset: 11 } }))).rejects.toMatchObject({
      code: "client.invalid-argument",
      message: expect.stringMatching(/^BTCUSDT has no offset 11 in partition 3: .* ends at 10\./),
    });
    expect(service.requests).toEqual(["login", "start BTCUSDT 1/0", "stop BTCUSDT 1/0"]);
    expect(client.subscriptions).toEqual([]);
  });

  it("goes on behind the last message that was handled, symbol by symbol", async () => {
    const { client, service, run } = await withHistory();
    const point = new ResumePoint(await run(client.startTradeData(["BTCUSDT", "ETHUSDT", "BNBUSDT"])));
    await run(client.startOhlcvData("BTCUSDT", "1m"));
    const trades = client.trades();
    for (let id = 11; id <= 20; id++) service.publishTrade(id % 2 === 0 ? "ETHUSDT" : "BTCUSDT", id);
    for (let count = 0; count < 3; count++) point.passed((await run(trades.next())).value!);
    const saved = JSON.stringify(point);
    await run(client.shutdown());
    // Nothing of it was heard yet: its feed goes on where it began.
    service.publishTrade("BNBUSDT", 21);

    const later = ResumePoint.parse(saved);
    expect(later.positions).toEqual(point.positions);
    const next = stage({ service });
    await next.run(next.client.login());
    await next.run(
      next.client.startTradeData(["BTCUSDT", "ETHUSDT", "BNBUSDT"], { from: ResumePoint.parse(saved) }),
    );
    const rest = collect(next.client.trades());
    await next.clock.advance(100);
    expect(ids(rest).sort((a, b) => a - b)).toEqual([14, 15, 16, 17, 18, 19, 20, 21]);
  });

  it.each(["", "{}", "[1]", '[{"data":"trades","symbol":"A","partitionId":0,"offset":-1}]', "[null]"])(
    "takes no other text for a resume point: %s",
    (text) => {
      expect(() => ResumePoint.parse(text)).toThrow(
        expect.objectContaining({ code: "client.invalid-argument" }),
      );
    },
  );
});

describe("what lies between", () => {
  it("is told when the broker deleted it before it was read, and gives the memory of all polls back", async () => {
    const { client, service, broker, run, clock } = stage();
    const missed: unknown[] = [];
    client.on("missed", (event) => missed.push(event));
    await run(client.login());
    await run(client.startTradeData(["BTCUSDT", "ETHUSDT"]));
    for (let id = 1; id <= 10; id++) service.publishTrade("BTCUSDT", id);
    broker.expire(service.place("trades", 3), 4);
    const trades = collect(client.trades());
    await clock.advance(100);
    expect(ids(trades)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(missed).toMatchObject([
      { topic: "trades", partitionId: 3, cause: "expired", expectedOffset: 0, foundOffset: 4 },
    ]);
    expect(missed).toMatchObject([{ subscriptions: [{ symbol: "BTCUSDT" }, { symbol: "ETHUSDT" }] }]);
    await run(client.shutdown());
    await clock.advance(100);
    expect(broker.heldCount).toBe(0);
  });
});

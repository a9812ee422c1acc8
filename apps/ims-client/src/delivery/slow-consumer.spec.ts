import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mockTopOfBook } from "../mock/mock-messages.js";
import { stage } from "../spec-support/client-stage.js";
import { encodeTopOfBook } from "../spec-support/sample-states.js";
import type { SlowIteration } from "./message-hub.js";
import { conflate, type SlowConsumerPolicy } from "./slow-consumer.js";

/** A client that is logged in, with what it says about slow iterations. */
async function ready() {
  const scene = stage();
  const { client, run } = scene;
  const slow: SlowIteration[] = [];
  client.on("slow", (iteration) => slow.push(iteration));
  await run(client.login());
  return { ...scene, slow };
}

describe("a slow consumer", () => {
  it("is told of a gap in place of what it skipped, and gets all again once it keeps up", async () => {
    const { client, service, run, clock, slow } = await ready();
    await run(client.startTradeData(["BTCUSDT", "ETHUSDT"]));
    const trades = client.trades({ onFull: "skip", capacity: 3 });
    for (let id = 1; id <= 6; id++) service.publishTrade(id % 2 === 1 ? "BTCUSDT" : "ETHUSDT", id);
    await clock.advance(100);
    const taken: unknown[] = [];
    const take = async () => {
      const { value } = await run(trades.next());
      taken.push(value!.type === "skipped" ? JSON.parse(JSON.stringify(value)) : value!.tradeId);
    };
    for (let count = 0; count < 4; count++) await take();
    service.publishTrade("BTCUSDT", 7);
    await take();
    expect(taken).toEqual([
      1,
      2,
      3,
      {
        type: "skipped",
        count: 3,
        feeds: [
          { type: "trade", symbol: "ETHUSDT", count: 2, partitionId: 3, firstOffset: 3, lastOffset: 5 },
          { type: "trade", symbol: "BTCUSDT", count: 1, partitionId: 3, firstOffset: 4, lastOffset: 4 },
        ],
      },
      7,
    ]);
    expect(slow).toEqual([{ policy: "skip", types: ["trade"], capacity: 3 }]);
  });

  it("gets the newest state of each symbol when it conflates, and is never behind by more", async () => {
    const { client, service, run, clock, slow } = await ready();
    await run(client.startTopOfBook(["BTCUSDT", "ETHUSDT"]));
    const tops = client.topOfBook({ onFull: "conflate", capacity: 8 });
    for (let id = 1; id <= 100; id++) {
      const symbol = id % 3 === 0 ? "ETHUSDT" : "BTCUSDT";
      service.publish("top-of-book", symbol, (instrumentId) => encodeTopOfBook(symbol, instrumentId, id));
    }
    await clock.advance(100);
    const last = new Map<string, number>();
    const all: number[] = [];
    while (all.at(-1) !== 100) {
      const { value } = await run(tops.next());
      expect(value!.updateId!).toBeGreaterThan(last.get(value!.symbol) ?? 0);
      last.set(value!.symbol, value!.updateId!);
      all.push(value!.updateId!);
    }
    expect(all.length).toBeLessThanOrEqual(8);
    expect(Object.fromEntries(last)).toEqual({ BTCUSDT: 100, ETHUSDT: 99 });
    expect(slow).toHaveLength(1);
  });

  it("gets what is left in the order in which the newest states came", () => {
    const of = (symbol: string, updateId: number) => mockTopOfBook({ symbol, updateId });
    const kept = conflate([undefined, of("A", 1), of("B", 2), of("A", 3), of("C", 4)], 1);
    expect(kept.map(({ updateId }) => updateId)).toEqual([2, 3, 4]);
  });

  it("keeps the last state of each bar when it conflates", async () => {
    const { client, service, run, clock } = await ready();
    await run(client.startOhlcvData("BTCUSDT", "1m"));
    const bars = client.bars({ onFull: "conflate", capacity: 4 });
    for (let close = 1; close <= 10; close++) service.publishBar("BTCUSDT", "1m", String(close));
    await clock.advance(100);
    const closes: string[] = [];
    while (closes.at(-1) !== "10") closes.push((await run(bars.next())).value!.close.toString());
    expect(closes.length).toBeLessThanOrEqual(4);
  });

  it("is ended with an error after what it holds, if it wants that; other iterations go on", async () => {
    const { client, service, run, clock } = await ready();
    await run(client.startTradeData("BTCUSDT"));
    const ended = client.trades({ onFull: "disconnect", capacity: 2 });
    const going = client.trades();
    for (let id = 1; id <= 5; id++) service.publishTrade("BTCUSDT", id);
    await clock.advance(100);
    expect((await ended.next()).value?.tradeId).toBe(1);
    expect((await ended.next()).value?.tradeId).toBe(2);
    await expect(ended.next()).rejects.toMatchObject({ code: "client.too-slow", context: { capacity: 2 } });
    expect((await ended.next()).done).toBe(true);
    for (let id = 1; id <= 5; id++) expect((await going.next()).value?.tradeId).toBe(id);
  });

  it("cannot conflate events, nor choose what is no policy", async () => {
    const { client } = await ready();
    expect(() => client.trades({ onFull: "conflate" })).toThrow(/^onFull "conflate" would lose .* trade,/);
    expect(() => client.book({ onFull: "conflate" })).toThrow(/book-snapshot, book-delta/);
    expect(() => client.trades({ onFull: "drop" as SlowConsumerPolicy })).toThrow(/^onFull is "drop"/);
    expect(() => client.trades({ capacity: 0 })).toThrow(/^capacity is 0/);
  });

  it("gets with skip every trade, or a notice that counts it, however it takes them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.record({ published: fc.nat(8), taken: fc.nat(8) }), { maxLength: 12 }),
        async (capacity, rounds) => {
          const { client, service, run, clock } = await ready();
          await run(client.startTradeData("BTCUSDT"));
          const trades = client.trades({ onFull: "skip", capacity });
          let published = 0;
          let next = 1;
          const take = async () => {
            const { value } = await trades.next();
            if (value!.type === "trade") expect(value!.tradeId).toBe(next++);
            else {
              expect(value!.feeds[0]!.firstOffset).toBe(next - 1);
              next += value!.count;
              expect(value!.feeds[0]!.lastOffset).toBe(next - 2);
            }
          };
          for (const round of rounds) {
            for (let count = 0; count < round.published; count++)
              service.publishTrade("BTCUSDT", ++published);
            await clock.advance(50);
            for (let count = 0; count < round.taken && next <= published; count++) await take();
          }
          await clock.advance(50);
          while (next <= published) await take();
          await run(client.shutdown());
          expect((await trades.next()).done).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collect, stage } from "../spec-support/client-stage.js";
import { MemoryRecords } from "../spec-support/memory-broker.js";
import { encodeTrade } from "../spec-support/sample-records.js";
import { RecentRecords } from "./recent-records.js";

/** The current record of a poll, at its offset. */
function record(id: readonly number[], payload: Uint8Array, offset: number): MemoryRecords {
  const records = new MemoryRecords([{ payload, id, storedMicros: 0 }], offset);
  records.next();
  return records;
}

function trade(tradeId: number, price = "1"): Uint8Array {
  return encodeTrade({ symbol: "BTCUSDT", instrumentId: 11, tradeId, price });
}

describe("RecentRecords", () => {
  it("does as a list that compares whole ids and contents, within its bound", () => {
    // Few values in each word, so that ids are often equal, often nearly so, and sometimes zero.
    const word = fc.constantFrom(0, 1, 2, 0xffffffff);
    const step = fc.record({
      id: fc.tuple(word, word, fc.constantFrom(0, 11), fc.constantFrom(0, 0x04010000)),
      price: fc.constantFrom("1", "2"),
      isSamePlace: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 1, max: 20 }), (steps, capacity) => {
        const recent = new RecentRecords(capacity);
        const model: { key: string; offset: number }[] = [];
        for (const [index, { id, price, isSamePlace }] of steps.entries()) {
          const key = `${id.join()} ${price}`;
          const known = model.find((entry) => entry.key === key);
          const offset = isSamePlace && known ? known.offset : index;
          const isCopy = recent.isCopy(record(id, trade(7, price), offset));
          const hasId = id.some((part) => part !== 0);
          expect(isCopy).toBe(hasId && known !== undefined && known.offset !== offset);
          if (!hasId || known) continue;
          model.push({ key, offset });
          if (model.length > capacity) model.shift();
        }
      }),
    );
  });

  it("never takes a record for a copy of another, whatever their ids", () => {
    const bytes = fc.uint8Array({ minLength: 48, maxLength: 128 });
    fc.assert(
      fc.property(bytes, fc.nat(1023), fc.integer({ min: 1, max: 255 }), (payload, position, bits) => {
        const recent = new RecentRecords(16);
        expect(recent.isCopy(record([1, 2, 3, 4], payload, 0))).toBe(false);
        const changed = payload.slice();
        const at = position % payload.length;
        changed[at]! ^= bits;
        // The header says how to read it; the three times are the service's own.
        const isSameOfVenue = at < 8 || (at >= 16 && at < 40);
        expect(recent.isCopy(record([1, 2, 3, 4], changed, 1))).toBe(isSameOfVenue);
      }),
    );
  });

  it("knows the copies of the last 8,192 records, and no older ones", () => {
    const recent = new RecentRecords();
    const payload = trade(1);
    for (let index = 0; index <= 8192; index++) recent.isCopy(record([index + 1, 0, 11, 1], payload, index));
    expect(recent.isCopy(record([2, 0, 11, 1], payload, 9000))).toBe(true);
    expect(recent.isCopy(record([1, 0, 11, 1], payload, 9001))).toBe(false);
  });
});

describe("a batch that is stored twice", () => {
  it("reaches the user once, and its copies are counted", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData(["BTCUSDT", "ETHUSDT"]));
    const trades = collect(client.trades());
    service.publishTrades("BTCUSDT", [1, 2, 3]);
    service.publishTrades("ETHUSDT", [1]);
    service.publishTrades("BTCUSDT", [1, 2, 3]);
    service.publishTrades("BTCUSDT", [4]);
    await clock.advance(100);
    expect(trades.map(({ symbol, tradeId }) => `${symbol} ${tradeId}`)).toEqual([
      "BTCUSDT 1",
      "BTCUSDT 2",
      "BTCUSDT 3",
      "ETHUSDT 1",
      "BTCUSDT 4",
    ]);
    expect(client.duplicatesSkipped).toBe(3);
  });

  it("is given out twice when it carries no ids, or says something else under them", async () => {
    const { client, service, run, clock } = stage();
    await run(client.login());
    await run(client.startTradeData("BTCUSDT"));
    const trades = collect(client.trades());
    service.publishTrade("BTCUSDT", 1);
    service.publishTrade("BTCUSDT", 1);
    service.publishTrades("BTCUSDT", [2]);
    service.publishTrades("BTCUSDT", [2], { price: "5" });
    await clock.advance(100);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual([1, 1, 2, 2]);
    expect(client.duplicatesSkipped).toBe(0);
  });
});

import { Delivery } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Feed, feedKey } from "./feed.js";
import { SubscriptionTable } from "./subscription-table.js";

const trades = (symbol: string): Feed => ({ dataType: 1, resolution: 0, symbol });
const bars = (symbol: string, resolution: number): Feed => ({ dataType: 2, resolution, symbol });

function add(table: SubscriptionTable, clientId: number, feed: Feed, delivery: Delivery = Delivery.Shared) {
  table.add({ clientId, feed, delivery, generation: 2 });
}

describe("SubscriptionTable", () => {
  it("keeps a feed while anybody reads it", () => {
    const table = new SubscriptionTable();
    add(table, 100, trades("BTCUSDT"));
    add(table, 101, trades("BTCUSDT"));
    expect(table.remove(100, trades("BTCUSDT"))).toBe(true);
    expect(table.isWanted(trades("BTCUSDT"))).toBe(true);
    expect(table.remove(101, trades("BTCUSDT"))).toBe(true);
    expect(table.isWanted(trades("BTCUSDT"))).toBe(false);
    expect(table.remove(101, trades("BTCUSDT"))).toBe(false);
  });

  it("tells feeds of different type, resolution and symbol apart", () => {
    const table = new SubscriptionTable();
    add(table, 100, trades("A"));
    add(table, 100, bars("A", 1));
    add(table, 100, bars("A", 2));
    expect(table.countOf(100)).toBe(3);
    table.remove(100, bars("A", 1));
    expect(table.wantedFeeds().map(feedKey)).toEqual(["1:0:A", "2:2:A"]);
  });

  it("reports a change of delivery, and not an unchanged repetition", () => {
    const table = new SubscriptionTable();
    add(table, 100, trades("A"));
    expect(table.takeChangedFeeds()).toEqual([trades("A")]);
    add(table, 100, trades("A"));
    expect(table.takeChangedFeeds()).toEqual([]);
    add(table, 100, trades("A"), Delivery.Private);
    expect(table.takeChangedFeeds()).toEqual([trades("A")]);
    expect(table.subscribersOf(trades("A"))).toMatchObject([{ delivery: Delivery.Private }]);
    expect(table.countOf(100)).toBe(1);
  });

  it("agrees with a set of pairs under any sequence of requests", () => {
    const feeds = [trades("A"), trades("B"), bars("A", 1), bars("A", 2), bars("B", 1)];
    const step = fc.record({
      action: fc.constantFrom("add", "remove", "remove-all"),
      clientId: fc.integer({ min: 100, max: 103 }),
      feed: fc.constantFrom(...feeds),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const table = new SubscriptionTable();
        const model = new Set<string>();
        for (const { action, clientId, feed } of steps) {
          const pair = `${clientId} ${feedKey(feed)}`;
          if (action === "add") {
            add(table, clientId, feed);
            model.add(pair);
          } else if (action === "remove") {
            expect(table.remove(clientId, feed)).toBe(model.delete(pair));
          } else {
            const own = [...model].filter((entry) => entry.startsWith(`${clientId} `));
            expect(table.removeAllOf(clientId)).toBe(own.length);
            for (const entry of own) model.delete(entry);
          }
          expect(table.subscriptionCount).toBe(model.size);
          for (const candidate of feeds) {
            const readers = [...model].filter((entry) => entry.endsWith(` ${feedKey(candidate)}`));
            expect(table.isWanted(candidate)).toBe(readers.length > 0);
            expect(table.subscribersOf(candidate)).toHaveLength(readers.length);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

import { RecordFlags } from "@ims/common";
import { createTradeFields } from "@ims/integration-kit";
import type { TradeFields } from "@ims/traits";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { TradeJoin } from "./trade-join.js";

const START_MICROS = 1_790_000_000_000_000;

describe("TradeJoin", () => {
  let passed: string[] = [];
  let restarts = 0;
  let join = create();

  function create(heldMax = 100): TradeJoin {
    return new TradeJoin({
      heldMax,
      publish: ({ flags, tradeId }) =>
        passed.push(`${tradeId}${(flags & RecordFlags.Late) === 0 ? "" : " late"}`),
      restarted: () => restarts++,
    });
  }

  const trade = (tradeId: number, eventMicros = START_MICROS + tradeId): TradeFields => ({
    ...createTradeFields(),
    tradeId,
    eventMicros,
  });
  const offer = (...ids: number[]) => {
    for (const id of ids) join.offer(trade(id));
  };

  beforeEach(() => {
    passed = [];
    restarts = 0;
    join = create();
  });

  it("passes on ids with holes at once, and each once", () => {
    offer(10, 17, 17, 10, 90);
    expect([passed, join.duplicateCount]).toEqual([["10", "17", "90"], 2]);
  });

  it("marks a trade that another connection overtook", () => {
    offer(10, 30, 20);
    expect(passed).toEqual(["10", "30", "20 late"]);
  });

  it("holds what follows a cut until the listed trades are in their place", () => {
    offer(10);
    join.hold();
    offer(40, 50);
    for (const id of [30, 20, 40]) join.offerListed(trade(id));
    expect([passed, join.firstLiveId]).toEqual([["10"], 40]);
    join.release();
    expect(passed).toEqual(["10", "20", "30", "40", "50"]);
  });

  it("goes on when too many wait, and marks what is listed afterwards", () => {
    join = create(2);
    offer(10);
    join.hold();
    offer(40, 50, 60);
    join.offerListed(trade(20));
    expect(passed).toEqual(["10", "40", "50", "60", "20 late"]);
  });

  it("notices that the venue counts anew", () => {
    offer(500, 600);
    join.offer(trade(3, START_MICROS + 3_600_000_000));
    offer(4);
    expect([passed, restarts, join.lastId]).toEqual([["500", "600", "3", "4"], 1, 4]);
  });

  it("does not take one wrong time for another count of ids", () => {
    offer(500);
    join.offer(trade(510, 0));
    offer(505, 510);
    expect([passed, restarts]).toEqual([["500", "510", "505 late"], 0]);
  });

  it("goes on behind an earlier run, unless the venue counts anew", () => {
    join.resumeFrom(100);
    join.hold();
    offer(130);
    expect([passed, join.lastId, restarts]).toEqual([[], 100, 0]);
    join = create();
    join.resumeFrom(100);
    offer(7);
    expect([passed, restarts]).toEqual([["7"], 1]);
  });

  it("passes on every trade of two connections and a list once, whatever their interleaving", () => {
    const run = fc.record({
      ids: fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 200 }),
      sources: fc.array(fc.constantFrom("first", "second", "list", "hold", "release"), { maxLength: 600 }),
    });
    fc.assert(
      fc.property(run, ({ ids, sources }) => {
        passed = [];
        join = create(50);
        const sorted = [...ids].sort((left, right) => left - right);
        const next = { first: 0, second: 0, list: 0 };
        for (const source of sources) {
          if (source === "hold") join.hold();
          else if (source === "release") join.release();
          else if (next[source] < sorted.length) {
            const each = trade(sorted[next[source]++]!);
            if (source === "list") join.offerListed(each);
            else join.offer(each);
          }
        }
        join.release();
        const count = Math.max(next.first, next.second, next.list);
        const seen = passed.map((text) => Number.parseInt(text, 10));
        expect([...seen].sort((left, right) => left - right)).toEqual(sorted.slice(0, count));
        const inOrder = seen.filter((_, at) => !passed[at]!.endsWith("late"));
        expect(inOrder).toEqual([...inOrder].sort((left, right) => left - right));
      }),
      { numRuns: 300 },
    );
  });
});

import { describe, expect, it } from "vitest";
import type { VenueTrade } from "./markets.js";
import type { JournalEntry } from "./reader.js";
import { accountOf, spanOf } from "./trade-account.js";

const truth = new Map<number, VenueTrade>(
  Array.from({ length: 20 }, (_, id) => [id, { id, price: "2.50", qty: "10", time: 1000 + id }]),
);

function trade(tradeId: number, fields: Partial<JournalEntry> = {}): JournalEntry {
  const entry = { kind: "trade", symbol: "A", tradeId, price: "2.5", quantity: "10", flags: [], ...fields };
  return entry as unknown as JournalEntry;
}

function gap(fields: Partial<JournalEntry>): JournalEntry {
  const times = { fromMicros: null, toMicros: null };
  return {
    kind: "gap",
    symbol: "A",
    fromId: null,
    toId: null,
    ...times,
    ...fields,
  } as unknown as JournalEntry;
}

const faultsOf = (...journal: JournalEntry[]) => accountOf(truth, "A", journal).faults;

describe("the account of a reader's trades", () => {
  it("finds nothing wrong with every trade once, in order, from any first to any last", () => {
    const journal = [trade(3), trade(9, { symbol: "B" }), trade(4), trade(5, { flags: ["back-filled"] })];
    expect(spanOf("A", journal)).toEqual({ firstId: 3, lastId: 5 });
    expect(accountOf(truth, "A", journal)).toEqual({
      tradeCount: 3,
      backFilledCount: 1,
      toldCount: 0,
      faults: [],
    });
  });

  it("takes missing trades that a gap tells of by ids or by times", () => {
    const byIds = gap({ fromId: 4, toId: 5 });
    const byTimes = gap({ fromMicros: 1_004_000, toMicros: 1_005_000 });
    for (const told of [byIds, byTimes]) {
      expect(accountOf(truth, "A", [trade(3), trade(6), told])).toMatchObject({ toldCount: 2, faults: [] });
      expect(faultsOf(trade(3), trade(7), told)).toEqual(["1 trades are missing and not told: 6 …"]);
      expect(faultsOf(trade(3), trade(6), { ...told, symbol: "B" })).toHaveLength(1);
    }
  });

  it("finds copies, disorder, wrong values, and what a client reports as broken", () => {
    expect(faultsOf(trade(3), trade(4), trade(4))).toEqual(["trade 4 came twice"]);
    expect(faultsOf(trade(3), trade(5), trade(4))).toEqual(["4 came after 5"]);
    expect(faultsOf(trade(3), trade(5), trade(4, { flags: ["late"] }))).toEqual([]);
    expect(faultsOf(trade(3, { price: "25" }))).toHaveLength(1);
    expect(faultsOf(trade(3, { quantity: "1" }))).toHaveLength(1);
    expect(faultsOf(trade(21))).toHaveLength(1);
    expect(faultsOf(trade(3), { kind: "missed", symbol: "A" } as JournalEntry)).toHaveLength(1);
  });
});

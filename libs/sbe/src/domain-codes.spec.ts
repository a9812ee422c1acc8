import * as domain from "@ims/common";
import { describe, expect, it } from "vitest";
import * as v2 from "./generated/v2/index.js";

const schema: Readonly<Record<string, unknown>> = v2;

/** Code tables of the domain by the name that the schema has for them. */
const TABLES = {
  AggressorSide: domain.Aggressor,
  AverageMethod: domain.AverageMethod,
  AverageState: domain.AverageState,
  BarState: domain.BarState,
  BookCondition: domain.BookCondition,
  Delivery: domain.Delivery,
  FeedState: domain.FeedState,
  GapReason: domain.GapReason,
  OrderEvent: domain.OrderEvent,
  OrderKind: domain.OrderKind,
  OrderMarks: domain.OrderMarks,
  OrderStatus: domain.OrderStatus,
  RecordFlags: domain.RecordFlags,
  RefusalKind: domain.RefusalKind,
  Side: domain.Side,
  SignatureAlgorithm: domain.SignatureAlgorithm,
  SnapshotMark: domain.SnapshotMark,
  StateChange: domain.StateChange,
  TradeKind: domain.TradeKind,
} as const;

/** Tables that the domain has words for in place of numbers; their numbers are frozen here. */
const NUMBERS_OF_WORDS = {
  InstrumentKind: { Spot: 1, Perpetual: 2, Future: 3, Option: 4 },
  InstrumentStatus: { Unknown: 0, Trading: 1, Halted: 2, Pending: 3, Expired: 4 },
  OptionType: { None: 0, Call: 1, Put: 2 },
} as const;

/** Of version 1, whose numbers are the reference system's template ids. */
const OF_VERSION_1 = ["MessageType"];

function isTable(value: unknown): value is Readonly<Record<string, number>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((number) => typeof number === "number")
  );
}

describe("codes of schema version 2", () => {
  it.each(Object.entries({ ...TABLES, ...NUMBERS_OF_WORDS }))("%s are those of the domain", (name, table) => {
    expect(schema[name]).toEqual(table);
  });

  it("are all held", () => {
    const names = Object.entries(schema).flatMap(([name, value]) => (isTable(value) ? [name] : []));
    expect(names.filter((name) => !OF_VERSION_1.includes(name)).sort()).toEqual(
      Object.keys({ ...TABLES, ...NUMBERS_OF_WORDS }).sort(),
    );
  });
});

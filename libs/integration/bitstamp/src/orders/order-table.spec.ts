import { BookOrders } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventLog } from "./event-log.js";
import { ChangeKind, OrderChange } from "./order-change.js";
import { OrderTable } from "./order-table.js";

interface Row {
  readonly isSell: boolean;
  readonly price: bigint;
  readonly quantity: bigint;
  /** Which orders of one price come first. */
  readonly rank: number;
}

const lo = (value: bigint) => Number(BigInt.asIntN(32, value));
const hi = (value: bigint) => Number(value >> 32n);

/** Ids as the venue's, which differ in few bits; prices on both sides of a word. */
const step = fc.record({
  id: fc.nat({ max: 60 }).map((number) => 1_684_132_150_583_296 + number * 4096),
  isSell: fc.boolean(),
  price: fc.oneof(fc.bigInt({ min: 1n, max: 5n }), fc.bigInt({ min: 2n ** 31n - 2n, max: 2n ** 33n })),
  quantity: fc.bigInt({ min: 1n, max: 2n ** 40n }),
  isDelete: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function changeOf(id: number, isSell: boolean, price: bigint, quantity: bigint): OrderChange {
  const change = new OrderChange();
  change.id = id;
  change.kind = isSell ? ChangeKind.Sell : ChangeKind.Buy;
  [change.priceLo, change.priceHi] = [lo(price), hi(price)];
  [change.quantityLo, change.quantityHi] = [lo(quantity), hi(quantity)];
  return change;
}

function removalOf(id: number): OrderChange {
  const change = new OrderChange();
  change.id = id;
  return change;
}

function play(steps: readonly Step[], table: OrderTable, model: Map<number, Row>): void {
  for (const [rank, { id, isDelete, isSell, price, quantity }] of steps.entries()) {
    if (isDelete) {
      table.apply(removalOf(id));
      model.delete(id);
      continue;
    }
    table.apply(changeOf(id, isSell, price, quantity));
    const before = model.get(id);
    const stays = before?.isSell === isSell && before.price === price;
    model.set(id, { isSell, price, quantity, rank: stays ? before.rank : rank });
  }
}

function rowsOf({ count, ids, levels }: BookOrders): unknown[] {
  return Array.from({ length: count }, (_, at) => [ids[at], levels.price(at), levels.quantity(at)]);
}

function sides(table: OrderTable): { readonly bids: unknown[]; readonly asks: unknown[] } {
  const [bids, asks] = [new BookOrders(), new BookOrders()];
  table.copyTo(bids, asks);
  return { bids: rowsOf(bids), asks: rowsOf(asks) };
}

function expectedSides(model: ReadonlyMap<number, Row>): ReturnType<typeof sides> {
  const ofSide = (isSell: boolean, sign: number) =>
    [...model]
      .filter(([, row]) => row.isSell === isSell)
      .sort(([, left], [, right]) => sign * Number(left.price - right.price) || left.rank - right.rank)
      .map(([id, { price, quantity }]) => [id, price, quantity]);
  return { bids: ofSide(false, -1), asks: ofSide(true, 1) };
}

describe("OrderTable", () => {
  it("has what was put in and not taken out, best first, later ones of a price behind earlier ones", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
        const [table, model] = [new OrderTable(), new Map<number, Row>()];
        play(steps, table, model);
        expect([table.count, sides(table)]).toEqual([model.size, expectedSides(model)]);
      }),
    );
  });

  it("grows, and is empty when it is cleared", () => {
    const table = new OrderTable();
    const ids = Array.from({ length: 5000 }, (_, at) => 2 ** 52 + at * 4096);
    for (const [at, id] of ids.entries()) table.apply(changeOf(id, false, BigInt(at), 1n));
    for (const id of ids.filter((_, at) => at % 3 === 0)) table.apply(removalOf(id));
    const { bids } = sides(table);
    expect(bids.map((row) => (row as number[])[0])).toEqual(ids.filter((_, at) => at % 3 !== 0).reverse());
    table.clear();
    expect([table.count, sides(table)]).toEqual([0, { bids: [], asks: [] }]);
  });

  it("is the same as another with the same orders, whatever happened to them before", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.nat(), (steps, which) => {
        const [table, model] = [new OrderTable(), new Map<number, Row>()];
        play(steps, table, model);
        const other = new OrderTable();
        for (const [id, { isSell, price, quantity }] of [...model].reverse())
          other.apply(changeOf(id, isSell, price, quantity));
        expect([table.isSame(other), other.isSame(table)]).toEqual([true, true]);
        const [id, row] = [...model][which % Math.max(1, model.size)] ?? [];
        if (id === undefined || row === undefined) return;
        const { price, quantity } = row;
        other.apply(changeOf(id, !row.isSell, price, quantity));
        expect(table.isSame(other)).toBe(false);
        other.apply(changeOf(id, row.isSell, price, quantity + 1n));
        expect(table.isSame(other)).toBe(false);
        other.apply(removalOf(id));
        expect([table.isSame(other), other.isSame(table)]).toEqual([false, false]);
        other.apply(changeOf(id + 1, row.isSell, price, quantity));
        expect(table.isSame(other)).toBe(false);
      }),
    );
  });

  it("adds digits where they fit", () => {
    const table = new OrderTable();
    table.apply(changeOf(1, true, 5n, 7n));
    expect([table.addDigits(2, 0), sides(table).asks]).toEqual([true, [[1, 500n, 7n]]]);
    table.apply(changeOf(2, true, 1n << 62n, 7n));
    expect(table.addDigits(1, 0)).toBe(false);
  });
});

describe("EventLog", () => {
  const SECOND = 1_000_000;

  /** One event each millisecond, the order of each with the price of its number. */
  function fill(log: EventLog, count: number, stepMicros: number): void {
    for (let at = 1; at <= count; at++) push(log, at, at * stepMicros);
  }

  function push(log: EventLog, id: number, micros: number): void {
    const change = changeOf(id, false, BigInt(id), 1n);
    change.eventMicros = micros;
    change.receiveMicros = micros;
    log.push(change);
  }

  function idsBehind(log: EventLog, micros: number): number[] {
    const table = new OrderTable();
    log.replay(table, micros);
    return sides(table)
      .bids.map((row) => (row as number[])[0]!)
      .reverse();
  }

  it("keeps the events of 15 seconds, however many, up to its bound", () => {
    const log = new EventLog(2048);
    fill(log, 2000, 1000);
    expect([log.count, log.floorMicros, log.sinceMicros]).toEqual([2000, 1000, 1000]);
    expect(idsBehind(log, 1_998_000)).toEqual([1999, 2000]);
    fill(log, 3000, 1000);
    expect([log.count, log.sinceMicros]).toEqual([2048, Number.POSITIVE_INFINITY]);
    expect([log.floorMicros, idsBehind(log, 0).at(0)]).toEqual([2_000_000, 953]);
  });

  it("forgets older ones, and tells up to which", () => {
    const log = new EventLog(65_536);
    fill(log, 300, SECOND);
    expect([log.count, log.floorMicros, idsBehind(log, 0).length]).toEqual([256, 44 * SECOND, 256]);
    // Keeps those of 15 seconds, and grows where the first of them stands in its middle.
    for (let at = 301; at <= 600; at++) push(log, at, 300 * SECOND + at);
    const ids = idsBehind(log, 0);
    expect([log.count, ids.length, ids.at(0), ids.at(-1)]).toEqual([315, 315, 286, 600]);
    expect(ids).toEqual([...ids].sort((left, right) => left - right));
    log.clear();
    expect([log.count, log.floorMicros, idsBehind(log, 0)]).toEqual([0, 0, []]);
  });

  it("replays from the first event behind a time on, whatever the times behind it", () => {
    const log = new EventLog(256);
    for (const [id, micros] of [
      [1, 10],
      [2, 20],
      [3, 15],
      [4, 30],
    ] as const)
      push(log, id, micros);
    expect(idsBehind(log, 15)).toEqual([2, 3, 4]);
  });
});

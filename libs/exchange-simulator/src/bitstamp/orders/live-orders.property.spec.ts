import { SimulatedClock } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BitstampClient, type BookData, type OrderFrame } from "../../spec-support/bitstamp-client.js";
import { isInTransit, OrderKeeper, unitsOf } from "../../spec-support/order-keeper.js";
import { bitstampPairs } from "../bitstamp-pairs.js";
import { openBitstampVenue } from "../open-bitstamp-venue.js";
import { ORDERS_PER_LEVEL_MAX } from "./order-ledger.js";

const SIDES = ["bids", "asks"] as const;

const runs = fc.record({
  seed: fc.nat(),
  symbol: fc.constantFrom("btcusd", "ethusd", "ethbtc", "btcusd-perp"),
  tradesPerSecond: fc.integer({ min: 1, max: 60 }),
  bookLevels: fc.integer({ min: 20, max: 80 }),
  // Also times between milliseconds, which events do not have and books do.
  startMicros: fc.integer({ min: 0, max: 999_999 }).map((micros) => 1_788_000_000_000_000 + micros),
  bookLagMillis: fc.integer({ min: 0, max: 2000 }),
  // Takers that clear many prices at once, or a market that walks by itself.
  swing: fc.constantFrom(0, 0.0001, 0.002),
  pauses: fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 2, maxLength: 6 }),
});

type Run = typeof runs extends fc.Arbitrary<infer Value> ? Value : never;

/** Follows one market and asks for its books now and then. */
async function follow(run: Run) {
  const clock = new SimulatedClock(run.startMicros);
  const pairs = bitstampPairs().filter(({ instrument }) => instrument.symbol === run.symbol);
  const { priceScale, startPriceUnits } = pairs[0]!.instrument;
  const start = startPriceUnits / 10 ** priceScale;
  const fairPrice = (_: string, micros: number) => start * (1 + run.swing * Math.sin(micros / 2e6));
  const venue = openBitstampVenue({ ...run, clock, pairs, ...(run.swing > 0 && { fairPrice }) });
  const client = new BitstampClient(venue, clock);
  const { symbol } = run;
  const atStart = await client.book(symbol, 2);
  await client.subscribe(`live_orders_${symbol}`, `live_trades_${symbol}`, `diff_order_book_${symbol}`);
  await clock.advance(run.bookLagMillis + 300);
  const snapshots: { readonly orders: BookData; readonly levels: BookData }[] = [];
  for (const pause of run.pauses) {
    snapshots.push({ orders: await client.book(symbol, 2), levels: await client.book(symbol, 1) });
    await clock.advance(pause);
  }
  const truth = { orders: venue.truth.orders(symbol), book: venue.truth.book(symbol) };
  await venue.close();
  return { client, atStart, events: client.orders(symbol), snapshots, truth };
}

function check(property: (run: Run) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(runs, property), { numRuns: 25 });
}

describe("live orders of the simulated Bitstamp", { timeout: 60_000 }, () => {
  it("carry any book of single orders to each later one, and to what the venue has in the end", () =>
    check(async (run) => {
      const { events, snapshots, truth } = await follow(run);
      for (const [at, { orders: base }] of snapshots.entries()) {
        for (const { orders: later } of snapshots.slice(at)) {
          const keeper = new OrderKeeper(base).apply(events, Number(later.microtimestamp));
          for (const side of SIDES) expect(keeper.rows(side)).toEqual(later[side]);
        }
        const keeper = new OrderKeeper(base).apply(events);
        for (const side of SIDES) expect(keeper.rows(side)).toEqual(truth.orders[side]);
      }
    }));

  it("sum up to the levels of REST and of every diff at its time", () =>
    check(async ({ symbol, ...run }) => {
      const { client, events, snapshots } = await follow({ ...run, symbol });
      const { levels, orders } = snapshots[0]!;
      const sides = { bids: new Map<string, bigint>(), asks: new Map<string, bigint>() };
      const compare = (micros: number) => {
        const keeper = new OrderKeeper(orders).apply(events, micros);
        for (const side of SIDES) expect([...keeper.levels(side)].sort()).toEqual([...sides[side]].sort());
      };
      for (const side of SIDES)
        for (const [price, amount] of levels[side]) sides[side].set(price!, unitsOf(amount!));
      compare(Number(levels.microtimestamp));
      for (const diff of client.books(`diff_order_book_${symbol}`)) {
        if (Number(diff.microtimestamp) <= Number(levels.microtimestamp)) continue;
        for (const side of SIDES) {
          for (const [price, amount] of diff[side]) {
            if (Number(amount) === 0) sides[side].delete(price!);
            else sides[side].set(price!, unitsOf(amount!));
          }
        }
        compare(Number(diff.microtimestamp));
      }
    }));

  it("tell the story of each order: nothing is made up, forgotten or told twice", () =>
    check(async (run) => {
      const { atStart, events } = await follow(run);
      const alive = new Map<string, { readonly amount: bigint; readonly frame?: OrderFrame }>();
      for (const side of SIDES)
        for (const [, amount, id] of atStart[side]) alive.set(id!, { amount: unitsOf(amount!) });
      for (const frame of events) {
        const { data, event } = frame;
        const before = alive.get(data.id_str);
        expect([data.id, before !== undefined]).toEqual([data.id, event !== "order_created"]);
        const [amount, traded, created] = [data.amount_str, data.amount_traded, data.amount_at_create].map(
          unitsOf,
        );
        const tradedBefore = unitsOf(before?.frame?.data.amount_traded ?? "0");
        if (event === "order_created") expect(traded).toBe(0n);
        if (event === "order_changed") expect(traded).toBeGreaterThan(tradedBefore);
        if (before?.frame) expect(fixed(data)).toEqual(fixed(before.frame.data));
        // The last remainder of an order that was filled may be shown.
        if (event === "order_deleted" && traded === created) expect([0n, before!.amount]).toContain(amount);
        else expect(amount! + traded!).toBe(created);
        if (event === "order_deleted") alive.delete(data.id_str);
        else alive.set(data.id_str, { amount: amount!, frame });
      }
    }));

  it("are chained, in order of time, in whole milliseconds", () =>
    check(async (run) => {
      const { events } = await follow(run);
      for (const [at, { data, event_id, pre_event_id }] of events.entries()) {
        const before = events[at - 1];
        if (before) {
          expect(pre_event_id).toBe(before.event_id);
          expect(Number(data.microtimestamp)).toBeGreaterThanOrEqual(Number(before.data.microtimestamp));
        }
        expect(Number.parseInt(event_id.replaceAll("-", "").slice(0, 16), 16)).toBe(
          Number(data.microtimestamp),
        );
        expect(Number(data.microtimestamp) % 1000).toBe(0);
        expect(Math.abs(Number(data.datetime) - Number(data.microtimestamp) / 1e6)).toBeLessThanOrEqual(0.5);
        expect(data.id_str).toBe(String(data.id));
      }
      expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
    }));

  it("agree with the trades: what two orders traded is what their trades sum up to", () =>
    check(async ({ symbol, ...run }) => {
      const { client, events, snapshots } = await follow({ ...run, symbol });
      const traded = new Map<number, bigint>();
      const orders = new Map<number, OrderFrame>();
      for (const frame of events) orders.set(frame.data.id, frame);
      for (const trade of client.trades(symbol)) {
        for (const id of [trade.buy_order_id, trade.sell_order_id]) {
          traded.set(id, (traded.get(id) ?? 0n) + unitsOf(trade.amount_str));
          const { data } = orders.get(id)!;
          expect(data.order_type).toBe(id === trade.buy_order_id ? 0 : 1);
          const isTaker = (id === trade.buy_order_id) === (trade.type === 0);
          if (!isTaker) expect(data.price_str).toBe(trade.price_str);
          else if (!isInTransit(data)) {
            const isWithin =
              trade.type === 0
                ? Number(trade.price_str) <= data.price
                : Number(trade.price_str) >= data.price;
            expect([trade, isWithin]).toEqual([trade, true]);
          }
        }
      }
      for (const [id, { data }] of orders)
        expect([id, traded.get(id) ?? 0n]).toEqual([id, unitsOf(data.amount_traded)]);
      expect(snapshots.length).toBeGreaterThan(1);
    }));

  it("stay bounded: few orders at a price, and no market order in a book", () =>
    check(async (run) => {
      const { snapshots, truth } = await follow(run);
      for (const book of [...snapshots.map(({ orders }) => orders), truth.orders]) {
        for (const side of SIDES) {
          const counts = new Map<string, number>();
          for (const [price] of book[side]) counts.set(price!, (counts.get(price!) ?? 0) + 1);
          expect(Math.max(...counts.values())).toBeLessThanOrEqual(ORDERS_PER_LEVEL_MAX);
          expect(book[side].every(([price]) => Number(price) > 0 && Number(price) < 999_999_999)).toBe(true);
        }
      }
    }));
});

/** What never changes in the life of an order. */
function fixed({
  amount_at_create,
  id_str,
  is_liquidation,
  order_subtype,
  order_type,
  price_str,
}: OrderFrame["data"]) {
  return { amount_at_create, id_str, is_liquidation, order_subtype, order_type, price_str };
}

import { describe, expect, it } from "vitest";
import { MarketEvent } from "../../sources/synthetic/market-event.js";
import { OrderBook } from "../../sources/synthetic/order-book.js";
import { ORDERS_PER_LEVEL_MAX, OrderLedger } from "./order-ledger.js";

const PRICE = 100;
const startMicros = 1_788_551_766_000_000;

/** A ledger over one bid and one ask, and a way to set the bid as a maker does. */
function ledgerOf(seed = 1) {
  const book = new OrderBook();
  book.bids.set(PRICE, 1000);
  book.asks.set(PRICE + 1, 1000);
  const ledger = new OrderLedger(book, {
    seed,
    startMicros,
    market: 0,
    marketCount: 1,
    isPerpetual: false,
  });
  const event = new MarketEvent();
  let micros = startMicros;
  const setBid = (quantity: number) => {
    event.changeCount = 0;
    event.fillCount = 0;
    event.addChange(1, true, PRICE, quantity, book.bids.set(PRICE, quantity));
    micros += 1000;
    expect(ledger.apply(event, micros)).toEqual([]);
    return ledger.takeEvents();
  };
  return { ledger, setBid, bids: () => ledger.snapshot(micros).bids[0] ?? [] };
}

const sum = (orders: readonly { readonly amount: number }[]) =>
  orders.reduce((total, { amount }) => total + amount, 0);

describe("an order ledger", () => {
  it("begins with orders for every level, and no event", () => {
    const { bids, ledger } = ledgerOf();
    expect(sum(bids())).toBe(1000);
    expect(ledger.takeEvents()).toEqual([]);
  });

  it("has no more orders at a price than fit, however often it grows", () => {
    const { bids, setBid } = ledgerOf();
    let most = 0;
    for (let round = 1; round <= 200; round++) {
      setBid(1000 + round * 7);
      expect(sum(bids())).toBe(1000 + round * 7);
      most = Math.max(most, bids().length);
    }
    expect(most).toBe(ORDERS_PER_LEVEL_MAX);
  });

  it("takes orders back for less, all for nothing, and replaces one for the same", () => {
    const { bids, setBid } = ledgerOf();
    setBid(5000);
    const less = setBid(1);
    expect(less.filter(({ event }) => event === "order_deleted").length).toBeGreaterThan(0);
    expect(sum(bids())).toBe(1);
    const [before] = bids();
    const same = setBid(1);
    expect(same.map(({ event }) => event)).toEqual(["order_deleted", "order_created"]);
    expect(bids()[0]).toEqual({ ...before, id: bids()[0]!.id });
    expect(bids()[0]!.id).toBeGreaterThan(before!.id);
    const none = setBid(0);
    expect(none.map(({ event }) => event)).toEqual(["order_deleted"]);
    expect(bids()).toEqual([]);
  });

  it("splits by its own seed", () => {
    const [left, same, other] = [5, 5, 6].map((seed) => {
      const { bids, setBid } = ledgerOf(seed);
      for (let round = 1; round <= 50; round++) setBid(round % 2 === 0 ? 3000 : 500);
      return bids();
    });
    expect(left).toEqual(same);
    expect(left).not.toEqual(other);
  });

  it("refuses a fill of what does not rest", () => {
    const { ledger } = ledgerOf();
    const event = new MarketEvent();
    event.fillCount = 1;
    event.buyerIsMaker = true;
    event.prices[0] = PRICE;
    event.quantities[0] = 1001;
    expect(() => ledger.apply(event, startMicros)).toThrow(RangeError);
  });
});

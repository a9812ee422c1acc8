import { DataType, Decimal, OrderEvent, Side } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mockFeedStatus, mockGap, mockOrder, mockOrderSnapshot } from "../mock/mock-messages.js";
import { collect, stage } from "../spec-support/client-stage.js";
import { encodeOrder, encodeOrderSnapshot } from "../spec-support/sample-orders.js";
import { encodeGap } from "../spec-support/sample-records.js";
import type { OrdersMessage } from "./order-message.js";
import { StandingOrders } from "./standing-orders.js";

const SYMBOL = "btcusd";
const order = (orderId: number, price: string, quantity = "1") => ({ orderId, price, quantity });

/** Orders after a whole of two bids and an ask. */
function standing(): StandingOrders {
  const orders = new StandingOrders(SYMBOL);
  const bids = [order(1, "10"), order(2, "9.5", "3")];
  expect(orders.apply(mockOrderSnapshot({ bids, asks: [order(3, "11")] }))).toBe(true);
  return orders;
}

const idsOf = (side: readonly { readonly orderId: number }[]) => side.map(({ orderId }) => orderId);

describe("StandingOrders", () => {
  it("follows orders that come, change, move and go; those of one price stand in their order", () => {
    const orders = standing();
    orders.apply(mockOrder({ orderId: 4, price: "10.0", quantity: "2" }));
    expect(idsOf(orders.bids)).toEqual([1, 4, 2]);
    orders.apply(mockOrder({ orderId: 1, event: "changed", price: "10", quantity: "0.5" }));
    expect(idsOf(orders.bids)).toEqual([1, 4, 2]);
    expect(orders.get(1)?.quantity).toEqual(Decimal.parse("0.5"));
    orders.apply(mockOrder({ orderId: 2, event: "changed", price: "10", quantity: "3" }));
    expect(idsOf(orders.bids)).toEqual([1, 4, 2]);
    orders.apply(mockOrder({ orderId: 5, side: "sell", price: "10.75" }));
    expect(idsOf(orders.asks)).toEqual([5, 3]);
    orders.apply(mockOrder({ orderId: 3, event: "deleted", side: "sell", price: "11", quantity: "1" }));
    orders.apply(mockOrder({ orderId: 4, event: "changed", price: "10", quantity: "0" }));
    expect([idsOf(orders.bids), idsOf(orders.asks), orders.size]).toEqual([[1, 2], [5], 3]);
    expect(orders.get(3)).toBeUndefined();
    expect([orders.state, orders.reason]).toEqual(["valid", ""]);
  });

  it("has no part for orders without a price, and takes no harm of what it has already", () => {
    const orders = standing();
    orders.apply(mockOrder({ orderId: 9, kind: "market", price: null }));
    expect(orders.get(9)).toBeUndefined();
    const again = mockOrder({ orderId: 1, price: "10", quantity: "1" });
    orders.apply(again);
    orders.apply(again);
    orders.apply(mockOrder({ orderId: 77, event: "deleted" }));
    orders.apply(mockOrder({ symbol: "ethusd", orderId: 78 }));
    orders.apply(mockGap({ symbol: SYMBOL, data: "book" }));
    expect([idsOf(orders.bids), orders.size, orders.isValid]).toEqual([[1, 2], 3, true]);
  });

  it("is empty until all orders came, in all their parts", () => {
    const orders = new StandingOrders(SYMBOL);
    expect([orders.state, orders.reason]).toEqual(["empty", "all orders did not come yet"]);
    expect(orders.apply(mockOrder())).toBe(false);
    orders.apply(mockGap({ symbol: SYMBOL, data: "orders" }));
    expect([orders.state, orders.size]).toEqual(["empty", 0]);
    const flags = ["snapshot"] as const;
    orders.apply(mockOrderSnapshot({ part: 0, flags, bids: [order(1, "1")] }));
    expect([orders.state, orders.reason]).toEqual(["incomplete", "further parts of all orders follow"]);
    orders.apply(mockOrderSnapshot({ part: 1, bids: [order(2, "2")] }));
    expect([orders.state, idsOf(orders.bids)]).toEqual(["valid", [2, 1]]);
  });

  it.each<[string, (orders: StandingOrders) => void]>([
    ["parts of all orders behind part 0", (orders) => void orders.apply(mockOrder())],
    [
      "part 2 of all orders does not follow part 0",
      (orders) => void orders.apply(mockOrderSnapshot({ part: 2 })),
    ],
    [
      "what happened to order 4 cannot be told: event unknown",
      (orders) => {
        orders.apply(mockOrderSnapshot({ bids: [order(4, "1")] }));
        orders.apply(mockOrder({ orderId: 4, event: "unknown" }));
      },
    ],
    [
      "side unknown",
      (orders) => {
        orders.apply(mockOrderSnapshot());
        orders.apply(mockOrder({ orderId: 4, side: "unknown" }));
      },
    ],
    [
      "events are missing: sequence-broken",
      (orders) => void orders.apply(mockGap({ symbol: SYMBOL, data: "orders", reason: "sequence-broken" })),
    ],
    [
      "7 messages were skipped",
      (orders) =>
        void orders.apply({
          type: "skipped",
          count: 7,
          feeds: [{ type: "order", exchange: "bitstamp", symbol: SYMBOL, count: 7 } as never],
        } as never),
    ],
  ])("is broken, and holds nothing, until the next whole: %s", (reason, breakIt) => {
    const orders = new StandingOrders(SYMBOL);
    orders.apply(mockOrderSnapshot({ flags: ["snapshot"], bids: [order(1, "1")] }));
    breakIt(orders);
    expect([orders.state, orders.size]).toEqual(["broken", 0]);
    expect(orders.reason).toContain(reason);
    orders.apply(mockOrder());
    expect([orders.state, orders.size]).toEqual(["broken", 0]);
    orders.apply(mockOrderSnapshot({ bids: [order(5, "5")] }));
    expect([orders.state, idsOf(orders.bids)]).toEqual(["valid", [5]]);
  });

  it("says when the service hears nothing of them, or has not proven them", () => {
    const orders = standing();
    const status = (state: "stale" | "live") => mockFeedStatus({ symbol: SYMBOL, data: "orders", state });
    expect(orders.apply(status("stale"))).toBe(false);
    expect([orders.state, orders.reason, orders.size]).toEqual(["stale", "the feed is stale", 3]);
    expect(orders.apply(status("live"))).toBe(true);
    orders.apply(mockOrder({ orderId: 8, flags: ["suspect"] }));
    expect([orders.state, orders.reason]).toEqual(["suspect", "the service has not proven them right yet"]);
  });

  it("is right whenever it says so, whatever is lost and told of", () => {
    const event = fc.record({
      orderId: fc.nat(12),
      kind: fc.constantFrom("set", "delete", "lost", "whole", "half"),
      isBid: fc.boolean(),
      price: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const truth = new Map<number, string>();
        const orders = new StandingOrders(SYMBOL);
        for (const { isBid, kind, orderId, price } of events) {
          for (const message of happen(truth, kind, { orderId, isBid, price })) orders.apply(message);
          if (!orders.isValid) continue;
          const sides = [
            ...orders.bids.map((each) => ["buy", each] as const),
            ...orders.asks.map((each) => ["sell", each] as const),
          ];
          const kept = sides.map(([side, each]) => [each.orderId, `${side} ${each.price}`] as const);
          expect(new Map(kept)).toEqual(truth);
        }
        // A whole at the end mends everything, so the property is not true of nothing.
        for (const message of happen(truth, "whole", { orderId: 0, isBid: true, price: 1 }))
          orders.apply(message);
        expect(orders.isValid && orders.size === truth.size).toBe(true);
      }),
    );
  });
});

/** Changes the truth, and gives what a service tells of it. */
function happen(
  truth: Map<number, string>,
  kind: string,
  { isBid, orderId, price }: { readonly orderId: number; readonly isBid: boolean; readonly price: number },
): (OrdersMessage | ReturnType<typeof mockGap>)[] {
  const side = isBid ? "buy" : "sell";
  if (kind === "set" || kind === "lost") {
    const event = truth.has(orderId) ? "changed" : "created";
    truth.set(orderId, `${side} ${price}`);
    return kind === "lost"
      ? [mockGap({ symbol: SYMBOL, data: "orders" })]
      : [mockOrder({ orderId, event, side, price: String(price) })];
  }
  if (kind === "delete") {
    truth.delete(orderId);
    return [mockOrder({ orderId, event: "deleted", side })];
  }
  const all = [...truth].map(([id, text]) => ({ id, text, ...order(id, text.split(" ")[1]!) }));
  const of = (wanted: string) => all.filter(({ text }) => text.startsWith(wanted));
  const first = mockOrderSnapshot({ flags: ["snapshot"], part: 0, bids: of("buy") });
  // Of a half the last part is lost.
  return kind === "half" ? [first] : [first, mockOrderSnapshot({ part: 1, asks: of("sell") })];
}

describe("orders of a client", () => {
  it("come typed, whole first, with their losses; as decoders too; and end with their stop", async () => {
    const { client, service, run, clock } = stage();
    const decoded: unknown[] = [];
    client.onFlyweight("order", (it, { offset }) => decoded.push([it.orderIdNumber(), it.price(), offset]));
    client.onFlyweight("order-snapshot", (it) => decoded.push(it.part()));
    await run(client.login());
    const [subscription] = await run(client.startOrders("BTCUSDT"));
    expect(subscription).toMatchObject({ type: "order", topic: "orders", symbol: "BTCUSDT" });
    const messages = collect(client.orders());
    const gaps = collect(client.gaps());
    const all = collect(client.messages());
    const publish = (encode: (id: number) => Uint8Array) => service.publish("orders", "BTCUSDT", encode);
    publish((id) => encodeOrderSnapshot("BTCUSDT", id, { bids: [[1, 100, 1000]], asks: [[2, 101, 500]] }));
    publish((id) => encodeOrder("BTCUSDT", id, { orderId: 3, side: Side.Sell, price: 102n }));
    publish((id) => encodeOrder("BTCUSDT", id, { orderId: 1, event: OrderEvent.Deleted }));
    service.publish("orders", "ETHUSDT", (id) => encodeOrder("ETHUSDT", id, { orderId: 5 }));
    service.publish("gaps", "BTCUSDT", (id) => encodeGap("BTCUSDT", id, DataType.Order, 1));
    await clock.advance(200);
    expect(messages.map(({ type }) => type)).toEqual(["order-snapshot", "order", "order"]);
    expect(messages[1]).toMatchObject({ side: "sell", event: "created", kind: "limit", marks: [] });
    expect(all).toEqual(messages);
    expect(decoded).toEqual([0, [3, 102n, 1], [1, 6_183_700n, 2]]);
    const orders = new StandingOrders("BTCUSDT");
    for (const message of messages) orders.apply(message);
    expect([idsOf(orders.bids), idsOf(orders.asks)]).toEqual([[], [2, 3]]);
    expect(gaps).toHaveLength(1);
    expect(orders.apply(gaps[0]!)).toBe(false);
    publish((id) => encodeOrder("BTCUSDT", id, { orderId: 4, event: 99, side: 77, marks: 128 + 2 }));
    await clock.advance(200);
    expect(messages[3]).toMatchObject({ side: "unknown", event: "unknown", marks: ["stop"] });
    expect(await run(client.stopOrders("BTCUSDT"))).toBe(1);
    expect(service.requests.slice(-2)).toEqual(["start BTCUSDT 22/0", "stop BTCUSDT 22/0"]);
  });

  it("cannot be conflated: each event counts", () => {
    const { client } = stage();
    expect(() => client.orders({ onFull: "conflate" })).toThrow(/order-snapshot, order,/);
  });
});

import assert from "node:assert/strict";
import { DataType, OrderEvent, Side } from "@ims/common";
import type { CollectedOrder, CollectingSink } from "./collecting-sink.js";
import type { VenueCase } from "./venue-case.js";

/** What a reader of single orders keeps: price and quantity by order id, for each side. */
interface StandingOrders {
  readonly bids: Map<number, string>;
  readonly asks: Map<number, string>;
}

function whole({ asks, bids }: Extract<CollectedOrder, { kind: "snapshot" }>): StandingOrders {
  const side = (rows: typeof bids) =>
    new Map(rows.map(([id, price, quantity]) => [id, `${price} ${quantity}`]));
  const orders = { bids: side(bids), asks: side(asks) };
  assert.equal(orders.bids.size, bids.length, "an order stands once");
  assert.equal(orders.asks.size, asks.length, "an order stands once");
  return orders;
}

/** Keeps the orders as a reader would; holds each whole that comes against what was kept. */
function follow(records: readonly CollectedOrder[], isContinuous: boolean): number {
  let orders: StandingOrders | undefined;
  let comparedCount = 0;
  for (const record of records) {
    if (record.kind === "snapshot") {
      const next = whole(record);
      if (orders && isContinuous) {
        assert.deepEqual(orders, next, "the events lead from one whole to the next");
        comparedCount++;
      }
      orders = next;
      continue;
    }
    assert.ok(orders, "no event before the first whole");
    if (record.price === undefined) continue;
    const side = record.side === Side.Buy ? orders.bids : orders.asks;
    if (record.event === OrderEvent.Deleted) side.delete(record.orderId);
    else side.set(record.orderId, `${record.price} ${record.quantity}`);
  }
  return comparedCount;
}

const snapshotCount = ({ orders }: CollectingSink) => orders.filter(({ kind }) => kind === "snapshot").length;

/** Single orders of books. */
export const ORDER_CASES: readonly VenueCase[] = [
  {
    name: "gives all orders first, then events that lead to what is told to a further reader",
    async run(rig) {
      const { first, integration, sink } = rig;
      if (!integration.description.dataTypes.includes(DataType.Order)) return;
      await rig.start(DataType.Order, first);
      for (let reader = 1; reader <= 3; reader++) {
        const count = sink.orders.length;
        await rig.until("events of orders arrive", () => sink.orders.length > count + 50, 120_000);
        const wholes = snapshotCount(sink);
        await rig.start(DataType.Order, first);
        await rig.until("the whole comes for a further reader", () => snapshotCount(sink) > wholes);
      }
      assert.deepEqual(sink.gaps, [], "nothing was lost");
      assert.ok(follow(sink.orders, true) >= 3, "the wholes were compared");
    },
  },
  {
    name: "begins orders anew after their connection was cut, and tells of the loss",
    async run(rig) {
      const { first, integration, sink, stage } = rig;
      if (!integration.description.dataTypes.includes(DataType.Order)) return;
      await rig.start(DataType.Order, first);
      await rig.until("orders", () => sink.orders.length > 20, 120_000);
      stage.cutConnections();
      const before = sink.orders.length;
      await rig.until("orders again", () => sink.orders.length > before + 20, 120_000);
      assert.ok(
        sink.orders.slice(before).some(({ kind }) => kind === "snapshot"),
        "the whole after a cut",
      );
      assert.ok(
        sink.gaps.some(({ dataType, symbol }) => dataType === DataType.Order && symbol === first),
        "a gap of orders",
      );
      follow(sink.orders, false);
    },
  },
];

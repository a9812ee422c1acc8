import { BookOrders, OrderEvent, OrderKind, OrderMarks, RecordFlags, Side } from "@ims/common";
import fc from "fast-check";
import { describe, it } from "vitest";
import {
  cellOf,
  check,
  exactly,
  head,
  id,
  mantissa,
  missing,
  oneOf,
  orNone,
  scale,
  symbol,
} from "../spec-support/record-check.js";
import { Channel } from "./channels.js";

describe("what a sink publishes of single orders reads back as it was given", () => {
  it("events", () => {
    const arbitrary = fc.record({
      head,
      symbol,
      orderId: id,
      price: missing(mantissa, null),
      quantity: mantissa,
      filled: missing(mantissa, null),
      original: missing(mantissa, null),
      scales: fc.tuple(scale, scale),
      event: oneOf(OrderEvent),
      side: oneOf(Side),
      kind: oneOf(OrderKind),
      marks: fc.constantFrom(0, OrderMarks.Liquidation, OrderMarks.Liquidation | OrderMarks.Stop),
    });
    fc.assert(
      fc.property(arbitrary, ({ head: own, symbol: name, price, quantity, filled, original, ...order }) => {
        const { scales, ...rest } = order;
        const [priceScale, quantityScale] = scales;
        // What is not there means nothing, whatever its scale.
        const cell = (value: bigint | null, digits: number) =>
          value === null ? cellOf(77n, digits + 1) : cellOf(value, digits);
        check(
          name,
          Channel.Orders,
          own,
          (sink, instrumentId) =>
            sink.order({
              ...own,
              ...rest,
              instrumentId,
              hasPrice: price !== null,
              price: cell(price, priceScale),
              quantity: cellOf(quantity, quantityScale),
              hasFilledQuantity: filled !== null,
              filledQuantity: cell(filled, quantityScale),
              hasOriginalQuantity: original !== null,
              originalQuantity: cell(original, quantityScale),
            }),
          {
            type: "book-order",
            ...rest,
            price: orNone(price, priceScale),
            quantity: exactly(quantity, quantityScale),
            filledQuantity: orNone(filled, quantityScale),
            originalQuantity: orNone(original, quantityScale),
          },
        );
      }),
    );
  });

  it("all orders of a book", () => {
    const orders = fc.array(fc.tuple(id, mantissa, mantissa), { maxLength: 80 });
    const arbitrary = fc.record({ head, symbol, scales: fc.tuple(scale, scale), bids: orders, asks: orders });
    fc.assert(
      fc.property(arbitrary, ({ head: own, symbol: name, scales, bids, asks }) => {
        const [priceScale, quantityScale] = scales;
        const list = (side: typeof bids) =>
          side.map(([orderId, price, quantity]) => ({
            orderId,
            price: exactly(price, priceScale),
            quantity: exactly(quantity, quantityScale),
          }));
        check(
          name,
          Channel.Orders,
          { ...own, flags: own.flags | RecordFlags.Snapshot | RecordFlags.LastInEvent },
          (sink, instrumentId) => {
            const sides = { bids: ordersOf(bids), asks: ordersOf(asks) };
            sink.orderSnapshot({ ...own, ...sides, instrumentId, priceScale, quantityScale });
          },
          { type: "order-snapshot", part: 0, bids: list(bids), asks: list(asks) },
        );
      }),
    );
  });
});

function ordersOf(side: readonly (readonly [number, bigint, bigint])[]): BookOrders {
  const orders = new BookOrders();
  for (const [orderId, price, quantity] of side) {
    const [p, q] = [cellOf(price, 0), cellOf(quantity, 0)];
    orders.push(orderId, p.lo, p.hi, q.lo, q.hi);
  }
  return orders;
}

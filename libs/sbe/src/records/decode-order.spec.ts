import { beforeEach, describe, expect, it } from "vitest";
import { v2 } from "../index.js";
import { begin, bytes, decimal, decode, PREFIX } from "../spec-support/encoded-record.js";

beforeEach(() => bytes.fill(0xa5));

describe("single orders", () => {
  it("reads an event; what the venue does not give is undefined", () => {
    const encoder = begin(new v2.BookOrderEncoder())
      .orderIdNumber(2_046_839_978_799_111)
      .priceNull()
      .quantity(137n)
      .filledQuantityNull()
      .originalQuantity(2_000n)
      .event(v2.OrderEvent.Changed)
      .side(v2.Side.Sell)
      .kind(v2.OrderKind.Market)
      .marks(v2.OrderMarks.Liquidation | v2.OrderMarks.Stop);
    expect(decode(encoder)).toEqual({
      type: "book-order",
      ...PREFIX,
      orderId: 2_046_839_978_799_111,
      price: undefined,
      quantity: decimal("0.137"),
      filledQuantity: undefined,
      originalQuantity: decimal("2"),
      event: v2.OrderEvent.Changed,
      side: v2.Side.Sell,
      kind: v2.OrderKind.Market,
      marks: 3,
    });
  });

  it("reads all orders of a book", () => {
    const encoder = begin(new v2.OrderSnapshotEncoder()).part(1);
    const bids = encoder.bidsCount(2);
    bids.next().orderIdNumber(5).price(100n).quantity(1n);
    bids.next().orderIdNumber(6).price(99n).quantity(2_000n);
    encoder.asksCount(0);
    expect(decode(encoder)).toEqual({
      type: "order-snapshot",
      ...PREFIX,
      part: 1,
      bids: [
        { orderId: 5, price: decimal("1"), quantity: decimal("0.001") },
        { orderId: 6, price: decimal("0.99"), quantity: decimal("2") },
      ],
      asks: [],
    });
  });
});

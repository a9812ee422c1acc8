import { OrderEvent, OrderKind, RecordFlags, Side } from "@ims/common";
import { v2 } from "@ims/sbe";
import { head } from "./sample-states.js";

export interface SampleOrder {
  readonly orderId: number;
  /** Default: created. */
  readonly event?: number;
  /** Default: buy. */
  readonly side?: number;
  /** In cents; null for an order without one. Default 61,837. */
  readonly price?: bigint | null;
  /** In thousandths, 50 unless given; less of it is left than it had. */
  readonly quantity?: bigint;
  readonly marks?: number;
}

/** One encoded BookOrder, header first. One without a price is a market order of which the venue says no more. */
export function encodeOrder(symbol: string, instrumentId: number, order: SampleOrder): Uint8Array {
  const { event = OrderEvent.Created, marks = 0, orderId, price = 6_183_700n } = order;
  const { quantity = 50n, side = Side.Buy } = order;
  const bytes = new Uint8Array(v2.BookOrderEncoder.ENCODED_LENGTH);
  const encoder = new v2.BookOrderEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  head(encoder, symbol, instrumentId)
    .flags(RecordFlags.LastInEvent)
    .orderIdNumber(orderId)
    .quantity(quantity)
    .event(event)
    .side(side)
    .kind(price === null ? OrderKind.Market : OrderKind.Limit)
    .marks(marks);
  if (price === null) encoder.priceNull().filledQuantityNull().originalQuantityNull();
  else
    encoder
      .price(price)
      .filledQuantity(1n)
      .originalQuantity(quantity + 1n);
  return bytes;
}

type SampleStanding = readonly (readonly [orderId: number, price: number, quantity: number])[];

export interface SampleOrders {
  readonly bids?: SampleStanding;
  readonly asks?: SampleStanding;
  /** Default 0. */
  readonly part?: number;
  /** Default: the last one. */
  readonly isLast?: boolean;
}

/** One encoded OrderSnapshot, header first; prices in cents, quantities in thousandths. */
export function encodeOrderSnapshot(
  symbol: string,
  instrumentId: number,
  { asks = [], bids = [], isLast = true, part = 0 }: SampleOrders,
): Uint8Array {
  const counts = { bids: bids.length, asks: asks.length };
  const bytes = new Uint8Array(v2.OrderSnapshotEncoder.encodedLengthFor(counts));
  const encoder = new v2.OrderSnapshotEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  head(encoder, symbol, instrumentId)
    .flags(RecordFlags.Snapshot | (isLast ? RecordFlags.LastInEvent : 0))
    .part(part);
  for (const [count, orders] of [
    [encoder.bidsCount.bind(encoder), bids],
    [encoder.asksCount.bind(encoder), asks],
  ] as const) {
    const group = count(orders.length);
    for (const [orderId, price, quantity] of orders)
      group.next().orderIdNumber(orderId).priceNumber(price).quantityNumber(quantity);
  }
  return bytes;
}

import type { BookOrders, ExchangeId, MantissaCell } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { OrderFields, OrderSnapshotFields } from "@ims/traits";
import { fail } from "../errors.js";
import { flagsOf, type SymbolOctets } from "./record-head.js";

export const ORDER_BYTES = v2.BookOrderEncoder.ENCODED_LENGTH;

/** Orders of one side that a message holds: together with the other side half of an outgoing batch. */
export const ORDERS_PER_SIDE_MAX = 2500;

const ENTRY_BYTES = 24;
const SNAPSHOT_BYTES_MIN = v2.OrderSnapshotEncoder.encodedLengthFor({ bids: 0, asks: 0 });

/** Messages that all orders of a book need. */
export function orderPartCount({ bids, asks }: OrderSnapshotFields): number {
  return Math.max(1, Math.ceil(Math.max(bids.count, asks.count) / ORDERS_PER_SIDE_MAX));
}

/** Octets of one of them. */
export function orderPartBytes({ bids, asks }: OrderSnapshotFields, part: number): number {
  const start = part * ORDERS_PER_SIDE_MAX;
  return SNAPSHOT_BYTES_MIN + (countFrom(bids, start) + countFrom(asks, start)) * ENTRY_BYTES;
}

/** Writes events of orders, and all orders of a book, through reused values. */
export class OrderEncoder {
  private readonly orderValues = new v2.BookOrderValues();
  private readonly snapshotValues = new v2.OrderSnapshotValues();
  /** Whose octets the values hold. */
  private orderSymbol: SymbolOctets | undefined;
  private snapshotSymbol: SymbolOctets | undefined;

  constructor(private readonly exchange: ExchangeId) {}

  /**
   * Message 222 at `view[at, at + ORDER_BYTES)`.
   * @throws `service.mixed-scales` when its quantities do not have one scale
   */
  order(view: DataView, at: number, order: OrderFields, symbol: SymbolOctets, publishMicros: number): void {
    const values = this.orderValues;
    writeOrderHead(values, order, this.exchange, publishMicros);
    values.flags = flagsOf(order);
    if (symbol !== this.orderSymbol) {
      values.symbolBytes(symbol.octets, 0, symbol.octets.length);
      this.orderSymbol = symbol;
    }
    const { filledQuantity, hasFilledQuantity, hasOriginalQuantity, originalQuantity, price, quantity } =
      order;
    if (hasFilledQuantity && filledQuantity.scale !== quantity.scale) throwMixedScales(order);
    if (hasOriginalQuantity && originalQuantity.scale !== quantity.scale) throwMixedScales(order);
    values.priceScale = order.hasPrice ? price.scale : 0;
    values.quantityScale = quantity.scale;
    values.orderIdNumber = order.orderId;
    if (order.hasPrice) {
      values.priceLo = price.lo;
      values.priceHi = price.hi;
    } else values.priceNumber = null;
    values.quantityLo = quantity.lo;
    values.quantityHi = quantity.hi;
    if (hasFilledQuantity) {
      values.filledQuantityLo = filledQuantity.lo;
      values.filledQuantityHi = filledQuantity.hi;
    } else values.filledQuantityNumber = null;
    if (hasOriginalQuantity) {
      values.originalQuantityLo = originalQuantity.lo;
      values.originalQuantityHi = originalQuantity.hi;
    } else values.originalQuantityNumber = null;
    values.event = order.event;
    values.side = order.side;
    values.kind = order.kind;
    values.marks = order.marks;
    v2.BookOrderEncoder.encode(view, at, values);
  }

  /** Message 223 with one part of all orders at `view[at, at + orderPartBytes(orders, part))`. */
  snapshot(
    view: DataView,
    at: number,
    orders: OrderSnapshotFields,
    part: number,
    symbol: SymbolOctets,
    publishMicros: number,
  ): void {
    const values = this.snapshotValues;
    writeOrderHead(values, orders, this.exchange, publishMicros);
    values.priceScale = orders.priceScale;
    values.quantityScale = orders.quantityScale;
    const flags = (flagsOf(orders) & ~v2.RecordFlags.LastInEvent) | v2.RecordFlags.Snapshot;
    const isLast = part + 1 === orderPartCount(orders);
    values.flags = isLast ? flags | v2.RecordFlags.LastInEvent : flags;
    if (symbol !== this.snapshotSymbol) {
      values.symbolBytes(symbol.octets, 0, symbol.octets.length);
      this.snapshotSymbol = symbol;
    }
    values.part = part;
    const start = part * ORDERS_PER_SIDE_MAX;
    const bidCount = countFrom(orders.bids, start);
    copyOrders(orders.bids, start, bidCount, values.bids.resize(bidCount));
    const askCount = countFrom(orders.asks, start);
    copyOrders(orders.asks, start, askCount, values.asks.resize(askCount));
    v2.OrderSnapshotEncoder.encode(view, at, values);
  }
}

/** A function of its own, small enough that the compiler takes the setters in and the times need no objects. */
function writeOrderHead(
  values: v2.BookOrderValues | v2.OrderSnapshotValues,
  head: OrderFields | OrderSnapshotFields,
  exchange: ExchangeId,
  publishMicros: number,
): void {
  values.eventTimeNumber = head.eventMicros === 0 ? null : head.eventMicros;
  values.sendTimeNumber = head.sendMicros === 0 ? null : head.sendMicros;
  values.receiveTimeNumber = head.receiveMicros;
  values.publishTimeNumber = publishMicros;
  values.instrumentId = head.instrumentId;
  values.exchangeId = exchange;
}

interface OrderWords {
  orderIdNumber: number;
  priceLo: number;
  priceHi: number;
  quantityLo: number;
  quantityHi: number;
}

/** Orders of a side that the part from `start` holds. */
function countFrom(orders: BookOrders, start: number): number {
  return Math.max(0, Math.min(orders.count - start, ORDERS_PER_SIDE_MAX));
}

function copyOrders(orders: BookOrders, start: number, count: number, entries: readonly OrderWords[]): void {
  const { ids, levels } = orders;
  const { priceLo, priceHi, quantityLo, quantityHi } = levels;
  for (let index = 0; index < count; index++) {
    const entry = entries[index]!;
    const at = start + index;
    entry.orderIdNumber = ids[at]!;
    entry.priceLo = priceLo[at]!;
    entry.priceHi = priceHi[at]!;
    entry.quantityLo = quantityLo[at]!;
    entry.quantityHi = quantityHi[at]!;
  }
}

function throwMixedScales({ filledQuantity, originalQuantity, quantity }: OrderFields): never {
  const scales = [quantity, filledQuantity, originalQuantity].map(({ scale }: MantissaCell) => scale);
  throw fail(
    "service.mixed-scales",
    `an order has quantities with ${scales.join(", ")} digits after the point`,
  );
}

import { type Instrument, type MantissaCell, OrderEvent, OrderKind, OrderMarks, Side } from "@ims/common";
import {
  asObject,
  type ExactDecimal,
  type JsonObject,
  readBoolean,
  readText,
  readWhole,
  Unusable,
} from "@ims/integration-kit";
import type { OrderFields } from "@ims/traits";
import { mantissaAt, readExactText } from "../decode/exact-text.js";
import { readDigits } from "../decode/read-numbers.js";
import { readEventIdText } from "./event-id.js";
import type { OrderFrame } from "./order-frame.js";

type Scales = Pick<Instrument, "priceScale" | "quantityScale">;

/** The venue's words for what happened (bitstamp.md section 3.4). */
const EVENTS: ReadonlyMap<unknown, OrderEvent> = new Map([
  ["order_created", OrderEvent.Created],
  ["order_changed", OrderEvent.Changed],
  ["order_deleted", OrderEvent.Deleted],
]);
/** The only subtype whose meaning is known. */
export const LIMIT_SUBTYPE = 5;
/** Where a market order has none; 0 is the other one. */
export const NO_PRICE = 999_999_999;
const ZERO: ExactDecimal = { mantissa: 0n, scale: 0 };

/**
 * Reads a frame of `live_orders_` (bitstamp.md section 3.4), of 2026 or before: decimals from their texts, at the
 * instrument's scales or at larger ones where a text has more digits. Throws `Unusable`; nothing is rounded.
 */
export function readOrder(record: JsonObject, scales: Scales, frame: OrderFrame): void {
  const event = EVENTS.get(record.event);
  if (event === undefined) throw new Unusable("unexpected", "an event that is none of orders");
  const data = asObject(record.data) ?? {};
  const { order } = frame;
  order.orderId = readOrderId(data);
  order.event = event;
  order.side = sideOf(readWhole(data, "order_type"));
  order.eventMicros = readDigits(data, "microtimestamp");
  order.sendMicros = 0;
  order.flags = 0;
  readQuantities(data, scales.quantityScale, order);
  readPrice(readExactText(data.price_str, "price_str"), scales.priceScale, order);
  order.kind = kindOf(data, order.hasPrice);
  order.marks = marksOf(record, data);
  const hasIds = readEventIdText(record.event_id, frame.eventId);
  frame.isChained = readEventIdText(record.pre_event_id, frame.previousId) && hasIds;
}

/** From the text, where there is one: the number beside it may be rounded some day. */
function readOrderId(data: JsonObject): number {
  return Object.hasOwn(data, "id_str")
    ? idOf(readText(data, "id_str"), "id_str")
    : idOf(String(readWhole(data, "id")), "id");
}

/** @param what the text is, for the error */
export function idOf(text: unknown, what: string): number {
  const id = readDigits({ [what]: text }, what);
  if (id === 0) throw new Unusable("bad-number", `${what} has the id 0`);
  return id;
}

function sideOf(type: number): Side {
  if (type === 0) return Side.Buy;
  if (type === 1) return Side.Sell;
  throw new Unusable("unexpected", `order_type is ${type}, neither 0 nor 1`);
}

/** All quantities of a record have one scale. */
function readQuantities(data: JsonObject, scaleMin: number, order: OrderFields): void {
  const left = readExactText(data.amount_str, "amount_str");
  order.hasFilledQuantity = Object.hasOwn(data, "amount_traded");
  order.hasOriginalQuantity = Object.hasOwn(data, "amount_at_create");
  const filled = order.hasFilledQuantity ? readExactText(data.amount_traded, "amount_traded") : ZERO;
  const original = order.hasOriginalQuantity
    ? readExactText(data.amount_at_create, "amount_at_create")
    : ZERO;
  const scale = Math.max(scaleMin, left.scale, filled.scale, original.scale);
  setCell(order.quantity, left, scale, "amount_str");
  setCell(order.filledQuantity, filled, scale, "amount_traded");
  setCell(order.originalQuantity, original, scale, "amount_at_create");
}

function readPrice(price: ExactDecimal, scaleMin: number, order: OrderFields): void {
  order.hasPrice = isPrice(price);
  const shown = order.hasPrice ? price : ZERO;
  setCell(order.price, shown, Math.max(scaleMin, shown.scale), "price_str");
}

/** Whether it is no market order's in transit. */
export function isPrice({ mantissa, scale }: ExactDecimal): boolean {
  return mantissa !== 0n && !(scale === 0 && mantissa === BigInt(NO_PRICE));
}

function kindOf(data: JsonObject, hasPrice: boolean): OrderKind {
  if (!hasPrice) return OrderKind.Market;
  const isLimit = !Object.hasOwn(data, "order_subtype") || data.order_subtype === LIMIT_SUBTYPE;
  return isLimit ? OrderKind.Limit : OrderKind.Unknown;
}

function marksOf(record: JsonObject, data: JsonObject): OrderMarks {
  const isLiquidation = Object.hasOwn(data, "is_liquidation") && readBoolean(data, "is_liquidation");
  const isStop = record.order_source === "stop_order";
  return (isLiquidation ? OrderMarks.Liquidation : 0) | (isStop ? OrderMarks.Stop : 0);
}

function setCell(cell: MantissaCell, value: ExactDecimal, scale: number, what: string): void {
  cell.setBigInt(mantissaAt(value, scale, what), scale);
}

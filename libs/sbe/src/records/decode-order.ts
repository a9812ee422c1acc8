import { BookOrderDecoder, OrderSnapshotDecoder } from "../generated/v2/index.js";
import type { LevelGroup } from "./decode-book.js";
import { decodePrefix } from "./decode-prefix.js";
import { exactDecimal, optionalDecimal } from "./exact-values.js";
import type { BookOrderRecord, OrderSnapshotRecord, StandingOrder } from "./order-records.js";

interface OrderGroup extends LevelGroup {
  orderIdNumber(): number;
}

const orderDecoder = new BookOrderDecoder();
const snapshotDecoder = new OrderSnapshotDecoder();

/** Template 222 to a record. Throws the decoder's errors, `sbe.unsafe-integer` and `sbe.invalid-value`. */
export function decodeBookOrder(view: DataView, offset: number, length: number): BookOrderRecord {
  const order = orderDecoder.wrapAndApplyHeader(view, offset, length);
  const quantityScale = order.quantityScale();
  return {
    type: "book-order",
    ...decodePrefix(order),
    orderId: order.orderIdNumber(),
    event: order.event(),
    side: order.side(),
    kind: order.kind(),
    marks: order.marks(),
    price: optionalDecimal(order.price(), order.priceScale(), "BookOrder.price"),
    quantity: exactDecimal(order.quantity(), quantityScale, "BookOrder.quantity"),
    filledQuantity: optionalDecimal(order.filledQuantity(), quantityScale, "BookOrder.filledQuantity"),
    originalQuantity: optionalDecimal(order.originalQuantity(), quantityScale, "BookOrder.originalQuantity"),
  };
}

/** Template 223 to a record. Throws as {@link decodeBookOrder}. */
export function decodeOrderSnapshot(view: DataView, offset: number, length: number): OrderSnapshotRecord {
  const orders = snapshotDecoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = orders.priceScale();
  const quantityScale = orders.quantityScale();
  return {
    type: "order-snapshot",
    ...decodePrefix(orders),
    part: orders.part(),
    bids: decodeOrders(orders.bids(), priceScale, quantityScale, "OrderSnapshot.bids"),
    asks: decodeOrders(orders.asks(), priceScale, quantityScale, "OrderSnapshot.asks"),
  };
}

/** All orders of a side. Their number is bounded by the octets of the frame. */
function decodeOrders(
  group: OrderGroup,
  priceScale: number,
  quantityScale: number,
  field: string,
): readonly StandingOrder[] {
  const orders: StandingOrder[] = [];
  while (group.hasNext()) {
    group.next();
    orders.push({
      orderId: group.orderIdNumber(),
      price: exactDecimal(group.price(), priceScale, `${field}.price`),
      quantity: exactDecimal(group.quantity(), quantityScale, `${field}.quantity`),
    });
  }
  return orders;
}

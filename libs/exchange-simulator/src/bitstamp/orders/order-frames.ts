import { type PrintedBook, printAmount, printUnits } from "../bitstamp-frames.js";
import type { BitstampPair } from "../bitstamp-pairs.js";
import type { LiveOrder, OrderEvent, OrderQueue, OrderSnapshot } from "./live-order.js";

/** What messages of `live_orders` hold: those of 2023 have no chain and say nothing of what was traded. */
export type OrderFields = "2023" | "2026";

const LIMIT_SUBTYPE = 5;
/** Not recorded; anything that is not the one of limit orders. */
const MARKET_SUBTYPE = 2;
/** The price of a market order that buys; one that sells has 0 (bitstamp.md section 3.4). */
const MARKET_BUY_PRICE = "999999999";

/** One message of `live_orders_<pair>` (bitstamp.md section 3.4). @param preEventId another than the event's own */
export function orderFrame(
  { instrument }: BitstampPair,
  { event, eventId, micros, order, preEventId, shownAmount }: OrderEvent,
  fields: OrderFields,
  preEventIdShown = preEventId,
): string {
  const { priceScale, quantityScale, symbol } = instrument;
  const amount = printAmount(shownAmount, quantityScale);
  const price = printPrice(order, priceScale);
  const isRecent = fields === "2026";
  const traded = order.traded === 0 ? "0" : printAmount(order.traded, quantityScale);
  const data = {
    id: order.id,
    id_str: String(order.id),
    order_type: order.isBuy ? 0 : 1,
    ...(isRecent && { order_subtype: order.price === undefined ? MARKET_SUBTYPE : LIMIT_SUBTYPE }),
    // Rounded, so it may differ by one from the microseconds.
    datetime: String(Math.round(micros / 1e6)),
    microtimestamp: String(micros),
    amount: Number(amount),
    amount_str: amount,
    ...(isRecent && {
      amount_traded: traded,
      amount_at_create: printAmount(order.amountAtCreate, quantityScale),
    }),
    price: Number(price),
    price_str: price,
    ...(isRecent && { is_liquidation: order.isLiquidation }),
  };
  return JSON.stringify({
    data,
    channel: `live_orders_${symbol}`,
    event,
    ...(isRecent && { event_id: eventId, pre_event_id: preEventIdShown, order_source: order.source }),
  });
}

/**
 * The body of `/order_book/` that does not sum by price, and the `data` of `detail_order_book` frames.
 * @param hasIds whether rows have the order's id as a third element
 */
export function ordersBody(
  { instrument }: BitstampPair,
  { asks, bids, micros }: OrderSnapshot,
  hasIds: boolean,
  depth = Number.POSITIVE_INFINITY,
): PrintedBook {
  const { priceScale, quantityScale } = instrument;
  const print = (queues: readonly OrderQueue[]) => {
    const rows: string[][] = [];
    for (const queue of queues) {
      for (const order of queue) {
        if (rows.length >= depth) return rows;
        const row = [printPrice(order, priceScale), printUnits(order.amount, quantityScale)];
        rows.push(hasIds ? [...row, String(order.id)] : row);
      }
    }
    return rows;
  };
  return {
    timestamp: String(Math.floor(micros / 1e6)),
    microtimestamp: String(micros),
    bids: print(bids),
    asks: print(asks),
  };
}

function printPrice({ isBuy, price }: LiveOrder, scale: number): string {
  if (price !== undefined) return printUnits(price, scale);
  const zeros = scale === 0 ? "" : `.${"0".repeat(scale)}`;
  return `${isBuy ? MARKET_BUY_PRICE : "0"}${zeros}`;
}

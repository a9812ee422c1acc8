import { DataType, formatMantissa, OrderEvent, RecordFlags, Side } from "@ims/common";
import type { MarketDataSink, OrderFields, OrderSnapshotFields } from "@ims/traits";

/** An order as a reader knows it: price and quantity as text. */
export type MirroredOrder = readonly [price: string, quantity: string, id: string];

/** Follows the single orders of a plugin as a reader does: begins with all of them, applies the events behind them. */
export class OrderMirror {
  readonly #orders = new Map<number, { readonly side: Side; readonly row: MirroredOrder }>();
  isSuspect = true;
  wholeCount = 0;
  eventCount = 0;
  /** All orders as they were passed on last, in their order. */
  lastWhole: { readonly bids: MirroredOrder[]; readonly asks: MirroredOrder[] } | undefined;
  /** Events behind a Gap, before there are orders again. */
  readonly breaks: string[] = [];
  #stands = false;

  /** The sink with this reader in front. */
  inFrontOf(sink: MarketDataSink): MarketDataSink {
    const seen: Partial<MarketDataSink> = {
      orderSnapshot: (orders) => {
        this.#whole(orders);
        sink.orderSnapshot(orders);
      },
      order: (order) => {
        this.#event(order);
        sink.order(order);
      },
      gap: (gap) => {
        if (gap.dataType === DataType.Order) this.#stands = false;
        sink.gap(gap);
      },
    };
    return new Proxy(sink, {
      get(target, name) {
        const owner = name in seen ? seen : target;
        const value = Reflect.get(owner, name, owner) as unknown;
        return typeof value === "function" ? value.bind(owner) : value;
      },
    });
  }

  /** The orders of both sides by their ids. */
  get orders(): { readonly bids: MirroredOrder[]; readonly asks: MirroredOrder[] } {
    const ofSide = (side: Side) =>
      [...this.#orders.values()].filter((order) => order.side === side).map(({ row }) => row);
    return { bids: byId(ofSide(Side.Buy)), asks: byId(ofSide(Side.Sell)) };
  }

  #whole({ asks, bids, flags, priceScale, quantityScale }: OrderSnapshotFields): void {
    this.wholeCount++;
    this.#stands = true;
    this.isSuspect = (flags & RecordFlags.Suspect) !== 0;
    this.#orders.clear();
    const rows = ({ count, ids, levels }: typeof bids) =>
      Array.from({ length: count }, (_, at): MirroredOrder => {
        const price = formatMantissa(levels.price(at), priceScale);
        return [price, formatMantissa(levels.quantity(at), quantityScale), String(ids[at])];
      });
    this.lastWhole = { bids: rows(bids), asks: rows(asks) };
    for (const row of this.lastWhole.bids) this.#orders.set(Number(row[2]), { side: Side.Buy, row });
    for (const row of this.lastWhole.asks) this.#orders.set(Number(row[2]), { side: Side.Sell, row });
  }

  #event({ event, flags, hasPrice, orderId, price, quantity, side }: OrderFields): void {
    this.eventCount++;
    if (!this.#stands) this.breaks.push(`an event of ${orderId} without orders`);
    this.isSuspect = (flags & RecordFlags.Suspect) !== 0;
    if (event === OrderEvent.Deleted || !hasPrice || quantity.isZero) {
      this.#orders.delete(orderId);
      return;
    }
    const texts = [price, quantity].map((cell) => formatMantissa(cell.toBigInt(), cell.scale));
    this.#orders.set(orderId, { side, row: [texts[0]!, texts[1]!, String(orderId)] });
  }
}

export function byId(orders: readonly MirroredOrder[]): MirroredOrder[] {
  return [...orders].sort(([, , left], [, , right]) => Number(left) - Number(right));
}

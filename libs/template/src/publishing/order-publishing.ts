import { DataType, type ExchangeId } from "@ims/common";
import type { OrderFields, OrderSnapshotFields } from "@ims/traits";
import type { BrokenBooks } from "./broken-books.js";
import { Channel } from "./channels.js";
import type { MessageIds } from "./message-ids.js";
import { ORDER_BYTES, OrderEncoder, orderPartBytes, orderPartCount } from "./order-encoder.js";
import type { RecordPublisher } from "./record-publisher.js";

/** Publishes single orders of books: all of them, and what happens to one. */
export class OrderPublishing {
  private readonly encoder: OrderEncoder;

  constructor(
    exchange: ExchangeId,
    private readonly out: RecordPublisher,
    private readonly ids: MessageIds,
    private readonly broken: BrokenBooks,
  ) {
    this.encoder = new OrderEncoder(exchange);
  }

  snapshot(orders: OrderSnapshotFields): void {
    const partCount = orderPartCount(orders);
    for (let part = 0; part < partCount; part++) if (!this.#part(orders, part)) return;
    this.broken.mended(this.out.instrument, Channel.Orders, DataType.Order);
  }

  event(order: OrderFields): void {
    const { out } = this;
    if (!out.begin(Channel.Orders, order.instrumentId, ORDER_BYTES)) {
      out.lost(Channel.Orders, 0, order, order.orderId);
      this.broken.add(out.find(order.instrumentId), Channel.Orders, DataType.Order);
      return;
    }
    const { instrument } = out;
    if (this.broken.has(instrument, Channel.Orders)) {
      out.lost(Channel.Orders, 0, order, order.orderId);
      return;
    }
    try {
      this.encoder.order(out.view, out.at, order, instrument, out.now);
      out.end(this.ids.order(order), order.eventMicros);
    } catch (error) {
      out.failed(error, Channel.Orders, 0, order, order.orderId, order.orderId);
      this.broken.add(instrument, Channel.Orders, DataType.Order);
      return;
    }
    const readers = instrument.privateReaders[Channel.Orders];
    if (readers) out.copy(readers, 0, order, order.orderId);
  }

  /** False when the part is lost: what is known of the orders is not whole then. */
  #part(orders: OrderSnapshotFields, part: number): boolean {
    const { out } = this;
    if (!out.begin(Channel.Orders, orders.instrumentId, orderPartBytes(orders, part))) {
      out.lost(Channel.Orders, 0, orders);
      this.broken.add(out.find(orders.instrumentId), Channel.Orders, DataType.Order);
      return false;
    }
    const { at, instrument, now, view } = out;
    try {
      this.encoder.snapshot(view, at, orders, part, instrument, now);
      out.end(this.ids.orderSnapshot(orders, part, now), orders.eventMicros);
    } catch (error) {
      out.failed(error, Channel.Orders, 0, orders);
      this.broken.add(instrument, Channel.Orders, DataType.Order);
      return false;
    }
    const readers = instrument.privateReaders[Channel.Orders];
    if (readers) out.copy(readers, 0, orders);
    return true;
  }
}

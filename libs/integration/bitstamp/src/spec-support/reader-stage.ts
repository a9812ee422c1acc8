import { DataType, ExchangeId, formatMantissa, type Instrument, SimulatedClock } from "@ims/common";
import type { ControlReply, FeedIndex, OpenFeed } from "@ims/integration-kit";
import { createBookFields, createTradeFields } from "@ims/integration-kit";
import { CollectingSink } from "@ims/testkit";
import { CHANNEL_PREFIXES } from "../channels.js";
import { readBook } from "../decode/level-reader.js";
import type { BitstampFeed } from "../feeds/bitstamp-feed.js";
import { FundingFeed } from "../feeds/funding-feed.js";
import { TopOfBookFeed } from "../feeds/top-of-book-feed.js";
import { readFrames } from "../frame-reader.js";
import { createOrderFrame, type OrderFrame } from "../orders/order-frame.js";
import { readOrder } from "../orders/order-reader.js";
import { readStreamTrade } from "../trades/trade-fields.js";

export const INSTRUMENT: Instrument = {
  exchange: ExchangeId.Bitstamp,
  symbol: "btcusd",
  base: "BTC",
  quote: "USD",
  settle: "USD",
  kind: "spot",
  status: "trading",
  priceScale: 2,
  quantityScale: 8,
  priceIncrement: "0.01",
  quantityIncrement: "0.00000001",
};

/** A frame reader with one feed of each kind behind it, and what came of its frames. */
export class ReaderStage {
  readonly sink = new CollectingSink();
  readonly replies: ControlReply[] = [];
  readonly warnings: object[] = [];
  /** Trades as `id price amount`, bases of books as their microtimestamp. */
  readonly trades: string[] = [];
  readonly bookMicros: number[] = [];
  /** Events of orders as `event id price amount`, with `walked` behind it where it was read as bytes. */
  readonly orders: string[] = [];
  endCount = 0;
  unreadableCount = 0;
  readonly #feeds = new Map<string, { readonly feed: OpenFeed; readonly handler: BitstampFeed }>();
  readonly #reader;

  constructor() {
    for (const [dataType, prefix] of CHANNEL_PREFIXES) {
      const feed = this.#feedOf(dataType, `${prefix}btcusd`);
      this.#feeds.set(feed.stream, { feed, handler: this.#handlerOf(feed) });
    }
    const index: FeedIndex<BitstampFeed> = { find: (stream) => this.#feeds.get(stream) };
    this.#reader = readFrames(
      {
        onReply: (reply) => this.replies.push(reply),
        onEndAnnounced: () => this.endCount++,
        send: () => true,
      },
      index,
      {
        sink: this.sink,
        logger: { warn: (fields) => this.warnings.push(fields) },
        onUnreadable: () => this.unreadableCount++,
      },
    );
  }

  /** What came of all frames, whatever. */
  get outcomeCount(): number {
    const { counts, rejections } = this.sink;
    const records = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return records + rejections.length + this.trades.length + this.bookMicros.length + this.orders.length;
  }

  read(frame: Uint8Array | string): void {
    this.#reader.decode(typeof frame === "string" ? Buffer.from(frame) : frame, 1_790_000_000_000_000);
  }

  #feedOf(dataType: DataType, stream: string): OpenFeed {
    return {
      stream,
      group: "",
      liveness: { kind: "driven" },
      request: { dataType },
      instrument: INSTRUMENT,
      instrumentId: this.sink.register(INSTRUMENT),
      seen() {},
      restart() {},
    };
  }

  #handlerOf(feed: OpenFeed): BitstampFeed {
    const trade = createTradeFields();
    const book = createBookFields();
    switch (feed.request.dataType) {
      case DataType.MarkPrice:
        return new FundingFeed(feed, { sink: this.sink });
      case DataType.Order: {
        const frame = createOrderFrame();
        return {
          read: (_event, _data, _receiveMicros, record) => {
            readOrder(record, INSTRUMENT, frame);
            this.#addOrder(frame, "");
          },
          takeOrder: (walked) => this.#addOrder(walked, " walked"),
        };
      }
      case DataType.TopOfBook:
        return new TopOfBookFeed(
          feed,
          { book: () => Promise.reject(new Error("nobody is asked")) },
          {
            sink: this.sink,
            clock: new SimulatedClock(),
            random: () => 0.5,
            logger: { debug() {}, info() {}, warn() {}, error() {} },
          },
        );
      case DataType.Trade:
        return {
          read: (_event, data) => {
            readStreamTrade(data, trade);
            const { price, quantity, tradeId } = trade;
            const texts = [price, quantity].map((cell) => formatMantissa(cell.toBigInt(), cell.scale));
            this.trades.push(`${tradeId} ${texts.join(" ")}`);
          },
        };
      default:
        return {
          read: (_event, data) => {
            readBook(data, INSTRUMENT, book);
            this.bookMicros.push(book.lastUpdateId);
          },
        };
    }
  }

  #addOrder({ order }: OrderFrame, how: string): void {
    const { event, orderId, price, quantity } = order;
    const texts = [price, quantity].map((cell) => formatMantissa(cell.toBigInt(), cell.scale));
    this.orders.push(`${event} ${orderId} ${texts.join(" ")}${how}`);
  }
}

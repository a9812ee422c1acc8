import { DataType, type ExchangeId } from "@ims/common";
import type {
  BarFields,
  BookFields,
  FeedStatusFields,
  GapFields,
  LiquidationFields,
  MarkPriceFields,
  OptionTickerFields,
  OrderFields,
  OrderSnapshotFields,
  RecordHead,
  TickerFields,
  TopOfBookFields,
  TradeFields,
} from "@ims/traits";

const TWO_32 = 4294967296;
/** Added to the data type of a feed in ids of what is told about it. */
const GAP_TYPES = 0x80;
const STATUS_TYPES = 0xc0;
/** In place of an event of an order: all orders of a book. */
const ALL_ORDERS = 0xff;

/**
 * 128-bit message ids as four 32-bit words, lowest first. They depend only on what the venue said, so a record that is
 * published again (sent twice, back-filled, read by another instance) carries the id that it had before. A whole book
 * is the exception: each time it is published it is another message, since readers that join begin with it.
 *
 * ```
 * word 0, 1   an id of the venue, or a time in 53 bits; above them 11 bits of what else tells records apart
 * word 2      instrument id
 * word 3      exchange (8 bits), data type (8), resolution or part of a book (8), state or kind (8)
 * ```
 *
 * | record | words 0 and 1 | 11 bits | lowest 8 bits of word 3 |
 * |---|---|---|---|
 * | trade | trade id | all of the id's | kind |
 * | bar | event time | trade count | state |
 * | top of book | update id, else time | prices and quantities | 0 |
 * | whole book | last update id, else time | time of publishing | 1 |
 * | change of a book | last update id, else time | 0 | 0 |
 * | all orders of a book | time | time of publishing | 255 |
 * | event of an order | order id | time and quantity | event |
 * | mark price | time | mark price | 0 |
 * | liquidation | time | price and quantities | status |
 * | ticker | time | trade count | 0 |
 * | gap | first id, else time before it | last id, else time behind it | reason |
 * | feed status | time since when | time of its making | state |
 */
export class MessageIds {
  /** Written by the methods below and read at once by the caller. */
  readonly words = new Uint32Array(4);

  constructor(private readonly exchange: ExchangeId) {}

  trade(trade: TradeFields): Uint32Array {
    const { words } = this;
    words[0] = trade.tradeId;
    words[1] = Math.floor(trade.tradeId / TWO_32);
    words[2] = trade.instrumentId;
    words[3] = (this.exchange << 24) | (DataType.Trade << 16) | trade.kind;
    return words;
  }

  bar(bar: BarFields): Uint32Array {
    const micros = bar.eventMicros || bar.openMicros;
    return this.fill(bar, DataType.Bar, micros, bar.tradeCount, bar.resolution, bar.state);
  }

  topOfBook(top: TopOfBookFields): Uint32Array {
    const prices = top.bidPrice.lo ^ (top.askPrice.lo << 3);
    const quantities = top.bidQuantity.lo ^ (top.askQuantity.lo << 5);
    return this.fill(top, DataType.TopOfBook, top.updateId || timeOf(top), folded(prices ^ quantities), 0, 0);
  }

  /** @param part 0 for the whole book itself, counting on for the changes that complete a large one */
  bookSnapshot(book: BookFields, part: number, publishMicros: number): Uint32Array {
    const id = book.lastUpdateId || timeOf(book);
    return this.fill(book, DataType.Book, id, publishMicros % 2048, part, 1);
  }

  bookDelta(book: BookFields, part: number): Uint32Array {
    return this.fill(book, DataType.Book, book.lastUpdateId || timeOf(book), 0, part, 0);
  }

  /** @param part of those that all orders need */
  orderSnapshot(orders: OrderSnapshotFields, part: number, publishMicros: number): Uint32Array {
    return this.fill(orders, DataType.Order, timeOf(orders), publishMicros % 2048, part & 0xff, ALL_ORDERS);
  }

  /** Events of one order are told apart by 19 bits of their time and what is left of the order. */
  order(order: OrderFields): Uint32Array {
    const micros = timeOf(order);
    const millis = Math.floor(micros / 1000);
    const rest = folded(millis ^ (order.quantity.lo << 2));
    const more = (micros ^ (millis >>> 11) ^ order.quantity.lo) & 0xff;
    return this.fill(order, DataType.Order, order.orderId, rest, more, order.event);
  }

  markPrice(price: MarkPriceFields): Uint32Array {
    return this.fill(price, DataType.MarkPrice, timeOf(price), lowBits(price.markPrice), 0, 0);
  }

  liquidation(liquidation: LiquidationFields): Uint32Array {
    const { price, quantity, filledQuantity, status } = liquidation;
    const rest = lowBits(price ?? 0n) ^ lowBits(quantity) ^ (lowBits(filledQuantity) << 1);
    return this.fill(liquidation, DataType.Liquidation, timeOf(liquidation), rest, 0, status);
  }

  /** The venue's time alone does not tell two states of one millisecond apart: quotes and mark price are mixed in. */
  optionTicker(option: OptionTickerFields): Uint32Array {
    const quotes = lowBits(option.bidPrice ?? 0n) ^ (lowBits(option.askPrice ?? 0n) << 2);
    const quantities = (lowBits(option.bidQuantity) << 4) ^ (lowBits(option.askQuantity) << 6);
    const rest = folded(quotes ^ quantities ^ (lowBits(option.markPrice ?? 0n) << 8));
    return this.fill(option, DataType.OptionTicker, timeOf(option), rest, 0, 0);
  }

  ticker(ticker: TickerFields): Uint32Array {
    return this.fill(ticker, DataType.Ticker, timeOf(ticker), ticker.tradeCount, 0, 0);
  }

  gap(gap: GapFields): Uint32Array {
    const end = (gap.toId || gap.toMicros) % 2048;
    const type = GAP_TYPES + gap.dataType;
    return this.fill(gap, type, gap.fromId || gap.fromMicros, end, gap.resolution, gap.reason);
  }

  feedStatus(status: FeedStatusFields): Uint32Array {
    const type = STATUS_TYPES + status.dataType;
    const { sinceMicros, receiveMicros, resolution, state } = status;
    return this.fill(status, type, sinceMicros, receiveMicros % 2048, resolution, state);
  }

  private fill(
    head: RecordHead,
    type: number,
    low53: number,
    high11: number,
    resolution: number,
    kind: number,
  ): Uint32Array {
    const { words } = this;
    words[0] = low53;
    words[1] = Math.floor(low53 / TWO_32) | ((high11 & 0x7ff) << 21);
    words[2] = head.instrumentId;
    words[3] = (this.exchange << 24) | (type << 16) | (resolution << 8) | kind;
    return words;
  }
}

/** The venue's time of a record, or where it gives none, that of its arrival. */
function timeOf(head: RecordHead): number {
  return head.eventMicros || head.sendMicros || head.receiveMicros;
}

/** All 32 bits in 11. */
function folded(word: number): number {
  return word ^ (word >>> 11) ^ (word >>> 22);
}

function lowBits(mantissa: bigint): number {
  return Number(BigInt.asUintN(11, mantissa));
}

/** The words as the one value that the broker's client takes for single messages. */
export function messageIdOf(words: Uint32Array): bigint {
  const low = (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
  const high = (BigInt(words[3]!) << 32n) | BigInt(words[2]!);
  return (high << 64n) | low;
}

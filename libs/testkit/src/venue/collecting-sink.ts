import assert from "node:assert/strict";
import {
  type BookOrders,
  DataType,
  formatMantissa,
  type Instrument,
  type MantissaCell,
  OrderEvent,
  Side,
} from "@ims/common";
import type {
  BarFields,
  BookFields,
  FeedStatusFields,
  GapFields,
  LiquidationFields,
  MarketDataSink,
  MarkPriceFields,
  OptionTickerFields,
  OrderFields,
  OrderSnapshotFields,
  RecordHead,
  RejectedFrame,
  TickerFields,
  TopOfBookFields,
  TradeFields,
} from "@ims/traits";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const SCALE_MAX = 18;

/** A trade as it was at the call: the fields themselves are reused by the plugin. */
export interface CollectedTrade {
  readonly symbol: string;
  readonly tradeId: number;
  readonly price: string;
  readonly quantity: string;
  readonly flags: number;
  readonly eventMicros: number;
  readonly receiveMicros: number;
}

/** What is kept of all orders of a book, or of an event of one. */
export type CollectedOrder =
  | {
      readonly symbol: string;
      readonly kind: "snapshot";
      /** By side: order id, price, quantity. */
      readonly bids: readonly (readonly [id: number, price: string, quantity: string])[];
      readonly asks: readonly (readonly [id: number, price: string, quantity: string])[];
    }
  | {
      readonly symbol: string;
      readonly kind: "event";
      readonly orderId: number;
      readonly event: OrderEvent;
      readonly side: Side;
      /** Undefined for an order without one. */
      readonly price: string | undefined;
      readonly quantity: string;
      readonly marks: number;
    };

/** What is kept of a book or a change of one. */
export interface CollectedBook {
  readonly symbol: string;
  readonly kind: "snapshot" | "delta";
  readonly firstUpdateId: number;
  readonly lastUpdateId: number;
  readonly previousUpdateId: number;
  readonly bestBid: bigint | undefined;
  readonly bestAsk: bigint | undefined;
}

/**
 * A sink that keeps what it is given and holds the plugin to the sink's contract: instruments are registered before
 * their records, times are microseconds, mantissas fit 64 bits, scales are 0 to 18.
 */
export class CollectingSink implements MarketDataSink {
  readonly trades: CollectedTrade[] = [];
  readonly books: CollectedBook[] = [];
  readonly orders: CollectedOrder[] = [];
  readonly optionTickers: (OptionTickerFields & { readonly symbol: string })[] = [];
  readonly gaps: (GapFields & { readonly symbol: string })[] = [];
  readonly statuses: (FeedStatusFields & { readonly symbol: string })[] = [];
  readonly instruments: Instrument[] = [];
  readonly rejections: RejectedFrame[] = [];
  /** Records of every kind of data. */
  readonly counts = new Map<DataType, number>();
  /** All calls, whatever of. */
  callCount = 0;
  isAccepting = true;
  private readonly symbols = new Map<number, string>();
  private readonly numbers = new Map<string, number>();
  private resume: (() => void)[] = [];

  get accepting(): boolean {
    return this.isAccepting;
  }

  whenAccepting(): Promise<void> {
    if (this.isAccepting) return Promise.resolve();
    return new Promise((resolve) => this.resume.push(resolve));
  }

  /** There is room again. */
  accept(): void {
    this.isAccepting = true;
    for (const resume of this.resume.splice(0)) resume();
  }

  count(dataType: DataType): number {
    return this.counts.get(dataType) ?? 0;
  }

  tradesOf(symbol: string): CollectedTrade[] {
    return this.trades.filter((trade) => trade.symbol === symbol);
  }

  booksOf(symbol: string): CollectedBook[] {
    return this.books.filter((book) => book.symbol === symbol);
  }

  register(instrument: Instrument): number {
    this.callCount++;
    const number = this.numbers.get(instrument.symbol) ?? this.numbers.size + 1;
    this.numbers.set(instrument.symbol, number);
    this.symbols.set(number, instrument.symbol);
    return number;
  }

  trade(trade: TradeFields): void {
    const symbol = this.take(DataType.Trade, trade);
    const { tradeId, flags, eventMicros, receiveMicros } = trade;
    assert.ok(Number.isSafeInteger(tradeId), `trade id ${tradeId} of ${symbol}`);
    const price = textOf(trade.price);
    const quantity = textOf(trade.quantity);
    this.trades.push({ symbol, tradeId, price, quantity, flags, eventMicros, receiveMicros });
  }

  bar(bar: BarFields): void {
    const symbol = this.take(DataType.Bar, bar);
    for (const mantissa of [bar.open, bar.high, bar.low, bar.close, bar.volume, bar.quoteVolume]) {
      checkMantissa(mantissa, symbol);
    }
    assert.ok(bar.low <= bar.open && bar.low <= bar.close, `low of a bar of ${symbol}`);
    assert.ok(bar.high >= bar.open && bar.high >= bar.close, `high of a bar of ${symbol}`);
    assert.ok(bar.openMicros < bar.closeMicros, `times of a bar of ${symbol}`);
  }

  topOfBook(top: TopOfBookFields): void {
    const symbol = this.take(DataType.TopOfBook, top);
    for (const cell of [top.bidPrice, top.bidQuantity, top.askPrice, top.askQuantity]) textOf(cell);
    const isSorted = !top.hasBid || !top.hasAsk || top.bidPrice.toBigInt() < top.askPrice.toBigInt();
    assert.ok(isSorted, `bid and ask of ${symbol}`);
  }

  bookSnapshot(book: BookFields): void {
    this.book("snapshot", book);
  }

  bookDelta(book: BookFields): void {
    this.book("delta", book);
  }

  orderSnapshot(orders: OrderSnapshotFields): void {
    const symbol = this.take(DataType.Order, orders);
    const { asks, bids, priceScale, quantityScale } = orders;
    const rows = ({ count, ids, levels }: BookOrders) =>
      Array.from({ length: count }, (_, at) => {
        const id = ids[at]!;
        assert.ok(Number.isSafeInteger(id), `order id ${id} of ${symbol}`);
        const price = formatMantissa(levels.price(at), priceScale);
        return [id, price, formatMantissa(levels.quantity(at), quantityScale)] as const;
      });
    this.orders.push({ symbol, kind: "snapshot", bids: rows(bids), asks: rows(asks) });
  }

  order(order: OrderFields): void {
    const symbol = this.take(DataType.Order, order);
    const { event, marks, orderId, side } = order;
    assert.ok(Number.isSafeInteger(orderId), `order id ${orderId} of ${symbol}`);
    assert.ok(
      event !== OrderEvent.Unknown && side !== Side.Unknown,
      `event and side of an order of ${symbol}`,
    );
    const price = order.hasPrice ? textOf(order.price) : undefined;
    const quantity = textOf(order.quantity);
    for (const cell of [order.filledQuantity, order.originalQuantity]) textOf(cell);
    this.orders.push({ symbol, kind: "event", orderId, event, side, price, quantity, marks });
  }

  markPrice(price: MarkPriceFields): void {
    checkMantissa(price.markPrice, this.take(DataType.MarkPrice, price));
  }

  liquidation(liquidation: LiquidationFields): void {
    const symbol = this.take(DataType.Liquidation, liquidation);
    if (liquidation.price !== null) checkMantissa(liquidation.price, symbol);
  }

  optionTicker(option: OptionTickerFields): void {
    const symbol = this.take(DataType.OptionTicker, option);
    const { askPrice, askQuantity, bidPrice, bidQuantity, expiryMicros, strike } = option;
    for (const mantissa of [strike, askQuantity, bidQuantity, askPrice, bidPrice, option.markPrice]) {
      if (mantissa !== null) checkMantissa(mantissa, symbol);
    }
    assert.ok(strike > 0n && expiryMicros > 1e15, `strike and expiry of the option ${symbol}`);
    assert.ok(bidPrice !== null || bidQuantity === 0n, `a bid quantity without a price of ${symbol}`);
    assert.ok(askPrice !== null || askQuantity === 0n, `an ask quantity without a price of ${symbol}`);
    this.optionTickers.push({ ...option, symbol });
  }

  ticker(ticker: TickerFields): void {
    checkMantissa(ticker.volume, this.take(DataType.Ticker, ticker));
  }

  gap(gap: GapFields): void {
    this.gaps.push({ ...gap, symbol: this.symbolOf(gap.instrumentId) });
  }

  feedStatus(status: FeedStatusFields): void {
    assert.ok(status.text.length > 0, "a feed status without a sentence");
    this.statuses.push({ ...status, symbol: this.symbolOf(status.instrumentId) });
  }

  instrument(instrument: Instrument): void {
    this.callCount++;
    this.instruments.push(instrument);
  }

  rejected(frame: RejectedFrame): void {
    this.callCount++;
    this.rejections.push(frame);
  }

  private book(kind: CollectedBook["kind"], book: BookFields): void {
    const symbol = this.take(DataType.Book, book);
    const { firstUpdateId, lastUpdateId, previousUpdateId, bids, asks } = book;
    for (const side of [bids, asks]) {
      for (let index = 0; index < side.count; index++) {
        checkMantissa(side.price(index), symbol);
        checkMantissa(side.quantity(index), symbol);
      }
    }
    this.books.push({
      symbol,
      kind,
      firstUpdateId,
      lastUpdateId,
      previousUpdateId,
      bestBid: bids.count > 0 ? bids.price(0) : undefined,
      bestAsk: asks.count > 0 ? asks.price(0) : undefined,
    });
  }

  private take(dataType: DataType, head: RecordHead): string {
    this.counts.set(dataType, this.count(dataType) + 1);
    const symbol = this.symbolOf(head.instrumentId);
    for (const micros of [head.eventMicros, head.sendMicros, head.receiveMicros]) {
      assert.ok(Number.isSafeInteger(micros) && micros >= 0, `a time of ${symbol} is ${micros}`);
      // Milliseconds or nanoseconds in place of microseconds are off by a factor of 1,000.
      const isMicros = micros === 0 || (micros > 1e15 && micros < 1e16);
      assert.ok(isMicros, `a time of ${symbol}, ${micros}, is none in microseconds`);
    }
    assert.ok(head.receiveMicros > 0, `a record of ${symbol} without the time of its arrival`);
    return symbol;
  }

  private symbolOf(instrumentId: number): string {
    this.callCount++;
    const symbol = this.symbols.get(instrumentId);
    assert.ok(symbol !== undefined, `instrument ${instrumentId} was never registered`);
    return symbol;
  }
}

function textOf(cell: MantissaCell): string {
  const mantissa = cell.toBigInt();
  assert.ok(
    Number.isInteger(cell.scale) && cell.scale >= 0 && cell.scale <= SCALE_MAX,
    `scale ${cell.scale}`,
  );
  return formatMantissa(mantissa, cell.scale);
}

function checkMantissa(mantissa: bigint, symbol: string): void {
  assert.ok(mantissa >= INT64_MIN && mantissa <= INT64_MAX, `a value of ${symbol} beyond 64 bits`);
}

import type {
  BarFields,
  BookFields,
  LiquidationFields,
  MarketDataSink,
  MarkPriceFields,
  RejectReason,
  TickerFields,
  TopOfBookFields,
  TradeFields,
} from "@ims/traits";
import type { FeedCounters } from "./feed-counters.js";
import type { DataFeed, InstrumentFeed } from "./instrument-feed.js";

/** Takes changes of books, which are worth something only joined to a snapshot. */
export interface DepthListener {
  /** The fields are reused after the call; ids and flags may be changed. */
  depth(feed: InstrumentFeed, change: BookFields): void;
}

export interface RecordPublisherOptions {
  readonly sink: MarketDataSink;
  readonly counters: FeedCounters;
  /** Without it changes of books are dropped as not subscribed. */
  readonly depthListener?: DepthListener;
  /** A trade id that does not follow the one before it. */
  readonly onIdJump: (feed: InstrumentFeed, expectedId: number, tradeId: number) => void;
  /** A trade id that the venue spent on a print that is not passed on. */
  readonly onTradeIdSpent?: (feed: InstrumentFeed, tradeId: number) => void;
}

/** Lets the records of subscribed feeds through to the sink, and counts. */
export class RecordPublisher {
  private readonly sink: MarketDataSink;
  private readonly counters: FeedCounters;

  constructor(private readonly options: RecordPublisherOptions) {
    this.sink = options.sink;
    this.counters = options.counters;
  }

  trade(feed: InstrumentFeed, trade: TradeFields, receiveMicros: number): void {
    if (!this.admit(feed.trades, receiveMicros)) return;
    const { trades } = feed;
    // In line, because an id that is handed to a function that stays one costs memory.
    if (trade.tradeId === trades.lastTradeId + 1) trades.lastTradeId = trade.tradeId;
    else this.followIds(feed, trade.tradeId);
    trade.receiveMicros = receiveMicros;
    this.counters.tradeCount++;
    this.sink.trade(trade);
  }

  /** A print that happened at no price: it takes an id, and is dropped. */
  noTrade(feed: InstrumentFeed, tradeId: number): void {
    if (!feed.trades.active) return;
    this.counters.zeroPriceCount++;
    this.followIds(feed, tradeId);
    this.options.onTradeIdSpent?.(feed, tradeId);
  }

  bar(feed: InstrumentFeed, bar: BarFields, receiveMicros: number): void {
    if (!this.admit(feed.bars.get(bar.resolution), receiveMicros)) return;
    bar.receiveMicros = receiveMicros;
    this.counters.barCount++;
    this.sink.bar(bar);
  }

  topOfBook(feed: InstrumentFeed, top: TopOfBookFields, receiveMicros: number): void {
    if (!this.admit(feed.topOfBook, receiveMicros)) return;
    top.receiveMicros = receiveMicros;
    this.counters.topOfBookCount++;
    this.sink.topOfBook(top);
  }

  depth(feed: InstrumentFeed, change: BookFields, receiveMicros: number): void {
    const { depthListener } = this.options;
    if (!this.admit(depthListener && feed.book, receiveMicros)) return;
    change.receiveMicros = receiveMicros;
    this.counters.depthCount++;
    depthListener!.depth(feed, change);
  }

  /** Best levels are a whole book as far as they go. */
  partialDepth(feed: InstrumentFeed, book: BookFields, receiveMicros: number): void {
    if (!this.admit(feed.partialBook, receiveMicros)) return;
    book.receiveMicros = receiveMicros;
    this.counters.partialDepthCount++;
    this.sink.bookSnapshot(book);
  }

  markPrice(feed: InstrumentFeed, price: MarkPriceFields, receiveMicros: number): void {
    if (!this.admit(feed.markPrice, receiveMicros)) return;
    price.receiveMicros = receiveMicros;
    this.counters.markPriceCount++;
    this.sink.markPrice(price);
  }

  liquidation(feed: InstrumentFeed, liquidation: LiquidationFields, receiveMicros: number): void {
    if (!this.admit(feed.liquidations, receiveMicros)) return;
    liquidation.receiveMicros = receiveMicros;
    this.counters.liquidationCount++;
    this.sink.liquidation(liquidation);
  }

  ticker(feed: InstrumentFeed, ticker: TickerFields, receiveMicros: number): void {
    if (!this.admit(feed.ticker, receiveMicros)) return;
    ticker.receiveMicros = receiveMicros;
    this.counters.tickerCount++;
    this.sink.ticker(ticker);
  }

  reject(reason: RejectReason, detail: string, symbol?: string): void {
    this.counters.rejectedCount++;
    this.sink.rejected({ reason, detail, symbol });
  }

  private admit(feed: DataFeed | undefined, receiveMicros: number): boolean {
    if (feed === undefined || !feed.active) {
      this.counters.unsubscribedCount++;
      return false;
    }
    feed.lastMicros = receiveMicros;
    return true;
  }

  /** Ids of one stream are consecutive, so a jump means lost frames. The first one of a connection starts anew. */
  private followIds(feed: InstrumentFeed, tradeId: number): void {
    const { trades } = feed;
    const expectedId = trades.lastTradeId + 1;
    if (tradeId !== expectedId && trades.lastTradeId !== 0) {
      trades.idJumpCount++;
      this.options.onIdJump(feed, expectedId, tradeId);
    }
    trades.lastTradeId = tradeId;
  }
}

import { DataType, type Instrument, InstrumentMap, type TimeResolution } from "@ims/common";
import type { FeedLiveness, GapLedger, TradeSequencer } from "@ims/integration-kit";
import { OrderJoin } from "@ims/integration-kit";
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
import type { BarJoin } from "./bar-join.js";

/** How one stream's records are watched. */
export interface WatchedFeed {
  readonly liveness: FeedLiveness;
  /** Wall time of the last record, microseconds; 0 before the first. */
  lastMicros: number;
}

interface TradeGate {
  readonly feed: WatchedFeed;
  readonly sequencer: TradeSequencer;
}

interface BarGate {
  readonly feed: WatchedFeed;
  readonly join: BarJoin;
}

interface BookGate {
  feed: WatchedFeed | undefined;
  readonly top: (top: TopOfBookFields) => void;
}

interface OrderGate {
  readonly feed: WatchedFeed;
  readonly join: OrderJoin;
}

/**
 * Stands between the decoders of all connections and the service's sink: counts signs of life, joins the copies of
 * redundant and of handed-over connections, and keeps trades and bars in order while missed ones are read. Records
 * of feeds that were not begun pass unchanged. Allocates nothing per record while nothing is missing.
 */
export class FeedGate implements MarketDataSink {
  private readonly trades = new InstrumentMap<TradeGate>();
  private readonly bars = new InstrumentMap<Map<TimeResolution, BarGate>>();
  private readonly books = new InstrumentMap<BookGate>();
  /** Best levels alone, whole at every push. */
  private readonly bestLevels = new InstrumentMap<OrderGate>();
  private readonly tops = new InstrumentMap<OrderGate>();
  private readonly markPrices = new InstrumentMap<OrderGate>();
  private readonly tickers = new InstrumentMap<OrderGate>();
  private readonly liquidations = new InstrumentMap<OrderGate>();

  constructor(
    private readonly sink: MarketDataSink,
    private readonly ledger: GapLedger,
  ) {}

  get accepting(): boolean {
    return this.sink.accepting;
  }

  whenAccepting(): Promise<void> {
    return this.sink.whenAccepting();
  }

  beginTrades(instrumentId: number, feed: WatchedFeed, sequencer: TradeSequencer): void {
    this.trades.set(instrumentId, { feed, sequencer });
  }

  beginBars(instrumentId: number, resolution: TimeResolution, feed: WatchedFeed, join: BarJoin): void {
    let ofInstrument = this.bars.get(instrumentId);
    if (!ofInstrument) {
      ofInstrument = new Map();
      this.bars.set(instrumentId, ofInstrument);
    }
    ofInstrument.set(resolution, { feed, join });
  }

  /** Data that needs no reading again: only old copies are dropped. */
  beginOther(instrumentId: number, dataType: DataType, feed: WatchedFeed): void {
    const gates = this.#gatesOf(dataType);
    if (gates) gates.set(instrumentId, { feed, join: new OrderJoin() });
  }

  /** @param top takes the instrument's tops of book, for a comparison with its book */
  beginBook(instrumentId: number, top: (top: TopOfBookFields) => void): void {
    this.books.set(instrumentId, { feed: undefined, top });
  }

  watchBook(instrumentId: number, feed: WatchedFeed): void {
    const gate = this.books.get(instrumentId);
    if (gate) gate.feed = feed;
  }

  endBook(instrumentId: number): void {
    this.books.set(instrumentId, undefined);
  }

  /** A depth event was read. */
  seenBook(instrumentId: number, receiveMicros: number): void {
    const feed = this.books.get(instrumentId)?.feed;
    if (feed === undefined) return;
    feed.liveness.recordCount++;
    feed.lastMicros = receiveMicros;
  }

  end(instrumentId: number, dataType: DataType, resolution: TimeResolution | undefined): void {
    if (dataType === DataType.Trade) this.trades.set(instrumentId, undefined);
    else if (dataType === DataType.Bar) this.bars.get(instrumentId)?.delete(resolution!);
    else {
      const gates = this.#gatesOf(dataType);
      if (gates) gates.set(instrumentId, undefined);
    }
  }

  register(instrument: Instrument): number {
    return this.sink.register(instrument);
  }

  trade(trade: TradeFields): void {
    const gate = this.trades.get(trade.instrumentId);
    if (gate === undefined) {
      this.sink.trade(trade);
      return;
    }
    gate.feed.liveness.recordCount++;
    gate.feed.lastMicros = trade.receiveMicros;
    gate.sequencer.offer(trade);
  }

  /** A trade id that was spent on something that is no trade. */
  tradeIdSpent(instrumentId: number, tradeId: number): void {
    const gate = this.trades.get(instrumentId);
    if (gate === undefined) return;
    gate.feed.liveness.recordCount++;
    gate.sequencer.skip(tradeId);
  }

  bar(bar: BarFields): void {
    const gate = this.bars.get(bar.instrumentId)?.get(bar.resolution);
    if (gate === undefined) {
      this.sink.bar(bar);
      return;
    }
    seen(gate.feed, bar);
    gate.join.offer(bar);
  }

  topOfBook(top: TopOfBookFields): void {
    const gate = this.tops.get(top.instrumentId);
    if (gate !== undefined) {
      seen(gate.feed, top);
      if (!gate.join.isNew(top.updateId === 0 ? top.sendMicros : top.updateId, top.receiveMicros)) return;
    }
    this.books.get(top.instrumentId)?.top(top);
    this.sink.topOfBook(top);
  }

  /** Best levels; whole books go past the gate. While there is one of the instrument, readers get that alone. */
  bookSnapshot(book: BookFields): void {
    const gate = this.bestLevels.get(book.instrumentId);
    if (gate !== undefined) {
      seen(gate.feed, book);
      if (!gate.join.isNew(book.lastUpdateId, book.receiveMicros)) return;
    }
    if (this.books.get(book.instrumentId) === undefined) this.sink.bookSnapshot(book);
  }

  bookDelta(book: BookFields): void {
    this.sink.bookDelta(book);
  }

  /** The venue does not stream single orders. */
  orderSnapshot(orders: OrderSnapshotFields): void {
    this.sink.orderSnapshot(orders);
  }

  order(order: OrderFields): void {
    this.sink.order(order);
  }

  markPrice(price: MarkPriceFields): void {
    const gate = this.markPrices.get(price.instrumentId);
    if (gate !== undefined) {
      seen(gate.feed, price);
      if (!gate.join.isNew(price.sendMicros, price.receiveMicros)) return;
    }
    this.sink.markPrice(price);
  }

  liquidation(liquidation: LiquidationFields): void {
    const gate = this.liquidations.get(liquidation.instrumentId);
    if (gate !== undefined) {
      seen(gate.feed, liquidation);
      // [Liquidation Order Streams] at most one per symbol and second.
      if (!gate.join.isNew(liquidation.sendMicros, liquidation.receiveMicros)) return;
    }
    this.sink.liquidation(liquidation);
  }

  /** Nothing of Binance's gets here: its futures and spot have no options. */
  optionTicker(option: OptionTickerFields): void {
    this.sink.optionTicker(option);
  }

  ticker(ticker: TickerFields): void {
    const gate = this.tickers.get(ticker.instrumentId);
    if (gate !== undefined) {
      seen(gate.feed, ticker);
      if (!gate.join.isNew(ticker.sendMicros, ticker.receiveMicros)) return;
    }
    this.sink.ticker(ticker);
  }

  gap(gap: GapFields): void {
    this.ledger.add(gap);
    this.sink.gap(gap);
  }

  feedStatus(status: FeedStatusFields): void {
    this.sink.feedStatus(status);
  }

  instrument(instrument: Instrument): void {
    this.sink.instrument(instrument);
  }

  rejected(frame: RejectedFrame): void {
    this.sink.rejected(frame);
  }

  #gatesOf(dataType: DataType): InstrumentMap<OrderGate> | undefined {
    switch (dataType) {
      case DataType.Book:
        return this.bestLevels;
      case DataType.TopOfBook:
        return this.tops;
      case DataType.MarkPrice:
        return this.markPrices;
      case DataType.Ticker:
        return this.tickers;
      case DataType.Liquidation:
        return this.liquidations;
      default:
        return undefined;
    }
  }
}

function seen(feed: WatchedFeed, record: RecordHead): void {
  feed.liveness.recordCount++;
  feed.lastMicros = record.receiveMicros;
}

import { type Clock, DataType, type ExchangeId, type Instrument } from "@ims/common";
import type {
  BarFields,
  BookFields,
  FeedStatusFields,
  GapFields,
  LiquidationFields,
  MarketDataSink,
  MarkPriceFields,
  RejectedFrame,
  TickerFields,
  TopOfBookFields,
  TradeFields,
} from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { Delivery } from "../control/control-request.js";
import { ServiceCounters } from "../health/service-counters.js";
import { CLOCK, EXCHANGE } from "../service/tokens.js";
import type { Feed } from "../subscriptions/feed.js";
import type { Subscription, SubscriptionTable } from "../subscriptions/subscription-table.js";
import { BookEncoder, bookPartBytes, bookPartCount, TOP_OF_BOOK_BYTES } from "./book-encoder.js";
import { Channel, channelOf } from "./channels.js";
import {
  DerivativeEncoder,
  LIQUIDATION_BYTES,
  MARK_PRICE_BYTES,
  TICKER_BYTES,
} from "./derivative-encoder.js";
import { FeedEncoder, feedStatusBytes, GAP_BYTES, statusText } from "./feed-encoder.js";
import { MessageIds } from "./message-ids.js";
import type { PublishedInstrument } from "./published-instrument.js";
import { RateLimitedLog } from "./rate-limited-log.js";
import { BAR_BYTES, RecordEncoder, TRADE_BYTES } from "./record-encoder.js";
import { type PublishingTargets, RecordPublisher } from "./record-publisher.js";

/** Where the sink sends to, once the broker is there. */
export interface SinkTargets extends PublishingTargets {
  /** Told of each instrument that changed. */
  readonly instruments: { changed(instrument: Instrument): void };
}

/**
 * Encodes each record once, straight into the outgoing batch of its partition, whoever reads it. Copies are made only
 * for clients that asked for private delivery.
 */
@scoped(Lifecycle.ContainerScoped)
export class SbeSink implements MarketDataSink {
  private readonly out: RecordPublisher;
  private readonly records: RecordEncoder;
  private readonly books: BookEncoder;
  private readonly derivatives: DerivativeEncoder;
  private readonly feeds: FeedEncoder;
  private readonly ids: MessageIds;
  readonly #brokenBooks = new Set<string>();
  #instruments: SinkTargets["instruments"] | undefined;

  constructor(
    @inject(EXCHANGE) exchange: ExchangeId,
    @inject(CLOCK) clock: Clock,
    @inject(ServiceCounters) counters: ServiceCounters,
    @inject(RateLimitedLog) log: RateLimitedLog,
  ) {
    this.out = new RecordPublisher(clock, counters, log);
    this.records = new RecordEncoder(exchange);
    this.books = new BookEncoder(exchange);
    this.derivatives = new DerivativeEncoder(exchange);
    this.feeds = new FeedEncoder(exchange);
    this.ids = new MessageIds(exchange);
  }

  /** Begins to publish; records before that are dropped and counted. */
  attach(targets: SinkTargets): void {
    this.out.attach(targets);
    this.#instruments = targets.instruments;
  }

  register(instrument: Instrument): number {
    return this.out.register(instrument);
  }

  trade(trade: TradeFields): void {
    const { out } = this;
    if (!out.begin(Channel.Trades, trade.instrumentId, TRADE_BYTES)) return;
    try {
      this.records.trade(out.view, out.at, trade, out.instrument, out.now);
      out.end(this.ids.trade(trade));
    } catch (error) {
      out.unencodable(error);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.Trades];
    if (readers) this.#copyTrade(readers, trade);
  }

  bar(bar: BarFields): void {
    const { out } = this;
    if (!out.begin(Channel.Bars, bar.instrumentId, BAR_BYTES)) return;
    try {
      this.records.bar(out.view, out.at, bar, out.instrument, out.now);
      out.end(this.ids.bar(bar));
    } catch (error) {
      out.unencodable(error);
      return;
    }
    out.instrument.lastBarMicros.set(bar.resolution, out.now);
    const readers = out.instrument.privateBars?.get(bar.resolution);
    if (readers) this.#copyBar(readers, bar);
  }

  topOfBook(top: TopOfBookFields): void {
    const { out } = this;
    if (!out.begin(Channel.TopOfBook, top.instrumentId, TOP_OF_BOOK_BYTES)) return;
    try {
      this.books.topOfBook(out.view, out.at, top, out.instrument, out.now);
      out.end(this.ids.topOfBook(top));
    } catch (error) {
      out.unencodable(error);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.TopOfBook];
    if (readers) out.copy(readers);
  }

  bookSnapshot(book: BookFields): void {
    const partCount = bookPartCount(book);
    for (let part = 0; part < partCount; part++) if (!this.#bookPart(book, true, part)) return;
    const { instrument } = this.out;
    if (!instrument.isBookBroken) return;
    instrument.isBookBroken = false;
    this.#brokenBooks.delete(instrument.symbol);
  }

  bookDelta(book: BookFields): void {
    const partCount = bookPartCount(book);
    for (let part = 0; part < partCount; part++) if (!this.#bookPart(book, false, part)) return;
  }

  markPrice(price: MarkPriceFields): void {
    const { out } = this;
    if (!out.begin(Channel.MarkPrice, price.instrumentId, MARK_PRICE_BYTES)) return;
    try {
      this.derivatives.markPrice(out.view, out.at, price, out.instrument, out.now);
      out.end(this.ids.markPrice(price));
    } catch (error) {
      out.unencodable(error);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.MarkPrice];
    if (readers) out.copy(readers);
  }

  liquidation(liquidation: LiquidationFields): void {
    const { out } = this;
    if (!out.begin(Channel.Liquidations, liquidation.instrumentId, LIQUIDATION_BYTES)) return;
    try {
      this.derivatives.liquidation(out.view, out.at, liquidation, out.instrument, out.now);
      out.end(this.ids.liquidation(liquidation));
    } catch (error) {
      out.unencodable(error);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.Liquidations];
    if (readers) out.copy(readers);
  }

  ticker(ticker: TickerFields): void {
    const { out } = this;
    if (!out.begin(Channel.Tickers, ticker.instrumentId, TICKER_BYTES)) return;
    try {
      this.derivatives.ticker(out.view, out.at, ticker, out.instrument, out.now);
      out.end(this.ids.ticker(ticker));
    } catch (error) {
      out.unencodable(error);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.Tickers];
    if (readers) out.copy(readers);
  }

  gap(gap: GapFields): void {
    const { out } = this;
    if (!out.begin(Channel.Gaps, gap.instrumentId, GAP_BYTES)) return;
    try {
      this.feeds.gap(out.view, out.at, gap, out.instrument, out.now);
      out.end(this.ids.gap(gap));
    } catch (error) {
      out.unencodable(error);
      return;
    }
    const readers = readersOf(out.instrument, gap.dataType, gap.resolution);
    if (readers) out.copy(readers);
  }

  feedStatus(status: FeedStatusFields): void {
    const { out } = this;
    const text = statusText(status.text);
    if (!out.begin(Channel.FeedStatus, status.instrumentId, feedStatusBytes(text))) return;
    try {
      this.feeds.feedStatus(out.view, out.at, status, text, out.instrument, out.now);
      out.end(this.ids.feedStatus(status));
    } catch (error) {
      out.unencodable(error);
      return;
    }
    const readers = readersOf(out.instrument, status.dataType, status.resolution);
    if (readers) out.copy(readers);
  }

  instrument(instrument: Instrument): void {
    this.register(instrument);
    this.#instruments?.changed(instrument);
  }

  rejected(frame: RejectedFrame): void {
    this.out.rejected(frame);
  }

  get accepting(): boolean {
    return this.out.accepting;
  }

  whenAccepting(): Promise<void> {
    return this.out.whenAccepting();
  }

  /** Books that lost a record and were not whole since. */
  get brokenBookCount(): number {
    return this.#brokenBooks.size;
  }

  /**
   * The symbols of some broken books, in turn: whoever asks has the venue pass them on whole. Those that stay broken come
   * again after the others.
   */
  someBrokenBooks(countMax: number): string[] {
    const symbols = [...this.#brokenBooks].slice(0, countMax);
    for (const symbol of symbols) {
      this.#brokenBooks.delete(symbol);
      this.#brokenBooks.add(symbol);
    }
    return symbols;
  }

  /** Copies go to the clients that read the feed in private delivery at the moment. */
  setReaders(feed: Feed, table: SubscriptionTable): void {
    const instrument = this.out.findSymbol(feed.symbol);
    const channel = channelOf(feed.dataType);
    if (!instrument || channel === undefined) return;
    if (feed.dataType === DataType.Book && !table.isWanted(feed)) this.#brokenBooks.delete(feed.symbol);
    const subscribers = table.subscribersOf(feed).filter(({ delivery }) => delivery === Delivery.Private);
    const readers = subscribers.length > 0 ? subscribers : undefined;
    if (channel !== Channel.Bars) {
      instrument.privateReaders[channel] = readers;
      return;
    }
    const bars = instrument.privateBars ?? new Map<number, readonly Subscription[]>();
    if (readers) bars.set(feed.resolution, readers);
    else bars.delete(feed.resolution);
    instrument.privateBars = bars.size > 0 ? bars : undefined;
  }

  /** When the last record of a feed was published, microseconds; 0 before the first. */
  lastMicrosOf(feed: Feed): number {
    const instrument = this.out.findSymbol(feed.symbol);
    const channel = channelOf(feed.dataType);
    if (!instrument || channel === undefined) return 0;
    return channel === Channel.Bars
      ? (instrument.lastBarMicros.get(feed.resolution) ?? 0)
      : instrument.lastMicros[channel]!;
  }

  /** Apart from the hot path, where a function that sees its surroundings would cost an object for every trade. */
  #copyTrade(readers: readonly Subscription[], trade: TradeFields): void {
    this.out.copy(readers, () => this.records.version1Trade(trade, this.out.instrument));
  }

  #copyBar(readers: readonly Subscription[], bar: BarFields): void {
    this.out.copy(readers, () => this.records.version1Bar(bar, this.out.instrument));
  }

  /** False when the part is lost: what follows would be applied to another book than it was made for. */
  #bookPart(book: BookFields, isSnapshot: boolean, part: number): boolean {
    const { out } = this;
    if (!out.begin(Channel.Book, book.instrumentId, bookPartBytes(book, isSnapshot, part))) {
      this.#bookBroken(this.out.find(book.instrumentId));
      return false;
    }
    const { view, at, instrument, now } = out;
    if (!isSnapshot && instrument.isBookBroken) {
      out.dropped(instrument);
      return false;
    }
    try {
      if (isSnapshot && part === 0) this.books.snapshot(view, at, book, instrument, now);
      else this.books.delta(view, at, book, isSnapshot, part, instrument, now);
      out.end(isSnapshot ? this.ids.bookSnapshot(book, part, now) : this.ids.bookDelta(book, part));
    } catch (error) {
      out.unencodable(error);
      this.#bookBroken(instrument);
      return false;
    }
    const readers = instrument.privateReaders[Channel.Book];
    if (readers) out.copy(readers);
    return true;
  }

  #bookBroken(instrument: PublishedInstrument | undefined): void {
    if (!instrument) return;
    instrument.isBookBroken = true;
    this.#brokenBooks.add(instrument.symbol);
  }
}

/** Who reads the feed that a record of `gaps` or `feed-status` is about, in private delivery. */
function readersOf(
  instrument: PublishedInstrument,
  dataType: number,
  resolution: number,
): readonly Subscription[] | undefined {
  if (dataType === DataType.Bar) return instrument.privateBars?.get(resolution);
  const channel = channelOf(dataType);
  return channel === undefined ? undefined : instrument.privateReaders[channel];
}

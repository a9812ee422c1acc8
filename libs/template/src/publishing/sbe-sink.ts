import { type Clock, Delivery, type ExchangeId, type Instrument, RecordFlags } from "@ims/common";
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
  RejectedFrame,
  TickerFields,
  TopOfBookFields,
  TradeFields,
} from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { ServiceCounters } from "../health/service-counters.js";
import { CLOCK, EXCHANGE } from "../service/tokens.js";
import type { Feed } from "../subscriptions/feed.js";
import type { Subscription, SubscriptionTable } from "../subscriptions/subscription-table.js";
import { BookEncoder, TOP_OF_BOOK_BYTES } from "./book-encoder.js";
import { BookPublishing } from "./book-publishing.js";
import { BrokenBooks } from "./broken-books.js";
import { Channel, channelOf } from "./channels.js";
import { DerivativePublishing } from "./derivative-publishing.js";
import type { FeedMeter } from "./feed-meter.js";
import { LossReports } from "./loss-reports.js";
import type { MarketDataProducers } from "./market-data-producers.js";
import { MessageIds } from "./message-ids.js";
import { NoticePublishing } from "./notice-publishing.js";
import { OrderPublishing } from "./order-publishing.js";
import { PrivateLosses } from "./private-losses.js";
import { setPrivateReaders } from "./private-readers.js";
import type { PublishedInstrument } from "./published-instrument.js";
import { RateLimitedLog } from "./rate-limited-log.js";
import { BAR_BYTES, RecordEncoder, TRADE_BYTES } from "./record-encoder.js";
import { type PublishingTargets, RecordPublisher } from "./record-publisher.js";

/** Where the sink sends to, once the broker is there. */
export interface SinkTargets extends PublishingTargets {
  readonly producers: PublishingTargets["producers"] & Pick<MarketDataProducers, "onBatchFailed" | "arena">;
  /** Told of each instrument that changed. */
  readonly instruments: { changed(instrument: Instrument): void };
}

/**
 * Encodes each record once, straight into the outgoing batch of its partition, whoever reads it. Copies are made only
 * for clients that asked for private delivery. What finds no room is told of in gaps later.
 */
@scoped(Lifecycle.ContainerScoped)
export class SbeSink implements MarketDataSink {
  private readonly out: RecordPublisher;
  private readonly records: RecordEncoder;
  private readonly tops: BookEncoder;
  private readonly derivatives: DerivativePublishing;
  private readonly ids: MessageIds;
  private readonly broken: BrokenBooks;
  private readonly books: BookPublishing;
  private readonly orders: OrderPublishing;
  private readonly notices: NoticePublishing;
  #losses: LossReports | undefined;
  #privateLosses: PrivateLosses | undefined;
  #instruments: SinkTargets["instruments"] | undefined;

  constructor(
    @inject(EXCHANGE) private readonly exchange: ExchangeId,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(RateLimitedLog) log: RateLimitedLog,
  ) {
    this.out = new RecordPublisher(clock, counters, log);
    this.records = new RecordEncoder(exchange);
    this.tops = new BookEncoder(exchange);
    this.ids = new MessageIds(exchange);
    this.derivatives = new DerivativePublishing(exchange, this.out, this.ids);
    this.broken = new BrokenBooks(this.out);
    this.books = new BookPublishing(exchange, this.out, this.ids, this.broken);
    this.orders = new OrderPublishing(exchange, this.out, this.ids, this.broken);
    this.notices = new NoticePublishing(exchange, this.out, this.ids);
  }

  /** Begins to publish; records before that are lost, and told of in gaps. */
  attach(targets: SinkTargets): void {
    const { out, clock, counters, broken, notices } = this;
    this.#privateLosses = new PrivateLosses(this.exchange, clock, targets.outboxes, counters);
    out.attach(targets, this.#privateLosses);
    this.#instruments = targets.instruments;
    this.#losses = new LossReports({ targets, out, broken, notices, clock, counters });
  }

  /** Publishes what is known of losses; the last call before the producers are closed. */
  detach(): void {
    this.#losses?.close();
    this.#privateLosses?.close();
  }

  register(instrument: Instrument): number {
    return this.out.register(instrument);
  }

  trade(trade: TradeFields): void {
    const { out } = this;
    if (!out.begin(Channel.Trades, trade.instrumentId, TRADE_BYTES)) {
      out.lost(Channel.Trades, 0, trade, trade.tradeId);
      return;
    }
    try {
      this.records.trade(out.view, out.at, trade, out.instrument, out.now);
      out.end(this.ids.trade(trade), trade.eventMicros);
    } catch (error) {
      out.failed(error, Channel.Trades, 0, trade, trade.tradeId, trade.tradeId);
      return;
    }
    if ((trade.flags & RecordFlags.Late) === 0) out.instrument.lastTradeId = trade.tradeId;
    const readers = out.instrument.privateReaders[Channel.Trades];
    if (readers) this.#copyTrade(readers, trade);
  }

  bar(bar: BarFields): void {
    const { out } = this;
    if (!out.begin(Channel.Bars, bar.instrumentId, BAR_BYTES)) {
      out.lost(Channel.Bars, bar.resolution, bar);
      return;
    }
    try {
      this.records.bar(out.view, out.at, bar, out.instrument, out.now);
      out.end(this.ids.bar(bar), bar.eventMicros);
    } catch (error) {
      out.failed(error, Channel.Bars, bar.resolution, bar);
      return;
    }
    out.instrument.barMeter(bar.resolution).published(out.now, bar.eventMicros);
    const readers = out.instrument.privateBars?.get(bar.resolution);
    if (readers) this.#copyBar(readers, bar);
  }

  topOfBook(top: TopOfBookFields): void {
    const { out } = this;
    if (!out.begin(Channel.TopOfBook, top.instrumentId, TOP_OF_BOOK_BYTES)) {
      out.lost(Channel.TopOfBook, 0, top, top.updateId);
      return;
    }
    try {
      this.tops.topOfBook(out.view, out.at, top, out.instrument, out.now);
      out.end(this.ids.topOfBook(top), top.eventMicros);
    } catch (error) {
      out.failed(error, Channel.TopOfBook, 0, top, top.updateId, top.updateId);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.TopOfBook];
    if (readers) out.copy(readers, 0, top, top.updateId);
  }

  bookSnapshot(book: BookFields): void {
    this.books.snapshot(book);
  }

  bookDelta(book: BookFields): void {
    this.books.delta(book);
  }

  orderSnapshot(orders: OrderSnapshotFields): void {
    this.orders.snapshot(orders);
  }

  order(order: OrderFields): void {
    this.orders.event(order);
  }

  markPrice(price: MarkPriceFields): void {
    this.derivatives.markPrice(price);
  }

  liquidation(liquidation: LiquidationFields): void {
    this.derivatives.liquidation(liquidation);
  }

  optionTicker(option: OptionTickerFields): void {
    this.derivatives.optionTicker(option);
  }

  ticker(ticker: TickerFields): void {
    this.derivatives.ticker(ticker);
  }

  gap(gap: GapFields): void {
    this.notices.gap(gap);
  }

  feedStatus(status: FeedStatusFields): void {
    this.notices.status(status);
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

  /** Books that have to be published whole; see {@link BrokenBooks.count}. */
  get brokenBookCount(): number {
    return this.broken.count;
  }

  /** Some of them, in turn. */
  someBrokenBooks(countMax: number): Feed[] {
    return this.broken.some(countMax);
  }

  /** Feeds with losses, and notices, that are not published yet. */
  get openGapCount(): number {
    return this.out.losses.openCount + this.notices.waitingCount;
  }

  /** Copies go to the clients that read the feed in private delivery at the moment. */
  setReaders(feed: Feed, table: SubscriptionTable): void {
    const instrument = this.out.findSymbol(feed.symbol);
    const channel = channelOf(feed.dataType);
    if (!instrument || channel === undefined) return;
    if (!table.isWanted(feed)) this.broken.forget(feed);
    const subscribers = table.subscribersOf(feed).filter(({ delivery }) => delivery === Delivery.Private);
    setPrivateReaders(instrument, channel, feed.resolution, subscribers);
  }

  /** What is known of a feed's records; undefined before the first. */
  meterOf(feed: Feed): FeedMeter | undefined {
    const channel = channelOf(feed.dataType);
    if (channel === undefined) return undefined;
    return this.out.findSymbol(feed.symbol)?.meterOf(channel, feed.resolution);
  }

  /** The id of a symbol's newest trade that was published; undefined before the first. */
  lastTradeId(symbol: string): number | undefined {
    return this.out.findSymbol(symbol)?.lastTradeId || undefined;
  }

  /** Records of a feed that were lost and that no gap tells of yet. */
  missingCountOf(feed: Feed): number {
    const instrument = this.out.findSymbol(feed.symbol);
    return instrument ? this.out.losses.missingCountOf(instrument, feed.dataType, feed.resolution) : 0;
  }

  /** Everything that was registered. */
  instruments(): IterableIterator<PublishedInstrument> {
    return this.out.all();
  }

  /** Apart from the hot path, where a function that sees its surroundings would cost an object for every trade. */
  #copyTrade(readers: readonly Subscription[], trade: TradeFields): void {
    const { tradeId } = trade;
    const version1 = () => this.records.version1Trade(trade, this.out.instrument);
    this.out.copy(readers, 0, trade, tradeId, tradeId, version1);
  }

  #copyBar(readers: readonly Subscription[], bar: BarFields): void {
    const version1 = () => this.records.version1Bar(bar, this.out.instrument);
    this.out.copy(readers, bar.resolution, bar, 0, 0, version1);
  }
}

import { DataType, type Instrument } from "@ims/common";
import type { GapCount } from "@ims/integration-kit";
import { FeedMonitor, venueError } from "@ims/integration-kit";
import type {
  FeedRequest,
  ImsDataIntegration,
  IntegrationContext,
  IntegrationDescription,
  IntegrationStatus,
  SymbolValidation,
} from "@ims/traits";
import { type CarriedFeed, StreamCarriers } from "../connection/stream-carriers.js";
import { StreamRoutes } from "../connection/stream-routes.js";
import { createFeedCounters, type FeedCounters } from "../decode/feed-counters.js";
import { InstrumentWatch } from "../instruments/instrument-watch.js";
import { CrossCheck } from "../liveness/cross-check.js";
import type { WatchedStream } from "../liveness/watched-stream.js";
import type { BinanceHosts, BinanceMarket } from "../market/binance-market.js";
import { offeredDataTypes } from "../market/channels.js";
import { VenueRest, type VenueRestStatus } from "../rest/venue-rest.js";
import type { BinanceOptions } from "../settings/binance-options.js";
import type { BinaryAccess } from "../settings/binary-access.js";
import { SubscriptionBook } from "./subscription-book.js";
import { subscriptionDescriber } from "./subscription-describer.js";
import type { BinanceSubscription } from "./subscription-entry.js";

/** The common status and what only this venue counts. */
export interface BinanceStatus extends IntegrationStatus {
  readonly counters: Readonly<FeedCounters>;
  /** How trades, best bid and ask, and books are read: as JSON or over the venue's binary streams. */
  readonly marketData: "json" | "sbe";
  /** Connections that were replaced by another one before the venue ended them. */
  readonly handOverCount: number;
  /** What each feed has lost for good. */
  readonly gaps: readonly GapCount[];
  readonly rest: VenueRestStatus;
}

/** One Binance market as a service sees it. All that is particular to the market comes from its description. */
export class BinanceIntegration implements ImsDataIntegration {
  readonly description: IntegrationDescription;
  readonly #market: BinanceMarket;
  readonly #options: BinanceOptions;
  readonly #counters = createFeedCounters();
  readonly #instruments: InstrumentWatch;
  readonly #book: SubscriptionBook;
  readonly #hub: StreamRoutes;
  readonly #carriers: StreamCarriers;
  readonly #rest: VenueRest;
  readonly #monitor: FeedMonitor<WatchedStream>;
  #order: Promise<unknown> = Promise.resolve();
  #shutdown: Promise<void> | undefined;

  constructor(
    market: BinanceMarket,
    hosts: BinanceHosts,
    options: BinanceOptions,
    context: IntegrationContext,
    binary?: BinaryAccess,
  ) {
    const { clock, logger, random, sink } = context;
    this.#market = market;
    this.#options = options;
    this.description = {
      exchange: hosts.exchange,
      title: options.testnet ? `${market.title} testnet` : market.title,
      dataTypes: offeredDataTypes(market.channels),
      resolutions: market.resolutions,
      resumesTrades: true,
    };
    const rest = new VenueRest(market, hosts, options, context);
    this.#rest = rest;
    const instruments = new InstrumentWatch({
      clock,
      logger,
      sink,
      market,
      hosts,
      rest,
      options,
      subscribe: (stream, path) => this.#hub.subscribe(stream, path),
      onChanged: (listed) => this.#book.refresh(listed),
    });
    this.#instruments = instruments;
    const book = new SubscriptionBook({
      clock,
      random,
      logger,
      sink,
      rest,
      options,
      isShared: (stream) => this.#carriers.isShared(stream),
      lastTradeId: options.lastTradeId ?? context.lastTradeId ?? (() => undefined),
    });
    this.#book = book;
    this.#hub = new StreamRoutes({
      market,
      binary,
      limits: options,
      wsUrl: hosts.wsUrl,
      clock,
      random,
      logger,
      sink,
      dial: options.dial,
      decoding: {
        table: book.table,
        sink: book.gate,
        counters: this.#counters,
        depthListener: book.desk,
        product: market.product,
        // Ids are followed behind the gate, where all connections come together.
        onIdJump: () => {},
        onTradeIdSpent: (feed, tradeId) => book.gate.tradeIdSpent(feed.instrumentId, tradeId),
        onContractInfo: (info) => instruments.announced(info),
        onRecordLost: (stream, symbol) => book.recordLost(stream, symbol),
      },
      onAcknowledged: (streams) => {
        instruments.acknowledged(streams);
        this.#carriers.acknowledged(streams);
      },
      onRefused: (stream, reason) => this.#carriers.refused(stream, reason),
      onStreamsDown: (streams) => {
        instruments.streamsDown(streams);
        this.#carriers.down(streams);
      },
    });
    this.#carriers = new StreamCarriers({
      clock,
      logger,
      places: this.#hub,
      allSymbolsFrom: options.allSymbolsFrom ?? ALL_SYMBOLS_FROM,
      isFlowing: (stream) => book.isFlowing(stream),
      onAcknowledged: (streams) => book.acknowledged(streams),
      onRefused: (stream, reason) => book.refused(stream, reason),
      onStreamsDown: (streams) => book.connectionLost(streams),
    });
    const { offset, rules } = rest;
    const crossCheck = new CrossCheck({
      clock,
      http: rest.http,
      rules,
      offset,
      wsUrl: hosts.wsUrl,
      addressOf: (stream) => this.#hub.binaryAddress(stream),
      feeds: () => book.feeds,
    });
    this.#monitor = new FeedMonitor({
      clock,
      feeds: () => book.feeds,
      isPaused: () => this.#hub.isPaused,
      crossCheck: (feed, signal) => crossCheck.ask(feed, signal),
      restart: ({ liveness, stream }) => {
        book.restarted(stream);
        this.#carriers.restart(stream, liveness.restartCount > 0);
      },
      onLook: () => book.check(),
    });
  }

  symbols(signal?: AbortSignal): Promise<readonly Instrument[]> {
    return this.#instruments.instruments(signal);
  }

  validate(symbols: readonly string[]): Promise<SymbolValidation> {
    return this.#instruments.validate(symbols);
  }

  /**
   * Throws `venue.not-offered` for data or a resolution that the market lacks, `venue.unknown-symbol`,
   * `venue.unreachable` while there is no symbol list, `venue.closed`.
   */
  async start(feed: FeedRequest, symbols: readonly string[]): Promise<void> {
    const describe = this.#describer(feed);
    await this.#start(symbols, describe);
  }

  /** Throws `venue.not-offered` and `venue.closed`. */
  async stop(feed: FeedRequest, symbols: readonly string[]): Promise<void> {
    const describe = this.#describer(feed);
    await this.#stop(symbols.map((symbol) => describe(symbol).stream));
  }

  stopAll(): Promise<void> {
    return this.#inOrder(() => {
      for (const stream of this.#book.streams()) this.#end(stream);
    });
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= (async () => {
      const monitorClosed = this.#monitor.close();
      const bookClosed = this.#book.close();
      this.#instruments.close();
      await Promise.all([monitorClosed, bookClosed, this.#rest.offset.close(), this.#hub.close()]);
    })();
    return this.#shutdown;
  }

  status(): BinanceStatus {
    return {
      connected: this.#shutdown === undefined && this.#instruments.isKnown && this.#hub.allOpen,
      connectionCount: this.#hub.connectionCount,
      reconnectCount: this.#hub.reconnectCount,
      subscriptions: this.#book.statuses((stream) => this.#carriers.isAcknowledged(stream)),
      counters: { ...this.#counters },
      marketData: this.#hub.marketData,
      handOverCount: this.#hub.handOverCount,
      gaps: this.#book.ledger.counts,
      rest: this.#rest.status,
    };
  }

  #describer(feed: FeedRequest): (symbol: string) => BinanceSubscription {
    const { tradesChannel = "trade" } = this.#options;
    return subscriptionDescriber(this.#market, this.description.title, tradesChannel, feed);
  }

  #start(symbols: readonly string[], describe: (symbol: string) => BinanceSubscription): Promise<void> {
    return this.#inOrder(async () => {
      const idle: string[] = [];
      for (const symbol of symbols) {
        const { dataType, depth, stream } = describe(symbol);
        if (!this.#book.has(stream)) idle.push(symbol);
        else if (dataType === DataType.Book && depth === undefined) this.#book.desk.showAgain(symbol);
      }
      const { invalid, valid } = await this.validate(idle);
      this.#requireOpen();
      if (invalid.length > 0) {
        throw venueError("venue.unknown-symbol", invalid.map(({ reason }) => reason).join("; "), {
          context: { symbols: invalid.map(({ symbol }) => symbol) },
        });
      }
      if (valid.length > 0) {
        this.#monitor.start();
        this.#rest.offset.start();
      }
      const begun: CarriedFeed[] = [];
      for (const instrument of valid) {
        const subscription = describe(instrument.symbol);
        if (this.#book.begin(subscription, instrument)) begun.push(subscription);
      }
      this.#carriers.subscribe(begun);
    });
  }

  #stop(streams: readonly string[]): Promise<void> {
    return this.#inOrder(() => {
      for (const stream of streams) this.#end(stream);
    });
  }

  #end(stream: string): void {
    if (this.#book.end(stream)) this.#carriers.unsubscribe(stream);
  }

  /** One call after the other: a stop asked after a start must not overtake it while the symbol list loads. */
  #inOrder(act: () => void | Promise<void>): Promise<void> {
    const done = this.#order.then(() => {
      this.#requireOpen();
      return act();
    });
    this.#order = done.catch(() => {});
    return done;
  }

  #requireOpen(): void {
    if (this.#shutdown !== undefined)
      throw venueError("venue.closed", `${this.description.title} was shut down`);
  }
}

const ALL_SYMBOLS_FROM = 100;

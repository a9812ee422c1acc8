import { DataType, dataTypeName, type Instrument, timeResolutionOf } from "@ims/common";
import { HttpJsonClient, SymbolDirectory, venueError } from "@ims/integration-kit";
import type {
  FeedRequest,
  ImsDataIntegration,
  IntegrationContext,
  IntegrationDescription,
  IntegrationStatus,
  SymbolValidation,
} from "@ims/traits";
import { StreamHub } from "../connection/stream-hub.js";
import { klineStream, tradesStream } from "../connection/stream-names.js";
import { createFeedCounters, type FeedCounters } from "../decode/feed-counters.js";
import { readExchangeInfo } from "../instruments/exchange-info.js";
import type { ListedSymbol } from "../instruments/listed-symbol.js";
import { validateSymbols } from "../instruments/symbol-validation.js";
import type { BinanceHosts, BinanceMarket } from "../market/binance-market.js";
import type { BinanceOptions } from "../settings/binance-options.js";
import { type BinanceSubscription, SubscriptionBook } from "./subscription-book.js";

/** The common status and what only this venue counts. */
export interface BinanceStatus extends IntegrationStatus {
  readonly counters: Readonly<FeedCounters>;
  /** Trades whose id did not follow the one before on the same connection: frames were lost. */
  readonly idJumpCount: number;
}

/** One Binance market as a service sees it. All that is particular to the market comes from its description. */
export class BinanceIntegration implements ImsDataIntegration {
  readonly description: IntegrationDescription;
  readonly #context: IntegrationContext;
  readonly #market: BinanceMarket;
  readonly #options: BinanceOptions;
  readonly #counters = createFeedCounters();
  readonly #directory: SymbolDirectory<ListedSymbol>;
  readonly #book: SubscriptionBook;
  readonly #hub: StreamHub;
  #order: Promise<unknown> = Promise.resolve();
  #shutdown: Promise<void> | undefined;

  constructor(
    market: BinanceMarket,
    hosts: BinanceHosts,
    options: BinanceOptions,
    context: IntegrationContext,
  ) {
    const { clock, logger, random, sink } = context;
    this.#context = context;
    this.#market = market;
    this.#options = options;
    this.description = {
      exchange: hosts.exchange,
      title: options.testnet ? `${market.title} testnet` : market.title,
      dataTypes: [DataType.Trade, DataType.Bar],
      resolutions: market.resolutions,
    };
    const http = new HttpJsonClient({
      baseUrl: hosts.restUrl,
      clock,
      random,
      logger,
      timeoutMillis: options.requestTimeoutMillis,
    });
    this.#directory = new SymbolDirectory({
      clock,
      logger,
      load: (signal) => http.getUntil(market.exchangeInfoPath, (body) => this.#readList(body, hosts), signal),
      refreshMillis: options.symbolsRefreshMillis,
      onRefreshed: (listed) => this.#book.refresh(listed),
    });
    this.#book = new SubscriptionBook(sink);
    this.#hub = new StreamHub({
      market,
      limits: options,
      wsUrl: hosts.wsUrl,
      clock,
      random,
      logger,
      sink,
      decoding: {
        table: this.#book.table,
        sink,
        counters: this.#counters,
        onIdJump: (feed, expectedId, tradeId) => {
          // Every first, second, fourth, eighth … time: a broken feed must not fill the log.
          const { idJumpCount } = feed.trades;
          if ((idJumpCount & (idJumpCount - 1)) !== 0) return;
          logger.warn(
            { symbol: feed.instrument.symbol, expectedId, tradeId, idJumpCount },
            "trade ids are not consecutive",
          );
        },
      },
      onStreamsDown: (streams) => this.#book.connectionLost(streams),
    });
  }

  async symbols(signal?: AbortSignal): Promise<readonly Instrument[]> {
    const listed = await this.#directory.entries(signal);
    return [...listed.values()].map(({ instrument }) => instrument);
  }

  async validate(symbols: readonly string[]): Promise<SymbolValidation> {
    const listed = await this.#directory.entriesWithin(this.#options.symbolsWaitMillis ?? 15_000);
    return validateSymbols(symbols, listed, (name) => this.#directory.suggestions(name));
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
      this.#book.clear();
      this.#directory.close();
      await this.#hub.close();
    })();
    return this.#shutdown;
  }

  status(): BinanceStatus {
    return {
      connected: this.#shutdown === undefined && this.#directory.known !== undefined && this.#hub.allOpen,
      connectionCount: this.#hub.connectionCount,
      reconnectCount: this.#hub.reconnectCount,
      subscriptions: this.#book.statuses((stream) => this.#hub.isAcknowledged(stream)),
      counters: { ...this.#counters },
      idJumpCount: this.#book.idJumpCount,
    };
  }

  /** How one symbol's subscription to the feed looks; throws `venue.not-offered`. */
  #describer({ dataType, resolution }: FeedRequest): (symbol: string) => BinanceSubscription {
    if (dataType === DataType.Trade) {
      const channel = this.#options.tradesChannel ?? "trade";
      const path = this.#market.channelPaths[channel];
      return (symbol) => ({ dataType, symbol, stream: tradesStream(symbol, channel), path });
    }
    if (dataType !== DataType.Bar)
      throw venueError("venue.not-offered", `${this.description.title} has no ${dataTypeName(dataType)}`);
    if (resolution === undefined || !this.#market.resolutions.includes(resolution)) {
      const offered = this.#market.resolutions.join(", ");
      const detail = `${this.description.title} has no bars of ${resolution}, it offers ${offered}`;
      throw venueError("venue.not-offered", detail);
    }
    const resolutionId = timeResolutionOf(resolution)!;
    const path = this.#market.channelPaths.kline;
    return (symbol) => {
      const stream = klineStream(symbol, resolution);
      return { dataType, symbol, resolution, resolutionId, stream, path };
    };
  }

  #start(symbols: readonly string[], describe: (symbol: string) => BinanceSubscription): Promise<void> {
    return this.#inOrder(async () => {
      const idle = symbols.filter((symbol) => !this.#book.has(describe(symbol).stream));
      const { invalid, valid } = await this.validate(idle);
      this.#requireOpen();
      if (invalid.length > 0) {
        throw venueError("venue.unknown-symbol", invalid.map(({ reason }) => reason).join("; "), {
          context: { symbols: invalid.map(({ symbol }) => symbol) },
        });
      }
      for (const instrument of valid) {
        const subscription = describe(instrument.symbol);
        if (!this.#book.begin(subscription, instrument)) continue;
        this.#hub.subscribe(subscription.stream, subscription.path);
      }
    });
  }

  #stop(streams: readonly string[]): Promise<void> {
    return this.#inOrder(() => {
      for (const stream of streams) this.#end(stream);
    });
  }

  #end(stream: string): void {
    if (this.#book.end(stream)) this.#hub.unsubscribe(stream);
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

  #readList(body: unknown, hosts: BinanceHosts): ReadonlyMap<string, ListedSymbol> {
    const { listed, skipped, skippedCount } = readExchangeInfo(body, hosts, this.#market.symbolRules);
    const { logger } = this.#context;
    if (skippedCount > 0) logger.warn({ skippedCount, skipped }, "listed symbols that cannot be used");
    logger.info({ symbolCount: listed.size }, "symbols read");
    return listed;
  }
}

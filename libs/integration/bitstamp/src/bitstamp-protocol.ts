import { DataType, describeError, ExchangeId, type Instrument } from "@ims/common";
import type {
  CrossCheckResult,
  FeedIndex,
  FeedPlace,
  FrameEvents,
  FrameReader,
  Heartbeat,
  HubLimits,
  ListedSymbol,
  LivenessPolicy,
  OpenFeed,
  VenueProtocol,
} from "@ims/integration-kit";
import type { FeedRequest, IntegrationContext, IntegrationDescription } from "@ims/traits";
import type { BitstampOptions } from "./bitstamp-options.js";
import { BookFeed } from "./book/book-feed.js";
import {
  BEST_LEVELS_MAX,
  bestLevelsStreamOf,
  CHANNEL_PREFIXES,
  channelOf,
  liquidationsStreamOf,
} from "./channels.js";
import { DIALECT, HEARTBEAT_TEXT } from "./dialect.js";
import { BestLevelsFeed } from "./feeds/best-levels-feed.js";
import type { BitstampFeed } from "./feeds/bitstamp-feed.js";
import { FundingFeed } from "./feeds/funding-feed.js";
import { TopOfBookFeed } from "./feeds/top-of-book-feed.js";
import { readFrames } from "./frame-reader.js";
import { spellingOf } from "./instruments/instruments.js";
import { LiquidationsFeed } from "./orders/liquidations-feed.js";
import { OrdersFeed } from "./orders/orders-feed.js";
import { BitstampRest } from "./rest/bitstamp-rest.js";
import { TradesFeed } from "./trades/trades-feed.js";

/** bitstamp.md sections 1 and 3. */
const REST_URL = "https://www.bitstamp.net";
const WS_URL = "wss://ws.bitstamp.net";
/**
 * The venue names no limits of connections and channels: these are ours, far below what recorders used without harm.
 * It ends connections after about 90 days.
 */
const LIMITS: HubLimits = {
  streamsPerConnection: 100,
  connectionAttemptsPerFiveMinutes: 60,
  controlMessagesPerSecond: 20,
  lifeMillis: 90 * 24 * 3_600_000,
};
/** As often as a known client sends it (section 3). */
const HEARTBEAT: Heartbeat = { everyMillis: 8000, text: HEARTBEAT_TEXT };
/**
 * Of connections for the best levels of books: their channels are those of tops of books, and whoever lets go of a
 * channel ends it for its whole connection.
 */
const BEST_LEVELS_GROUP = "levels";
/** The same of liquidations, whose channels are those of orders. */
const LIQUIDATIONS_GROUP = "liquidations";
const BOOK_CHECK_MILLIS = 600_000;
const TRADE_CHECK_MILLIS = 600_000;

/** All that is particular to Bitstamp. */
export class BitstampProtocol implements VenueProtocol<BitstampFeed> {
  readonly description: IntegrationDescription = {
    exchange: ExchangeId.Bitstamp,
    title: "Bitstamp",
    dataTypes: [...CHANNEL_PREFIXES.keys(), DataType.Liquidation],
    resolutions: [],
    resumesTrades: true,
  };
  readonly limits = LIMITS;
  readonly dialect = DIALECT;
  readonly heartbeat = HEARTBEAT;
  readonly #rest: BitstampRest;
  readonly #handlers = new Map<OpenFeed, BitstampFeed>();
  /** Whole books by market, also those that ended. */
  readonly #wholeBooks = new Map<string, BookFeed>();

  constructor(
    private readonly options: BitstampOptions,
    private readonly context: IntegrationContext,
  ) {
    const { clock, logger, random } = context;
    this.#rest = new BitstampRest({
      clock,
      logger,
      random,
      origin: options.restUrl ?? REST_URL,
      transport: options.transport,
    });
  }

  addressOf(): string {
    return this.options.wsUrl ?? WS_URL;
  }

  spellingOf(name: string): string {
    return spellingOf(name);
  }

  loadInstruments(signal: AbortSignal): Promise<ReadonlyMap<string, ListedSymbol>> {
    return this.#rest.instruments(signal);
  }

  /** Funding and liquidations are of perpetuals alone. Of the best levels of a book there are as many as the venue sends. */
  placeOf({ dataType, depth }: FeedRequest, { kind, symbol }: Instrument): FeedPlace | undefined {
    if (depth !== undefined) {
      const isOffered = dataType === DataType.Book && depth >= 1 && depth <= BEST_LEVELS_MAX;
      if (!isOffered) return undefined;
      return { stream: bestLevelsStreamOf(symbol), group: BEST_LEVELS_GROUP, liveness: { kind: "driven" } };
    }
    if (dataType === DataType.Liquidation) {
      if (kind !== "perpetual") return undefined;
      // Its channel has the events of all orders: it is not as rare as its records.
      const stream = liquidationsStreamOf(symbol);
      return { stream, group: LIQUIDATIONS_GROUP, liveness: { kind: "driven" } };
    }
    const stream = channelOf(dataType, symbol);
    if (stream === undefined) return undefined;
    if (dataType === DataType.MarkPrice && kind !== "perpetual") return undefined;
    // How often funding rates are sent is not known.
    const liveness: LivenessPolicy = { kind: dataType === DataType.MarkPrice ? "rare" : "driven" };
    return { stream, group: "", liveness };
  }

  openFeed(feed: OpenFeed): BitstampFeed {
    for (const [open, { isClosed }] of this.#handlers) if (isClosed) this.#handlers.delete(open);
    const handler = this.#createHandler(feed);
    this.#handlers.set(feed, handler);
    return handler;
  }

  createReader(events: FrameEvents, feeds: FeedIndex<BitstampFeed>): FrameReader {
    const { logger, sink } = this.context;
    const onUnreadable = () => {
      for (const handler of this.#handlers.values()) if (!handler.isClosed) handler.doubt?.();
    };
    return readFrames(events, feeds, { logger, sink, onUnreadable });
  }

  async crossCheck(feed: OpenFeed, silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult> {
    try {
      const found = await this.#handlers.get(feed)?.crossCheck?.(silentMillis, signal);
      return found ?? { verdict: "unknown", text: "nothing else tells of it" };
    } catch (error) {
      return { verdict: "unknown", text: `the venue could not be asked: ${describeError(error)}` };
    }
  }

  get #bookCheckMillis(): number {
    return this.options.bookCheckMillis ?? BOOK_CHECK_MILLIS;
  }

  #createHandler(feed: OpenFeed): BitstampFeed {
    const { dataType, depth } = feed.request;
    if (depth !== undefined) {
      const { symbol } = feed.instrument;
      return new BestLevelsFeed(
        feed,
        this.#rest,
        this.context,
        () => this.#wholeBooks.get(symbol)?.isClosed === false,
      );
    }
    switch (dataType) {
      case DataType.Trade:
        return new TradesFeed(
          feed,
          this.#rest,
          this.context,
          this.options.tradeCheckMillis ?? TRADE_CHECK_MILLIS,
        );
      case DataType.TopOfBook:
        return new TopOfBookFeed(feed, this.#rest, this.context);
      case DataType.MarkPrice:
        return new FundingFeed(feed, this.context);
      case DataType.Liquidation:
        return new LiquidationsFeed(feed, this.#rest, this.context);
      case DataType.Order:
        return new OrdersFeed({
          feed,
          rest: this.#rest,
          context: this.context,
          checkMillis: this.#bookCheckMillis,
        });
      default:
        return this.#createBook(feed);
    }
  }

  #createBook(feed: OpenFeed): BookFeed {
    const book = new BookFeed({
      feed,
      rest: this.#rest,
      context: this.context,
      checkMillis: this.#bookCheckMillis,
    });
    this.#wholeBooks.set(feed.instrument.symbol, book);
    return book;
  }
}

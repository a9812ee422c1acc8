import { DataType, ExchangeId, type Instrument } from "@ims/common";
import {
  type CrossCheckResult,
  type FeedIndex,
  type FeedPlace,
  type FrameEvents,
  type FrameReader,
  type HubLimits,
  type InstrumentNews,
  type ListedSymbol,
  type OpenFeed,
  type VenueProtocol,
} from "@ims/integration-kit";
import type { FeedRequest, IntegrationContext, IntegrationDescription } from "@ims/traits";
import { channelOf, OFFERED_RESOLUTIONS } from "./channels.js";
import { crossCheck } from "./cross-check.js";
import type { DeribitOptions } from "./deribit-options.js";
import type { DeribitFeed } from "./feeds/deribit-feed.js";
import { openFeed } from "./feeds/open-feed.js";
import { readFrames } from "./frame-reader.js";
import { type DeribitListed, type DeribitTerms, readInstruments, termsOfName } from "./instruments.js";
import { DeribitRequests } from "./rpc/deribit-requests.js";
import { DIALECT } from "./rpc/dialect.js";
import { greeting } from "./rpc/greeting.js";

/** Addresses (deribit.md section 1). */
const PRODUCTION = { rest: "https://www.deribit.com/api/v2", ws: "wss://www.deribit.com/ws/api/v2" };
const TEST = { rest: "https://test.deribit.com/api/v2", ws: "wss://test.deribit.com/ws/api/v2" };
/**
 * About 500 channels a connection; `public/subscribe` costs 3000 of 30 000 credits, of which 3.3 calls a second come
 * back (deribit.md section 3). No greatest age is known; at most 32 connections are allowed at a time.
 */
const LIMITS: HubLimits = {
  streamsPerConnection: 500,
  connectionAttemptsPerFiveMinutes: 60,
  controlMessagesPerSecond: 3,
  lifeMillis: Number.POSITIVE_INFINITY,
};
/** New options are listed and old ones expire at 08:00 UTC; the list may be asked for once a second. */
const LIST_REFRESH_MILLIS = 5 * 60_000;

/** All that is particular to Deribit. */
export class DeribitProtocol implements VenueProtocol<DeribitFeed> {
  readonly description: IntegrationDescription;
  readonly limits = LIMITS;
  readonly dialect = DIALECT;
  readonly listRefreshMillis = LIST_REFRESH_MILLIS;
  readonly #options: DeribitOptions;
  readonly #context: IntegrationContext;
  readonly #requests: DeribitRequests;
  readonly #handlers = new WeakMap<OpenFeed, DeribitFeed>();
  readonly #exchange: ExchangeId;
  #listed: ReadonlyMap<string, DeribitListed> = new Map();

  constructor(options: DeribitOptions, context: IntegrationContext) {
    this.#options = options;
    this.#context = context;
    this.#exchange = options.testnet ? ExchangeId.DeribitTestnet : ExchangeId.Deribit;
    this.description = {
      exchange: this.#exchange,
      title: options.testnet ? "Deribit test" : "Deribit",
      dataTypes: [
        DataType.Trade,
        DataType.Bar,
        DataType.TopOfBook,
        DataType.Book,
        DataType.MarkPrice,
        DataType.OptionTicker,
        DataType.Ticker,
      ],
      resolutions: OFFERED_RESOLUTIONS,
      resumesTrades: true,
    };
    this.#requests = new DeribitRequests(context, options.restUrl ?? this.#hosts.rest, options.transport);
  }

  addressOf(): string {
    return this.#options.wsUrl ?? this.#hosts.ws;
  }

  greeting(): readonly string[] {
    return greeting(this.#options.credentials);
  }

  async loadInstruments(signal: AbortSignal): Promise<ReadonlyMap<string, ListedSymbol>> {
    const read = (body: unknown) => readInstruments(body, this.#exchange);
    const { listed, skipped } = await this.#requests.instruments(read, signal);
    if (skipped.length > 0) {
      const examples = skipped.slice(0, 5);
      this.#context.logger.warn({ skippedCount: skipped.length, examples }, "instruments cannot be read");
    }
    this.#listed = listed;
    return listed;
  }

  placeOf(request: FeedRequest, instrument: Instrument): FeedPlace | undefined {
    const isRaw = this.#options.credentials !== undefined;
    return channelOf(request, instrument, this.#termsOf(instrument.symbol), isRaw);
  }

  openFeed(feed: OpenFeed): DeribitFeed {
    const terms = this.#termsOf(feed.instrument.symbol);
    const handler = openFeed({ feed, context: this.#context }, terms, this.#requests);
    this.#handlers.set(feed, handler);
    return handler;
  }

  createReader(events: FrameEvents, feeds: FeedIndex<DeribitFeed>, instruments: InstrumentNews): FrameReader {
    const { logger, sink } = this.#context;
    return readFrames({
      events,
      feeds,
      instruments,
      logger,
      sink,
      credentials: this.#options.credentials,
    });
  }

  crossCheck(feed: OpenFeed, silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult> {
    const { symbol } = feed.instrument;
    return crossCheck(this.#handlers.get(feed), symbol, silentMillis, this.#requests, this.#context, signal);
  }

  get #hosts(): typeof PRODUCTION {
    return this.#options.testnet ? TEST : PRODUCTION;
  }

  #termsOf(symbol: string): DeribitTerms {
    return this.#listed.get(symbol)?.terms ?? termsOfName(symbol);
  }
}

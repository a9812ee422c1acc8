import { DataType, ExchangeId, type Instrument } from "@ims/common";
import {
  type FeedIndex,
  type FeedPlace,
  type FrameEvents,
  type FrameReader,
  HttpJsonClient,
  type HttpTransport,
  type HubLimits,
  type ListedSymbol,
  type OpenFeed,
  type SocketConnector,
  type VenueProtocol,
} from "@ims/integration-kit";
import type { FeedRequest, IntegrationContext, IntegrationDescription } from "@ims/traits";
import { DIALECT } from "./dialect.js";
import { readFrames } from "./frame-reader.js";
import { readInstruments } from "./instruments.js";
import { TradesFeed } from "./trades-feed.js";

/** What an operator, or a test, may choose. */
export interface BitstampOptions {
  /** Origin in place of the venue's. */
  readonly restUrl?: string | undefined;
  readonly wsUrl?: string | undefined;
  /** How WebSocket connections are made. Default: real ones. */
  readonly dial?: SocketConnector | undefined;
  /** How REST requests are made. Default: real ones. */
  readonly transport?: HttpTransport | undefined;
}

/** Of the venue's documentation. */
const REST_URL = "https://api.bitstamp.example";
const WS_URL = "wss://stream.bitstamp.example";
const LIMITS: HubLimits = {
  streamsPerConnection: 200,
  connectionAttemptsPerFiveMinutes: 100,
  controlMessagesPerSecond: 10,
  lifeMillis: 24 * 3_600_000,
};

/** All that is particular to Bitstamp. */
export class BitstampProtocol implements VenueProtocol<TradesFeed> {
  readonly description: IntegrationDescription = {
    exchange: ExchangeId.Bitstamp,
    title: "Bitstamp",
    dataTypes: [DataType.Trade],
    resolutions: [],
  };
  readonly limits = LIMITS;
  readonly dialect = DIALECT;
  readonly #http: HttpJsonClient;

  constructor(
    private readonly options: BitstampOptions,
    private readonly context: IntegrationContext,
  ) {
    this.#http = new HttpJsonClient({
      ...context,
      baseUrl: options.restUrl ?? REST_URL,
      ...(options.transport && { transport: options.transport }),
    });
  }

  addressOf(): string {
    return this.options.wsUrl ?? WS_URL;
  }

  loadInstruments(signal: AbortSignal): Promise<ReadonlyMap<string, ListedSymbol>> {
    return this.#http.getUntil("/instruments", (body) => readInstruments(body), signal);
  }

  placeOf(_request: FeedRequest, { symbol }: Instrument): FeedPlace {
    return { stream: `trades.${symbol}`, group: "", liveness: { kind: "driven" } };
  }

  openFeed(feed: OpenFeed): TradesFeed {
    return new TradesFeed(feed, this.#http, this.context);
  }

  createReader(events: FrameEvents, feeds: FeedIndex<TradesFeed>): FrameReader {
    return readFrames(events, feeds, this.context.sink);
  }
}

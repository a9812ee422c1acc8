import type { Clock, DataType, ExchangeId, FeedState, Instrument, TimeResolutionText } from "@ims/common";
import type { MarketDataSink } from "./market-data-sink.js";

/** What a venue offers; a service refuses requests for anything else. */
export interface IntegrationDescription {
  readonly exchange: ExchangeId;
  /** For people, for example `Binance spot`. */
  readonly title: string;
  readonly dataTypes: readonly DataType[];
  readonly resolutions: readonly TimeResolutionText[];
  /** It goes on behind {@link IntegrationContext.lastTradeId}; otherwise the service tells a Gap after its restart. */
  readonly resumesTrades?: boolean;
}

export interface InvalidSymbol {
  readonly symbol: string;
  /** A sentence without final point: why it is refused. */
  readonly reason: string;
  /** Near names, best first, at most five. */
  readonly suggestions: readonly string[];
}

export interface SymbolValidation {
  readonly valid: readonly Instrument[];
  readonly invalid: readonly InvalidSymbol[];
  /** Names that were asked in another spelling, with the symbols they stand for; absent where there are none. */
  readonly aliases?: ReadonlyMap<string, string>;
}

/** One venue connection or subscription as operators see it. */
export interface IntegrationStatus {
  readonly connected: boolean;
  readonly connectionCount: number;
  readonly reconnectCount: number;
  readonly subscriptions: readonly SubscriptionStatus[];
}

/** What an integration is asked for, of any number of symbols. */
export interface FeedRequest {
  /** One of {@link IntegrationDescription.dataTypes}. */
  readonly dataType: DataType;
  /** Of bars, one of {@link IntegrationDescription.resolutions}; absent for anything else. */
  readonly resolution?: TimeResolutionText;
  /**
   * Of books: only the best levels of each side, at least so many, as a whole book at every push and never as a change.
   * A venue may refuse more than it has. While the whole book of an instrument runs, it alone is passed on.
   */
  readonly depth?: number;
}

export interface SubscriptionStatus {
  readonly dataType: DataType;
  readonly symbol: string;
  readonly resolution?: TimeResolutionText;
  /** Of books of which only the best levels were asked for. */
  readonly depth?: number;
  /** `acknowledged` says that the venue took the request, not that data flows. */
  readonly state: "pending" | "acknowledged";
  /** Whether data flows, as last told to {@link MarketDataSink.feedStatus}. */
  readonly feedState: FeedState;
  /** Wall time of the last record in microseconds; 0 before the first. */
  readonly lastMicros: number;
  /** Usual time between records, microseconds; 0 while it is not known. */
  readonly expectedMicros: number;
}

/**
 * A venue plugged into a service. Symbols are the venue's own names.
 *
 * Start and stop are idempotent: starting what runs, or stopping what does not, succeeds. They resolve once the
 * subscription is placed; a venue that is unreachable is retried for ever behind the resolved call and shows in
 * {@link status}. Starting a book that runs has one effect: as soon as the book is whole, all of it is passed on again
 * ({@link MarketDataSink.bookSnapshot}), because a reader joins or a record was lost. Reference counting across clients is the template's: an integration is told of the first and the last.
 */
export interface ImsDataIntegration {
  readonly description: IntegrationDescription;
  /** All instruments of the venue, cached (at most 120 minutes old). Retries until it has them or `signal` aborts. */
  symbols(signal?: AbortSignal): Promise<readonly Instrument[]>;
  /** Splits into tradable instruments and refused names; throws nothing for bad names. */
  validate(symbols: readonly string[]): Promise<SymbolValidation>;
  /** Rejects what {@link description} does not list, and unknown symbols; nothing is started then. */
  start(feed: FeedRequest, symbols: readonly string[]): Promise<void>;
  stop(feed: FeedRequest, symbols: readonly string[]): Promise<void>;
  /** Ends every subscription; the connections may stay. */
  stopAll(): Promise<void>;
  /** Ends everything; after it no sink call is made, no socket and no timer is left. */
  shutdown(): Promise<void>;
  status(): IntegrationStatus;
}

/** What a logger must offer; pino's loggers do. */
export interface IntegrationLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the template hands to an integration. */
export interface IntegrationContext {
  readonly sink: MarketDataSink;
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
  /** Uniform in [0, 1); for jitter. */
  readonly random: () => number;
  /**
   * The last trade of a symbol that the service had stored before it was started anew, or before the feed's last reader
   * fell silent, if the feed is to go on: an integration that can reads what came since, and tells the rest as a Gap. To
   * be asked when the feed starts, once.
   */
  readonly lastTradeId?: (symbol: string) => number | undefined;
}

/** A plugin: the template calls it once per service. */
export type IntegrationFactory = (context: IntegrationContext) => ImsDataIntegration;

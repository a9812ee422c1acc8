import { DataType, dataTypeName, type Instrument } from "@ims/common";
import type {
  FeedRequest,
  ImsDataIntegration,
  IntegrationContext,
  IntegrationDescription,
  IntegrationStatus,
  SymbolValidation,
} from "@ims/traits";
import { StreamHub } from "../connections/stream-hub.js";
import { venueError } from "../errors.js";
import { type CrossCheckResult, FeedMonitor } from "../liveness/feed-monitor.js";
import type { SocketConnector } from "../socket/socket-wire.js";
import { type FeedEntry, VenueFeeds } from "./venue-feeds.js";
import { VenueInstruments } from "./venue-instruments.js";
import type { FeedHandler, FeedPlace, VenueProtocol } from "./venue-protocol.js";

export interface StreamVenueOptions {
  /** How WebSocket connections are made. Default: real ones. */
  readonly dial?: SocketConnector | undefined;
}

const LIST_REFRESH_MILLIS = 30 * 60_000;
const UNCHECKED: CrossCheckResult = { verdict: "quiet", text: "no records, and nobody to ask for them" };

/**
 * A venue with a list of instruments and a stream for each feed: start, stop, connections, liveness and states are
 * here; how its frames read, and what keeps its records whole, is the protocol's.
 */
export class StreamVenue<Handler extends FeedHandler> implements ImsDataIntegration {
  readonly description: IntegrationDescription;
  readonly #protocol: VenueProtocol<Handler>;
  readonly #instruments: VenueInstruments;
  readonly #feeds: VenueFeeds<Handler>;
  readonly #hub: StreamHub;
  readonly #monitor: FeedMonitor<FeedEntry<Handler>>;
  #order: Promise<unknown> = Promise.resolve();
  #shutdown: Promise<void> | undefined;

  constructor(
    protocol: VenueProtocol<Handler>,
    { clock, logger, random, sink }: IntegrationContext,
    { dial }: StreamVenueOptions = {},
  ) {
    this.#protocol = protocol;
    this.description = protocol.description;
    this.#instruments = new VenueInstruments({
      clock,
      logger,
      sink,
      load: (signal) => protocol.loadInstruments(signal),
      refreshMillis: protocol.listRefreshMillis ?? LIST_REFRESH_MILLIS,
      spellingOf: (name) => protocol.spellingOf?.(name),
    });
    const feeds = new VenueFeeds<Handler>({
      clock,
      sink,
      open: (feed) => protocol.openFeed(feed),
      restart: (stream) => this.#hub.restart(stream, false),
    });
    this.#feeds = feeds;
    this.#hub = new StreamHub({
      clock,
      random,
      logger,
      sink,
      dial,
      limits: protocol.limits,
      dialect: protocol.dialect,
      addressOf: (group) => protocol.addressOf(group),
      greeting: () => protocol.greeting?.() ?? [],
      heartbeat: protocol.heartbeat,
      createReader: (events) =>
        protocol.createReader(events, feeds, {
          renewWithin: (millis) => this.#instruments.renewWithin(millis),
        }),
      onAcknowledged: (streams) => feeds.acknowledged(streams),
      onRefused: (stream, reason) => feeds.refused(stream, reason),
      onStreamsDown: (streams) => feeds.interrupted(streams, "the connection was lost"),
    });
    this.#monitor = new FeedMonitor({
      clock,
      feeds: () => feeds.entries,
      isPaused: () => this.#hub.isPaused,
      crossCheck: async ({ feed, liveness }, signal) => {
        const silentMillis = clock.monotonicMillis() - liveness.silentSinceMillis;
        return (await protocol.crossCheck?.(feed, silentMillis, signal)) ?? UNCHECKED;
      },
      restart: ({ feed, handler, liveness }) => {
        handler.interrupted?.();
        this.#hub.restart(feed.stream, liveness.restartCount > 0);
      },
      onLook: () => feeds.check(),
    });
  }

  symbols(signal?: AbortSignal): Promise<readonly Instrument[]> {
    return this.#instruments.all(signal);
  }

  validate(symbols: readonly string[]): Promise<SymbolValidation> {
    return this.#instruments.validate(symbols);
  }

  /**
   * Throws `venue.not-offered`, `venue.unknown-symbol`, `venue.unreachable` while there is no symbol list, and
   * `venue.closed`.
   */
  async start(request: FeedRequest, symbols: readonly string[]): Promise<void> {
    this.#requireOffered(request);
    await this.#inOrder(async () => {
      const { invalid, valid } = await this.validate(symbols);
      this.#requireOpen();
      if (invalid.length > 0) {
        throw venueError("venue.unknown-symbol", invalid.map(({ reason }) => reason).join("; "), {
          context: { symbols: invalid.map(({ symbol }) => symbol) },
        });
      }
      const places = valid.map((instrument) => this.#place(request, instrument));
      if (valid.length > 0) this.#monitor.start();
      valid.forEach((instrument, index) => {
        const place = places[index]!;
        if (this.#feeds.begin(place, request, instrument)) this.#hub.subscribe(place.stream, place.group);
        else this.#feeds.find(place.stream)?.handler.showAgain?.();
      });
    });
  }

  /** Throws `venue.not-offered` and `venue.closed`. */
  async stop(request: FeedRequest, symbols: readonly string[]): Promise<void> {
    this.#requireOffered(request);
    await this.#inOrder(() => {
      const meant = this.#instruments.canonical(symbols);
      for (const { feed } of [...this.#feeds.entries]) {
        const { dataType, depth, resolution } = feed.request;
        const isWhole = depth === undefined;
        const isMeant =
          dataType === request.dataType &&
          resolution === request.resolution &&
          isWhole === (request.depth === undefined);
        if (isMeant && meant.includes(feed.instrument.symbol)) this.#end(feed.stream);
      }
    });
  }

  stopAll(): Promise<void> {
    return this.#inOrder(() => {
      for (const stream of this.#feeds.streams) this.#end(stream);
    });
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= (async () => {
      this.#instruments.close();
      await Promise.all([this.#monitor.close(), this.#feeds.close(), this.#hub.close()]);
    })();
    return this.#shutdown;
  }

  status(): IntegrationStatus {
    return {
      connected: this.#shutdown === undefined && this.#instruments.isKnown && this.#hub.allOpen,
      connectionCount: this.#hub.connectionCount,
      reconnectCount: this.#hub.reconnectCount,
      subscriptions: this.#feeds.statuses((stream) => this.#hub.isAcknowledged(stream)),
    };
  }

  #end(stream: string): void {
    if (this.#feeds.end(stream)) this.#hub.unsubscribe(stream);
  }

  #place(request: FeedRequest, instrument: Instrument): FeedPlace {
    const place = this.#protocol.placeOf(request, instrument);
    if (place) return place;
    const { symbol } = instrument;
    const detail = `${this.description.title} has no ${dataTypeName(request.dataType)} of ${symbol}`;
    throw venueError("venue.not-offered", detail);
  }

  #requireOffered({ dataType, resolution }: FeedRequest): void {
    const { dataTypes, resolutions, title } = this.description;
    if (!dataTypes.includes(dataType)) {
      throw venueError("venue.not-offered", `${title} has no ${dataTypeName(dataType) ?? dataType}`);
    }
    const isBar = dataType === DataType.Bar;
    if (isBar ? resolution !== undefined && resolutions.includes(resolution) : resolution === undefined)
      return;
    const detail = isBar
      ? `${title} has no bars of ${resolution}, it offers ${resolutions.join(", ")}`
      : `${dataTypeName(dataType)} have no resolution`;
    throw venueError("venue.not-offered", detail);
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
    if (this.#shutdown === undefined) return;
    throw venueError("venue.closed", `${this.description.title} was shut down`);
  }
}

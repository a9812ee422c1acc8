import type { Instrument } from "@ims/common";
import type { FeedRequest, IntegrationDescription } from "@ims/traits";
import type { ControlDialect } from "../connections/control-dialect.js";
import type { FrameEvents, FrameReader, Heartbeat } from "../connections/stream-connection.js";
import type { HubLimits } from "../connections/stream-hub.js";
import type { ListedSymbol } from "../instruments/listed-symbol.js";
import type { LivenessPolicy } from "../liveness/feed-liveness.js";
import type { CrossCheckResult } from "../liveness/feed-monitor.js";

/** Where the data of one feed of one instrument comes from, and what its silence means. */
export interface FeedPlace {
  /** Name of the stream, unique for the venue. Feeds that share one are started and stopped together. */
  readonly stream: string;
  /** Connections that may carry it; empty where the venue has one kind. */
  readonly group: string;
  readonly liveness: LivenessPolicy;
}

/** A feed that is asked for, as the handler and the checks see it. */
export interface OpenFeed extends FeedPlace {
  readonly request: FeedRequest;
  readonly instrument: Instrument;
  /** What the sink gave for the instrument. */
  readonly instrumentId: number;
  /** A frame of it was read; to be called once per record or frame. */
  seen(receiveMicros: number): void;
  /** Asks for the stream again, such as for another snapshot. */
  restart(): void;
}

/** What a venue does with the frames of one feed. */
export interface FeedHandler {
  /** The venue took the subscription: data follows. */
  acknowledged?(): void;
  /** The stream was cut, or is asked for again: what follows need not continue what was. */
  interrupted?(): void;
  /** A few times a second. @param nowMillis of the clock's own scale */
  check?(nowMillis: number): void;
  /** A reader joins: a book is to be passed on whole. */
  showAgain?(): void;
  /** Nothing is passed on any more; resolves when nothing is under way. */
  close?(): void | Promise<void>;
}

/** The feeds that run, by the names of their streams. For readers of frames. */
export interface FeedIndex<Handler extends FeedHandler> {
  find(stream: string): { readonly feed: OpenFeed; readonly handler: Handler } | undefined;
}

/** What a frame may tell of the venue's list of instruments. */
export interface InstrumentNews {
  /** Something is known to have changed: the list is read again within so long. Calls meanwhile are one. */
  renewWithin(millis: number): void;
}

/** Everything that one venue adds to {@link StreamVenue}. */
export interface VenueProtocol<Handler extends FeedHandler = FeedHandler> {
  readonly description: IntegrationDescription;
  readonly limits: HubLimits;
  readonly dialect: ControlDialect;
  /** How often the list of instruments is read again. Default 30 minutes. */
  readonly listRefreshMillis?: number;
  addressOf(group: string): string;
  /** What is sent first on every new connection. */
  greeting?(): readonly string[];
  /** Sent on every connection that is up, so that the venue answers where its streams are quiet. Default: nothing. */
  readonly heartbeat?: Heartbeat;
  /** The venue's spelling of a name that people write in another one; undefined where there is none. */
  spellingOf?(name: string): string | undefined;
  /** Reads the list; repeats by itself until it has one, and rejects only when `signal` aborts. */
  loadInstruments(signal: AbortSignal): Promise<ReadonlyMap<string, ListedSymbol>>;
  /** `undefined`: not offered. Only kinds and resolutions of the description get here. */
  placeOf(request: FeedRequest, instrument: Instrument): FeedPlace | undefined;
  openFeed(feed: OpenFeed): Handler;
  /** @param instruments for readers of frames that tell of them */
  createReader(events: FrameEvents, feeds: FeedIndex<Handler>, instruments: InstrumentNews): FrameReader;
  /**
   * Whether a silent stream should have had records; must not reject. Default: it is taken for quiet.
   */
  crossCheck?(feed: OpenFeed, silentMillis: number, signal: AbortSignal): Promise<CrossCheckResult>;
}

import { type Clock, type Instrument, timeResolutionOf } from "@ims/common";
import type { FeedRequest, MarketDataSink, SubscriptionStatus } from "@ims/traits";
import { FeedLiveness } from "../liveness/feed-liveness.js";
import type { MonitoredFeed } from "../liveness/feed-monitor.js";
import type { FeedHandler, FeedIndex, FeedPlace, OpenFeed } from "./venue-protocol.js";

export interface VenueFeedsOptions<Handler extends FeedHandler> {
  readonly clock: Clock;
  readonly sink: MarketDataSink;
  readonly open: (feed: OpenFeed) => Handler;
  readonly restart: (stream: string) => void;
}

/** One feed that runs. */
export interface FeedEntry<Handler extends FeedHandler> extends MonitoredFeed {
  readonly feed: OpenFeed;
  readonly handler: Handler;
  /** Wall time of the last record, microseconds; 0 before the first. */
  readonly lastMicros: number;
}

class Entry<Handler extends FeedHandler> implements FeedEntry<Handler> {
  lastMicros = 0;
  readonly liveness: FeedLiveness;
  readonly feed: OpenFeed;
  readonly handler: Handler;

  constructor(
    place: FeedPlace,
    request: FeedRequest,
    instrument: Instrument,
    private readonly options: VenueFeedsOptions<Handler>,
  ) {
    const { clock, open, restart, sink } = options;
    this.liveness = new FeedLiveness(place.liveness, clock.monotonicMillis(), () => this.tell());
    this.feed = {
      ...place,
      request,
      instrument,
      instrumentId: sink.register(instrument),
      seen: (receiveMicros) => {
        this.liveness.recordCount++;
        this.lastMicros = receiveMicros;
      },
      restart: () => restart(place.stream),
    };
    this.handler = open(this.feed);
  }

  tell(): void {
    const { clock, sink } = this.options;
    const { request, instrumentId } = this.feed;
    const { expectedMillis, state, text } = this.liveness;
    const nowMicros = clock.nowMicros();
    sink.feedStatus({
      instrumentId,
      eventMicros: nowMicros,
      sendMicros: nowMicros,
      receiveMicros: nowMicros,
      flags: 0,
      dataType: request.dataType,
      resolution: (request.resolution && timeResolutionOf(request.resolution)) ?? 0,
      state,
      sinceMicros: nowMicros,
      lastRecordMicros: this.lastMicros,
      expectedMicros: Math.round(expectedMillis * 1000),
      text,
    });
  }
}

/** The feeds of a venue that run, what is known of each, and their handlers. */
export class VenueFeeds<Handler extends FeedHandler> implements FeedIndex<Handler> {
  readonly #options: VenueFeedsOptions<Handler>;
  readonly #entries = new Map<string, Entry<Handler>>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: VenueFeedsOptions<Handler>) {
    this.#options = options;
  }

  get entries(): Iterable<FeedEntry<Handler>> {
    return this.#entries.values();
  }

  get streams(): string[] {
    return [...this.#entries.keys()];
  }

  find(stream: string): FeedEntry<Handler> | undefined {
    return this.#entries.get(stream);
  }

  /** False if the stream runs already. */
  begin(place: FeedPlace, request: FeedRequest, instrument: Instrument): boolean {
    if (this.#entries.has(place.stream)) return false;
    const entry = new Entry(place, request, instrument, this.#options);
    this.#entries.set(place.stream, entry);
    entry.tell();
    return true;
  }

  /** From now on its frames are dropped. False if it did not run. */
  end(stream: string): boolean {
    const entry = this.#entries.get(stream);
    if (!entry) return false;
    this.#entries.delete(stream);
    const closed: Promise<void> = Promise.resolve(entry.handler.close?.()).finally(() =>
      this.#closing.delete(closed),
    );
    this.#closing.add(closed);
    entry.liveness.stopped();
    return true;
  }

  async close(): Promise<void> {
    for (const stream of this.streams) this.end(stream);
    await Promise.all(this.#closing);
  }

  acknowledged(streams: readonly string[]): void {
    const nowMillis = this.#options.clock.monotonicMillis();
    for (const stream of streams) {
      const entry = this.#entries.get(stream);
      if (!entry) continue;
      entry.liveness.acknowledged(nowMillis);
      entry.handler.acknowledged?.();
    }
  }

  refused(stream: string, reason: string): void {
    this.#entries.get(stream)?.liveness.refused(`the venue refuses ${stream}: ${reason}`);
  }

  interrupted(streams: readonly string[], text: string): void {
    const nowMillis = this.#options.clock.monotonicMillis();
    for (const stream of streams) {
      const entry = this.#entries.get(stream);
      if (!entry) continue;
      entry.handler.interrupted?.();
      entry.liveness.interrupted(nowMillis, text);
    }
  }

  check(): void {
    const nowMillis = this.#options.clock.monotonicMillis();
    for (const { handler } of this.#entries.values()) handler.check?.(nowMillis);
  }

  statuses(isAcknowledged: (stream: string) => boolean): SubscriptionStatus[] {
    return [...this.#entries.values()].map(({ feed, lastMicros, liveness }) => {
      const { instrument, request, stream } = feed;
      return {
        dataType: request.dataType,
        symbol: instrument.symbol,
        ...(request.resolution && { resolution: request.resolution }),
        ...(request.depth !== undefined && { depth: request.depth }),
        state: isAcknowledged(stream) ? "acknowledged" : "pending",
        feedState: liveness.state,
        lastMicros,
        expectedMicros: Math.round(liveness.expectedMillis * 1000),
      };
    });
  }
}

import {
  type Clock,
  dataTypeName,
  FeedState,
  maskUrl,
  type StreamNames,
  timeResolutionText,
} from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import type { ImsDataIntegration } from "@ims/traits";
import { type DependencyContainer, inject, Lifecycle, scoped } from "tsyringe";
import { CHANNEL_TOPICS } from "../publishing/channels.js";
import { InstrumentRefresh } from "../publishing/instrument-refresh.js";
import { SbeSink } from "../publishing/sbe-sink.js";
import { CLIENT, CLOCK, INTEGRATION, NAMES, SETTINGS } from "../service/tokens.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { type Feed, feedKey } from "../subscriptions/feed.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import type { HealthReport, ServiceStatus, SubscriptionReport } from "./health-report.js";
import type { HealthSource } from "./health-server.js";
import { ServiceCounters } from "./service-counters.js";

/** As they stand in reports. */
const FEED_STATES: Readonly<Record<FeedState, string>> = {
  [FeedState.Starting]: "starting",
  [FeedState.Live]: "live",
  [FeedState.Quiet]: "quiet",
  [FeedState.Stale]: "stale",
  [FeedState.Dead]: "dead",
  [FeedState.Refused]: "refused",
  [FeedState.Stopped]: "stopped",
};

/** Subscriptions that one report lists; the count is always right. */
const SUBSCRIPTIONS_LISTED_MAX = 2000;

/** What the service is doing, for the health server. */
@scoped(Lifecycle.ContainerScoped)
export class ServiceHealth implements HealthSource {
  #phase: "starting" | "ready" | "stopping" = "starting";
  #brokerSide: { readonly client: IggyClient; readonly instruments: InstrumentRefresh } | undefined;
  #broker: { readonly isEmbedded: boolean } | undefined;
  readonly #startedMillis: number;

  constructor(
    @inject(NAMES) private readonly names: StreamNames,
    @inject(SETTINGS) private readonly settings: ServiceSettings,
    @inject(INTEGRATION) private readonly integration: ImsDataIntegration,
    @inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @inject(SubscriptionTable) private readonly subscriptions: SubscriptionTable,
    @inject(SbeSink) private readonly sink: SbeSink,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#startedMillis = clock.monotonicMillis();
  }

  /** From now on the report tells whether this process runs the broker, which may change. */
  brokerFound(broker: { readonly isEmbedded: boolean }): void {
    this.#broker = broker;
  }

  brokerConnected(container: DependencyContainer): void {
    this.#brokerSide = {
      client: container.resolve<IggyClient>(CLIENT),
      instruments: container.resolve(InstrumentRefresh),
    };
  }

  /** Whether there is anything that can hold unsent messages. */
  get isBrokerSideReady(): boolean {
    return this.#brokerSide !== undefined;
  }

  ready(): void {
    if (this.#phase === "starting") this.#phase = "ready";
  }

  stopping(): void {
    this.#phase = "stopping";
  }

  /** `degraded`: it was ready, and now the broker is away, or the venue while somebody wants its data. */
  status(): ServiceStatus {
    if (this.#phase !== "ready") return this.#phase;
    const venueNeeded = this.subscriptions.subscriptionCount > 0;
    const venueAway = venueNeeded && !this.integration.status().connected;
    return this.#brokerSide?.client.connected && !venueAway ? "ready" : "degraded";
  }

  report(): HealthReport {
    const venue = this.integration.status();
    return {
      status: this.status(),
      exchange: this.names.exchange,
      uptimeSeconds: Math.floor((this.clock.monotonicMillis() - this.#startedMillis) / 1000),
      broker: {
        connected: this.#brokerSide?.client.connected ?? false,
        url: maskUrl(this.settings.iggyUrl),
        embedded: this.#broker?.isEmbedded ?? false,
      },
      venue: {
        connected: venue.connected,
        connectionCount: venue.connectionCount,
        reconnectCount: venue.reconnectCount,
        instrumentCount: this.#brokerSide?.instruments.instrumentCount ?? 0,
      },
      sessionCount: this.sessions.size,
      subscriptionCount: this.subscriptions.subscriptionCount,
      subscriptions: this.#subscriptions(),
      counters: {
        ...this.counters,
        published: Object.fromEntries(
          CHANNEL_TOPICS.map((topic, channel) => [topic, this.counters.published[channel]]),
        ),
      },
      memoryMebibytes: Math.round(process.memoryUsage.rss() / 1_048_576),
    };
  }

  #subscriptions(): SubscriptionReport[] {
    const known = new Map(
      this.integration
        .status()
        .subscriptions.map((subscription) => [
          `${subscription.dataType}:${subscription.resolution ?? ""}:${subscription.symbol}`,
          subscription,
        ]),
    );
    return this.subscriptions
      .wantedFeeds()
      .slice(0, SUBSCRIPTIONS_LISTED_MAX)
      .map((feed: Feed) => {
        const resolution = timeResolutionText(feed.resolution);
        const lastMicros = this.sink.lastMicrosOf(feed);
        const atVenue = known.get(`${feed.dataType}:${resolution ?? ""}:${feed.symbol}`);
        return {
          dataType: dataTypeName(feed.dataType) ?? feedKey(feed),
          symbol: feed.symbol,
          ...(resolution === undefined ? {} : { resolution }),
          subscriberCount: this.subscriptions.subscribersOf(feed).length,
          state: atVenue?.state ?? "pending",
          feedState: FEED_STATES[atVenue?.feedState ?? FeedState.Starting],
          expectedSeconds: atVenue?.expectedMicros ? atVenue.expectedMicros / 1_000_000 : null,
          lastMessageAt: lastMicros === 0 ? null : new Date(lastMicros / 1000).toISOString(),
        };
      });
  }
}

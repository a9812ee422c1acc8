import { monitorEventLoopDelay } from "node:perf_hooks";
import {
  type Clock,
  type ConfigurationReport,
  type HealthReport,
  maskUrl,
  type PublishingReport,
  type ServiceStatus,
  type SettingReport,
  type StatusReport,
  type StreamNames,
  type TimerHandle,
} from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import type { ImsDataIntegration } from "@ims/traits";
import { type DependencyContainer, inject, Lifecycle, scoped } from "tsyringe";
import { CHANNEL_TOPICS, type Channel } from "../publishing/channels.js";
import { InstrumentRefresh } from "../publishing/instrument-refresh.js";
import { MarketDataProducers } from "../publishing/market-data-producers.js";
import { SbeSink } from "../publishing/sbe-sink.js";
import {
  CLIENT,
  CLOCK,
  INTEGRATION,
  NAMES,
  SERVICE_VERSION,
  SETTING_REPORTS,
  SETTINGS,
} from "../service/tokens.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { countStates, FeedListing, type ListedFeed, namesOf } from "./feed-listing.js";
import { staleness } from "./freshness.js";
import type { HealthSource } from "./health-server.js";
import type { Readiness } from "./readiness-log.js";
import { ServiceCounters } from "./service-counters.js";
import { serviceMetrics } from "./service-metrics.js";
import { matches, type StatusQuery } from "./status-query.js";

/** Over which the rates of feeds are taken. */
const SAMPLE_MILLIS = 10_000;
/** Older records say nothing of the lag now. */
const LAG_AGE_MICROS_MAX = 60_000_000;

/** What there is only once the broker was reached. */
export interface BrokerSide {
  readonly client: IggyClient;
  readonly instruments: InstrumentRefresh;
  readonly producers: MarketDataProducers;
}

/** What the service is doing, for the health server. */
@scoped(Lifecycle.ContainerScoped)
export class ServiceHealth implements HealthSource {
  #phase: "starting" | "ready" | "stopping" = "starting";
  #brokerSide: BrokerSide | undefined;
  #broker: { readonly isEmbedded: boolean } | undefined;
  readonly #startedMillis: number;
  #sampling: TimerHandle | undefined;
  readonly #loopDelay = monitorEventLoopDelay();

  constructor(
    @inject(NAMES) private readonly names: StreamNames,
    @inject(SETTINGS) private readonly settings: ServiceSettings,
    @inject(SETTING_REPORTS) private readonly settingReports: readonly SettingReport[],
    @inject(SERVICE_VERSION) private readonly version: string,
    @inject(INTEGRATION) private readonly integration: ImsDataIntegration,
    @inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @inject(SubscriptionTable) private readonly subscriptions: SubscriptionTable,
    @inject(FeedListing) private readonly feeds: FeedListing,
    @inject(SbeSink) private readonly sink: SbeSink,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#startedMillis = clock.monotonicMillis();
    this.#loopDelay.enable();
    this.#sample();
  }

  /** From now on the report tells whether this process runs the broker, which may change. */
  brokerFound(broker: { readonly isEmbedded: boolean }): void {
    this.#broker = broker;
  }

  brokerConnected(container: DependencyContainer): void {
    this.#brokerSide = {
      client: container.resolve<IggyClient>(CLIENT),
      instruments: container.resolve(InstrumentRefresh),
      producers: container.resolve(MarketDataProducers),
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
    this.#sampling?.cancel();
    this.#loopDelay.disable();
  }

  /** `degraded`: it was ready, and {@link HealthReport.reasons} says what is wrong now. */
  status(): ServiceStatus {
    return this.#phase === "ready" ? this.readiness().status : this.#phase;
  }

  /** As {@link status}, with what it lacks. */
  readiness(): Readiness {
    const feeds = this.#requiredFeeds();
    const reasons = this.#reasons(feeds);
    const status = this.#phase === "ready" && reasons.length > 0 ? "degraded" : this.#phase;
    return { status, reasons };
  }

  health(): HealthReport {
    const { queues: _, ...publishing } = this.#publishing();
    return { ...this.#common(this.feeds.list()), publishing };
  }

  statusReport(query: StatusQuery): StatusReport {
    const feeds = this.feeds.list();
    const matching = feeds.filter((feed) => matches(query, namesOf(feed)));
    const page = matching.slice(query.offset, query.offset + query.limit);
    return {
      ...this.#common(feeds),
      publishing: this.#publishing(),
      ratePerSecond: this.#ratePerSecond(),
      counters: this.#totals(),
      matchCount: matching.length,
      offset: query.offset,
      subscriptions: page.map((feed) => this.feeds.report(feed)),
    };
  }

  metrics(): string {
    const text = serviceMetrics({
      health: this.health(),
      publishing: this.#publishing(),
      counters: this.counters,
      broker: this.#brokerSide?.client.diagnostics.snapshot(),
      lagSeconds: this.#lagSeconds(),
      loopDelay: this.#loopDelay,
    });
    this.#loopDelay.reset();
    return text;
  }

  configuration(): ConfigurationReport {
    return { exchange: this.names.exchange, version: this.version, settings: this.settingReports };
  }

  #common(feeds: readonly ListedFeed[]): Omit<HealthReport, "publishing"> {
    const venue = this.integration.status();
    const reasons = this.#reasons(feeds);
    const phase = this.#phase;
    return {
      status: phase === "ready" && reasons.length > 0 ? "degraded" : phase,
      reasons,
      exchange: this.names.exchange,
      version: this.version,
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
      feedStates: countStates(feeds),
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  #reasons(feeds: readonly ListedFeed[]): string[] {
    if (this.#phase === "stopping") return ["the service is stopping"];
    const shortcomings = this.#shortcomings(feeds);
    if (this.#phase === "ready" || shortcomings.length > 0) return shortcomings;
    return [
      this.#brokerSide?.instruments.instrumentCount === 0
        ? "the venue's list of instruments is not loaded yet"
        : "the control topic is not read yet",
    ];
  }

  /** Sentences without final point; the states of feeds are read only where some are required. */
  #shortcomings(feeds: readonly ListedFeed[]): string[] {
    const client = this.#brokerSide?.client;
    const venueNeeded = this.subscriptions.subscriptionCount > 0 || feeds.length > 0;
    return [
      ...(client === undefined ? ["the broker was not reached yet"] : []),
      ...(client?.connected === false ? ["the broker connection is lost"] : []),
      ...(venueNeeded && !this.integration.status().connected ? ["the venue is not connected"] : []),
      ...staleness(this.settings.feeds ?? [], feeds),
    ];
  }

  #requiredFeeds(): ListedFeed[] {
    return this.settings.feeds?.length ? this.feeds.list() : [];
  }

  #publishing(): PublishingReport {
    const producers = this.#brokerSide?.producers;
    const slotBytes = producers?.arena.slotBytes ?? 0;
    return {
      phase: producers?.pressure.phase ?? "flowing",
      phaseSeconds: (producers?.pressure.phaseMillis ?? 0) / 1000,
      secondsInPhase: {
        flowing: (producers?.pressure.millisIn("flowing") ?? 0) / 1000,
        blocking: (producers?.pressure.millisIn("blocking") ?? 0) / 1000,
        shedding: (producers?.pressure.millisIn("shedding") ?? 0) / 1000,
      },
      bufferBytes: (producers?.arena.slotCount ?? 0) * slotBytes,
      bufferFreeBytes: (producers?.arena.freeSlotCount ?? 0) * slotBytes,
      openGapCount: this.sink.openGapCount,
      queues: CHANNEL_TOPICS.map((topic, index) => {
        const channel = index as Channel;
        return {
          topic,
          pendingCount: producers?.pendingCountOf(channel) ?? 0,
          publishedCount: this.counters.published[channel]!,
          shedCount: this.counters.shed[channel]!,
          isShed: producers?.pressure.shed[channel] === 1,
        };
      }),
    };
  }

  #totals(): Record<string, number> {
    const totals: Record<string, number> = {};
    for (const [name, value] of Object.entries(this.counters))
      if (typeof value === "number") totals[name] = value;
    for (const [reason, count] of Object.entries(this.counters.framesRejected))
      totals[`framesRejected.${reason}`] = count;
    return totals;
  }

  #ratePerSecond(): number | null {
    let rate: number | null = null;
    for (const instrument of this.sink.instruments()) {
      for (const meter of instrument.meters) {
        if (meter?.ratePerSecond !== undefined) rate = (rate ?? 0) + meter.ratePerSecond;
      }
    }
    return rate;
  }

  #lagSeconds(): Map<string, number> {
    const sinceMicros = this.clock.nowMicros() - LAG_AGE_MICROS_MAX;
    const lags = new Map<string, number>();
    for (const { meters } of this.sink.instruments()) {
      for (const [channel, meter] of meters.entries()) {
        if (meter?.lagSeconds === undefined || meter.lastMicros < sinceMicros) continue;
        const topic = CHANNEL_TOPICS[channel]!;
        lags.set(topic, Math.max(lags.get(topic) ?? Number.NEGATIVE_INFINITY, meter.lagSeconds));
      }
    }
    return lags;
  }

  #sample(): void {
    const nowMillis = this.clock.monotonicMillis();
    for (const instrument of this.sink.instruments()) instrument.sampleRates(nowMillis);
    this.#sampling = this.clock.setTimer(SAMPLE_MILLIS, () => this.#sample());
  }
}

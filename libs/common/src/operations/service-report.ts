import type { SettingReport } from "../config/load-settings.js";

/** Where a service is in its life. `degraded`: it was ready and lacks its broker, its venue or a required feed now. */
export type ServiceStatus = "starting" | "ready" | "degraded" | "stopping";

/**
 * What a service does with records of its venue:
 * - `flowing`: all of them go out;
 * - `blocking`: the venue is not read, since the broker is slow or away;
 * - `shedding`: the venue is read again and the least valuable records are given up.
 */
export type PublishingPhase = "flowing" | "blocking" | "shedding";

/** One feed that somebody reads, in `/status`. */
export interface SubscriptionReport {
  /** For example `trades`. */
  readonly dataType: string;
  readonly symbol: string;
  /** Of bars, for example `1m`. */
  readonly resolution?: string;
  readonly subscriberCount: number;
  /** Whether the venue took the request: `pending` or `acknowledged`. */
  readonly state: string;
  /** Whether data flows: `starting`, `live`, `quiet`, `stale`, `dead`, `refused` or `stopped`. */
  readonly feedState: string;
  /** Usual time between records; null while it is not known. */
  readonly expectedSeconds: number | null;
  /** ISO time at which the last record was published; null before the first. */
  readonly lastMessageAt: string | null;
  /** Records a second, over about the last ten seconds; null until there was time to measure. */
  readonly ratePerSecond: number | null;
  /** From the venue's time of the last record to its publishing, by both clocks; null where the venue gives none. */
  readonly lagSeconds: number | null;
  /** Records that were shed or refused and are not yet in a published gap. */
  readonly missingCount: number;
}

export interface BrokerReport {
  readonly connected: boolean;
  /** Without credentials. */
  readonly url: string;
  /** Whether this process runs the broker. */
  readonly embedded: boolean;
}

export interface VenueReport {
  readonly connected: boolean;
  readonly connectionCount: number;
  readonly reconnectCount: number;
  readonly instrumentCount: number;
}

/** One topic of the service's market data. */
export interface PublishingQueueReport {
  readonly topic: string;
  /** Records taken and not confirmed by the broker. */
  readonly pendingCount: number;
  /** Since the start of the service. */
  readonly publishedCount: number;
  /** Records given up since the start of the service; gaps name them. */
  readonly shedCount: number;
  /** Whether records of this topic are given up at the moment. */
  readonly isShed: boolean;
}

export interface PublishingReport {
  readonly phase: PublishingPhase;
  /** How long the phase lasts. */
  readonly phaseSeconds: number;
  /** How long each phase lasted since the start, all its times together. */
  readonly secondsInPhase: Readonly<Record<PublishingPhase, number>>;
  /** Memory of all outgoing batches. */
  readonly bufferBytes: number;
  readonly bufferFreeBytes: number;
  /** Feeds with losses whose gap is not published yet. */
  readonly openGapCount: number;
  readonly queues: readonly PublishingQueueReport[];
}

/** Body of `/health`: short, of a fixed size. */
export interface HealthReport {
  readonly status: ServiceStatus;
  /** Why it is not `ready`; empty when it is. Sentences without final point. */
  readonly reasons: readonly string[];
  readonly exchange: string;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly broker: BrokerReport;
  readonly venue: VenueReport;
  readonly sessionCount: number;
  /** Of all clients. */
  readonly subscriptionCount: number;
  /** Feeds by state, for example `{"live": 12, "stale": 1}`; states without a feed are left out. */
  readonly feedStates: Readonly<Record<string, number>>;
  readonly publishing: Omit<PublishingReport, "queues">;
  readonly memoryBytes: number;
}

/** Body of `/status`: {@link HealthReport} and a page of the feeds. */
export interface StatusReport extends Omit<HealthReport, "publishing"> {
  readonly publishing: PublishingReport;
  /** Records a second of all feeds together; null until there was time to measure. */
  readonly ratePerSecond: number | null;
  /** Totals since the start of the service, by name. */
  readonly counters: Readonly<Record<string, number>>;
  /** Feeds that match the query, on all pages. */
  readonly matchCount: number;
  /** Of the first feed of this page among the matching ones. */
  readonly offset: number;
  readonly subscriptions: readonly SubscriptionReport[];
}

/** Body of `/config`: what a service runs with. Secrets and the user info of URLs are masked. */
export interface ConfigurationReport {
  readonly exchange: string;
  readonly version: string;
  readonly settings: readonly SettingReport[];
}

/** Feeds that one page of `/status` holds at most: `?limit=`, which is 500 unless given. */
export const STATUS_PAGE_MAX = 5000;
export const STATUS_PAGE_DEFAULT = 500;

/** Ports of the processors of this machine unless configured, as {@link servicePort} is of services. */
export const PROCESSOR_PORTS = { averages: 9060, filters: 9070, signing: 9080 } as const;

/**
 * Port of a service's `/health`, `/status` and `/metrics` unless configured: 7070 in a cluster, else 7070 plus the
 * exchange's number, so that the services of one machine do not meet.
 */
export function servicePort(exchange: number, isCluster: boolean): number {
  return isCluster ? 7070 : 7070 + exchange;
}

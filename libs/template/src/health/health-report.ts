/** Where the service is in its life. `degraded` was ready and lacks its broker or its venue at the moment. */
export type ServiceStatus = "starting" | "ready" | "degraded" | "stopping";

export interface SubscriptionReport {
  readonly dataType: string;
  readonly symbol: string;
  readonly resolution?: string;
  readonly subscriberCount: number;
  /** Whether the venue took the request: `pending` or `acknowledged`. */
  readonly state: string;
  /** Whether data flows, for example `live` or `stale`. */
  readonly feedState: string;
  /** Usual time between records; null while it is not known. */
  readonly expectedSeconds: number | null;
  /** ISO time of the last record; null before the first. */
  readonly lastMessageAt: string | null;
}

/** Body of `/health`. */
export interface HealthReport {
  readonly status: ServiceStatus;
  readonly exchange: string;
  readonly uptimeSeconds: number;
  readonly broker: { readonly connected: boolean; readonly url: string; readonly embedded: boolean };
  readonly venue: {
    readonly connected: boolean;
    readonly connectionCount: number;
    readonly reconnectCount: number;
    readonly instrumentCount: number;
  };
  readonly sessionCount: number;
  readonly subscriptionCount: number;
  readonly subscriptions: readonly SubscriptionReport[];
  readonly counters: object;
  readonly memoryMebibytes: number;
}

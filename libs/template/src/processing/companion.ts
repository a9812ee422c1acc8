import type { Clock, Logger } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import type { MetricsText } from "../health/metrics-text.js";

/** What a companion works with. */
export interface CompanionHost {
  /** The session of the service; it is closed by the service. */
  readonly client: IggyClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborts when the service stops. */
  readonly signal: AbortSignal;
}

/** Work of a processor beside its tasks, such as reading commands. Begins before them and ends behind them. */
export interface Companion {
  /** Adds its metrics to those of the processor. */
  metrics?(text: MetricsText): void;
  /** Stands as `details` in `/status`. */
  status?(): object;
  /** Why the service is degraded; none when it is not. */
  reasons?(): readonly string[];
  close(): Promise<void>;
}

import type { Clock } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { CLOCK, LOGGER } from "../service/tokens.js";

const INTERVAL_MILLIS = 60_000;
const KIND_COUNT_MAX = 100;

interface Suppressed {
  sinceMillis: number;
  count: number;
}

/**
 * Logs the first occurrence of each kind at once and then at most one line a minute, which says how many were left
 * out. Counting stays with the caller: the log is for people, the counters are for machines.
 */
@scoped(Lifecycle.ContainerScoped)
export class RateLimitedLog {
  readonly #kinds = new Map<string, Suppressed>();

  constructor(
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: IntegrationLogger,
  ) {}

  /** @param kind a fixed set of short texts; beyond 100 of them new ones share one budget */
  warn(kind: string, message: string, fields: () => object): void {
    this.#write("warn", kind, message, fields);
  }

  error(kind: string, message: string, fields: () => object): void {
    this.#write("error", kind, message, fields);
  }

  #write(level: "warn" | "error", kind: string, message: string, fields: () => object): void {
    const key = this.#kinds.size < KIND_COUNT_MAX || this.#kinds.has(kind) ? kind : "other";
    const now = this.clock.monotonicMillis();
    const state = this.#kinds.get(key);
    if (state && now - state.sinceMillis < INTERVAL_MILLIS) {
      state.count++;
      return;
    }
    const suppressed = state?.count ?? 0;
    this.#kinds.set(key, { sinceMillis: now, count: 0 });
    this.logger[level]({ kind, ...fields(), ...(suppressed > 0 ? { suppressed } : {}) }, message);
  }
}

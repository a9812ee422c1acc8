import type { Clock } from "@ims/common";

const MILLIS_PER_SECOND = 1000;

export interface LoginThrottleOptions {
  readonly clock: Clock;
  /** Failures of one address or user that are tolerated at once. */
  readonly burst: number;
  /** Failures per second that are forgiven. */
  readonly perSecond: number;
  /** Addresses and users that are remembered; the one whose last failure is longest ago is forgotten first. */
  readonly rememberedMax: number;
}

interface Failures {
  count: number;
  atMillis: number;
}

/** Counts failed logins by address and by user. A key over its bound gets no further try until some are forgiven. */
export class LoginThrottle {
  private readonly failures = new Map<string, Failures>();

  constructor(private readonly options: LoginThrottleOptions) {}

  /** Whether every key may try now. */
  allows(...keys: readonly string[]): boolean {
    return keys.every((key) => this.countOf(key) < this.options.burst);
  }

  noteFailure(...keys: readonly string[]): void {
    for (const key of keys) {
      const count = this.countOf(key) + 1;
      this.failures.delete(key);
      this.failures.set(key, { count, atMillis: this.options.clock.monotonicMillis() });
    }
    for (const oldest of this.failures.keys()) {
      if (this.failures.size <= this.options.rememberedMax) return;
      this.failures.delete(oldest);
    }
  }

  get rememberedCount(): number {
    return this.failures.size;
  }

  private countOf(key: string): number {
    const known = this.failures.get(key);
    if (known === undefined) return 0;
    const elapsed = (this.options.clock.monotonicMillis() - known.atMillis) / MILLIS_PER_SECOND;
    return Math.max(0, known.count - elapsed * this.options.perSecond);
  }
}

import type { Clock } from "@ims/common";

const MILLIS_PER_SECOND = 1000;

export interface LoginThrottleOptions {
  readonly clock: Clock;
  /** Failures of one user from one address that are tolerated at once. */
  readonly burst: number;
  /** Failures per second that are forgiven. */
  readonly perSecond: number;
  /** Addresses, and users at addresses, that are remembered; those whose last failure is longest ago go first. */
  readonly rememberedMax: number;
}

interface Failures {
  count: number;
  atMillis: number;
}

/** All users together may fail so many times as often from one address as one of them. */
const ADDRESS_FACTOR = 4;

/**
 * Counts failed logins by address, and by user at an address: a stranger cannot lock a user out elsewhere, and a client
 * with a wrong password does not lock out the others of its machine. Above a bound there is no further try until some
 * failures are forgiven.
 */
export class LoginThrottle {
  private readonly failures = new Map<string, Failures>();

  constructor(private readonly options: LoginThrottleOptions) {}

  /** @param username undefined for logins that do not name one */
  allows(address: string, username: string | undefined): boolean {
    const { burst } = this.options;
    const isAllowed = this.countOf(addressKey(address)) + 1 <= burst * ADDRESS_FACTOR;
    return isAllowed && this.countOf(userKey(address, username)) + 1 <= burst;
  }

  noteFailure(address: string, username: string | undefined): void {
    for (const key of [addressKey(address), userKey(address, username)]) {
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

function addressKey(address: string): string {
  return `address ${address}`;
}

function userKey(address: string, username = ""): string {
  return `user ${address} ${username}`;
}

import type { Clock } from "@ims/common";
import { RestRefusal } from "./rest-answer.js";

const MINUTE_MILLIS = 60_000;
/** Requests after the first 429 of a window that turn it into a ban. The venue gives no number. */
const REFUSALS_BEFORE_BAN = 10;
const FIRST_BAN_MILLIS = 120_000;
const LAST_BAN_MILLIS = 3 * 86_400_000;

/**
 * The weight budget of the one address that all clients have here; two markets may share one, as `fapi` and `dapi` do
 * since 2026-06-30. 429 with Retry-After when it is spent; going on
 * leads to 418, two minutes at first and twice as long each time. Spot REST, "LIMITS".
 */
export class RequestWeight {
  #windowStart = Number.NEGATIVE_INFINITY;
  #used = 0;
  #refusals = 0;
  #bannedUntil = Number.NEGATIVE_INFINITY;
  #banMillis = FIRST_BAN_MILLIS;

  constructor(
    private readonly clock: Clock,
    private readonly perMinuteMax: number,
  ) {}

  /** Weight used in the current minute. */
  get used(): number {
    return this.#used;
  }

  /** Bans the address from now on. */
  ban(millis: number): void {
    this.#bannedUntil = Math.max(this.#bannedUntil, this.clock.monotonicMillis() + millis);
  }

  /** @throws RestRefusal 429 or 418 when the budget is spent */
  take(weight: number): void {
    const now = this.clock.monotonicMillis();
    if (now - this.#windowStart >= MINUTE_MILLIS) {
      this.#windowStart = now;
      this.#used = 0;
      this.#refusals = 0;
    }
    if (now < this.#bannedUntil) throw this.#ban(now);
    this.#used += weight;
    if (this.#used <= this.perMinuteMax) return;
    if (this.#refusals++ >= REFUSALS_BEFORE_BAN) {
      this.#bannedUntil = now + this.#banMillis;
      this.#banMillis = Math.min(LAST_BAN_MILLIS, this.#banMillis * 2);
      throw this.#ban(now);
    }
    const retryAfter = Math.ceil((this.#windowStart + MINUTE_MILLIS - now) / 1000);
    throw new RestRefusal(
      -1003,
      `Too much request weight used; current limit is ${this.perMinuteMax} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
      429,
      { "Retry-After": `${retryAfter}` },
    );
  }

  #ban(now: number): RestRefusal {
    const leftMillis = this.#bannedUntil - now;
    const untilMillis = Math.floor(this.clock.nowMicros() / 1000 + leftMillis);
    return new RestRefusal(
      -1003,
      `Way too much request weight used; IP banned until ${untilMillis}. Please use WebSocket Streams for live updates to avoid bans.`,
      418,
      { "Retry-After": `${Math.ceil(leftMillis / 1000)}` },
    );
  }
}

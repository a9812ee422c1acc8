import type { Clock, TimerHandle } from "@ims/common";
import type { WeightLedger } from "./weight-ledger.js";

/** Who goes first when the budget is short. Within one priority the order of asking counts. */
export const RequestPriority = {
  /** A book cannot be shown without its snapshot. */
  Books: 0,
  /** Trades that were missed, and whether a silent stream is dead. */
  BackFill: 1,
  /** Lists of symbols, clock measurements. */
  Lists: 2,
} as const;
export type RequestPriority = (typeof RequestPriority)[keyof typeof RequestPriority];

export interface RequestCost {
  /** As the venue counts it, at least 1. */
  readonly weight: number;
  readonly priority: RequestPriority;
}

export interface WeightBudgetOptions {
  readonly clock: Clock;
  /** Most weight within any stretch of {@link windowMillis}. */
  readonly weightMax: number;
  /** Default 60,000. */
  readonly windowMillis?: number;
  /** What the other processes of this host have taken. Default: there are none. */
  readonly ledger?: WeightLedger | undefined;
}

interface Taken {
  readonly atMillis: number;
  readonly weight: number;
}

interface Waiter extends RequestCost {
  readonly order: number;
  readonly grant: () => void;
}

/**
 * The request weight of one venue host. In no stretch of a window is more taken than the maximum, so that the venue's
 * own windows hold wherever they begin. What the venue reports beyond our own sum was used by others behind the same
 * address and counts as taken. Requests wait, they are never refused; a request for more than the maximum throws.
 */
export class WeightBudget {
  readonly #clock: Clock;
  readonly #ledger: WeightLedger | undefined;
  readonly #windowMillis: number;
  #weightMax: number;
  readonly #taken: Taken[] = [];
  readonly #waiting: Waiter[] = [];
  #order = 0;
  #blockedUntilMillis = Number.NEGATIVE_INFINITY;
  #timer: TimerHandle | undefined;

  constructor({ clock, ledger, weightMax, windowMillis = 60_000 }: WeightBudgetOptions) {
    this.#clock = clock;
    this.#ledger = ledger;
    this.#windowMillis = windowMillis;
    this.#weightMax = requireWhole(weightMax);
  }

  get weightMax(): number {
    return this.#weightMax;
  }

  /** As the venue's own list of limits says; requests that wait go on by the new one. */
  set weightMax(weightMax: number) {
    this.#weightMax = requireWhole(weightMax);
    this.#serve();
  }

  /** Weight taken within the window that ends now. */
  get usedWeight(): number {
    this.#forget();
    return this.#taken.reduce((sum, { weight }) => sum + weight, 0);
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Milliseconds until the pause that the venue asked for ends, 0 without one. */
  get blockedMillis(): number {
    const { nowMillis, blockedUntilMillis } = this.#block();
    return Math.max(0, blockedUntilMillis - nowMillis);
  }

  /** Resolves when the request may be sent; rejects with the signal's reason if it aborts first, and takes nothing. */
  acquire({ priority, weight }: RequestCost, signal?: AbortSignal): Promise<void> {
    if (weight > this.#weightMax) {
      return Promise.reject(new RangeError(`a weight of ${weight} never fits into ${this.#weightMax}`));
    }
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal!.reason);
        this.#serve();
      };
      const waiter: Waiter = {
        weight,
        priority,
        order: this.#order++,
        grant: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#insert(waiter);
      this.#serve();
    });
  }

  /** The venue's own count for its current window; not a number: ignored. */
  observe(usedWeight: number): void {
    const surplus = usedWeight - this.usedWeight;
    if (surplus > 0) this.#take(surplus);
  }

  /** Nothing is sent for so long: the venue refused with 429 or 418. */
  block(millis: number): void {
    const untilMillis = this.#clock.monotonicMillis() + millis;
    this.#blockedUntilMillis = Math.max(this.#blockedUntilMillis, untilMillis);
    this.#ledger?.block(this.#clock.nowMicros() + millis * 1000);
  }

  #insert(waiter: Waiter): void {
    const at = this.#waiting.findIndex(({ priority }) => priority > waiter.priority);
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, waiter);
  }

  #serve(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const waitMillis = this.#waitMillis(next.weight);
      if (waitMillis > 0) {
        this.#timer = this.#clock.setTimer(waitMillis, () => this.#serve());
        return;
      }
      this.#waiting.shift();
      this.#take(next.weight);
      next.grant();
    }
  }

  /** 0: the weight is free, and taken from the ledger of this host. */
  #waitMillis(weight: number): number {
    const { nowMillis, blockedUntilMillis } = this.#block();
    if (blockedUntilMillis > nowMillis) return blockedUntilMillis - nowMillis;
    let excess = this.usedWeight + weight - this.#weightMax;
    for (const taken of this.#taken) {
      if (excess <= 0) break;
      excess -= taken.weight;
      if (excess <= 0) return Math.max(1, taken.atMillis + this.#windowMillis - nowMillis);
    }
    return this.#ledger?.take(weight, this.#weightMax, this.#windowMillis, this.#clock.nowMicros()) ?? 0;
  }

  #block(): { nowMillis: number; blockedUntilMillis: number } {
    const nowMillis = this.#clock.monotonicMillis();
    const elsewhere = this.#ledger?.blockedUntilMicros() ?? 0;
    const elsewhereMillis = nowMillis + (elsewhere - this.#clock.nowMicros()) / 1000;
    return { nowMillis, blockedUntilMillis: Math.max(this.#blockedUntilMillis, elsewhereMillis) };
  }

  #take(weight: number): void {
    this.#taken.push({ atMillis: this.#clock.monotonicMillis(), weight });
  }

  #forget(): void {
    const fromMillis = this.#clock.monotonicMillis() - this.#windowMillis;
    let gone = 0;
    while (gone < this.#taken.length && this.#taken[gone]!.atMillis <= fromMillis) gone++;
    if (gone > 0) this.#taken.splice(0, gone);
  }
}

function requireWhole(weightMax: number): number {
  if (Number.isInteger(weightMax) && weightMax > 0) return weightMax;
  throw new RangeError(`a weight budget needs a whole maximum of at least 1, not ${weightMax}`);
}

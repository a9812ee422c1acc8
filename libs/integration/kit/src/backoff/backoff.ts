import { backoffMillis } from "@ims/common";

/** Bounds of {@link Backoff}, in milliseconds. */
export interface BackoffOptions {
  /** Largest first delay. Default 250. */
  readonly firstMillis?: number;
  /** No delay is longer, however many failures. Default 30,000. */
  readonly capMillis?: number;
}

/**
 * Delays that double with each failure up to a cap. Each is drawn from the upper half of its range, so that many
 * clients that failed together do not come back together, and none comes back at once. Never ends.
 */
export class Backoff {
  readonly #firstMillis: number;
  readonly #capMillis: number;
  #failureCount = 0;

  /** @param random uniform in [0, 1) */
  constructor(
    readonly random: () => number,
    options: BackoffOptions = {},
  ) {
    this.#firstMillis = options.firstMillis ?? 250;
    this.#capMillis = options.capMillis ?? 30_000;
  }

  get failureCount(): number {
    return this.#failureCount;
  }

  /** The delay after one more failure, in whole milliseconds. */
  nextMillis(): number {
    return Math.ceil(backoffMillis(this.#failureCount++, this.#firstMillis, this.#capMillis, this.random));
  }

  /** After a success: the next failure starts from the first delay. */
  reset(): void {
    this.#failureCount = 0;
  }
}

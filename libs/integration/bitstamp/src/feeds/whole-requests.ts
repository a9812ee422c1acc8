import type { Clock } from "@ims/common";

const NEVER = Number.POSITIVE_INFINITY;

/** Asks for the whole of a book, or of its orders: one request at a time, when it is due. */
export class WholeRequests<Outcome> {
  readonly #closing = new AbortController();
  #asking: Promise<Outcome> | undefined;
  #dueMillis = NEVER;

  /** @param request must not reject; its signal aborts when the feed ends */
  constructor(
    private readonly clock: Clock,
    private readonly request: (signal: AbortSignal) => Promise<Outcome>,
  ) {}

  /** Aborts when the feed ends. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** The next request is made within so long, or sooner if it was due sooner. */
  within(millis: number): void {
    this.#dueMillis = Math.min(this.#dueMillis, this.clock.monotonicMillis() + millis);
  }

  /** The same, and not sooner. */
  after(millis: number): void {
    this.#dueMillis = this.clock.monotonicMillis() + millis;
  }

  /** None is due any more. */
  cancel(): void {
    this.#dueMillis = NEVER;
  }

  check(nowMillis: number): void {
    if (nowMillis >= this.#dueMillis && !this.#asking) void this.ask();
  }

  /** The request under way, or one that is made now. */
  ask(): Promise<Outcome> {
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the feed ended"));
    await this.#asking;
  }

  async #ask(): Promise<Outcome> {
    this.cancel();
    try {
      return await this.request(this.signal);
    } finally {
      this.#asking = undefined;
    }
  }
}

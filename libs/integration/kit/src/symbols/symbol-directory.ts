import { type Clock, describeError, nearestNames, type TimerHandle } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";
import { venueError } from "../errors.js";

export interface SymbolDirectoryOptions<T> {
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
  /** Fetches the whole list; repeats by itself until it has one, and rejects only when `signal` aborts. */
  readonly load: (signal: AbortSignal) => Promise<ReadonlyMap<string, T>>;
  /** Largest age of the list. Default 120 minutes. */
  readonly refreshMillis?: number;
  /** Called after each reload, not after the first load. */
  readonly onRefreshed?: (entries: ReadonlyMap<string, T>) => void;
}

/** The venue's list of symbols, by name: fetched on first use, then renewed before it grows too old. */
export class SymbolDirectory<T> {
  readonly #options: SymbolDirectoryOptions<T>;
  readonly #refreshMillis: number;
  readonly #closing = new AbortController();
  #entries: ReadonlyMap<string, T> | undefined;
  #loadedAtMillis = 0;
  #loading: Promise<ReadonlyMap<string, T>> | undefined;
  #timer: TimerHandle | undefined;
  #renewalAtMillis = Number.POSITIVE_INFINITY;
  /** Asked of the venue and not answered. */
  #awaited = false;
  /** How soon after the load under way the next one is wanted. */
  #afterLoadMillis = Number.POSITIVE_INFINITY;

  constructor(options: SymbolDirectoryOptions<T>) {
    this.#options = options;
    this.#refreshMillis = options.refreshMillis ?? 120 * 60_000;
  }

  /** What is known now, however old; undefined before the first load. */
  get known(): ReadonlyMap<string, T> | undefined {
    return this.#entries;
  }

  /** The list, never older than the limit; waits for the venue as long as it takes. */
  async entries(signal?: AbortSignal): Promise<ReadonlyMap<string, T>> {
    signal?.throwIfAborted();
    if (this.#closing.signal.aborted) throw this.#closing.signal.reason;
    if (this.#entries && this.#ageMillis() < this.#refreshMillis) return this.#entries;
    const loading = this.#load();
    return signal ? abortable(loading, signal) : loading;
  }

  /** The list, waiting at most `waitMillis`: then an older one, or `venue.unreachable` if there never was one. */
  async entriesWithin(waitMillis: number): Promise<ReadonlyMap<string, T>> {
    const { clock } = this.#options;
    const deadline = new AbortController();
    const timer = clock.setTimer(waitMillis, () =>
      deadline.abort(
        venueError("venue.unreachable", `the venue's symbol list did not arrive within ${waitMillis} ms`),
      ),
    );
    try {
      return await this.entries(deadline.signal);
    } catch (error) {
      if (deadline.signal.aborted && this.#entries) return this.#entries;
      throw error;
    } finally {
      timer.cancel();
    }
  }

  /** Near names of a wrong one, best first, at most five. */
  suggestions(name: string): string[] {
    return this.#entries ? nearestNames(name, this.#entries.keys(), 5) : [];
  }

  /** One entry is known to have changed, ahead of the next reading; nothing happens before the first. */
  amend(name: string, entry: T): void {
    if (this.#entries) this.#entries = new Map(this.#entries).set(name, entry);
  }

  /** Reads the list again within so long, whatever its age; a reading under way does not count. */
  renewWithin(millis: number): void {
    if (this.#closing.signal.aborted) return;
    if (this.#awaited) this.#afterLoadMillis = Math.min(this.#afterLoadMillis, millis);
    else if (this.#entries) this.#scheduleRenewal(millis);
  }

  /** Ends loading and renewing; whoever waits gets `venue.closed`. */
  close(): void {
    this.#timer?.cancel();
    this.#closing.abort(venueError("venue.closed", "the symbol list was asked for after the shutdown"));
  }

  #ageMillis(): number {
    return this.#options.clock.monotonicMillis() - this.#loadedAtMillis;
  }

  #load(): Promise<ReadonlyMap<string, T>> {
    this.#loading ??= this.#loadOnce().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadOnce(): Promise<ReadonlyMap<string, T>> {
    const isReload = this.#entries !== undefined;
    this.#awaited = true;
    const entries = await this.#options.load(this.#closing.signal).finally(() => {
      this.#awaited = false;
    });
    this.#closing.signal.throwIfAborted();
    this.#entries = entries;
    this.#loadedAtMillis = this.#options.clock.monotonicMillis();
    this.#renewalAtMillis = Number.POSITIVE_INFINITY;
    // A little before the limit, so that nobody has to wait for it.
    this.#scheduleRenewal(Math.min(this.#refreshMillis * 0.95, this.#afterLoadMillis));
    this.#afterLoadMillis = Number.POSITIVE_INFINITY;
    if (isReload) this.#options.onRefreshed?.(entries);
    return entries;
  }

  /** Unless it is due earlier. */
  #scheduleRenewal(inMillis: number): void {
    const { clock, logger } = this.#options;
    const atMillis = clock.monotonicMillis() + inMillis;
    if (atMillis >= this.#renewalAtMillis) return;
    this.#renewalAtMillis = atMillis;
    this.#timer?.cancel();
    this.#timer = clock.setTimer(inMillis, () => {
      this.#renewalAtMillis = Number.POSITIVE_INFINITY;
      this.#load().catch((error: unknown) => {
        if (this.#closing.signal.aborted) return;
        logger.error({ error: describeError(error) }, "the symbol list could not be renewed");
        this.#scheduleRenewal(this.#refreshMillis * 0.95);
      });
    });
  }
}

/** Follows `promise`, but rejects with the signal's reason as soon as it aborts. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

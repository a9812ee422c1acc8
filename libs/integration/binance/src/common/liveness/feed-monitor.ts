import { setMaxListeners } from "node:events";
import type { Clock, DataType, TimerHandle } from "@ims/common";
import { type FeedLiveness, LivenessAction } from "@ims/integration-kit";

/** One subscription under watch. */
export interface MonitoredFeed {
  readonly stream: string;
  readonly symbol: string;
  readonly dataType: DataType;
  /** In front of `/stream`. */
  readonly path: string;
  readonly liveness: FeedLiveness;
}

/** What a check found; see {@link FeedLiveness.verdict}. */
export interface CrossCheckResult {
  readonly verdict: "dead" | "quiet" | "unknown";
  readonly text: string;
}

export interface FeedMonitorOptions {
  readonly clock: Clock;
  readonly feeds: () => Iterable<MonitoredFeed>;
  /** Whether nothing is read now on purpose. */
  readonly isPaused: () => boolean;
  /** Asks the venue or other streams, at once for all that are silent; must not reject. */
  readonly crossCheck: (feed: MonitoredFeed, signal: AbortSignal) => Promise<CrossCheckResult>;
  readonly restart: (feed: MonitoredFeed) => void;
  /** Called with every look, for whoever else needs one now and then. */
  readonly onLook?: () => void;
}

const LOOK_MILLIS = 250;

/** Looks at every subscription four times a second, with one timer for all. */
export class FeedMonitor {
  readonly #options: FeedMonitorOptions;
  readonly #closing = new AbortController();
  readonly #checks = new Set<Promise<void>>();
  #timer: TimerHandle | undefined;

  constructor(options: FeedMonitorOptions) {
    this.#options = options;
    // Every check under way listens for the end.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Starts looking; a second call does nothing. */
  start(): void {
    if (this.#timer || this.#closing.signal.aborted) return;
    this.#timer = this.#options.clock.setTimer(LOOK_MILLIS, () => {
      this.#timer = undefined;
      this.#lookAtAll();
      this.start();
    });
  }

  /** After it no timer is left and nothing is asked. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("watching ended"));
    this.#timer?.cancel();
    await Promise.all(this.#checks);
  }

  #lookAtAll(): void {
    const { clock, feeds, isPaused, onLook, restart } = this.#options;
    const nowMillis = clock.monotonicMillis();
    const paused = isPaused();
    for (const feed of feeds()) {
      if (paused) feed.liveness.held(nowMillis);
      const action = feed.liveness.look(nowMillis);
      if (action === LivenessAction.Restart) {
        restart(feed);
        feed.liveness.restarted(nowMillis);
      } else if (action === LivenessAction.CrossCheck) {
        this.#check(feed);
      }
    }
    onLook?.();
  }

  /** At most one at a time of each feed. */
  #check(feed: MonitoredFeed): void {
    const check: Promise<void> = this.#checkOne(feed).finally(() => this.#checks.delete(check));
    this.#checks.add(check);
  }

  async #checkOne(feed: MonitoredFeed): Promise<void> {
    const { clock, crossCheck } = this.#options;
    const { signal } = this.#closing;
    const { text, verdict } = await crossCheck(feed, signal);
    if (!signal.aborted) feed.liveness.verdict(verdict, clock.monotonicMillis(), text);
  }
}

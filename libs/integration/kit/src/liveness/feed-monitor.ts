import { setMaxListeners } from "node:events";
import type { Clock, TimerHandle } from "@ims/common";
import { type FeedLiveness, LivenessAction } from "./feed-liveness.js";

/** One subscription under watch. */
export interface MonitoredFeed {
  readonly liveness: FeedLiveness;
}

/** What a check found; see {@link FeedLiveness.verdict}. */
export interface CrossCheckResult {
  readonly verdict: "dead" | "quiet" | "unknown";
  readonly text: string;
}

export interface FeedMonitorOptions<Feed extends MonitoredFeed> {
  readonly clock: Clock;
  readonly feeds: () => Iterable<Feed>;
  /** Whether nothing is read now on purpose. */
  readonly isPaused: () => boolean;
  /** Asks the venue or other streams, at once for all that are silent; must not reject. */
  readonly crossCheck: (feed: Feed, signal: AbortSignal) => Promise<CrossCheckResult>;
  readonly restart: (feed: Feed) => void;
  /** Called with every look, for whoever else needs one now and then. */
  readonly onLook?: () => void;
}

const LOOK_MILLIS = 250;

/** Looks at every subscription four times a second, with one timer for all. */
export class FeedMonitor<Feed extends MonitoredFeed> {
  readonly #options: FeedMonitorOptions<Feed>;
  readonly #closing = new AbortController();
  readonly #checks = new Set<Promise<void>>();
  #timer: TimerHandle | undefined;

  constructor(options: FeedMonitorOptions<Feed>) {
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
  #check(feed: Feed): void {
    const check: Promise<void> = this.#checkOne(feed).finally(() => this.#checks.delete(check));
    this.#checks.add(check);
  }

  async #checkOne(feed: Feed): Promise<void> {
    const { clock, crossCheck } = this.#options;
    const { signal } = this.#closing;
    const { text, verdict } = await crossCheck(feed, signal);
    if (!signal.aborted) feed.liveness.verdict(verdict, clock.monotonicMillis(), text);
  }
}

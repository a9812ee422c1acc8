import { type Clock, type DataType, describeError, timeResolutionText } from "@ims/common";
import type { FeedRequest, ImsDataIntegration, IntegrationLogger } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { CLOCK, INTEGRATION, LOGGER } from "../service/tokens.js";
import { type Feed, feedKey } from "./feed.js";
import { SubscriptionTable } from "./subscription-table.js";

/** An integration retries behind its resolved calls; one that takes longer to place a subscription is not waited for. */
const PLACING_MILLIS_MAX = 3000;
/** Between two attempts to start what the venue refused. */
const RETRY_MILLIS = 1000;
/** Refused calls of one reconciliation after which groups are not split any more. */
const SPLIT_REFUSALS_MAX = 64;

/**
 * Makes the venue's feeds follow the subscription table: the first subscriber starts a feed, the last one stops it.
 * Calls of {@link reconcile} must not overlap.
 */
@scoped(Lifecycle.ContainerScoped)
export class FeedRunner {
  readonly #running = new Map<string, Feed>();
  /** Wanted feeds that are not running because the venue refused them. */
  readonly #failed = new Set<string>();
  /** Not to be started yet. */
  readonly #held = new Set<string>();
  #retryAtMillis = 0;

  constructor(
    @inject(SubscriptionTable) private readonly table: SubscriptionTable,
    @inject(INTEGRATION) private readonly integration: ImsDataIntegration,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: IntegrationLogger,
  ) {}

  /** Feeds that the integration was told to start and not to stop. */
  get runningCount(): number {
    return this.#running.size;
  }

  /** True when it is time to try again what the venue refused and somebody still wants. */
  get hasWork(): boolean {
    return this.#failed.size > 0 && this.clock.monotonicMillis() >= this.#retryAtMillis;
  }

  /** Does not start these feeds until {@link release}, wanted or not. */
  hold(feeds: readonly Feed[]): void {
    for (const feed of feeds) this.#held.add(feedKey(feed));
  }

  release(feeds: readonly Feed[]): void {
    for (const feed of feeds) this.#held.delete(feedKey(feed));
  }

  /** Starts and stops what differs; returns the feeds that could not be started, by key, with the venue's error. */
  async reconcile(): Promise<Map<string, unknown>> {
    this.#failed.clear();
    const toStart = this.table.wantedFeeds().filter((feed) => {
      const key = feedKey(feed);
      return !this.#running.has(key) && !this.#held.has(key);
    });
    const toStop = [...this.#running.values()].filter((feed) => !this.table.isWanted(feed));
    const failures = new Map<string, unknown>();
    const refusals = { count: 0 };
    await Promise.all([
      ...groups(toStart).map((group) => this.#start(group, failures, refusals)),
      ...groups(toStop).map((group) => this.#stop(group)),
    ]);
    for (const key of failures.keys()) this.#failed.add(key);
    if (failures.size > 0) this.#retryAtMillis = this.clock.monotonicMillis() + RETRY_MILLIS;
    return failures;
  }

  isRunning(feed: Feed): boolean {
    return this.#running.has(feedKey(feed));
  }

  /**
   * Starts feeds that run once more, which has the venue pass on whole books again. What fails is only logged: readers
   * of a book know by themselves that it is not whole.
   */
  async renew(feeds: readonly Feed[]): Promise<void> {
    const running = feeds.filter((feed) => this.isRunning(feed));
    await Promise.all(
      groups(running).map(async (group) => {
        try {
          await this.#within(invoke(() => this.integration.start(requestOf(group), symbolsOf(group))));
        } catch (error) {
          this.logger.warn(describe(group, error), "the venue did not pass on whole books again");
        }
      }),
    );
  }

  /** A group that is refused is split until the feed is found that the venue does not start; the others run. */
  async #start(group: Feed[], failures: Map<string, unknown>, refusals: { count: number }): Promise<void> {
    for (const feed of group) this.#running.set(feedKey(feed), feed);
    const placing = invoke(() => this.integration.start(requestOf(group), symbolsOf(group)));
    try {
      const placed = await this.#within(placing);
      if (placed) return;
    } catch (error) {
      for (const feed of group) this.#running.delete(feedKey(feed));
      if (group.length > 1 && ++refusals.count <= SPLIT_REFUSALS_MAX) {
        const half = Math.ceil(group.length / 2);
        await this.#start(group.slice(0, half), failures, refusals);
        await this.#start(group.slice(half), failures, refusals);
        return;
      }
      this.logger.error(describe(group, error), "the venue feed could not be started");
      for (const feed of group) failures.set(feedKey(feed), error);
      return;
    }
    this.logger.warn(describe(group), "the venue feed is not placed yet; the integration goes on trying");
    placing.catch((error: unknown) => {
      this.logger.error(describe(group, error), "the venue feed could not be started; it is tried again");
      for (const feed of group) {
        this.#running.delete(feedKey(feed));
        this.#failed.add(feedKey(feed));
      }
      this.#retryAtMillis = this.clock.monotonicMillis() + RETRY_MILLIS;
    });
  }

  async #stop(group: Feed[]): Promise<void> {
    const stopping = invoke(() => this.integration.stop(requestOf(group), symbolsOf(group)));
    try {
      const stopped = await this.#within(stopping);
      if (!stopped) {
        stopping.catch((error: unknown) =>
          this.logger.error(describe(group, error), "the venue feed could not be stopped"),
        );
      }
      for (const feed of group) this.#running.delete(feedKey(feed));
    } catch (error) {
      // Still running as far as anyone knows: the next change tries again.
      this.logger.error(describe(group, error), "the venue feed could not be stopped");
    }
  }

  /** False when the call has not ended in time; rejects as it does. */
  #within(call: Promise<void>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimer(PLACING_MILLIS_MAX, () => resolve(false));
      call.then(
        () => {
          timer.cancel();
          resolve(true);
        },
        (error: unknown) => {
          timer.cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}

/** One call per data type and resolution. */
function groups(feeds: readonly Feed[]): Feed[][] {
  const byCall = new Map<string, Feed[]>();
  for (const feed of feeds) {
    const call = `${feed.dataType}:${feed.resolution}`;
    const group = byCall.get(call);
    if (group) group.push(feed);
    else byCall.set(call, [feed]);
  }
  return [...byCall.values()];
}

/** What the integration is asked for; all feeds of a group ask for the same. */
function requestOf(group: readonly Feed[]): FeedRequest {
  const { dataType, resolution } = group[0]!;
  const text = timeResolutionText(resolution);
  // Requests for unknown data types are refused before there is a feed.
  return { dataType: dataType as DataType, ...(text === undefined ? {} : { resolution: text }) };
}

function symbolsOf(group: readonly Feed[]): string[] {
  return group.map((feed) => feed.symbol);
}

/** A plugin that throws instead of rejecting is treated alike. */
async function invoke(call: () => Promise<void>): Promise<void> {
  await call();
}

function describe(group: Feed[], error?: unknown): object {
  const symbols = group.slice(0, 10).map((feed) => feed.symbol);
  return {
    dataType: group[0]!.dataType,
    resolution: group[0]!.resolution,
    symbols,
    symbolCount: group.length,
    ...(error === undefined ? {} : { error: describeError(error) }),
  };
}

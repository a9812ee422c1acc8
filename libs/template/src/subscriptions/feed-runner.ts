import { type Clock, type DataType, describeError, timeResolutionText } from "@ims/common";
import type { FeedRequest, ImsDataIntegration, IntegrationLogger } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { CLOCK, INTEGRATION, LOGGER } from "../service/tokens.js";
import { type Feed, feedKey } from "./feed.js";
import { SubscriptionTable } from "./subscription-table.js";

/** An integration retries behind its resolved calls; one that takes longer to place a subscription is not waited for. */
const PLACING_MILLIS_MAX = 3000;

/**
 * Makes the venue's feeds follow the subscription table: the first subscriber starts a feed, the last one stops it.
 * Calls of {@link reconcile} must not overlap.
 */
@scoped(Lifecycle.ContainerScoped)
export class FeedRunner {
  readonly #running = new Map<string, Feed>();
  readonly #failedLate = new Set<string>();

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

  /** True when a feed that somebody wants is not running, because placing it failed after its request was answered. */
  get hasWork(): boolean {
    return this.#failedLate.size > 0;
  }

  /** Starts and stops what differs; returns the feeds that could not be started, by key, with the venue's error. */
  async reconcile(): Promise<Map<string, unknown>> {
    this.#failedLate.clear();
    const wanted = this.table.wantedFeeds();
    const toStart = wanted.filter((feed) => !this.#running.has(feedKey(feed)));
    const toStop = [...this.#running.values()].filter((feed) => !this.table.isWanted(feed));
    const failures = new Map<string, unknown>();
    await Promise.all([
      ...groups(toStart).map((group) => this.#start(group, failures)),
      ...groups(toStop).map((group) => this.#stop(group)),
    ]);
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

  async #start(group: Feed[], failures: Map<string, unknown>): Promise<void> {
    for (const feed of group) this.#running.set(feedKey(feed), feed);
    const placing = invoke(() => this.integration.start(requestOf(group), symbolsOf(group)));
    try {
      const placed = await this.#within(placing);
      if (placed) return;
    } catch (error) {
      this.logger.error(describe(group, error), "the venue feed could not be started");
      for (const feed of group) {
        this.#running.delete(feedKey(feed));
        failures.set(feedKey(feed), error);
      }
      return;
    }
    this.logger.warn(describe(group), "the venue feed is not placed yet; the integration goes on trying");
    placing.catch((error: unknown) => {
      this.logger.error(describe(group, error), "the venue feed could not be started; it is tried again");
      for (const feed of group) {
        this.#running.delete(feedKey(feed));
        this.#failedLate.add(feedKey(feed));
      }
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

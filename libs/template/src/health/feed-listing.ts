import { dataTypeName, FeedState, type SubscriptionReport, timeResolutionText } from "@ims/common";
import type { ImsDataIntegration, SubscriptionStatus } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { SbeSink } from "../publishing/sbe-sink.js";
import { INTEGRATION } from "../service/tokens.js";
import { type Feed, feedKey } from "../subscriptions/feed.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";

/** As they stand in reports. */
const FEED_STATES: Readonly<Record<FeedState, string>> = {
  [FeedState.Starting]: "starting",
  [FeedState.Live]: "live",
  [FeedState.Quiet]: "quiet",
  [FeedState.Stale]: "stale",
  [FeedState.Dead]: "dead",
  [FeedState.Refused]: "refused",
  [FeedState.Stopped]: "stopped",
};

export const FEED_STATE_NAMES: readonly string[] = Object.values(FEED_STATES);

/** One feed that somebody wants, and what the venue says of it. */
export interface ListedFeed {
  readonly feed: Feed;
  readonly state: FeedState;
  /** Undefined while the venue does not know of it. */
  readonly atVenue: SubscriptionStatus | undefined;
}

/** The feeds that somebody wants, as they are now. */
@scoped(Lifecycle.ContainerScoped)
export class FeedListing {
  constructor(
    @inject(INTEGRATION) private readonly integration: Pick<ImsDataIntegration, "status">,
    @inject(SubscriptionTable) private readonly subscriptions: SubscriptionTable,
    @inject(SbeSink) private readonly sink: SbeSink,
  ) {}

  list(): ListedFeed[] {
    const known = new Map<string, SubscriptionStatus>();
    for (const status of this.integration.status().subscriptions)
      known.set(`${status.dataType}:${status.resolution ?? ""}:${status.symbol}`, status);
    return this.subscriptions.wantedFeeds().map((feed) => {
      const resolution = timeResolutionText(feed.resolution);
      const atVenue = known.get(`${feed.dataType}:${resolution ?? ""}:${feed.symbol}`);
      return { feed, atVenue, state: atVenue?.feedState ?? FeedState.Starting };
    });
  }

  report(listed: ListedFeed): SubscriptionReport {
    const { feed, atVenue } = listed;
    const resolution = timeResolutionText(feed.resolution);
    const meter = this.sink.meterOf(feed);
    const lastMicros = meter?.lastMicros ?? 0;
    return {
      ...namesOf(listed),
      ...(resolution === undefined ? {} : { resolution }),
      subscriberCount: this.subscriptions.subscribersOf(feed).length,
      state: atVenue?.state ?? "pending",
      expectedSeconds: atVenue?.expectedMicros ? atVenue.expectedMicros / 1e6 : null,
      lastMessageAt: lastMicros === 0 ? null : new Date(lastMicros / 1000).toISOString(),
      ratePerSecond: meter?.ratePerSecond ?? null,
      lagSeconds: meter?.lagSeconds ?? null,
      missingCount: this.sink.missingCountOf(feed),
    };
  }
}

/** What a feed is called in reports. */
export function namesOf({
  feed,
  state,
}: ListedFeed): Pick<SubscriptionReport, "symbol" | "dataType" | "feedState"> {
  const dataType = dataTypeName(feed.dataType) ?? feedKey(feed);
  return { dataType, symbol: feed.symbol, feedState: FEED_STATES[state] };
}

/** How many feeds are in which state, by the state's name. */
export function countStates(feeds: readonly ListedFeed[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of feeds) {
    const name = FEED_STATES[state];
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

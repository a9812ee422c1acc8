import { dataTypeName, FeedState, timeResolutionText } from "@ims/common";
import type { FeedEntry } from "../settings/feed-entries.js";
import { feedKey } from "../subscriptions/feed.js";
import type { ListedFeed } from "./feed-listing.js";

/** Of the symbols behind a `*`, so many may be silent: single ones come and go, which says nothing of the service. */
const WILDCARD_FRESH_SHARE_MIN = 0.5;
/** Symbols that one sentence names. */
const NAMED_MAX = 5;

/**
 * Why required feeds are not fresh, one sentence for each entry of the configuration; empty when they are. A feed is
 * fresh when it is live, or quiet because the venue has nothing for it. Of an entry with names each has to be fresh; of
 * one for every symbol at least half, and one. Feeds that the venue refuses are left out: waiting does not help them.
 */
export function staleness(required: readonly FeedEntry[], feeds: readonly ListedFeed[]): string[] {
  if (required.length === 0) return [];
  const byKey = new Map(feeds.map((listed) => [feedKey(listed.feed), listed]));
  return required.flatMap((entry) => {
    const { dataType, resolution, symbols } = entry;
    const wanted =
      symbols === "*"
        ? feeds.filter(({ feed }) => feed.dataType === dataType && feed.resolution === resolution)
        : symbols.map(
            (symbol) => byKey.get(feedKey({ dataType, resolution, symbol })) ?? { missing: symbol },
          );
    const offered = wanted.filter((listed) => "missing" in listed || listed.state !== FeedState.Refused);
    const silent = offered.filter((listed) => "missing" in listed || !isFresh(listed.state));
    const isEnough =
      symbols === "*"
        ? offered.length > 0 && offered.length - silent.length >= offered.length * WILDCARD_FRESH_SHARE_MIN
        : silent.length === 0;
    return isEnough ? [] : [sentence(entry, silent, offered.length)];
  });
}

function isFresh(state: FeedState): boolean {
  return state === FeedState.Live || state === FeedState.Quiet;
}

function sentence(
  { dataType, resolution }: FeedEntry,
  silent: readonly (ListedFeed | { readonly missing: string })[],
  offeredCount: number,
): string {
  const text = timeResolutionText(resolution);
  const name = `${dataTypeName(dataType)}${text === undefined ? "" : ` ${text}`}`;
  if (offeredCount === 0) return `no required feed of ${name} runs yet`;
  const symbols = silent.map((listed) => ("missing" in listed ? listed.missing : listed.feed.symbol));
  const named = symbols.slice(0, NAMED_MAX).join(", ");
  const rest = symbols.length > NAMED_MAX ? ` and ${symbols.length - NAMED_MAX} more` : "";
  return `${silent.length} of ${offeredCount} required feeds of ${name} are not fresh: ${named}${rest}`;
}

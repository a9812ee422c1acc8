import { didYouMean, STATUS_PAGE_DEFAULT, STATUS_PAGE_MAX, type SubscriptionReport } from "@ims/common";
import { FEED_STATE_NAMES } from "./feed-listing.js";

/** Which feeds `/status` shows: `?symbol=BTC&type=trades&state=stale&offset=0&limit=500`. */
export interface StatusQuery {
  readonly offset: number;
  /** 1 to {@link STATUS_PAGE_MAX}. */
  readonly limit: number;
  /** Begins of symbols, in any case. */
  readonly symbol?: string;
  /** Data type name, for example `trades`. */
  readonly type?: string;
  /** Feed state, for example `stale`. */
  readonly state?: string;
}

const KEYS = ["offset", "limit", "symbol", "type", "state"];

/** The query of a URL, or a sentence that says what is wrong with it. */
export function parseStatusQuery(parameters: URLSearchParams): StatusQuery | string {
  for (const key of parameters.keys())
    if (!KEYS.includes(key)) return `${key} is not known; known: ${KEYS.join(", ")}`;
  const offset = wholeNumber(parameters.get("offset") ?? "0");
  if (offset === undefined) return "offset has to be a whole number from 0";
  const limit = wholeNumber(parameters.get("limit") ?? String(STATUS_PAGE_DEFAULT));
  if (limit === undefined || limit < 1 || limit > STATUS_PAGE_MAX)
    return `limit has to be from 1 to ${STATUS_PAGE_MAX}`;
  const symbol = parameters.get("symbol");
  const type = parameters.get("type");
  const state = parameters.get("state");
  if (state && !FEED_STATE_NAMES.includes(state))
    return `state: "${state}" is none of ${FEED_STATE_NAMES.join(", ")}${didYouMean(state, FEED_STATE_NAMES)}`;
  return {
    offset,
    limit,
    ...(symbol ? { symbol } : {}),
    ...(type ? { type } : {}),
    ...(state ? { state } : {}),
  };
}

/** Whether a feed is shown. */
export function matches(
  query: StatusQuery,
  { symbol, dataType, feedState }: Pick<SubscriptionReport, "symbol" | "dataType" | "feedState">,
): boolean {
  return (
    (query.symbol === undefined || symbol.toUpperCase().startsWith(query.symbol.toUpperCase())) &&
    (query.type === undefined || dataType === query.type) &&
    (query.state === undefined || feedState === query.state)
  );
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

import { type Clock, describeError, sleep } from "@ims/common";
import type { CrossCheckResult, JsonObject } from "@ims/integration-kit";
import type { IntegrationContext } from "@ims/traits";
import { BookFeed } from "./feeds/book-feed.js";
import type { DeribitFeed } from "./feeds/deribit-feed.js";
import { TradesFeed } from "./feeds/trades-feed.js";
import { readCount, readTimestamp } from "./json/number-fields.js";
import type { DeribitRequests } from "./rpc/deribit-requests.js";

/** A batch may be under way for so long. */
const BATCH_MICROS = 2_000_000;
const NEWEST_COUNT = 100;
const UNKNOWN: CrossCheckResult = { verdict: "unknown", text: "nobody can be asked" };

/** Whether a silent channel should have had records: asked over HTTP. Never rejects. */
export async function crossCheck(
  handler: DeribitFeed | undefined,
  symbol: string,
  silentMillis: number,
  requests: DeribitRequests,
  { clock }: IntegrationContext,
  signal: AbortSignal,
): Promise<CrossCheckResult> {
  try {
    if (handler instanceof TradesFeed) {
      const newest = await requests.newestTrades(symbol, NEWEST_COUNT, signal);
      return verdictOfTrades(newest, handler.lastSeq, silentMillis, clock.nowMicros());
    }
    if (handler instanceof BookFeed && handler.changeId !== 0) {
      const theirs = readCount(await requests.book(symbol, signal), "change_id");
      return await verdictOfBook(handler, theirs, clock, signal);
    }
    return UNKNOWN;
  } catch (error) {
    return { verdict: "unknown", text: `the venue could not be asked: ${describeError(error)}` };
  }
}

/** Dead if the channel has not brought a change after the time that it may be under way. */
async function verdictOfBook(
  handler: Pick<BookFeed, "changeId">,
  changeId: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<CrossCheckResult> {
  if (changeId <= handler.changeId)
    return { verdict: "quiet", text: "the venue's book has not changed either" };
  await sleep(clock, BATCH_MICROS / 1000, signal);
  if (handler.changeId === 0) return { verdict: "unknown", text: "the whole book is awaited" };
  return changeId <= handler.changeId
    ? { verdict: "quiet", text: "the channel has brought what the venue's book shows" }
    : { verdict: "dead", text: "the venue's book is newer than what the channel brought" };
}

/** Dead if a trade is missing that is too old to be under way, or if more are missing than can be under way. */
function verdictOfTrades(
  newest: readonly JsonObject[],
  lastSeq: number,
  silentMillis: number,
  nowMicros: number,
): CrossCheckResult {
  const ages = newest
    .filter((row) => lastSeq === 0 || readCount(row, "trade_seq") > lastSeq)
    .map((row) => nowMicros - readTimestamp(row, "timestamp"))
    .filter((age) => age < silentMillis * 1000);
  return ages.length === NEWEST_COUNT || ages.some((age) => age > BATCH_MICROS)
    ? { verdict: "dead", text: "the venue lists newer trades than the channel brought" }
    : { verdict: "quiet", text: "the venue has no newer trade either" };
}

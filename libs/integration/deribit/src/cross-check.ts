import { describeError } from "@ims/common";
import type { CrossCheckResult } from "@ims/integration-kit";
import type { IntegrationContext } from "@ims/traits";
import { BookFeed } from "./feeds/book-feed.js";
import type { DeribitFeed } from "./feeds/deribit-feed.js";
import { TradesFeed } from "./feeds/trades-feed.js";
import { readCount, readTimestamp } from "./json/number-fields.js";
import type { DeribitRequests } from "./rpc/deribit-requests.js";

/** A batch may be under way for so long. */
const BATCH_MICROS = 2_000_000;
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
      const row = await requests.newestTrade(symbol, signal);
      if (!row) return { verdict: "quiet", text: "the venue has no trade either" };
      const ageMicros = clock.nowMicros() - readTimestamp(row, "timestamp");
      const isNew =
        handler.lastSeq === 0
          ? ageMicros < silentMillis * 1000
          : readCount(row, "trade_seq") > handler.lastSeq;
      return isNew && ageMicros > BATCH_MICROS
        ? { verdict: "dead", text: "the venue lists newer trades than the channel brought" }
        : { verdict: "quiet", text: "the venue has no newer trade either" };
    }
    if (handler instanceof BookFeed && handler.changeId !== 0) {
      const isNew = readCount(await requests.book(symbol, signal), "change_id") > handler.changeId;
      return isNew
        ? { verdict: "dead", text: "the venue's book is newer than what the channel brought" }
        : { verdict: "quiet", text: "the venue's book has not changed either" };
    }
    return UNKNOWN;
  } catch (error) {
    return { verdict: "unknown", text: `the venue could not be asked: ${describeError(error)}` };
  }
}

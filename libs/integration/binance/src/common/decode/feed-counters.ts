/** Counts since the start, over all connections of one integration. */
export interface FeedCounters {
  tradeCount: number;
  barCount: number;
  topOfBookCount: number;
  /** Changes of books. */
  depthCount: number;
  partialDepthCount: number;
  markPriceCount: number;
  liquidationCount: number;
  tickerCount: number;
  /** Frames of walked kinds that the general parser read because their shape was unusual. */
  fallbackCount: number;
  rejectedCount: number;
  /** Futures prints of kind `NA` with price 0: dropped. */
  zeroPriceCount: number;
  /** Records of instruments or feeds that are not subscribed, such as those still in flight after a stop. */
  unsubscribedCount: number;
  /** Records of the other futures market, on streams that carry both: dropped. */
  otherProductCount: number;
  /** Binary messages of a kind that is not known here: skipped. */
  unknownTemplateCount: number;
}

export function createFeedCounters(): FeedCounters {
  return {
    tradeCount: 0,
    barCount: 0,
    topOfBookCount: 0,
    depthCount: 0,
    partialDepthCount: 0,
    markPriceCount: 0,
    liquidationCount: 0,
    tickerCount: 0,
    fallbackCount: 0,
    rejectedCount: 0,
    zeroPriceCount: 0,
    unsubscribedCount: 0,
    otherProductCount: 0,
    unknownTemplateCount: 0,
  };
}

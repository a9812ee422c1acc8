/** Counts since the start, over all connections of one integration. */
export interface FeedCounters {
  tradeCount: number;
  barCount: number;
  /** Trade frames that the general parser read because their shape was unusual. */
  fallbackCount: number;
  rejectedCount: number;
  /** Futures prints of kind `NA` with price 0: dropped. */
  zeroPriceCount: number;
  /** Records of instruments or bars that are not subscribed, such as those still in flight after a stop. */
  unsubscribedCount: number;
}

export function createFeedCounters(): FeedCounters {
  return {
    tradeCount: 0,
    barCount: 0,
    fallbackCount: 0,
    rejectedCount: 0,
    zeroPriceCount: 0,
    unsubscribedCount: 0,
  };
}

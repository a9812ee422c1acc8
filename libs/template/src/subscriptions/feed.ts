/** One stream of the venue: what the integration starts and stops. */
export interface Feed {
  readonly dataType: number;
  /** Time resolution number; 0 for anything but bars. */
  readonly resolution: number;
  /** The venue's own name. */
  readonly symbol: string;
}

/** Equal for equal feeds; symbols come last because they may hold any character. */
export function feedKey(feed: Feed): string {
  return `${feed.dataType}:${feed.resolution}:${feed.symbol}`;
}

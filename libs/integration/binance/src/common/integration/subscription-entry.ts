import {
  DataType,
  FeedState,
  type GapReason,
  type TimeResolution,
  type TimeResolutionText,
} from "@ims/common";
import type { LivenessPolicy } from "@ims/integration-kit";
import type { VenueStream } from "../connection/stream-carriers.js";
import type { DataFeed, InstrumentFeed } from "../decode/instrument-feed.js";
import type { WatchedFeed } from "../gaps/feed-gate.js";
import type { WatchedStream } from "../liveness/watched-stream.js";
import type { BinanceTradesChannel } from "../market/binance-market.js";

/** One stream as it was asked for. */
export interface BinanceSubscription {
  readonly dataType: DataType;
  readonly symbol: string;
  readonly resolution?: TimeResolutionText;
  readonly resolutionId?: TimeResolution;
  /** Of books: best levels, whole at every push, in place of the whole book. */
  readonly depth?: number | undefined;
  readonly stream: string;
  /** In front of `/stream`, where the venue serves it. */
  readonly path: string;
  readonly policy: LivenessPolicy;
  /** The stream of all symbols with the same records, if there is one. */
  readonly all?: VenueStream | undefined;
}

/** Makes good what a feed has missed, or tells of it. */
export interface Recovery {
  interrupted(reason: GapReason): void;
  /** A record came that could not be used. */
  recordLost?(): void;
  /** The venue took the subscription, again after an interruption. */
  acknowledged?(): void;
  check(nowMillis: number): void;
  close(): Promise<void>;
}

/** One subscription with all that is known of it. */
export interface SubscriptionEntry extends WatchedStream, WatchedFeed {
  readonly subscription: BinanceSubscription;
  readonly instrumentId: number;
  readonly data: DataFeed;
  readonly recovery: Recovery | undefined;
  /** Of books: what the book itself says. */
  bookState: { readonly state: FeedState; readonly text: string } | undefined;
}

/** Whether the subscription is to a whole book, which is kept here, and not to its best levels. */
export function isWholeBook({ dataType, depth }: BinanceSubscription): boolean {
  return dataType === DataType.Book && depth === undefined;
}

/**
 * A book that has records may still lack its snapshot: it says itself how it is, unless its stream is dead or ended. A
 * stream that has just begun to flow is live before the next look at it.
 */
export function stateOf({ bookState, lastMicros, liveness }: SubscriptionEntry): {
  state: FeedState;
  text: string;
} {
  const { state, text } = liveness;
  const isFlowing = state === FeedState.Starting || state === FeedState.Live || state === FeedState.Quiet;
  if (bookState && isFlowing) return bookState;
  return state === FeedState.Starting && lastMicros !== 0 && !bookState
    ? { state: FeedState.Live, text: "records come as expected" }
    : { state, text };
}

/** Which of the two streams of trades this one is. */
export function tradesChannelOf(stream: string): BinanceTradesChannel {
  return stream.endsWith("@aggTrade") ? "aggTrade" : "trade";
}

/** Where decoders look whether records of the subscription are wanted. */
export function dataFeed(
  feed: InstrumentFeed,
  { dataType, depth, resolutionId }: BinanceSubscription,
): DataFeed {
  if (depth !== undefined) return feed.partialBook;
  if (resolutionId === undefined) {
    const data = feed.of(dataType);
    if (data) return data;
    throw new RangeError(`there is no feed for data type ${dataType}`);
  }
  let bars = feed.bars.get(resolutionId);
  if (!bars) {
    bars = { active: false, lastMicros: 0 };
    feed.bars.set(resolutionId, bars);
  }
  return bars;
}

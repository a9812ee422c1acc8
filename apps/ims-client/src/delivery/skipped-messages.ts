import type { TimeResolutionText } from "@ims/common";
import type { MarketMessage, MarketMessageType } from "../records/market-message.js";

/** Messages of one feed that an iteration did not get. */
export interface SkippedFeed {
  readonly type: MarketMessageType;
  readonly symbol: string;
  /** Only of bars. */
  readonly resolution?: TimeResolutionText;
  readonly count: number;
  /** Of the first and the last of them; to read them after all, start the symbol anew from the first. */
  readonly partitionId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** Stands in an iteration with `onFull: "skip"` where messages are missing because the consumer was too slow. */
export interface SkippedMessage {
  readonly type: "skipped";
  readonly count: number;
  readonly feeds: readonly SkippedFeed[];
}

interface Mutable {
  readonly first: MarketMessage;
  lastOffset: number;
  count: number;
}

/** What was skipped since the last notice; as large as the number of feeds. */
export class SkippedMessages {
  readonly #feeds = new Map<string, Mutable>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(message: MarketMessage): void {
    this.#count++;
    const key = feedKey(message);
    const feed = this.#feeds.get(key);
    if (!feed) {
      this.#feeds.set(key, { first: message, lastOffset: message.offset, count: 1 });
      return;
    }
    feed.lastOffset = message.offset;
    feed.count++;
  }

  /** The notice of all that was skipped; from then on counts anew. */
  take(): SkippedMessage {
    const feeds = [...this.#feeds.values()].map(({ first, lastOffset, count }): SkippedFeed => {
      const { type, symbol, partitionId, offset } = first;
      const resolution = first.type === "bar" ? { resolution: first.resolution } : {};
      return { type, symbol, ...resolution, count, partitionId, firstOffset: offset, lastOffset };
    });
    const count = this.#count;
    this.#feeds.clear();
    this.#count = 0;
    return { type: "skipped", count, feeds };
  }
}

function feedKey(message: MarketMessage): string {
  return `${message.type} ${message.symbol} ${message.type === "bar" ? message.resolution : ""}`;
}

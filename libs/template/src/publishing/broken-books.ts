import { DataType, NO_RESOLUTION } from "@ims/common";
import { type Feed, feedKey } from "../subscriptions/feed.js";
import { type Channel, channelOf } from "./channels.js";
import type { PublishedInstrument } from "./published-instrument.js";
import type { RecordPublisher } from "./record-publisher.js";

/** Data of which a reader keeps a state that records change: it has to begin with the whole of it. */
export const BOOK_DATA_TYPES: ReadonlySet<number> = new Set([DataType.Book, DataType.Order]);

/**
 * Books, and books of single orders, that lost a record: their changes mean nothing until they are published whole
 * again, so they are given up too.
 */
export class BrokenBooks {
  readonly #broken = new Map<string, Feed>();

  constructor(private readonly out: Pick<RecordPublisher, "isShed">) {}

  /** Those that have to be published whole, without those that are given up at the moment anyway. */
  get count(): number {
    let count = 0;
    for (const feed of this.#broken.values()) if (!this.#isShed(feed)) count++;
    return count;
  }

  /**
   * Some of them, in turn: whoever asks has the venue pass them on whole. Those that stay broken come again after the
   * others.
   */
  some(countMax: number): Feed[] {
    const feeds = [...this.#broken].slice(0, countMax);
    for (const [key, feed] of feeds) {
      this.#broken.delete(key);
      this.#broken.set(key, feed);
    }
    return feeds.map(([, feed]) => feed);
  }

  has(instrument: PublishedInstrument, channel: Channel): boolean {
    return instrument.isBroken[channel] === true;
  }

  add(instrument: PublishedInstrument | undefined, channel: Channel, dataType: DataType): void {
    if (!instrument) return;
    instrument.isBroken[channel] = true;
    const feed = feedOf(dataType, instrument);
    this.#broken.set(feedKey(feed), feed);
  }

  /** It was published whole. */
  mended(instrument: PublishedInstrument, channel: Channel, dataType: DataType): void {
    if (!this.has(instrument, channel)) return;
    instrument.isBroken[channel] = false;
    this.#broken.delete(feedKey(feedOf(dataType, instrument)));
  }

  /** Nobody reads it any more. */
  forget(feed: Feed): void {
    this.#broken.delete(feedKey(feed));
  }

  #isShed({ dataType }: Feed): boolean {
    const channel = channelOf(dataType);
    return channel !== undefined && this.out.isShed(channel);
  }
}

function feedOf(dataType: DataType, { symbol }: PublishedInstrument): Feed {
  return { dataType, resolution: NO_RESOLUTION, symbol };
}

import type { MarketMessageType } from "../records/market-message.js";
import { NOTICE_TOPICS } from "../records/record-kinds.js";
import type { ImsTransport, PartitionPlace } from "../transport/ims-transport.js";
import type { PartitionReader, PartitionSubscription } from "./partition-reader.js";

/** One feed's place in each of the notice topics, in their order. */
export type NoticeSubscription = readonly PartitionSubscription[];

interface NoticeTopic {
  readonly place: PartitionPlace;
  readonly type: MarketMessageType;
  firstOffset: number;
}

/**
 * What the service says about feeds, gaps and states, stands in topics of its own. Of each feed that is subscribed the
 * client hears what was said since {@link prepare}, or since it last looked.
 */
export class FeedNotices {
  readonly #topics: readonly NoticeTopic[];
  #prepared: Promise<void> | undefined;

  constructor(
    private readonly transport: ImsTransport,
    stream: string,
    private readonly readerOf: (place: PartitionPlace, type: MarketMessageType) => PartitionReader,
  ) {
    this.#topics = NOTICE_TOPICS.map(({ topic, type }) => ({
      place: { stream, topic, partitionId: 0 },
      type,
      firstOffset: 0,
    }));
  }

  /** Finds where the topics end, once. Rejects while the broker cannot be asked; the next call tries again. */
  prepare(): Promise<void> {
    this.#prepared ??= this.#findEnds().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  /** A feed that ran before the service was started anew goes on where its readers stand. */
  follow(feed: PartitionSubscription): NoticeSubscription {
    return this.#topics.map(({ place, type, firstOffset }) => {
      const reader = this.readerOf(place, type);
      const subscription = { ...feed, nextOffset: Math.max(firstOffset, reader.cursor) };
      reader.add(subscription);
      return subscription;
    });
  }

  leave(subscription: NoticeSubscription): void {
    for (const [index, { place, type }] of this.#topics.entries()) {
      this.readerOf(place, type).remove(subscription[index]!);
    }
  }

  async #findEnds(): Promise<void> {
    await Promise.all(
      this.#topics.map(async (topic) => {
        topic.firstOffset = await this.transport.endOffset(topic.place);
      }),
    );
  }
}

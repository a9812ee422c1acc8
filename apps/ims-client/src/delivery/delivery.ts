import { setMaxListeners } from "node:events";
import {
  type Clock,
  type DataType,
  dataTypeName,
  type TimeResolutionText,
  timeResolutionText,
} from "@ims/common";
import type { StartAccepted } from "../control/reply.js";
import type { MarketMessageType } from "../records/market-message.js";
import { type FeedType, feedKindOf } from "../records/record-kinds.js";
import type { ImsTransport, PartitionPlace } from "../transport/ims-transport.js";
import { FeedNotices, type NoticeSubscription } from "./feed-notices.js";
import { type HubListener, MessageHub } from "./message-hub.js";
import type { MissedCause, MissedRecords } from "./missed-records.js";
import { PartitionReader, type PartitionSubscription, type ReaderListener } from "./partition-reader.js";
import { SharedWaits } from "./shared-waits.js";

/** One running subscription as users see it. */
export interface Subscription extends PartitionPlace {
  readonly type: FeedType;
  readonly symbol: string;
  /** Only of bars. */
  readonly resolution?: TimeResolutionText;
  /** Number of the instrument in the service's streams. */
  readonly instrumentId: number;
  /** Offset in the partition from which this client reads. */
  readonly firstOffset: number;
}

/** What identifies a subscription: the reply may change everything else. */
export interface SubscriptionKey {
  readonly dataType: DataType;
  readonly resolution: number;
  readonly symbol: string;
}

/** What the data side tells its owner. */
export interface DeliveryListener
  extends Pick<ReaderListener, "malformed" | "failed" | "duplicate">,
    Pick<HubListener, "slow"> {
  missed(missed: MissedRecords): void;
  /** All readers have seen what the broker of the newest session holds. */
  followed(): void;
}

interface Entry {
  readonly key: SubscriptionKey;
  readonly subscription: Subscription;
  readonly cursor: PartitionSubscription;
  readonly reader: PartitionReader;
  readonly notices: NoticeSubscription;
}

/** The data side of the client: which subscriptions run, and the readers that serve them. */
export class Delivery {
  readonly hub: MessageHub;
  readonly #entries = new Map<string, Entry>();
  readonly #readers = new Map<string, PartitionReader>();
  readonly #abort = new AbortController();
  readonly #notices: FeedNotices;
  readonly #waits: SharedWaits;

  readonly #readerListener: ReaderListener;

  /** @param marketDataStream where the service says what happens to feeds */
  constructor(
    private readonly transport: ImsTransport,
    clock: Clock,
    marketDataStream: string,
    private readonly listener: DeliveryListener,
  ) {
    // One for each partition that is read, and one for each that is about to be: many are no leak.
    setMaxListeners(0, this.#abort.signal);
    this.#waits = new SharedWaits(clock);
    this.#readerListener = {
      malformed: (record) => listener.malformed(record),
      failed: (error) => listener.failed(error),
      duplicate: () => listener.duplicate(),
      missed: (place, cause, expected, found) => this.#missed(place, cause, expected, found),
      followed: () => {
        if (this.hasFollowed) listener.followed();
      },
    };
    this.#notices = new FeedNotices(transport, marketDataStream, (place, type) =>
      this.#readerOf(place, [type]),
    );
    this.hub = new MessageHub({
      callbackFailed: (error) => listener.failed(error),
      slow: (iteration) => listener.slow(iteration),
    });
  }

  get subscriptions(): readonly Subscription[] {
    return [...this.#entries.values()].map((entry) => entry.subscription);
  }

  get keys(): readonly SubscriptionKey[] {
    return [...this.#entries.values()].map((entry) => entry.key);
  }

  find(key: SubscriptionKey): Subscription | undefined {
    return this.#entries.get(textOf(key))?.subscription;
  }

  /**
   * To be called before requests for data: from here on what the service says about the feeds is heard.
   * @throws what the transport throws while the broker is away
   */
  prepare(): Promise<void> {
    return this.#notices.prepare();
  }

  /** Whether all readers have looked at the broker of the newest session. */
  get hasFollowed(): boolean {
    for (const reader of this.#readers.values()) if (reader.isBehindSession) return false;
    return true;
  }

  /**
   * Whether a running feed has read beyond the end that a reply names: more was published while the reply was under way,
   * or the partition was begun anew. Its end of now tells which.
   */
  hasReadBeyond(key: SubscriptionKey, { firstOffset, place }: StartAccepted): boolean {
    const entry = this.#entries.get(textOf(key));
    return !!entry && samePlace(entry.subscription, place) && entry.cursor.nextOffset > firstOffset;
  }

  /**
   * Begins, or goes on, to read what a reply announced. A subscription that ran before the service was started anew
   * goes on where it was, so that nothing published meanwhile is left out.
   * @param firstOffset where a new subscription begins
   * @param endOffset where the partition ends: a subscription that has read further cannot go on there
   */
  start(
    key: SubscriptionKey,
    accepted: StartAccepted,
    firstOffset: number = accepted.firstOffset,
    endOffset: number = accepted.firstOffset,
  ): Subscription {
    const { type, messageTypes } = feedKindOf(key.dataType);
    const earlier = this.#entries.get(textOf(key));
    if (earlier) this.#remove(earlier);
    const goesOn =
      earlier !== undefined &&
      samePlace(earlier.subscription, accepted.place) &&
      earlier.cursor.nextOffset <= endOffset;
    const cursor: PartitionSubscription = {
      instrumentId: accepted.instrumentId,
      dataType: key.dataType,
      resolution: accepted.resolution,
      nextOffset: goesOn ? earlier.cursor.nextOffset : firstOffset,
    };
    const resolution = timeResolutionText(accepted.resolution);
    const subscription: Subscription = {
      type,
      symbol: key.symbol,
      ...(type === "bar" && resolution ? { resolution } : {}),
      ...accepted.place,
      instrumentId: accepted.instrumentId,
      firstOffset: cursor.nextOffset,
    };
    const reader = this.#readerOf(accepted.place, messageTypes);
    const notices = this.#notices.follow(cursor);
    this.#entries.set(textOf(key), { key, subscription, cursor, reader, notices });
    reader.add(cursor, cursor.nextOffset < accepted.firstOffset && !goesOn);
    if (earlier && !goesOn) {
      const cause = samePlace(earlier.subscription, accepted.place) ? "restarted" : "moved";
      this.listener.missed({
        ...accepted.place,
        cause,
        expectedOffset: earlier.cursor.nextOffset,
        foundOffset: firstOffset,
        subscriptions: [subscription],
      });
    }
    return subscription;
  }

  stop(key: SubscriptionKey): void {
    const entry = this.#entries.get(textOf(key));
    if (entry) this.#remove(entry);
  }

  stopAll(): void {
    for (const entry of [...this.#entries.values()]) this.#remove(entry);
  }

  /** Ends all readers; iterations end after what they hold, with the error if one is given. */
  close(failure?: { readonly error: unknown }): void {
    this.stopAll();
    this.#abort.abort();
    this.hub.end(failure);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(textOf(entry.key));
    entry.reader.remove(entry.cursor);
    this.#notices.leave(entry.notices);
  }

  #missed(place: PartitionPlace, cause: MissedCause, expectedOffset: number, foundOffset: number): void {
    const subscriptions: Subscription[] = [];
    for (const { subscription, cursor } of this.#entries.values()) {
      if (!samePlace(subscription, place)) continue;
      if (cause !== "expired" || cursor.nextOffset < foundOffset) subscriptions.push(subscription);
    }
    this.listener.missed({ ...place, cause, expectedOffset, foundOffset, subscriptions });
  }

  #readerOf(place: PartitionPlace, types: readonly MarketMessageType[]): PartitionReader {
    const name = `${place.stream}/${place.topic}/${place.partitionId}`;
    let reader = this.#readers.get(name);
    if (!reader) {
      reader = new PartitionReader(
        place,
        types,
        this.transport,
        this.hub,
        this.#waits,
        this.#abort.signal,
        this.#readerListener,
      );
      this.#readers.set(name, reader);
    }
    return reader;
  }
}

function textOf({ dataType, resolution, symbol }: SubscriptionKey): string {
  return `${dataTypeName(dataType)} ${resolution} ${symbol}`;
}

function samePlace(a: PartitionPlace, b: PartitionPlace): boolean {
  return a.stream === b.stream && a.topic === b.topic && a.partitionId === b.partitionId;
}

import { type Clock, describeError, InstrumentMap, isImsError } from "@ims/common";
import { fail } from "../errors/client-errors.js";
import type { MarketMessageType } from "../records/market-message.js";
import { RecordDecoder } from "../records/record-decoder.js";
import { IdleWait } from "../transport/idle-wait.js";
import type { ImsTransport, PartitionPlace, PolledRecords } from "../transport/ims-transport.js";
import type { MessageHub } from "./message-hub.js";
import type { MissedCause } from "./missed-records.js";
import { RecentRecords } from "./recent-records.js";

/** A record that could not be read; it was skipped and the ones after it are delivered. */
export interface MalformedRecord extends PartitionPlace {
  readonly offset: number;
  readonly reason: string;
  /** Malformed records of this client so far. */
  readonly count: number;
}

/** Where one subscription stands in its partition. */
export interface PartitionSubscription {
  readonly instrumentId: number;
  /** Data type number. */
  readonly dataType: number;
  /** Time resolution number; 0 for anything but bars. */
  readonly resolution: number;
  /** Records before it belong to the past, or were delivered. */
  nextOffset: number;
}

export interface ReaderListener {
  malformed(record: Omit<MalformedRecord, "count">): void;
  /** Reading does not go on where it should: what stood between was not given out. */
  missed(place: PartitionPlace, cause: MissedCause, expectedOffset: number, foundOffset: number): void;
  /** The reader has seen whether the broker of a new session still holds what it reads. */
  followed(): void;
  failed(error: Error): void;
  /** A copy of a record that was given out before, stored once more by a batch that was sent again. */
  duplicate(): void;
}

const POLL_COUNT_MAX = 1000;
/** What a producer can have on its way and not confirmed, four batches of a thousand, may be stored once more. */
const COPY_DISTANCE_MAX = 4000;
/** What a poll brought: nothing, all that there was, or perhaps not all. */
const Found = { Nothing: 0, All: 1, More: 2 } as const;
type Found = (typeof Found)[keyof typeof Found];
/** Data types and resolutions are octets: with the number of an instrument they make a subscription's key below 2^48. */
const OCTET_COUNT = 256;

/**
 * The one poll loop of a partition, for all subscriptions that have their data there. It runs while there are
 * subscriptions and consumers, and its cursor is kept here, not in the broker.
 *
 * Each subscription remembers its own next offset. One that begins before the cursor (its reply came late) moves the
 * cursor back; records that the others already had are then not given out again. Nor are copies, which a batch leaves
 * that was stored, not answered for, and sent again.
 */
export class PartitionReader {
  readonly #subscriptions = new Map<number, PartitionSubscription>();
  /** Subscriptions of each instrument: most records of a partition are of others, and this look-up costs the least. */
  readonly #readCounts = new InstrumentMap<number>();
  readonly #decoder: RecordDecoder;
  readonly #recent = new RecentRecords();
  #cursor = 0;
  #running = false;
  #isFailing = false;
  #sessionSeen: number;

  constructor(
    readonly place: PartitionPlace,
    /** What the partition holds. */
    readonly types: readonly MarketMessageType[],
    private readonly transport: ImsTransport,
    private readonly hub: MessageHub,
    /** For its pauses. */
    private readonly clock: Pick<Clock, "setTimer">,
    private readonly signal: AbortSignal,
    private readonly listener: ReaderListener,
  ) {
    this.#sessionSeen = transport.sessionCount;
    this.#decoder = new RecordDecoder(place.partitionId);
  }

  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  /** The offset up to which records were given out, or passed over. */
  get cursor(): number {
    return this.#cursor;
  }

  /**
   * @param isResumed it begins in the past: copies of records before its beginning, which its program may have had in an
   *   earlier run, are not given out either
   */
  add(subscription: PartitionSubscription, isResumed = false): void {
    const from = Math.max(0, subscription.nextOffset - (isResumed ? COPY_DISTANCE_MAX : 0));
    if (this.#subscriptions.size === 0) this.#cursor = from;
    else this.#cursor = Math.min(this.#cursor, from);
    if (!this.#subscriptions.has(keyOf(subscription))) this.#countReads(subscription.instrumentId, 1);
    this.#subscriptions.set(keyOf(subscription), subscription);
    if (this.#running || this.signal.aborted) return;
    this.#running = true;
    void this.#run();
  }

  remove(subscription: PartitionSubscription): void {
    const key = keyOf(subscription);
    if (this.#subscriptions.get(key) === subscription) {
      this.#subscriptions.delete(key);
      this.#countReads(subscription.instrumentId, -1);
    }
    // A loop that waits for consumers must see that it may end.
    this.hub.wake();
  }

  /** Whether it reads, and has not yet looked at the broker of the newest session. */
  get isBehindSession(): boolean {
    return this.#running && this.#isWanted && this.#sessionSeen !== this.transport.sessionCount;
  }

  get #isWanted(): boolean {
    return this.#subscriptions.size > 0 && !this.signal.aborted;
  }

  #countReads(instrumentId: number, change: number): void {
    this.#readCounts.set(instrumentId, (this.#readCounts.get(instrumentId) ?? 0) + change);
  }

  async #run(): Promise<void> {
    const wait = new IdleWait(this.clock, this.signal);
    while (this.#isWanted) {
      try {
        // Also while nobody takes records: whoever waits for the broker's return must not wait for a slow consumer.
        await this.#followBroker();
        if (!this.hub.accepts(this.types)) {
          await this.hub.changed();
          continue;
        }
        const found = await this.#readOnce();
        if (found !== Found.Nothing) wait.reset();
        if (found !== Found.More) await wait.afterNothing();
      } catch (error) {
        if (!this.signal.aborted) this.#report(error);
        await wait.afterFailure();
      }
    }
    wait.end();
    this.#running = false;
  }

  /** After a new broker session: a partition that ends before the cursor was begun anew. */
  async #followBroker(): Promise<void> {
    const { sessionCount } = this.transport;
    if (sessionCount === this.#sessionSeen) return;
    const end = await this.transport.endOffset(this.place);
    this.#sessionSeen = sessionCount;
    if (end < this.#cursor) {
      const expected = this.#cursor;
      this.#cursor = 0;
      for (const subscription of this.#subscriptions.values()) subscription.nextOffset = 0;
      this.listener.missed(this.place, "restarted", expected, 0);
    }
    this.listener.followed();
  }

  /** One poll and what it brought. */
  async #readOnce(): Promise<Found> {
    const from = this.#cursor;
    const records = await this.transport.poll(this.place, from, POLL_COUNT_MAX);
    this.#isFailing = false;
    if (!records) return Found.Nothing;
    try {
      if (!(await this.#deliver(records, from))) return Found.Nothing;
      const { currentOffset = Number.POSITIVE_INFINITY } = records;
      return this.#cursor > currentOffset ? Found.All : Found.More;
    } finally {
      records.release();
    }
  }

  /**
   * Gives out the records of a poll that began at `from`; false if there were none. A cursor that is not where this
   * loop left it was moved back by a new subscription: the rest is then left to the next poll.
   */
  async #deliver(records: PolledRecords, from: number): Promise<boolean> {
    let found = false;
    let expected = from;
    if (this.#cursor !== from) return true;
    while (this.#isWanted && this.#cursor === expected && records.next()) {
      found = true;
      if (records.offset < expected) continue;
      while (!this.hub.accepts(this.types)) {
        await this.hub.changed();
        // After a new session the rest is read again, behind a look at what the broker holds.
        if (!this.#isWanted || this.#cursor !== expected || this.isBehindSession) return true;
      }
      if (records.offset > expected) this.#skipped(expected, records.offset);
      expected = records.offset + 1;
      this.#cursor = expected;
      this.#deliverOne(records);
    }
    return found;
  }

  /** Records between are gone. What stood before all subscriptions is missed by nobody. */
  #skipped(expected: number, found: number): void {
    let lowest = found;
    for (const { nextOffset } of this.#subscriptions.values()) lowest = Math.min(lowest, nextOffset);
    if (lowest < found) this.listener.missed(this.place, "expired", Math.max(expected, lowest), found);
  }

  #deliverOne(records: PolledRecords): void {
    const decoder = this.#decoder;
    try {
      if (!decoder.wrap(records) || !this.types.includes(decoder.type)) return;
      if ((this.#readCounts.get(decoder.instrumentId) ?? 0) === 0) return;
      const subscription = this.#subscriptions.get(keyOf(decoder));
      if (!subscription) return;
      if (decoder.offset < subscription.nextOffset) {
        this.#recent.isCopy(records);
        return;
      }
      subscription.nextOffset = decoder.offset + 1;
      if (this.#recent.isCopy(records)) this.listener.duplicate();
      else this.hub.publish(decoder);
    } catch (error) {
      this.listener.malformed({ ...this.place, offset: records.offset, reason: describeError(error) });
    }
  }

  /** Once per run of failures; a lost connection is the transport's to tell. */
  #report(error: unknown): void {
    if (this.#isFailing || isConnectionError(error)) return;
    this.#isFailing = true;
    const { stream, topic, partitionId } = this.place;
    this.listener.failed(
      fail("client.read-failed", `Partition ${partitionId} of ${stream}/${topic} cannot be read`, {
        cause: error,
        context: { ...this.place },
      }),
    );
  }
}

function isConnectionError(error: unknown): boolean {
  return isImsError(error) && (error.retryable || error.code === "iggy-client.outcome-unknown");
}

function keyOf(record: Omit<PartitionSubscription, "nextOffset">): number {
  return (record.instrumentId * OCTET_COUNT + record.dataType) * OCTET_COUNT + record.resolution;
}

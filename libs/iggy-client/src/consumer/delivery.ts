import type { Listeners } from "../listeners.js";
import type { Assignment } from "./assignment.js";
import type { ConsumedBatch } from "./consumed-batch.js";
import { ConsumedMessage } from "./consumed-message.js";
import type { ConsumerCounters } from "./consumer-counters.js";
import { consumerError } from "./consumer-errors.js";
import type { ConsumerEvents } from "./consumer-options.js";
import type { ConsumerRequests } from "./consumer-requests.js";
import type { ConsumerSettings } from "./consumer-settings.js";
import type { FetchedBatch } from "./fetched-batches.js";
import type { PartitionCommits } from "./partition-commits.js";
import type { PartitionReader } from "./partition-reader.js";

export interface DeliveryHost {
  readonly settings: ConsumerSettings;
  readonly requests: ConsumerRequests;
  readonly counters: ConsumerCounters;
  readonly events: Listeners<ConsumerEvents>;
}

/**
 * Gives batches and messages to the application one after the other, and keeps account of what it has taken and what it
 * is done with. Something is handled when `finish` is called: for iterators, when they are asked for the next one.
 */
export class Delivery {
  private active: FetchedBatch | undefined;
  /** What the application works on. */
  private takenFrom: FetchedBatch | undefined;
  private takenOffset = -1;
  private takenCount = 0;
  private takenIsLast = false;

  constructor(
    private readonly host: DeliveryHost,
    private readonly assignment: Assignment,
  ) {}

  /** A batch is there to read messages from. */
  get hasBatch(): boolean {
    return this.active !== undefined;
  }

  /** The application is done with what it took last. */
  finish(): void {
    const { takenFrom } = this;
    if (!takenFrom) return;
    this.takenFrom = undefined;
    takenFrom.commits.onHandled(this.takenOffset, this.takenCount, this.takenIsLast);
    if (takenFrom.reader.isRevoked) this.assignment.releaseRevoked();
  }

  /** What was taken last was not handled: the next read gives it once more. */
  giveBack(): void {
    this.takenFrom?.batch.hold();
    this.takenFrom = undefined;
  }

  /** Takes the next batch that was fetched, or the failure of fetching. False: nothing is there yet. */
  fill(): boolean {
    if (this.active) return true;
    const failure = this.assignment.takeFailure();
    if (failure) throw failure;
    this.active = this.assignment.takeBatch();
    return this.active !== undefined;
  }

  /** The next message of the batch; `undefined`: it is through. Throws `iggy-client.message-unreadable`. */
  nextMessage(): ConsumedMessage | undefined {
    const active = this.usable();
    if (!active) return undefined;
    const { batch } = active;
    while (batch.next()) {
      const message = this.read(active.commits, batch);
      if (message) {
        this.take(active, batch.offset, 1, batch.atLast);
        return message;
      }
    }
    this.active = undefined;
    return undefined;
  }

  /** The whole batch, or what is left of it. */
  nextBatch(): ConsumedBatch | undefined {
    const active = this.usable();
    if (!active) return undefined;
    this.active = undefined;
    const { batch } = active;
    if (batch.countLeft === 0) return undefined;
    this.take(active, batch.lastOffset, batch.countLeft, true);
    return batch;
  }

  /** Reading was set to another place: what is left of the batch is not given any more. */
  forget(reader: PartitionReader): void {
    if (this.active?.reader === reader) this.active = undefined;
  }

  private take(from: FetchedBatch, offset: number, count: number, isLast: boolean): void {
    this.takenFrom = from;
    this.takenOffset = offset;
    this.takenCount = count;
    this.takenIsLast = isLast;
    from.commits.onTaken(offset, count, isLast);
  }

  private usable(): FetchedBatch | undefined {
    const { active } = this;
    if (!active) return undefined;
    const { reader } = active;
    if (reader.isPaused) {
      reader.putBack(active);
      this.active = undefined;
    } else if (reader.isStopped && !this.host.settings.commit.onPoll) {
      // The partition is somebody else's, who reads these messages again.
      this.active = undefined;
    }
    return this.active;
  }

  /** `undefined`: it cannot be read and is left out. */
  private read(commits: PartitionCommits, batch: ConsumedBatch): ConsumedMessage | undefined {
    const { settings, counters, events } = this.host;
    try {
      return new ConsumedMessage(batch, settings.encryptor);
    } catch (cause) {
      const { partitionId, offset } = batch;
      const error = consumerError(
        "iggy-client.message-unreadable",
        `the message at offset ${offset} of ${settings.stream}/${settings.topic}/${partitionId} cannot be read`,
        { cause, context: { partitionId, offset } },
      );
      if (!settings.skipUnreadable) {
        batch.hold();
        throw error;
      }
      counters.unreadable++;
      this.host.requests.connection.dependencies.metrics.dropped(1);
      events.emit("unreadable", { partitionId, offset, error });
      commits.onTaken(offset, 1, batch.atLast);
      commits.onHandled(offset, 1, batch.atLast);
      return undefined;
    }
  }
}

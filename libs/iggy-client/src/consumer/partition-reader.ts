import type { Listeners } from "../listeners.js";
import type { ConsumerCounters } from "./consumer-counters.js";
import type { ConsumerEvents, PartitionStatus } from "./consumer-options.js";
import type { ConsumerRequests } from "./consumer-requests.js";
import type { ConsumerSettings } from "./consumer-settings.js";
import type { FetchedBatch } from "./fetched-batches.js";
import type { CommitHost, PartitionCommits } from "./partition-commits.js";
import { PartitionFetch } from "./partition-fetch.js";
import type { PollConditions } from "./poll-conditions.js";

/** What a reader needs from its consumer. */
export interface ReaderHost {
  readonly settings: ConsumerSettings;
  readonly requests: ConsumerRequests;
  readonly counters: ConsumerCounters;
  readonly events: Listeners<ConsumerEvents>;
  readonly commitHost: CommitHost;
  /** The application waits for messages. */
  isWaiting(): boolean;
  /** A batch or a failure can be taken, or a revoked partition is nearer to its end. */
  onReadable(): void;
  /** Looks up the assignment anew; resolves when it is applied, never rejects. */
  refreshAssignment(): Promise<void>;
}

/** One partition as its consumer has it: begins, pauses, moves and ends the reading, and takes what was fetched. */
export class PartitionReader {
  private readonly fetch: PartitionFetch;
  private readonly conditions: PollConditions;
  private ended: Promise<void> = Promise.resolve();

  /** @param handledBefore last offset this consumer handled when it had the partition before, −1 = never */
  constructor(
    readonly partitionId: number,
    host: ReaderHost,
    handledBefore: number,
  ) {
    this.fetch = new PartitionFetch(this, host, handledBefore);
    this.conditions = this.fetch.conditions;
  }

  /** Of what is read since the start or the last {@link seek}. */
  get commits(): PartitionCommits {
    return this.fetch.commits;
  }

  start(): void {
    this.ended = this.fetch.run();
  }

  /** Resolves once the reader was stopped and its last request has an outcome. */
  whenEnded(): Promise<void> {
    return this.ended;
  }

  /** No further poll; replies under way are ignored. Commits go on until {@link abandon}. */
  stop(): void {
    this.fetch.stop();
  }

  get isStopped(): boolean {
    return this.fetch.isStopped;
  }

  /** The partition is somebody else's, or nobody's, from now on. */
  abandon(): void {
    this.stop();
    this.commits.abandon();
  }

  get isPaused(): boolean {
    return this.conditions.paused;
  }

  set isPaused(paused: boolean) {
    this.conditions.paused = paused;
    this.fetch.timer.wake();
  }

  /** Takes no more messages from the server, unless the assignment comes back. */
  get isRevoked(): boolean {
    return this.conditions.revoked;
  }

  set isRevoked(revoked: boolean) {
    this.conditions.revoked = revoked;
    this.fetch.timer.wake();
  }

  /** Everything fetched was taken and committed. */
  get isComplete(): boolean {
    return this.fetch.isIdle && this.commits.stored >= this.fetch.at.fetchedThrough;
  }

  /** Everything fetched may be committed by the rules. */
  get isDone(): boolean {
    return this.fetch.isIdle && this.commits.due >= this.fetch.at.fetchedThrough;
  }

  /** A poll was sent: with it the server may have committed what the application has not taken, whatever came back. */
  get hasPolled(): boolean {
    return this.fetch.hasPolled;
  }

  get isReadable(): boolean {
    return this.fetch.fetched.count > 0 && this.conditions.mayGiveOut;
  }

  take(): FetchedBatch | undefined {
    const fetched = this.fetch.fetched.shift();
    this.fetch.timer.wake();
    return fetched;
  }

  /** Puts a partly read batch back in front. */
  putBack(fetched: FetchedBatch): void {
    this.fetch.fetched.unshift(fetched);
  }

  takeFailure(): Error | undefined {
    return this.conditions.takeFailure();
  }

  /** The application waits: looks whether a poll may begin. */
  wake(): void {
    this.fetch.timer.wake();
  }

  /** The connection is back: what waits after a failure goes at once. */
  onConnected(): void {
    this.fetch.timer.wakeNow();
  }

  /** A new membership: in between the partition may have been read and committed by somebody else. */
  onRejoined(): void {
    this.fetch.onRejoined();
  }

  /** Reading goes on at this offset, with nothing of what was fetched. @param stored offset the server has, −1 = of no matter */
  seek(offset: number, stored = -1): void {
    this.fetch.seek(offset, stored);
  }

  status(): PartitionStatus {
    const { partitionId, conditions } = this;
    const { paused, revoked } = conditions;
    const { position, handled, stored: committed } = this.commits;
    const lag = this.fetch.at.lagFrom(position);
    return { partitionId, position, lag, handled, committed, paused, revoked };
  }
}

import { describeError, isImsError, type TimerHandle } from "@ims/common";
import type { RequestRunner } from "../connection/request-runner.js";
import type { ServerConnection } from "../connection/server-connection.js";
import { Listeners } from "../listeners.js";
import { Assignment } from "./assignment.js";
import type { ConsumedBatch } from "./consumed-batch.js";
import type { ConsumedMessage } from "./consumed-message.js";
import { type ConsumerCounters, noCounts } from "./consumer-counters.js";
import { consumerError } from "./consumer-errors.js";
import type { ConsumerEvents, ConsumerOptions, PartitionStatus } from "./consumer-options.js";
import { ConsumerRequests } from "./consumer-requests.js";
import { type ConsumerSettings, consumerSettings } from "./consumer-settings.js";
import { Delivery } from "./delivery.js";
import { GroupMembership } from "./group-membership.js";
import type { CommitHost, PartitionCommits } from "./partition-commits.js";
import type { PartitionReader, ReaderHost } from "./partition-reader.js";
import { partitionSource } from "./partition-source.js";
import { Reading } from "./reading.js";

/** Groups that a session is a member of: a member is a session, not a consumer. */
const MEMBERSHIPS = new WeakMap<ServerConnection, Set<string>>();

/** A message or batch, or just its place. For a batch: where its cursor is. */
export interface MessagePlace {
  readonly partitionId: number;
  readonly offset: number;
}

export interface ConsumerRunOptions {
  /** Ends `run` after the message at hand. */
  readonly signal?: AbortSignal;
}

/**
 * Reads the messages of one partition, of all partitions of a topic, or of those that a group assigns to it: one by one
 * (`for await (const message of consumer)`), batch by batch (`consumer.batches()`), or with a handler (`run`). Within a
 * partition they come in order, none left out; partitions take turns batch by batch. Reading begins with the first of
 * these calls and survives lost connections, evictions and rebalancing. Errors that waiting does not cure are thrown
 * once, and asking again tries again: an iteration never ends by itself, only by `close`.
 *
 * Leaving a loop by `break` or an exception pauses: the next loop goes on behind the last message taken, and only then
 * counts that one as handled. At most the fetched batches wait meanwhile. Memory is bounded by the prefetch options.
 */
export class Consumer implements AsyncIterable<ConsumedMessage> {
  private readonly settings: ConsumerSettings;
  private readonly requests: ConsumerRequests;
  private readonly events: Listeners<ConsumerEvents>;
  private readonly counts: ConsumerCounters;
  private readonly membership: GroupMembership | undefined;
  private readonly assignment: Assignment;
  private readonly delivery: Delivery;
  /** Aborted when `close` has no time left. */
  private readonly outOfTime = new AbortController();
  private readonly stopListening: () => void;
  private readonly reading: Reading;
  private commitTimer: TimerHandle | undefined;
  private closing: Promise<void> | undefined;
  private isClosing = false;

  /** Made by `IggyClient.createConsumer`. */
  constructor(
    private readonly connection: ServerConnection,
    requestRunner: RequestRunner,
    options: ConsumerOptions,
    private readonly onClosed: () => void,
  ) {
    const { clock, log } = connection.dependencies;
    this.settings = consumerSettings(options);
    this.requests = new ConsumerRequests(connection, requestRunner, this.settings);
    this.counts = noCounts();
    this.events = new Listeners((error) =>
      log?.error({ error: describeError(error) }, "a listener of a consumer failed"),
    );
    const { group, createGroup, commit, pollRetryMillis } = this.settings;
    if (group !== undefined) {
      this.membership = new GroupMembership(this.requests, createGroup);
      this.enterGroup();
    }
    const commitHost: CommitHost = {
      rules: commit,
      counters: this.counts,
      retryMillis: pollRetryMillis,
      clock,
      stopped: this.outOfTime.signal,
      storeOffset: (partitionId, offset) => this.requests.storeOffset(partitionId, offset),
      onRetry: (error) => this.events.emit("retrying", error),
      onCommitted: () => this.assignment.releaseRevoked(),
      onFailed: (partitionId, offset, error) => this.onCommitFailed(partitionId, offset, error),
    };
    const host: ReaderHost = {
      settings: this.settings,
      requests: this.requests,
      counters: this.counts,
      events: this.events,
      commitHost,
      isWaiting: () => this.reading.isWaiting,
      onReadable: () => this.onReadable(),
      refreshAssignment: () => this.assignment.refresh(),
    };
    this.assignment = new Assignment(host, partitionSource(this.settings, this.requests, this.membership));
    this.delivery = new Delivery(host, this.assignment);
    this.reading = new Reading(this.delivery, () => this.onWait());
    this.stopListening = connection.events.on("connected", () => this.assignment.onConnected());
  }

  /** Listens to an event; returns a function that ends it. */
  on<Name extends keyof ConsumerEvents>(
    name: Name,
    listener: (...args: ConsumerEvents[Name]) => void,
  ): () => void {
    return this.events.on(name, listener);
  }

  get counters(): Readonly<ConsumerCounters> {
    return { ...this.counts };
  }

  /** The partitions read at the moment. */
  partitions(): PartitionStatus[] {
    return this.assignment.list.map((reader) => reader.status());
  }

  /** Begins to read, for a group: joins it, before the first message is asked for. */
  start(): void {
    if (this.isClosing) throw consumerError("iggy-client.consumer-closed", "the consumer is closed");
    this.assignment.start();
    this.armCommitTimer();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<ConsumedMessage> {
    return this.reading.iterate((delivery) => delivery.nextMessage());
  }

  /**
   * Batches as they were fetched, as cursors: nothing is copied or allocated per message. A batch counts as handled when
   * the next one is asked for.
   */
  batches(): AsyncIterableIterator<ConsumedBatch> {
    return this.reading.iterate((delivery) => delivery.nextBatch());
  }

  /**
   * Calls the handler with one message after the other, the next one when its promise has resolved: then the message is
   * handled. Resolves when the signal aborts or the consumer is closed. Rejects with what the handler throws; its
   * message comes again in the next run. `close` waits for a handler at work, so a handler must not wait for `close`.
   */
  run(handler: (message: ConsumedMessage) => unknown, { signal }: ConsumerRunOptions = {}): Promise<void> {
    return this.reading.run(handler, signal);
  }

  /**
   * Stores a message's offset as the last one handled in its partition; resolves when the server has it. Rejects with
   * `iggy-client.partition-lost` when the partition is read no more. Offsets before the last commit are not stored again
   * unless replay is allowed.
   */
  async commit({ partitionId, offset }: MessagePlace): Promise<void> {
    const commits = this.commitsOf(partitionId, offset);
    if (this.settings.allowReplay && offset < commits.stored) await this.storeOffset(partitionId, offset);
    else await commits.commit(offset);
  }

  /** Stores an offset, also one before the last commit. Reading goes on where it is; see {@link seek}. */
  async storeOffset(partitionId: number, offset: number): Promise<void> {
    const commits = this.commitsOf(partitionId, offset);
    await this.requests.storeOffset(partitionId, offset);
    commits.onStoredExactly(offset);
  }

  /** Reading goes on at this offset, forwards or back; what was fetched before is dropped. */
  seek(partitionId: number, offset: number): void {
    const reader = this.assignment.readerOf(partitionId);
    if (!reader) throw lostError(partitionId, offset);
    this.delivery.forget(reader);
    reader.seek(offset);
  }

  /** No more polls and no more messages of this partition, or of all; what was fetched is kept. */
  pause(partitionId?: number): void {
    this.assignment.pause(true, partitionId);
  }

  /** A partition that was paused by itself stays so when all are resumed. */
  resume(partitionId?: number): void {
    this.assignment.pause(false, partitionId);
    this.onReadable();
  }

  /**
   * Ends iterations, waits for the handler of `run`, commits what the mode allows, leaves the group. Never takes longer
   * than `drainMillis` and never rejects: a commit that did not succeed is reported as `commitFailed`, and its messages
   * come again.
   */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    this.isClosing = true;
    this.stopListening();
    this.commitTimer?.cancel();
    this.assignment.stop();
    const deadline = this.connection.dependencies.clock.setTimer(this.settings.drainMillis, () =>
      this.outOfTime.abort(),
    );
    const timeUp = new Promise<void>((resolve) =>
      this.outOfTime.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    await Promise.race([this.wrapUp(), timeUp]);
    deadline.cancel();
    this.outOfTime.abort();
    this.assignment.abandon();
    MEMBERSHIPS.get(this.connection)?.delete(this.groupKey);
    this.onClosed();
  }

  private async wrapUp(): Promise<void> {
    await this.reading.end();
    await Promise.allSettled(this.assignment.list.map((reader) => this.lastCommit(reader)));
    if (this.outOfTime.signal.aborted) return;
    const { log } = this.connection.dependencies;
    await this.membership
      ?.leave()
      .catch((error) => log?.warn({ error: describeError(error) }, "the group was not left"));
  }

  /** Commits what is due; where the server committed more than was taken, takes that back. */
  private async lastCommit(reader: PartitionReader): Promise<void> {
    const { commit } = this.settings;
    const { commits, partitionId } = reader;
    if (!commit.automatic) return;
    if (!commit.onPoll) {
      await commits.commit(commits.due);
      return;
    }
    // A poll under way commits when the server gets to it: only behind it can that be taken back.
    await reader.whenEnded();
    if (!reader.hasPolled || this.outOfTime.signal.aborted) return;
    if (commits.position === 0) await this.requests.deleteOffset(partitionId);
    else await this.requests.storeOffset(partitionId, commits.position - 1);
  }

  private onReadable(): void {
    this.assignment.releaseRevoked();
    this.reading.wake();
  }

  private onWait(): void {
    this.armCommitTimer();
    this.assignment.wake();
  }

  private onCommitFailed(partitionId: number, offset: number, error: Error): void {
    this.events.emit("commitFailed", { partitionId, offset, error });
    if (isImsError(error, "iggy-client.partition-lost")) this.assignment.onPartitionLost(partitionId);
  }

  private armCommitTimer(): void {
    const { intervalMillis } = this.settings.commit;
    if (intervalMillis === undefined || this.commitTimer || this.isClosing) return;
    this.commitTimer = this.connection.dependencies.clock.setTimer(intervalMillis, () => {
      this.commitTimer = undefined;
      this.assignment.commitDue();
      this.armCommitTimer();
    });
  }

  private commitsOf(partitionId: number, offset: number): PartitionCommits {
    const reader = this.assignment.readerOf(partitionId);
    if (!reader) throw lostError(partitionId, offset);
    return reader.commits;
  }

  /** A member is a session, so two members of one group need two clients. */
  private enterGroup(): void {
    const groups = MEMBERSHIPS.get(this.connection) ?? new Set<string>();
    MEMBERSHIPS.set(this.connection, groups);
    if (groups.has(this.groupKey)) {
      throw consumerError("iggy-client.consumer-busy", `the client is a member of ${this.groupKey} already`);
    }
    groups.add(this.groupKey);
  }

  private get groupKey(): string {
    const { stream, topic, group } = this.settings;
    return `${stream}/${topic}, group ${group}`;
  }
}

function lostError(partitionId: number, offset: number): Error {
  return consumerError(
    "iggy-client.partition-lost",
    `offset ${offset} of partition ${partitionId}: the partition is not read by this consumer`,
    { context: { partitionId, offset } },
  );
}

import { describeError, type TimerHandle } from "@ims/common";
import type { RequestRunner } from "../connection/request-runner.js";
import type { ServerConnection } from "../connection/server-connection.js";
import { Listeners } from "../listeners.js";
import { Assignment } from "./assignment.js";
import type { ConsumedBatch } from "./consumed-batch.js";
import type { ConsumedMessage } from "./consumed-message.js";
import { consumerError } from "./consumer-errors.js";
import type { ConsumerCounters, ConsumerEvents, ConsumerOptions, PartitionStatus } from "./consumer-options.js";
import { ConsumerRequests } from "./consumer-requests.js";
import { type ConsumerSettings, consumerSettings } from "./consumer-settings.js";
import { Delivery } from "./delivery.js";
import { GroupMembership } from "./group-membership.js";
import type { CommitHost } from "./partition-commits.js";
import { partitionSource } from "./partition-source.js";

/** Groups that a session is a member of: a member is a session, not a consumer. */
const MEMBERSHIPS = new WeakMap<ServerConnection, Set<string>>();

/** A message or batch, or just its place. For a batch: where its cursor is. */
export interface MessagePlace {
  readonly partitionId: number;
  readonly offset: number;
}

export interface RunOptions {
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
  private commitTimer: TimerHandle | undefined;
  private closing: Promise<void> | undefined;
  private isClosing = false;
  private isRead = false;
  private isWaiting = false;
  private wakeReader: (() => void) | undefined;
  /** The handler of `run` at work. */
  private handling: Promise<unknown> | undefined;

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
    const consumer = this;
    this.assignment = new Assignment(
      {
        settings: this.settings,
        requests: this.requests,
        counters: this.counts,
        events: this.events,
        commitHost,
        get isWaiting() {
          return consumer.isWaiting;
        },
        onReadable: () => this.onReadable(),
        refreshAssignment: () => this.assignment.refresh(),
      },
      partitionSource(this.settings, this.requests, this.membership),
    );
    this.delivery = new Delivery(
      { settings: this.settings, counters: this.counts, events: this.events },
      this.assignment,
    );
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
    if (this.isClosing) throw closedError();
    this.assignment.start();
    this.armCommitTimer();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<ConsumedMessage> {
    return this.iterate(() => this.delivery.nextMessage());
  }

  /**
   * Batches as they were fetched, as cursors: nothing is copied or allocated per message. A batch counts as handled when
   * the next one is asked for.
   */
  batches(): AsyncIterableIterator<ConsumedBatch> {
    return this.iterate(() => this.delivery.nextBatch());
  }

  /**
   * Calls the handler with one message after the other, the next one when its promise has resolved: then the message is
   * handled. Resolves when the signal aborts or the consumer is closed. Rejects with what the handler throws; its
   * message comes again in the next run. `close` waits for a handler at work, so a handler must not wait for `close`.
   */
  async run(
    handler: (message: ConsumedMessage) => unknown,
    { signal }: RunOptions = {},
  ): Promise<void> {
    const leave = this.enter();
    const onAbort = () => this.onReadable();
    signal?.addEventListener("abort", onAbort);
    try {
      this.delivery.finish();
      while (!this.isClosing && !signal?.aborted) {
        const message = this.delivery.nextMessage();
        if (message) await this.handle(handler, message);
        else if (!this.delivery.fill()) await this.readable();
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      leave();
    }
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
    this.onReadable();
    this.stopListening();
    this.commitTimer?.cancel();
    this.assignment.stop();
    const { clock } = this.connection.dependencies;
    const deadline = clock.setTimer(this.settings.drainMillis, () => this.outOfTime.abort());
    const timeUp = new Promise<void>((resolve) =>
      this.outOfTime.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    await Promise.race([this.wrapUp(), timeUp]);
    deadline.cancel();
    this.outOfTime.abort();
    this.assignment.abandon();
    if (this.settings.group !== undefined) MEMBERSHIPS.get(this.connection)?.delete(this.groupKey);
    this.onClosed();
  }

  private async wrapUp(): Promise<void> {
    await this.handling?.catch(() => {});
    const { log } = this.connection.dependencies;
    const commits = this.assignment.list.map((reader) => this.lastCommit(reader.partitionId));
    await Promise.allSettled(commits);
    if (this.outOfTime.signal.aborted) return;
    await this.membership
      ?.leave()
      .catch((error) => log?.warn({ error: describeError(error) }, "the group was not left"));
  }

  /** Commits what is due; where the server committed more than was taken, takes that back. */
  private async lastCommit(partitionId: number): Promise<void> {
    const reader = this.assignment.readerOf(partitionId);
    if (!reader || !this.settings.commit.automatic) return;
    const { commits } = reader;
    if (!this.settings.commit.onPoll) return commits.commit(commits.due);
    if (!reader.isCommittedAhead) return;
    if (commits.position > 0) await this.requests.storeOffset(partitionId, commits.position - 1);
    else await this.requests.deleteOffset(partitionId);
  }

  private iterate<Item>(take: () => Item | undefined): AsyncIterableIterator<Item> {
    const leave = this.enter();
    let isOver = false;
    const over = (): IteratorResult<Item> => {
      isOver = true;
      leave();
      return { done: true, value: undefined };
    };
    const wait = async (): Promise<IteratorResult<Item>> => {
      try {
        for (;;) {
          if (isOver || this.isClosing) return over();
          const item = this.delivery.hasBatch || this.delivery.fill() ? take() : undefined;
          if (item !== undefined) return { done: false, value: item };
          if (!this.delivery.fill()) await this.readable();
        }
      } catch (error) {
        over();
        throw error;
      }
    };
    let pending: Promise<unknown> | undefined;
    const iterator: AsyncIterableIterator<Item> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => {
        if (pending) return pending.then(iterator.next, iterator.next) as Promise<IteratorResult<Item>>;
        if (isOver || this.isClosing) return Promise.resolve(over());
        this.delivery.finish();
        const item = this.delivery.hasBatch ? take() : undefined;
        if (item !== undefined) return Promise.resolve({ done: false, value: item });
        const result = wait().finally(() => {
          pending = undefined;
        });
        pending = result;
        return result;
      },
      return: () => Promise.resolve(over()),
    };
    return iterator;
  }
}

import { type Clock, sleep } from "@ims/common";
import type { CommitRules } from "./commit-mode.js";
import type { ConsumerCounters } from "./consumer-counters.js";
import { consumerError } from "./consumer-errors.js";
import { requestFault } from "./request-fault.js";

/** What the commits of a partition need from its consumer. */
export interface CommitHost {
  readonly rules: CommitRules;
  readonly counters: ConsumerCounters;
  readonly retryMillis: number;
  readonly clock: Clock;
  /** Ends pauses; aborted when the consumer has no time left. */
  readonly stopped: AbortSignal;
  storeOffset(partitionId: number, offset: number): Promise<void>;
  onRetry(error: Error): void;
  onCommitted(partitionId: number): void;
  onFailed(partitionId: number, offset: number, error: Error): void;
}

interface Waiter {
  readonly offset: number;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * How far the application is in one partition, and how far the server knows it. Offsets only grow; one request is under
 * way at a time, and what came due meanwhile goes in the next one. A request that fails for want of a connection is
 * repeated until it succeeds, a later one replaces it, or the partition is given up.
 */
export class PartitionCommits {
  /** Last offset given to the application, and last one it is done with; −1 = none. */
  taken = -1;
  handled = -1;
  /** Last offset that the server has, −1 = none or of no matter. */
  stored: number;
  private wanted = -1;
  private sinceCommit = 0;
  private waiters: Waiter[] = [];
  private running = false;
  private abandoned = false;

  /**
   * @param start offset of the first message to take
   * @param stored offset that the server has, −1 = none or of no matter
   */
  constructor(
    readonly partitionId: number,
    private readonly host: CommitHost,
    private readonly start = 0,
    stored = -1,
  ) {
    this.stored = stored;
    this.wanted = stored;
  }

  /** Offset behind the last message taken. */
  get position(): number {
    return Math.max(this.start, this.taken + 1);
  }

  /** @param messages taken by this call, the last of which has this offset */
  onTaken(offset: number, messages: number, atBatchEnd: boolean): void {
    if (offset > this.taken) this.taken = offset;
    if (this.host.rules.basis === "taken") this.count(messages, atBatchEnd);
  }

  onHandled(offset: number, messages: number, atBatchEnd: boolean): void {
    if (offset > this.handled) this.handled = offset;
    if (this.host.rules.basis === "handled") this.count(messages, atBatchEnd);
  }

  /** Last offset that the rules allow to commit. */
  get due(): number {
    return this.host.rules.basis === "taken" ? this.taken : this.handled;
  }

  /** Commits what is done by the rules, without waiting. */
  commitDue(): void {
    this.sinceCommit = 0;
    this.request(this.due);
  }

  /** Commits up to an offset; resolves when the server has it, rejects when that was given up. */
  commit(offset: number): Promise<void> {
    if (offset <= this.stored) return Promise.resolve();
    if (this.abandoned) return Promise.reject(this.lostError(offset));
    return new Promise((resolve, reject) => {
      this.waiters.push({ offset, resolve, reject });
      this.request(offset);
    });
  }

  /** Another member of the group handled and committed this far. */
  onHandledElsewhere(offset: number): void {
    this.taken = Math.max(this.taken, offset);
    this.handled = Math.max(this.handled, offset);
    this.onStored(offset);
  }

  /** The server has this offset for another reason than a commit of ours. */
  onStored(offset: number): void {
    if (offset <= this.stored) return;
    this.stored = offset;
    this.settle();
  }

  /** The server was told this offset, also backwards. */
  onStoredExactly(offset: number): void {
    this.stored = offset;
    this.wanted = offset;
    this.settle();
  }

  /** Sends again what was refused because the partition seemed to belong to somebody else. */
  retry(): void {
    this.pump();
  }

  /** Nothing more is sent; who waits gets `iggy-client.partition-lost`. */
  abandon(): void {
    this.abandoned = true;
    this.rejectWaiters((waiter) => this.lostError(waiter.offset));
  }

  private count(messages: number, atBatchEnd: boolean): void {
    const { every, atBatchEnd: atEnds } = this.host.rules;
    this.sinceCommit += messages;
    if (this.sinceCommit >= every || (atEnds && atBatchEnd)) this.commitDue();
  }

  private request(offset: number): void {
    if (offset <= this.wanted && offset <= this.stored) return;
    if (offset > this.wanted) this.wanted = offset;
    this.pump();
  }

  private pump(): void {
    if (this.running || this.abandoned || this.wanted <= this.stored) return;
    this.running = true;
    void this.storeAll();
  }

  private async storeAll(): Promise<void> {
    try {
      while (this.wanted > this.stored && !this.abandoned) if (!(await this.storeOnce(this.wanted))) return;
    } finally {
      this.running = false;
    }
  }

  /** False when nothing more is to be tried for now. */
  private async storeOnce(offset: number): Promise<boolean> {
    const { host, partitionId } = this;
    try {
      await host.storeOffset(partitionId, offset);
      host.counters.commits++;
      if (!this.abandoned) {
        this.onStored(offset);
        host.onCommitted(partitionId);
      }
      return true;
    } catch (error) {
      if (this.abandoned) return false;
      if (requestFault(error) === "retry" && !host.stopped.aborted) {
        host.counters.retries++;
        host.onRetry(error as Error);
        await sleep(host.clock, host.retryMillis, host.stopped).catch(() => {});
        return true;
      }
      host.counters.commitFailures++;
      this.rejectWaiters(() => error as Error);
      host.onFailed(partitionId, offset, error as Error);
      return false;
    }
  }

  private settle(): void {
    const done = this.waiters.filter((waiter) => waiter.offset <= this.stored);
    if (done.length === 0) return;
    this.waiters = this.waiters.filter((waiter) => waiter.offset > this.stored);
    for (const waiter of done) waiter.resolve();
  }

  private rejectWaiters(errorFor: (waiter: Waiter) => Error): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter.reject(errorFor(waiter));
  }

  private lostError(offset: number): Error {
    const { partitionId } = this;
    return consumerError(
      "iggy-client.partition-lost",
      `offset ${offset} of partition ${partitionId} was not committed: the partition is read by this consumer no more`,
      { context: { partitionId, offset } },
    );
  }
}

import { type ImsError, isImsError, type TimerHandle } from "@ims/common";
import type { Listeners } from "../listeners.js";
import type { ConsumedBatch } from "./consumed-batch.js";
import { consumerError } from "./consumer-errors.js";
import type { ConsumerCounters, ConsumerEvents, PartitionStatus } from "./consumer-options.js";
import type { ConsumerRequests } from "./consumer-requests.js";
import type { ConsumerSettings } from "./consumer-settings.js";
import { findStart } from "./find-start.js";
import { type CommitHost, PartitionCommits } from "./partition-commits.js";
import type { PollTicket } from "./poll-gate.js";
import { PollSize } from "./poll-size.js";
import { requestFault } from "./request-fault.js";

/** A batch on its way to the application, with the place where its progress counts. */
export interface FetchedBatch {
  readonly reader: PartitionReader;
  readonly commits: PartitionCommits;
  readonly batch: ConsumedBatch;
}

/** What a reader needs from its consumer. */
export interface ReaderHost {
  readonly settings: ConsumerSettings;
  readonly requests: ConsumerRequests;
  readonly counters: ConsumerCounters;
  readonly events: Listeners<ConsumerEvents>;
  readonly commitHost: CommitHost;
  /** The application waits for messages. */
  readonly isWaiting: boolean;
  /** A batch or a failure can be taken. */
  onReadable(): void;
  /** Looks up the assignment anew; resolves when it is applied. */
  refreshAssignment(): Promise<void>;
}

/**
 * Fetches the messages of one partition, poll by poll, ahead of the application as far as the settings allow. Every poll
 * names the offset it begins at, so nothing is passed over: not by lost replies, nor by repeated ones.
 */
export class PartitionReader {
  commits: PartitionCommits;
  /** Offset to ask for next, −1 = not known yet. */
  private position = -1;
  /** Last offset of the partition as the server said last, −1 = not known. */
  private end = -1;
  private isEmpty = false;
  /** The message at `position` must be the next one. */
  private exact = false;
  private fetchedThrough = -1;
  private queue: FetchedBatch[] = [];
  private queuedBytes = 0;
  private failure: Error | undefined;
  /** After a failure was taken: polls begin when the application asks for more. */
  private awaitsDemand = false;
  private pausedByUser = false;
  private revoked = false;
  private stopped = false;
  /** Looks up whether another member went on meanwhile, before the next poll. */
  private mustRecheck = false;
  /** Counts what makes replies under way worthless. */
  private epoch = 0;
  private inFlight = false;
  private idleMillis = 0;
  private fencedBefore = false;
  /** Where a reply was damaged last. */
  private damagedAt = -1;
  private initTries = 0;
  private notBeforeMillis = 0;
  private wakeUp: (() => void) | undefined;
  private readonly size: PollSize;
  private readonly ticket: PollTicket = { alone: false, shared: false };

  constructor(
    readonly partitionId: number,
    private readonly host: ReaderHost,
    /** Last offset this consumer handled when it had the partition before, −1 = never. */
    private readonly handledBefore: number,
  ) {
    const { batchCount, batchBytesMax } = host.settings;
    this.size = new PollSize(batchCount, batchBytesMax);
    this.commits = new PartitionCommits(partitionId, host.commitHost);
  }

  start(): void {
    void this.run();
  }

  /** No further poll; replies under way are ignored. Commits go on until {@link abandon}. */
  stop(): void {
    this.stopped = true;
    this.wake();
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** The partition is somebody else's, or nobody's, from now on. */
  abandon(): void {
    this.stop();
    this.commits.abandon();
  }

  /** The server may have committed, with a poll, what the application has not taken. */
  get isCommittedAhead(): boolean {
    return this.inFlight || this.fetchedThrough >= this.commits.position;
  }

  get isPaused(): boolean {
    return this.pausedByUser;
  }

  set isPaused(paused: boolean) {
    this.pausedByUser = paused;
    this.wake();
  }

  get isRevoked(): boolean {
    return this.revoked;
  }

  /** Takes no more messages from the server, or again if the assignment came back. */
  set isRevoked(revoked: boolean) {
    this.revoked = revoked;
    this.wake();
  }

  /** Everything fetched was taken and committed. */
  get isComplete(): boolean {
    return !this.inFlight && this.queue.length === 0 && this.commits.stored >= this.fetchedThrough;
  }

  /** Everything fetched is done by the commit rules. */
  get isDone(): boolean {
    return !this.inFlight && this.queue.length === 0 && this.commits.due >= this.fetchedThrough;
  }

  get isReadable(): boolean {
    return this.queue.length > 0 && !this.pausedByUser;
  }

  take(): FetchedBatch {
    const fetched = this.queue.shift()!;
    this.queuedBytes -= fetched.batch.bytes.length;
    this.wake();
    return fetched;
  }

  /** Puts a partly read batch back in front. */
  putBack(fetched: FetchedBatch): void {
    this.queue.unshift(fetched);
    this.queuedBytes += fetched.batch.bytes.length;
  }

  takeFailure(): Error | undefined {
    const { failure } = this;
    if (failure) {
      this.failure = undefined;
      this.awaitsDemand = true;
    }
    return failure;
  }

  /** The application waits, or the connection is back: looks whether a poll may begin. */
  wake(retryNow = false): void {
    if (retryNow) this.notBeforeMillis = 0;
    this.wakeUp?.();
  }

  /** A new membership: in between the partition may have been read and committed by somebody else. */
  onRejoined(): void {
    this.epoch++;
    this.mustRecheck = this.position >= 0;
    this.wake(true);
  }

  /** Reading goes on at this offset, with nothing of what was fetched. */
  seek(offset: number, stored = -1): void {
    this.epoch++;
    this.position = offset;
    this.exact = false;
    this.fetchedThrough = -1;
    this.queue = [];
    this.queuedBytes = 0;
    this.failure = undefined;
    this.mustRecheck = false;
    this.commits.abandon();
    this.commits = new PartitionCommits(this.partitionId, this.host.commitHost, offset, stored);
    this.wake(true);
  }

  status(): PartitionStatus {
    const { partitionId, commits, end, isEmpty, position: next, pausedByUser: paused, revoked } = this;
    const { position } = commits;
    const lag = end < 0 || next < 0 ? undefined : isEmpty ? 0 : Math.max(0, end + 1 - position);
    const { handled, stored: committed } = commits;
    return { partitionId, position, lag, handled, committed, paused, revoked };
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const waitMillis = this.mayPoll() ? this.notBeforeMillis - this.nowMillis() : Number.POSITIVE_INFINITY;
      if (waitMillis > 0) {
        await this.waitFor(waitMillis);
        continue;
      }
      const { epoch } = this;
      this.inFlight = true;
      try {
        if (this.position < 0) await this.begin(epoch);
        else if (this.mustRecheck) await this.recheck(epoch);
        else await this.poll(epoch);
        this.initTries = 0;
      } catch (error) {
        if (!this.stopped && epoch === this.epoch) this.onFault(error);
      } finally {
        this.inFlight = false;
      }
      if (this.revoked) this.host.onReadable();
    }
  }

  private mayPoll(): boolean {
    const { prefetchBatches, prefetchBytesMax } = this.host.settings;
    if (this.pausedByUser || this.revoked || this.failure) return false;
    if (this.awaitsDemand || prefetchBatches === 0) return this.host.isWaiting && this.queue.length === 0;
    return this.queue.length < prefetchBatches && this.queuedBytes < prefetchBytesMax;
  }

  private async begin(epoch: number): Promise<void> {
    const { host, partitionId, handledBefore } = this;
    const start = await findStart(host.requests, host.settings, partitionId, this.ticket);
    if (this.stopped || epoch !== this.epoch) return;
    if (start === "fenced") return this.onFenced(epoch);
    if (start === "nothing-yet") return this.idle();
    // A stored offset proves that the log still is the one that was read before.
    const goesOn = !host.settings.allowReplay && start.stored >= 0 && start.end >= handledBefore;
    const position = goesOn ? Math.max(start.position, handledBefore + 1) : start.position;
    this.position = position;
    this.exact = start.exact;
    this.end = start.end;
    this.commits = new PartitionCommits(partitionId, host.commitHost, position, start.stored);
    host.events.emit("assigned", { partitionId, offset: position });
  }

  /** Behind a commit of another member reading goes on; what was fetched before is not given any more. */
  private async recheck(epoch: number): Promise<void> {
    const known = await this.host.requests.getOffset(this.partitionId);
    if (this.stopped || epoch !== this.epoch) return;
    this.mustRecheck = false;
    const { commits } = this;
    if (known && !this.host.settings.commit.onPoll && known.storedOffset >= commits.position) {
      for (const { batch } of this.queue) this.host.counters.repeated += batch.passOver(known.storedOffset);
      commits.onHandledElsewhere(known.storedOffset);
      this.position = Math.max(this.position, known.storedOffset + 1);
    }
    commits.retry();
  }

  private async poll(epoch: number): Promise<void> {
    const { host, partitionId, position } = this;
    const { pollIntervalMillis, commit } = host.settings;
    if (pollIntervalMillis > 0) this.notBeforeMillis = this.nowMillis() + pollIntervalMillis;
    const { count } = this.size;
    const strategy = { kind: "offset", value: BigInt(position) } as const;
    const batch = await host.requests.poll(partitionId, strategy, count, commit.onPoll, this.ticket);
    this.ticket.alone = false;
    if (this.stopped || epoch !== this.epoch) return;
    host.counters.polls++;
    if (batch.resyncRequired) return this.onFenced(epoch);
    this.fencedBefore = false;
    if (batch.currentOffset < this.end) return this.onTruncated(epoch, batch.currentOffset);
    this.end = batch.currentOffset;
    this.isEmpty = batch.messageCount === 0 && batch.currentOffset === 0 && position === 0;
    if (batch.messageCount === 0) return this.onEmpty();
    if (this.isSound(batch)) this.accept(batch);
  }

  private accept(batch: ConsumedBatch): void {
    const { host, position, commits } = this;
    const { messageCount, bytes } = batch;
    this.size.onReply(messageCount, bytes.length);
    host.requests.connection.dependencies.metrics.polled(messageCount, bytes.length);
    host.counters.messages += messageCount;
    host.counters.bytes += bytes.length;
    if (this.exact && batch.firstOffset > position) this.onGap(position, batch.firstOffset, "retention");
    if (batch.firstOffset < position && !host.settings.allowReplay) {
      host.counters.repeated += batch.passOver(position - 1);
      if (batch.lastOffset < position) return this.onEmpty();
    }
    this.position = Math.max(position, batch.lastOffset + 1);
    this.exact = true;
    this.fetchedThrough = Math.max(this.fetchedThrough, batch.lastOffset);
    if (host.settings.commit.onPoll) commits.onStored(batch.lastOffset);
    this.idleMillis = 0;
    this.awaitsDemand = false;
    this.queue.push({ reader: this, commits, batch });
    this.queuedBytes += bytes.length;
    host.onReadable();
  }

  /** Checks a reply; asks for fewer messages where something is wrong, until a single one is to blame. */
  private isSound(batch: ConsumedBatch): boolean {
    const { host, partitionId, position } = this;
    const holes: [expected: number, found: number][] = [];
    try {
      if (host.settings.verifyChecksums) batch.verifyChecksums();
      batch.findRange((expected, found) => holes.push([expected, found]));
    } catch (cause) {
      host.requests.connection.dependencies.metrics.checksumFailed();
      // A single message gets a second chance: the bytes may have changed on the way.
      if (this.size.narrow() || this.damagedAt !== position) {
        this.damagedAt = position;
        return false;
      }
      const where = `the message at or behind offset ${position} of ${host.requests.label(partitionId)}`;
      const error = consumerError("iggy-client.message-unreadable", `${where} cannot be read`, {
        cause,
        context: { partitionId, offset: position },
      });
      if (host.settings.skipUnreadable) this.skip(error);
      else this.fail(error);
      return false;
    }
    for (const [expected, found] of holes) this.onGap(expected, found, "retention");
    return true;
  }

  private skip(error: Error): void {
    const { host, partitionId, position } = this;
    host.counters.unreadable++;
    host.events.emit("unreadable", { partitionId, offset: position, error });
    this.position = position + 1;
    this.exact = false;
  }

  private onEmpty(): void {
    this.host.counters.emptyPolls++;
    this.idle();
  }

  private idle(): void {
    const { idleMillis, idleMillisMax } = this.host.settings;
    this.idleMillis = this.idleMillis === 0 ? idleMillis : Math.min(idleMillisMax, this.idleMillis * 2);
    this.notBeforeMillis = Math.max(this.notBeforeMillis, this.nowMillis() + this.idleMillis);
  }

  /** Not ours at the moment: with a fresh assignment once more at once, then after a pause. */
  private async onFenced(epoch: number): Promise<void> {
    const { host } = this;
    host.counters.fenced++;
    host.requests.connection.dependencies.metrics.retried("fenced");
    const isSecond = this.fencedBefore;
    this.fencedBefore = true;
    await host.refreshAssignment();
    if (isSecond && !this.stopped && epoch === this.epoch) this.idle();
  }

  /** The log is shorter than it was: purged, or the server lost what it had not synchronised. */
  private async onTruncated(epoch: number, end: number): Promise<void> {
    const { host, partitionId, position } = this;
    const known = await host.requests.getOffset(partitionId);
    if (this.stopped || epoch !== this.epoch) return;
    const found = known ? Math.min(known.storedOffset, end) + 1 : 0;
    this.end = end;
    this.onGap(position, found, "truncated");
    this.seek(found, known ? found - 1 : -1);
  }

  private onGap(expected: number, found: number, cause: "retention" | "truncated"): void {
    this.host.counters.gaps++;
    this.host.events.emit("gap", { partitionId: this.partitionId, expected, found, cause });
  }

  private onFault(error: unknown): void {
    const { host, partitionId, position, ticket } = this;
    const { terminal } = host.requests.connection;
    if (terminal) return this.fail(terminal);
    const { initRetries, initRetryMillis, pollRetryMillis } = host.settings;
    switch (requestFault(error)) {
      case "retry":
        return this.retryAfter(pollRetryMillis, error as Error);
      case "missing":
        if (position >= 0 || this.initTries >= initRetries) return this.fail(error as Error);
        this.initTries++;
        return this.retryAfter(initRetryMillis, error as Error);
      case "too-large": {
        const isSingle = !ticket.shared && !this.size.narrow();
        ticket.alone = true;
        if (!isSingle) return this.retryAfter(0, error as Error);
        const what = position < 0 ? "the first message" : `the message at offset ${position}`;
        const where = `${what} of ${host.requests.label(partitionId)}`;
        const context = { partitionId, offset: position };
        return this.fail(
          consumerError("iggy-client.message-too-large", `${where} is too large to be read`, {
            cause: error,
            context,
          }),
        );
      }
      case "fatal":
        return this.fail(isImsError(error) ? error : asError(error));
    }
  }

  private retryAfter(millis: number, error: Error): void {
    this.host.counters.retries++;
    this.host.events.emit("retrying", error);
    this.notBeforeMillis = this.nowMillis() + millis;
  }

  private fail(error: Error): void {
    this.failure = error;
    this.host.onReadable();
  }

  private nowMillis(): number {
    return this.host.commitHost.clock.monotonicMillis();
  }

  private waitFor(millis: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: TimerHandle | undefined;
      this.wakeUp = () => {
        this.wakeUp = undefined;
        timer?.cancel();
        resolve();
      };
      if (millis < Number.POSITIVE_INFINITY)
        timer = this.host.commitHost.clock.setTimer(millis, () => this.wakeUp?.());
    });
  }
}

function asError(error: unknown): ImsError | Error {
  return error instanceof Error ? error : new Error(String(error));
}

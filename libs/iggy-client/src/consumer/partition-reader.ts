import type { Listeners } from "../listeners.js";
import { checkReply, type Hole } from "./check-reply.js";
import type { ConsumedBatch } from "./consumed-batch.js";
import type { ConsumerCounters } from "./consumer-counters.js";
import { consumerError } from "./consumer-errors.js";
import type { ConsumerEvents, PartitionStatus } from "./consumer-options.js";
import type { ConsumerRequests } from "./consumer-requests.js";
import type { ConsumerSettings } from "./consumer-settings.js";
import { type FetchedBatch, FetchedBatches } from "./fetched-batches.js";
import { findStart } from "./find-start.js";
import { type CommitHost, PartitionCommits } from "./partition-commits.js";
import { PartitionPolls } from "./partition-polls.js";
import { PollTimer } from "./poll-timer.js";
import { ReaderRemedies } from "./reader-remedy.js";

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

/**
 * Fetches the messages of one partition, poll by poll, ahead of the application as far as the settings allow. Every poll
 * names the offset it begins at, so nothing is passed over: not by lost replies, nor by repeated ones.
 */
export class PartitionReader {
  commits: PartitionCommits;
  private readonly fetched = new FetchedBatches();
  private readonly timer: PollTimer;
  private readonly polls: PartitionPolls;
  private readonly remedies: ReaderRemedies;
  /** Offset to ask for next, −1 = not known yet. */
  private position = -1;
  /** The message at `position` must be the next one. */
  private exact = false;
  /** Last offset of the partition as the server said last, −1 = not known. */
  private end = -1;
  private isEmpty = false;
  private fetchedThrough = -1;
  private failure: Error | undefined;
  /** After a failure was taken: polls begin when the application asks for more. */
  private awaitsDemand = false;
  private paused = false;
  private revoked = false;
  private stopped = false;
  /** Looks up whether another member went on meanwhile, before anything more is fetched or given out. */
  private mustRecheck = false;
  /** Counts what makes replies under way worthless. */
  private epoch = 0;
  private inFlight = false;
  private polled = false;
  private ended: Promise<void> = Promise.resolve();
  private fencedBefore = false;
  /** Where a reply was damaged last. */
  private damagedAt = -1;

  /** @param handledBefore last offset this consumer handled when it had the partition before, −1 = never */
  constructor(
    readonly partitionId: number,
    private readonly host: ReaderHost,
    private readonly handledBefore: number,
  ) {
    const { settings, requests, commitHost } = host;
    this.polls = new PartitionPolls(partitionId, requests, settings);
    this.timer = new PollTimer(commitHost.clock, settings);
    this.remedies = new ReaderRemedies(partitionId, settings, requests, this.polls);
    this.commits = new PartitionCommits(partitionId, commitHost);
  }

  start(): void {
    this.ended = this.run();
  }

  /** Resolves once the reader was stopped and its last request has an outcome. */
  whenEnded(): Promise<void> {
    return this.ended;
  }

  /** No further poll; replies under way are ignored. Commits go on until {@link abandon}. */
  stop(): void {
    this.stopped = true;
    this.timer.wake();
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** The partition is somebody else's, or nobody's, from now on. */
  abandon(): void {
    this.stop();
    this.commits.abandon();
  }

  get isPaused(): boolean {
    return this.paused;
  }

  set isPaused(paused: boolean) {
    this.paused = paused;
    this.timer.wake();
  }

  /** Takes no more messages from the server, unless the assignment comes back. */
  get isRevoked(): boolean {
    return this.revoked;
  }

  set isRevoked(revoked: boolean) {
    this.revoked = revoked;
    this.timer.wake();
  }

  /** Everything fetched was taken and committed. */
  get isComplete(): boolean {
    return !this.inFlight && this.fetched.count === 0 && this.commits.stored >= this.fetchedThrough;
  }

  /** Everything fetched may be committed by the rules. */
  get isDone(): boolean {
    return !this.inFlight && this.fetched.count === 0 && this.commits.due >= this.fetchedThrough;
  }

  /** A poll was sent: with it the server may have committed what the application has not taken, whatever came back. */
  get hasPolled(): boolean {
    return this.polled;
  }

  get isReadable(): boolean {
    return this.fetched.count > 0 && !this.paused && !this.mustRecheck;
  }

  take(): FetchedBatch | undefined {
    const fetched = this.fetched.shift();
    this.timer.wake();
    return fetched;
  }

  /** Puts a partly read batch back in front. */
  putBack(fetched: FetchedBatch): void {
    this.fetched.unshift(fetched);
  }

  takeFailure(): Error | undefined {
    const { failure } = this;
    if (failure) {
      this.failure = undefined;
      this.awaitsDemand = true;
    }
    return failure;
  }

  /** The application waits: looks whether a poll may begin. */
  wake(): void {
    this.timer.wake();
  }

  /** The connection is back: what waits after a failure goes at once. */
  onConnected(): void {
    this.timer.wakeNow();
  }

  /** A new membership: in between the partition may have been read and committed by somebody else. */
  onRejoined(): void {
    this.epoch++;
    this.polls.forget();
    this.mustRecheck = this.position >= 0;
    this.timer.wakeNow();
  }

  /** Reading goes on at this offset, with nothing of what was fetched. @param stored offset the server has, −1 = of no matter */
  seek(offset: number, stored = -1): void {
    this.epoch++;
    this.polls.forget();
    this.position = offset;
    this.exact = false;
    this.fetchedThrough = -1;
    this.fetched.clear();
    this.failure = undefined;
    this.mustRecheck = false;
    this.commits.abandon();
    this.commits = new PartitionCommits(this.partitionId, this.host.commitHost, offset, stored);
    this.timer.wakeNow();
  }

  status(): PartitionStatus {
    const { partitionId, commits, end, isEmpty, position: next, paused, revoked } = this;
    const { position, handled, stored: committed } = commits;
    const lag = end < 0 || next < 0 ? undefined : isEmpty ? 0 : Math.max(0, end + 1 - position);
    return { partitionId, position, lag, handled, committed, paused, revoked };
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const waitMillis = this.mayPoll() ? this.timer.waitMillis : Number.POSITIVE_INFINITY;
      if (waitMillis > 0) await this.timer.wait(waitMillis);
      else await this.advance(this.epoch);
    }
  }

  private mayPoll(): boolean {
    const { prefetchBatches, prefetchBytesMax } = this.host.settings;
    const { count, bytes } = this.fetched;
    if (this.mustRecheck) return !this.failure;
    if (this.paused || this.revoked || this.failure) return false;
    if (this.awaitsDemand || prefetchBatches === 0) return count === 0 && this.host.isWaiting();
    return count < prefetchBatches && bytes < prefetchBytesMax;
  }

  private async advance(epoch: number): Promise<void> {
    this.inFlight = true;
    try {
      if (this.position < 0) await this.begin(epoch);
      else if (this.mustRecheck) await this.recheck(epoch);
      else await this.poll(epoch);
    } catch (error) {
      if (this.isCurrent(epoch)) this.onFault(error);
    } finally {
      this.inFlight = false;
    }
    if (this.revoked) this.host.onReadable();
  }

  private isCurrent(epoch: number): boolean {
    return !this.stopped && epoch === this.epoch;
  }

  private async begin(epoch: number): Promise<void> {
    const { host, partitionId, handledBefore } = this;
    const start = await findStart(host.requests, host.settings, partitionId, this.polls);
    if (!this.isCurrent(epoch)) return;
    if (start === "fenced") {
      await this.onFenced(epoch);
      return;
    }
    if (start === "nothing-yet") {
      this.timer.onEmpty();
      return;
    }
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
    if (!this.isCurrent(epoch)) return;
    this.mustRecheck = false;
    const { commits, host } = this;
    if (known && !host.settings.commit.onPoll && known.storedOffset >= commits.position) {
      host.counters.repeated += this.fetched.passOver(known.storedOffset);
      commits.onHandledElsewhere(known.storedOffset);
      this.position = Math.max(this.position, known.storedOffset + 1);
    }
    commits.retry();
    host.onReadable();
  }

  private async poll(epoch: number): Promise<void> {
    const { host, position } = this;
    const { pollIntervalMillis } = host.settings;
    if (pollIntervalMillis > 0) this.timer.holdOff(pollIntervalMillis);
    this.polled = true;
    const batch = await this.polls.next(position, this.end, this.fetched);
    this.polls.onAnswer();
    if (!this.isCurrent(epoch)) return;
    host.counters.polls++;
    if (batch.resyncRequired) {
      await this.onFenced(epoch);
      return;
    }
    this.fencedBefore = false;
    if (batch.currentOffset < this.end) {
      await this.onTruncated(epoch, batch.currentOffset);
      return;
    }
    this.end = batch.currentOffset;
    this.isEmpty = batch.messageCount === 0 && batch.currentOffset === 0 && position === 0;
    if (batch.messageCount === 0) this.onEmpty();
    else if (this.isSound(batch)) this.accept(batch);
  }

  private accept(batch: ConsumedBatch): void {
    const { host, position, commits } = this;
    const { messageCount, bytes } = batch;
    this.polls.onReply(messageCount, bytes.length);
    host.requests.connection.dependencies.metrics.polled(messageCount, bytes.length);
    host.counters.messages += messageCount;
    host.counters.bytes += bytes.length;
    if (this.exact && batch.firstOffset > position) this.onGap(position, batch.firstOffset, "retention");
    if (batch.firstOffset < position && !host.settings.allowReplay) {
      host.counters.repeated += batch.passOver(position - 1);
      if (batch.lastOffset < position) {
        this.onEmpty();
        return;
      }
    }
    this.position = Math.max(position, batch.lastOffset + 1);
    this.exact = true;
    this.fetchedThrough = Math.max(this.fetchedThrough, batch.lastOffset);
    if (host.settings.commit.onPoll) commits.onStored(batch.lastOffset);
    this.timer.onMessages();
    this.awaitsDemand = false;
    this.fetched.push({ reader: this, commits, batch });
    host.onReadable();
  }

  /** Checks a reply; asks for fewer messages where something is wrong, until a single one is to blame. */
  private isSound(batch: ConsumedBatch): boolean {
    const { host, partitionId, position } = this;
    let holes: Hole[];
    try {
      holes = checkReply(batch, partitionId, host.settings.verifyChecksums);
    } catch (cause) {
      host.requests.connection.dependencies.metrics.checksumFailed();
      // A single message gets a second chance: the bytes may have changed on the way.
      const isNew = this.damagedAt !== position;
      this.damagedAt = position;
      if (this.polls.narrow() || isNew) return false;
      const where = `the message at or behind offset ${position} of ${host.requests.label(partitionId)}`;
      const error = consumerError("iggy-client.message-unreadable", `${where} cannot be read`, {
        cause,
        context: { partitionId, offset: position },
      });
      if (host.settings.skipUnreadable) this.skip(error);
      else this.fail(error);
      return false;
    }
    for (const { expected, found } of holes) this.onGap(expected, found, "retention");
    return true;
  }

  private skip(error: Error): void {
    const { host, partitionId, position } = this;
    host.counters.unreadable++;
    host.requests.connection.dependencies.metrics.dropped(1);
    host.events.emit("unreadable", { partitionId, offset: position, error });
    this.position = position + 1;
    this.exact = false;
  }

  private onEmpty(): void {
    this.host.counters.emptyPolls++;
    this.timer.onEmpty();
  }

  /** Not ours at the moment: with a fresh assignment once more at once, then after a pause. */
  private async onFenced(epoch: number): Promise<void> {
    const { host, fencedBefore } = this;
    host.counters.fenced++;
    host.requests.connection.dependencies.metrics.retried("fenced");
    this.fencedBefore = true;
    await host.refreshAssignment();
    if (fencedBefore && this.isCurrent(epoch)) this.timer.onEmpty();
  }

  /** The log is shorter than it was: purged, or the server lost what it had not synchronised. */
  private async onTruncated(epoch: number, end: number): Promise<void> {
    const { host, partitionId, position } = this;
    const known = await host.requests.getOffset(partitionId);
    if (!this.isCurrent(epoch)) return;
    const found = known ? Math.min(known.storedOffset, end) + 1 : 0;
    this.end = end;
    this.onGap(position, found, "truncated");
    this.seek(found, known ? found - 1 : -1);
  }

  private onGap(expected: number, found: number, cause: "retention" | "truncated"): void {
    this.host.counters.gaps++;
    this.host.events.emit("gap", { partitionId: this.partitionId, expected, found, cause });
  }

  private onFault(thrown: unknown): void {
    const remedy = this.remedies.choose(thrown, this.position, this.end >= 0);
    if (remedy.kind === "fail") {
      this.fail(remedy.error);
      return;
    }
    this.host.counters.retries++;
    this.host.events.emit("retrying", remedy.error);
    this.timer.holdOff(remedy.afterMillis);
  }

  private fail(error: Error): void {
    this.failure = error;
    this.host.onReadable();
  }
}

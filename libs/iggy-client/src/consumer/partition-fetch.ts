import type { ConsumedBatch } from "./consumed-batch.js";
import { FetchedBatches } from "./fetched-batches.js";
import { findStart } from "./find-start.js";
import { PartitionCommits } from "./partition-commits.js";
import { PartitionPolls } from "./partition-polls.js";
import type { PartitionReader, ReaderHost } from "./partition-reader.js";
import { PollConditions } from "./poll-conditions.js";
import { PollTimer } from "./poll-timer.js";
import { ReadPosition } from "./read-position.js";
import { ReaderRemedies } from "./reader-remedy.js";
import { ReplyCheck } from "./reply-check.js";

/**
 * Fetches the messages of one partition, poll by poll, ahead of the application as far as the settings allow. Every poll
 * names the offset it begins at, so nothing is passed over: not by lost replies, nor by repeated ones.
 */
export class PartitionFetch {
  commits: PartitionCommits;
  readonly fetched = new FetchedBatches();
  readonly at = new ReadPosition();
  readonly conditions: PollConditions;
  readonly timer: PollTimer;
  private readonly partitionId: number;
  private readonly polls: PartitionPolls;
  private readonly remedies: ReaderRemedies;
  private readonly replies: ReplyCheck;
  private stopped = false;
  /** Counts what makes replies under way worthless. */
  private epoch = 0;
  private underWay = false;
  private polled = false;
  private fencedBefore = false;

  /**
   * @param reader of the partition, to which the batches are attributed
   * @param handledBefore last offset this consumer handled when it had the partition before, −1 = never
   */
  constructor(
    private readonly reader: PartitionReader,
    private readonly host: ReaderHost,
    private readonly handledBefore: number,
  ) {
    const { settings, requests, commitHost } = host;
    const { partitionId } = reader;
    this.partitionId = partitionId;
    this.polls = new PartitionPolls(partitionId, requests, settings);
    this.timer = new PollTimer(commitHost.clock, settings);
    this.remedies = new ReaderRemedies(partitionId, settings, requests, this.polls);
    this.replies = new ReplyCheck(partitionId, requests, settings.verifyChecksums, this.polls);
    this.conditions = new PollConditions(settings, () => host.isWaiting());
    this.commits = new PartitionCommits(partitionId, commitHost);
  }

  /** No further poll; replies under way are ignored. */
  stop(): void {
    this.stopped = true;
    this.timer.wake();
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Nothing is under way, and all that was fetched was taken. */
  get isIdle(): boolean {
    return !this.underWay && this.fetched.count === 0;
  }

  /** A poll was sent: with it the server may have committed what the application has not taken, whatever came back. */
  get hasPolled(): boolean {
    return this.polled;
  }

  /** A new membership: in between the partition may have been read and committed by somebody else. */
  onRejoined(): void {
    this.epoch++;
    this.polls.forget();
    this.conditions.mustRecheck = this.at.isKnown;
    this.timer.wakeNow();
  }

  /** Goes on at this offset, with nothing of what was fetched. @param stored offset the server has, −1 = of no matter */
  seek(offset: number, stored: number): void {
    this.epoch++;
    this.polls.forget();
    this.at.seek(offset);
    this.fetched.clear();
    this.conditions.onSeek();
    this.commits.abandon();
    this.commits = new PartitionCommits(this.partitionId, this.host.commitHost, offset, stored);
    this.timer.wakeNow();
  }

  /** Polls until {@link stop}; resolves once the last request has an outcome. */
  async run(): Promise<void> {
    while (!this.stopped) {
      const waitMillis = this.conditions.mayPoll(this.fetched)
        ? this.timer.waitMillis
        : Number.POSITIVE_INFINITY;
      if (waitMillis > 0) await this.timer.wait(waitMillis);
      else await this.advance(this.epoch);
    }
  }

  private async advance(epoch: number): Promise<void> {
    this.underWay = true;
    try {
      if (!this.at.isKnown) await this.begin(epoch);
      else if (this.conditions.mustRecheck) await this.recheck(epoch);
      else await this.poll(epoch);
    } catch (error) {
      if (this.isCurrent(epoch)) this.onFault(error);
    } finally {
      this.underWay = false;
    }
    if (this.conditions.revoked) this.host.onReadable();
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
    this.at.begin(start, position);
    this.commits = new PartitionCommits(partitionId, host.commitHost, position, start.stored);
    host.events.emit("assigned", { partitionId, offset: position });
  }

  /** Behind a commit of another member reading goes on; what was fetched before is not given any more. */
  private async recheck(epoch: number): Promise<void> {
    const known = await this.host.requests.getOffset(this.partitionId);
    if (!this.isCurrent(epoch)) return;
    this.conditions.mustRecheck = false;
    const { commits, host } = this;
    if (known && !host.settings.commit.onPoll && known.storedOffset >= commits.position) {
      host.counters.repeated += this.fetched.passOver(known.storedOffset);
      commits.onHandledElsewhere(known.storedOffset);
      this.at.passOver(known.storedOffset);
    }
    commits.retry();
    host.onReadable();
  }

  private async poll(epoch: number): Promise<void> {
    const { host, at } = this;
    const { pollIntervalMillis } = host.settings;
    if (pollIntervalMillis > 0) this.timer.holdOff(pollIntervalMillis);
    this.polled = true;
    const batch = await this.polls.next(at.next, at.end, this.fetched);
    this.polls.onAnswer();
    if (!this.isCurrent(epoch)) return;
    host.counters.polls++;
    if (batch.resyncRequired) {
      await this.onFenced(epoch);
      return;
    }
    this.fencedBefore = false;
    if (batch.currentOffset < at.end) {
      await this.onTruncated(epoch, batch.currentOffset);
      return;
    }
    at.learnEnd(batch);
    if (batch.messageCount === 0) this.onEmpty();
    // Whoever was told of a gap may have set the reading to another place.
    else if (this.isSound(batch) && this.isCurrent(epoch)) this.accept(batch);
  }

  private accept(batch: ConsumedBatch): void {
    const { host, at, commits } = this;
    const position = at.next;
    const { messageCount, bytes } = batch;
    this.polls.onReply(messageCount, bytes.length);
    host.requests.connection.dependencies.metrics.polled(messageCount, bytes.length);
    host.counters.messages += messageCount;
    host.counters.bytes += bytes.length;
    if (batch.firstOffset < position && !host.settings.allowReplay) {
      host.counters.repeated += batch.passOver(position - 1);
      if (batch.lastOffset < position) {
        this.onEmpty();
        return;
      }
    }
    at.fetched(batch.lastOffset);
    if (host.settings.commit.onPoll) commits.onStored(batch.lastOffset);
    this.timer.onMessages();
    this.conditions.onMessages();
    this.fetched.push({ reader: this.reader, commits, batch });
    host.onReadable();
  }

  /** Tells of the holes in front of a reply and in it; false when it is of no use. */
  private isSound(batch: ConsumedBatch): boolean {
    const { isExact, next } = this.at;
    const holes = this.replies.holes(batch, next);
    if (holes === undefined) return false;
    if (holes instanceof Error) {
      if (this.host.settings.skipUnreadable) this.skip(holes);
      else this.fail(holes);
      return false;
    }
    if (isExact && batch.firstOffset > next) this.onGap(next, batch.firstOffset, "retention");
    for (const { expected, found } of holes) this.onGap(expected, found, "retention");
    return true;
  }

  private skip(error: Error): void {
    const { host, partitionId, at } = this;
    host.counters.unreadable++;
    host.requests.connection.dependencies.metrics.dropped(1);
    const offset = at.next;
    at.skip();
    host.events.emit("unreadable", { partitionId, offset, error });
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
    const { host, partitionId, at } = this;
    const known = await host.requests.getOffset(partitionId);
    if (!this.isCurrent(epoch)) return;
    const found = known ? Math.min(known.storedOffset, end) + 1 : 0;
    const expected = at.next;
    at.end = end;
    this.seek(found, known ? found - 1 : -1);
    this.onGap(expected, found, "truncated");
  }

  private onGap(expected: number, found: number, cause: "retention" | "truncated"): void {
    this.host.counters.gaps++;
    this.host.events.emit("gap", { partitionId: this.partitionId, expected, found, cause });
  }

  private onFault(thrown: unknown): void {
    const remedy = this.remedies.choose(thrown, this.at.next, this.at.end >= 0);
    if (remedy.kind === "fail") {
      this.fail(remedy.error);
      return;
    }
    this.host.counters.retries++;
    this.host.events.emit("retrying", remedy.error);
    this.timer.holdOff(remedy.afterMillis);
  }

  private fail(error: Error): void {
    this.conditions.failure = error;
    this.host.onReadable();
  }
}

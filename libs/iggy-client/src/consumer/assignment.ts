import { describeError, type TimerHandle } from "@ims/common";
import type { FetchedBatch } from "./fetched-batches.js";
import type { Membership } from "./group-membership.js";
import { PartitionReader, type ReaderHost } from "./partition-reader.js";
import { requestFault } from "./request-fault.js";

/** Where the partitions come from: a fixed one, the topic, or the membership in a group. */
export interface PartitionSource {
  readonly kind: "fixed" | "topic" | "group";
  list(): Promise<Membership>;
}

/**
 * Keeps one reader per partition that is to be read, and gives out their batches in turn. The list of partitions is
 * looked up again when it has its age, after every new session, and when a poll was refused. A partition that a group
 * takes away is read to the end of what was fetched and committed before it is let go, as long as the time allows.
 */
export class Assignment {
  private readers: PartitionReader[] = [];
  private turn = 0;
  private refreshing: Promise<void> | undefined;
  private isKnown = false;
  /** The last look-up failed for good; the next one begins when the application asks for messages. */
  private gaveUp = false;
  private tries = 0;
  private failure: Error | undefined;
  private started = false;
  private stopped = false;
  private timer: TimerHandle | undefined;
  private readonly pausedPartitions = new Set<number>();
  private allPaused = false;
  private readonly handledBefore = new Map<number, number>();
  /** One for every revoked partition. */
  private readonly deadlines = new Map<PartitionReader, TimerHandle>();

  constructor(
    private readonly host: ReaderHost,
    private readonly source: PartitionSource,
  ) {}

  get list(): readonly PartitionReader[] {
    return this.readers;
  }

  readerOf(partitionId: number): PartitionReader | undefined {
    return this.readers.find((reader) => reader.partitionId === partitionId);
  }

  /** Begins to read, or after a failure begins again. */
  start(): void {
    if (this.stopped || (this.started && !this.gaveUp)) return;
    this.started = true;
    this.gaveUp = false;
    void this.refresh();
  }

  /** Looks up the partitions and applies the answer; never rejects. Calls at the same time share one look. */
  refresh(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    this.refreshing ??= this.lookUp().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  /** A new session: requests that wait after a failure go at once. */
  onConnected(): void {
    if (!this.started || this.stopped) return;
    if (this.source.kind !== "fixed") void this.refresh();
    for (const reader of this.readers) reader.onConnected();
  }

  /** The next batch, partition by partition in turn. */
  takeBatch(): FetchedBatch | undefined {
    const { readers } = this;
    for (let i = 0; i < readers.length; i++) {
      const index = (this.turn + i) % readers.length;
      const reader = readers[index]!;
      if (!reader.isReadable) continue;
      this.turn = index + 1;
      return reader.take();
    }
    return undefined;
  }

  takeFailure(): Error | undefined {
    const { failure } = this;
    this.failure = undefined;
    if (failure) return failure;
    for (const reader of this.readers) {
      const failed = reader.takeFailure();
      if (failed) return failed;
    }
    return undefined;
  }

  /** The application waits for messages. */
  wake(): void {
    this.start();
    for (const reader of this.readers) reader.wake();
  }

  /** @param partitionId absent: all, those assigned later included */
  pause(paused: boolean, partitionId?: number): void {
    if (partitionId === undefined) this.allPaused = paused;
    else if (paused) this.pausedPartitions.add(partitionId);
    else this.pausedPartitions.delete(partitionId);
    for (const reader of this.readers) reader.isPaused = this.isPaused(reader.partitionId);
  }

  /** Lets go of revoked partitions that are through. To be called whenever something was handled or committed. */
  releaseRevoked(): void {
    if (this.deadlines.size === 0) return;
    for (const reader of [...this.readers]) {
      if (!reader.isRevoked) continue;
      if (reader.isComplete) this.drop(reader, true);
      else if (this.host.settings.commit.automatic && reader.isDone) reader.commits.commitDue();
    }
  }

  /** A commit was refused because the partition is somebody else's. */
  onPartitionLost(partitionId: number): void {
    const reader = this.readerOf(partitionId);
    if (reader?.isRevoked) this.drop(reader, false);
    else void this.refresh();
  }

  commitDue(): void {
    for (const reader of this.readers) reader.commits.commitDue();
  }

  /** No further polls and look-ups; commits still work. */
  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
    for (const reader of this.readers) reader.stop();
    for (const deadline of this.deadlines.values()) deadline.cancel();
    this.deadlines.clear();
  }

  abandon(): void {
    for (const reader of this.readers) reader.abandon();
  }

  private async lookUp(): Promise<void> {
    this.timer?.cancel();
    const { settings, events, counters, requests, commitHost } = this.host;
    let pauseMillis = settings.assignmentMillis;
    try {
      const membership = await this.source.list();
      if (this.stopped) return;
      this.isKnown = true;
      this.tries = 0;
      this.apply(membership);
    } catch (error) {
      if (this.stopped) return;
      const { terminal } = requests.connection;
      const fault = requestFault(error);
      const isMissing = fault === "missing" && !this.isKnown && this.tries < settings.initRetries;
      if (terminal || !(fault === "retry" || isMissing)) {
        this.gaveUp = true;
        this.failure = terminal ?? (error instanceof Error ? error : new Error(describeError(error)));
        this.host.onReadable();
        return;
      }
      if (isMissing) this.tries++;
      counters.retries++;
      events.emit("retrying", error as Error);
      pauseMillis = isMissing ? settings.initRetryMillis : settings.pollRetryMillis;
    }
    if (this.source.kind === "fixed" && this.isKnown) return;
    this.timer = commitHost.clock.setTimer(pauseMillis, () => void this.refresh());
  }

  private apply({ partitionIds, joined }: Membership): void {
    const { events, counters } = this.host;
    if (joined && this.source.kind === "group") {
      counters.joins++;
      events.emit("joined");
    }
    const wanted = new Set(partitionIds);
    for (const reader of [...this.readers]) {
      if (!wanted.has(reader.partitionId)) this.withdraw(reader, joined);
      else if (reader.isRevoked) this.restore(reader);
      else if (joined) reader.onRejoined();
    }
    for (const partitionId of wanted) if (!this.readerOf(partitionId)) this.add(partitionId);
    this.releaseRevoked();
  }

  private add(partitionId: number): void {
    const reader = new PartitionReader(partitionId, this.host, this.handledBefore.get(partitionId) ?? -1);
    reader.isPaused = this.isPaused(partitionId);
    this.readers.push(reader);
    reader.start();
  }

  /**
   * A group waits for the commit of what was polled, so it is read to the end. Where the membership was lost nobody
   * waits; only what the server committed by itself would be lost, and is still given out.
   */
  private withdraw(reader: PartitionReader, joined: boolean): void {
    if (reader.isRevoked) return;
    const isAwaited = this.source.kind === "group" && (!joined || this.host.settings.commit.onPoll);
    if (!isAwaited) {
      this.drop(reader, reader.isComplete);
      return;
    }
    reader.isRevoked = true;
    const { revocationMillis } = this.host.settings;
    this.deadlines.set(
      reader,
      this.host.commitHost.clock.setTimer(revocationMillis, () => this.drop(reader, false)),
    );
  }

  /** Came back before it was let go; somebody else may have had it. */
  private restore(reader: PartitionReader): void {
    this.cancelDeadline(reader);
    reader.isRevoked = false;
    reader.onRejoined();
  }

  private drop(reader: PartitionReader, complete: boolean): void {
    if (!this.readers.includes(reader)) return;
    this.cancelDeadline(reader);
    const { partitionId, commits } = reader;
    this.readers = this.readers.filter((other) => other !== reader);
    this.handledBefore.set(partitionId, commits.handled);
    reader.abandon();
    this.host.events.emit("revoked", { partitionId, complete });
  }

  private cancelDeadline(reader: PartitionReader): void {
    this.deadlines.get(reader)?.cancel();
    this.deadlines.delete(reader);
  }

  private isPaused(partitionId: number): boolean {
    return this.allPaused || this.pausedPartitions.has(partitionId);
  }
}

import { type Clock, describeError, type ImsError, isImsError, type Logger, sleep } from "@ims/common";
import { type ConsumedBatch, type Consumer, type IggyClient, refusalCode } from "@ims/iggy-client";
import type { Processor } from "@ims/traits";
import { fail } from "../errors.js";
import { TaskRunner, type TaskStatus } from "./task-runner.js";
import type { TaskStorage } from "./task-storage.js";

/** What the tasks of a source need of it. */
export interface TaskHost {
  readonly client: IggyClient;
  readonly processor: Processor;
  readonly storage: TaskStorage;
  readonly source: { readonly stream: string; readonly topic: string };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where a task without a checkpoint begins. */
  readonly start: "first" | "last";
  /** Pause before a failed task is taken up again; doubles up to a minute. */
  readonly retryMillis: number;
  /** A task failed too often. */
  onFailed(error: Error): void;
}

const RETRY_MILLIS_MAX = 60_000;
/** A task that fails so often in a row, at its records or at its checkpoint, ends the processor. */
const FAILURES_MAX = 5;

/** The broker could not write: its disk is full, say. */
const CANNOT_WRITE = 10006;

/** What fails: finishing a batch says nothing of checkpoints, which would fail for ever. */
type Attempt = "work" | "checkpoint";

/**
 * The tasks of the partitions that are assigned at the moment. A partition is paused until its task stands at its last
 * checkpoint, and again when its work or its checkpoint fails.
 */
export class PartitionTasks {
  private readonly tasks = new Map<number, TaskRunner>();
  /** Tasks about to be taken up, one after the other for each partition. */
  private readonly opening = new Map<number, Promise<void>>();
  private readonly failures = {
    work: new Map<number, number>(),
    checkpoint: new Map<number, number>(),
  };
  /** Offsets that the group continues at, as far as known. */
  private readonly committed = new Map<number, number>();
  private readonly stopping = new AbortController();
  private checkpoints: Promise<void> | undefined;

  constructor(
    private readonly consumer: Consumer,
    private readonly host: TaskHost,
  ) {}

  get isReady(): boolean {
    return this.opening.size === 0;
  }

  status(): TaskStatus[] {
    return [...this.tasks.values()].map((task) => task.status());
  }

  /** @param committed offset that the group continues at, 0 = not known or none */
  take(partitionId: number, committed: number): void {
    this.consumer.pause(partitionId);
    if (committed > 0) this.committed.set(partitionId, committed);
    this.open(partitionId, 0);
  }

  /** Somebody else may have worked on the partitions meanwhile. */
  retakeAll(): void {
    for (const partitionId of this.tasks.keys()) if (this.isAssigned(partitionId)) this.take(partitionId, 0);
  }

  /**
   * The input ends before what was read of it: it was made anew, emptied, or lost its end. The state is of records that
   * are not there any more, and what stands at their offsets now would be taken for handled.
   */
  truncated(partitionId: number): void {
    const task = this.tasks.get(partitionId);
    if (!task || this.stopping.signal.aborted) return;
    this.stopping.abort();
    this.host.onFailed(this.inputShorter(partitionId, task.nextOffset));
  }

  async drop(partitionId: number): Promise<void> {
    const task = this.tasks.get(partitionId);
    this.tasks.delete(partitionId);
    await task?.close();
  }

  /** Hands a batch to its task, if that still waits for it. */
  async handle(batch: ConsumedBatch): Promise<void> {
    const { partitionId } = batch;
    const task = this.tasks.get(partitionId);
    if (!task || batch.lastOffset < task.nextOffset) return;
    batch.passOver(task.nextOffset - 1);
    const first = batch.lastOffset - batch.countLeft + 1;
    if (first > task.nextOffset && !task.isFresh) {
      // Either records are gone, or another member went on: the checkpoint tells.
      this.take(partitionId, 0);
      return;
    }
    try {
      await task.process(batch);
      this.failures.work.delete(partitionId);
      batch.release();
    } catch (error) {
      this.retry(partitionId, "work", error);
    }
  }

  /** To be called between two batches. Does nothing while the ones before are still on their way. */
  checkpointAll(): Promise<void> {
    this.checkpoints ??= this.checkpointEach().finally(() => {
      this.checkpoints = undefined;
    });
    return this.checkpoints;
  }

  /** Stores the last checkpoints; the consumer is still to be closed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.opening.values());
    await this.checkpoints;
    await this.checkpointAll();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.tasks.keys()].map((partitionId) => this.drop(partitionId)));
  }

  private open(partitionId: number, pauseMillis: number): void {
    const before = this.opening.get(partitionId) ?? Promise.resolve();
    const opening = before
      .then(() => this.openNow(partitionId, pauseMillis))
      .catch((error: unknown) => this.retry(partitionId, "work", error))
      .finally(() => {
        if (this.opening.get(partitionId) === opening) this.opening.delete(partitionId);
      });
    this.opening.set(partitionId, opening);
  }

  private async openNow(partitionId: number, pauseMillis: number): Promise<void> {
    const { consumer, host, stopping } = this;
    await this.drop(partitionId);
    if (pauseMillis > 0) await sleep(host.clock, pauseMillis, stopping.signal).catch(() => {});
    if (!this.isWanted(partitionId)) return;
    await host.storage.ensure();
    const committed = this.committed.get(partitionId) ?? 0;
    const task = await TaskRunner.open(host, { ...host.source, partitionId }, committed, () =>
      this.firstStart(partitionId),
    );
    if (task.nextOffset > (await this.inputEnd(partitionId))) {
      await task.close();
      throw this.inputShorter(partitionId, task.nextOffset);
    }
    if (!this.isWanted(partitionId)) {
      await task.close();
      return;
    }
    this.tasks.set(partitionId, task);
    consumer.seek(partitionId, task.nextOffset);
    consumer.resume(partitionId);
  }

  private async firstStart(partitionId: number): Promise<number> {
    if (this.host.start === "first") return 0;
    const end = await this.inputEnd(partitionId);
    return end === Number.POSITIVE_INFINITY ? 0 : end;
  }

  /** Offset behind the last record of the input; infinite where the server does not list the partition yet. */
  private async inputEnd(partitionId: number): Promise<number> {
    const { client, source } = this.host;
    const details = await client.topics.get(source.stream, source.topic);
    const partition = details?.partitions.find(({ id }) => id === partitionId);
    if (!partition) return Number.POSITIVE_INFINITY;
    // The last offset of an empty partition reads as 0, like that of one message.
    const { currentOffset, messageCount } = partition;
    return messageCount === 0 && currentOffset === 0 ? 0 : currentOffset + 1;
  }

  /** Takes the task up again at its last checkpoint. */
  private retry(partitionId: number, attempt: Attempt, error: unknown): void {
    if (this.stopping.signal.aborted) return;
    const failures = (this.failures[attempt].get(partitionId) ?? 0) + 1;
    this.failures[attempt].set(partitionId, failures);
    if (!mayPass(error) && failures >= FAILURES_MAX) {
      this.stopping.abort();
      this.host.onFailed(error instanceof Error ? error : new Error(describeError(error)));
      return;
    }
    const pauseMillis = Math.min(RETRY_MILLIS_MAX, this.host.retryMillis * 2 ** Math.min(failures - 1, 10));
    this.host.logger.error(
      { ...this.host.source, partitionId, pauseMillis, failures, error: describeError(error) },
      "a task failed and is taken up again at its last checkpoint",
    );
    this.consumer.pause(partitionId);
    this.open(partitionId, pauseMillis);
  }

  private inputShorter(partitionId: number, nextOffset: number): ImsError {
    const { source, storage } = this.host;
    const state = `${storage.topics.stream}/${storage.topics.checkpointTopic}`;
    const detail = `partition ${partitionId} of ${source.stream}/${source.topic} ends before offset ${nextOffset}, to which it was read: the state in ${state} is of records that are gone`;
    return fail("processor.input-shorter", detail);
  }

  private isWanted(partitionId: number): boolean {
    return !this.stopping.signal.aborted && this.isAssigned(partitionId);
  }

  private isAssigned(partitionId: number): boolean {
    return this.consumer.partitions().some((status) => status.partitionId === partitionId);
  }

  private async checkpointEach(): Promise<void> {
    const ahead = [...this.tasks.values()].filter((task) => task.isAhead);
    await Promise.all(ahead.map((task) => this.checkpoint(task)));
  }

  private async checkpoint(task: TaskRunner): Promise<void> {
    const { partitionId } = task;
    const isCurrent = () => this.tasks.get(partitionId) === task;
    try {
      const nextOffset = await task.checkpoint();
      this.failures.checkpoint.delete(partitionId);
      if (!isCurrent() || nextOffset === undefined || nextOffset === 0) return;
      this.committed.set(partitionId, nextOffset);
      await this.consumer.commit({ partitionId, offset: nextOffset - 1 });
    } catch (error) {
      if (isImsError(error, "iggy-client.partition-lost")) return;
      if (isCurrent()) this.retry(partitionId, "checkpoint", error);
    }
  }
}

/** Whether the same may be good later, without anybody looking after the processor. */
function mayPass(error: unknown): boolean {
  return (isImsError(error) && error.retryable) || refusalCode(error) === CANNOT_WRITE;
}

import { type Clock, describeError, type Logger, sleep, type TimerHandle } from "@ims/common";
import type { Consumer, IggyClient } from "@ims/iggy-client";
import type { Processor } from "@ims/traits";
import { PartitionTasks } from "./partition-tasks.js";
import type { TaskStatus } from "./task-runner.js";
import { TaskStorage } from "./task-storage.js";

/** A topic that a processor reads, and the name of its output topic. */
export interface ProcessorSource {
  readonly stream: string;
  readonly topic: string;
  /** Default: the input's stream and topic, joined by a dash. */
  readonly outputTopic?: string;
}

export interface SourceSettings {
  /** Name of the consumer group: instances with one name share the partitions. Default: the processor's. */
  readonly group?: string;
  /** Longest time between checkpoints of a task that works. Default 1000. */
  readonly checkpointMillis?: number;
  /** Where a task without a checkpoint begins. Default `first`. */
  readonly start?: "first" | "last";
  /** Pause before a failed task is taken up again; doubles up to a minute. Default 500. */
  readonly retryMillis?: number;
  /** Age at which the group's assignment is looked up again. Default 5000. */
  readonly assignmentMillis?: number;
}

export interface SourceDependencies {
  readonly client: IggyClient;
  readonly processor: Processor;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told when the source cannot go on. */
  onFailed(error: Error): void;
}

/** How one input stands. */
export interface SourceStatus {
  readonly stream: string;
  readonly topic: string;
  readonly outputTopic: string;
  /** Records that wait to be read, in all partitions of this instance; `undefined` while that is not known. */
  readonly lag: number | undefined;
  readonly tasks: readonly TaskStatus[];
}

const INPUT_RETRY_MILLIS = 1000;

/** Reads one topic as a member of a group, with a task for every partition that is assigned. */
export class SourceRunner {
  private readonly storage: TaskStorage;
  private readonly stopping = new AbortController();
  private consumer: Consumer | undefined;
  private tasks: PartitionTasks | undefined;
  private timer: TimerHandle | undefined;
  private isBusy = false;
  private isDue = false;
  private loop: Promise<void> = Promise.resolve();
  private starting: Promise<void> | undefined;
  private endIteration: (() => void) | undefined;

  constructor(
    private readonly dependencies: SourceDependencies,
    private readonly source: ProcessorSource,
    private readonly settings: SourceSettings = {},
  ) {
    const { stream, topic, outputTopic = `${stream}-${topic}` } = source;
    const topics = {
      stream: dependencies.processor.name,
      outputTopic,
      checkpointTopic: `${outputTopic}-checkpoints`,
    };
    this.storage = new TaskStorage(dependencies.client, topics, { stream, topic });
  }

  /** Waits for the topic to exist, with a log line, and begins to read. */
  start(): Promise<void> {
    this.starting ??= this.begin();
    return this.starting;
  }

  /** Reading, and every assigned partition has its task. */
  get isReady(): boolean {
    return this.tasks?.isReady ?? false;
  }

  status(): SourceStatus {
    let lag: number | undefined;
    for (const partition of this.consumer?.partitions() ?? []) {
      if (partition.lag !== undefined) lag = (lag ?? 0) + partition.lag;
    }
    const { stream, topic } = this.source;
    const { outputTopic } = this.storage.topics;
    return { stream, topic, outputTopic, lag, tasks: this.tasks?.status() ?? [] };
  }

  /** Ends reading, stores the last checkpoints and leaves the group. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.timer?.cancel();
    this.endIteration?.();
    await this.starting?.catch(() => {});
    await this.loop;
    await this.tasks?.stop();
    await this.consumer?.close();
    await this.tasks?.close();
  }

  private async begin(): Promise<void> {
    await this.waitForInput();
    if (this.stopping.signal.aborted) return;
    const { client, processor, clock, logger, onFailed } = this.dependencies;
    const { stream, topic } = this.source;
    const { group = processor.name, start = "first", retryMillis = 500, assignmentMillis } = this.settings;
    const consumer = client.createConsumer({
      stream,
      topic,
      group,
      commit: { kind: "manual" },
      // Each task seeks to its own checkpoint, also back from what was committed.
      allowReplay: true,
      ...(assignmentMillis === undefined ? {} : { assignmentMillis }),
    });
    const tasks = new PartitionTasks(consumer, {
      client,
      processor,
      storage: this.storage,
      source: { stream, topic },
      clock,
      logger,
      start,
      retryMillis,
      onFailed: (error) => onFailed(error),
    });
    consumer.on("assigned", ({ partitionId, offset }) => tasks.take(partitionId, offset));
    consumer.on("revoked", ({ partitionId }) => void tasks.drop(partitionId));
    consumer.on("joined", () => tasks.retakeAll());
    consumer.on("gap", (gap) => {
      if (gap.cause === "truncated") tasks.truncated(gap.partitionId);
      else logger.warn({ stream, topic, ...gap }, "records were gone before they were read");
    });
    this.consumer = consumer;
    this.tasks = tasks;
    consumer.start();
    this.loop = this.read(consumer, tasks).catch((error: unknown) => {
      onFailed(error instanceof Error ? error : new Error(describeError(error)));
    });
    this.armCheckpoint(tasks);
  }

  private async waitForInput(): Promise<void> {
    const { clock, logger } = this.dependencies;
    const { signal } = this.stopping;
    const { stream, topic } = this.source;
    let hasTold = false;
    while (!signal.aborted && (await this.storage.ensure()) === 0) {
      if (!hasTold) logger.info({ stream, topic }, "waiting for a topic that does not exist yet");
      hasTold = true;
      await sleep(clock, INPUT_RETRY_MILLIS, signal).catch(() => {});
    }
  }

  private async read(consumer: Consumer, tasks: PartitionTasks): Promise<void> {
    const batches = consumer.batches();
    this.endIteration = () => void batches.return?.(undefined);
    for await (const batch of batches) {
      this.isBusy = true;
      await tasks.handle(batch);
      this.isBusy = false;
      if (this.isDue) this.checkpoint(tasks);
    }
  }

  private armCheckpoint(tasks: PartitionTasks): void {
    const { checkpointMillis = 1000 } = this.settings;
    this.timer = this.dependencies.clock.setTimer(checkpointMillis, () => {
      // States are whole between two batches only.
      if (this.isBusy) this.isDue = true;
      else this.checkpoint(tasks);
      if (!this.stopping.signal.aborted) this.armCheckpoint(tasks);
    });
  }

  private checkpoint(tasks: PartitionTasks): void {
    this.isDue = false;
    void tasks.checkpointAll();
  }
}

import type { Clock } from "@ims/common";
import type { ConsumedBatch, IggyClient, PartitionProducer } from "@ims/iggy-client";
import type { Processor, ProcessorTask, TaskInput } from "@ims/traits";
import { fail } from "../errors.js";
import { FirstRecords } from "./input-copies.js";
import { OutputIds } from "./output-ids.js";
import { TaskCheckpoints } from "./task-checkpoints.js";
import { TaskOutput } from "./task-output.js";
import type { TaskStorage } from "./task-storage.js";

/**
 * Batches of 256 KiB that are to be free before a record is begun: what it makes does not begin with an empty one, so one
 * free batch would not do for what fits into one.
 */
const HEADROOM_SLOTS = 3;

export interface TaskDependencies {
  readonly client: Pick<IggyClient, "createProducer">;
  readonly storage: TaskStorage;
  readonly processor: Processor;
  readonly clock: Clock;
}

/** Outputs that the producer gave up: nothing behind them may be called done. */
interface LostOutputs {
  /** Why the first of them was. */
  error: Error | undefined;
}

/** Where a task stands. */
export interface TaskStatus {
  readonly partitionId: number;
  /** Offset of the first record that was not handled. */
  readonly nextOffset: number;
  /** Likewise, of the last checkpoint that is stored; −1 = none. */
  readonly checkpointOffset: number;
  readonly publishedCount: number;
  /** Outputs made again after a restart, which were stored already. */
  readonly repeatedCount: number;
  /** Records of the input that are stored twice, and were left out. */
  readonly copyCount: number;
}

/**
 * One task at work: its state, its outputs and its checkpoints. A checkpoint is stored only after all outputs of the
 * records in it, so what a crash leaves is at worst outputs without a checkpoint: these are made again, recognised by
 * their ids and left out.
 */
export class TaskRunner {
  /** No record was handled since it was opened. */
  isFresh = true;
  /** Its state is not one between two batches: work is under way, or failed. */
  private isTorn = false;

  private constructor(
    readonly partitionId: number,
    private readonly task: ProcessorTask,
    private readonly output: TaskOutput,
    private readonly producer: PartitionProducer,
    private next: number,
    private readonly checkpoints: TaskCheckpoints,
    /** Absent where copies are handled as any record. */
    private readonly first: FirstRecords | undefined,
    private readonly lost: LostOutputs,
  ) {}

  /**
   * Takes the partition up where its last checkpoint stands.
   * @param committed offset that the group continues at, 0 = none: then there must be a checkpoint
   * @param firstStart where a task without a checkpoint begins
   * Throws `processor.bad-checkpoint`, `processor.checkpoint-missing`, `processor.state-version`, and what restoring the
   * state throws.
   */
  static async open(
    dependencies: TaskDependencies,
    input: TaskInput,
    committed: number,
    firstStart: () => Promise<number>,
  ): Promise<TaskRunner> {
    const { client, storage, processor, clock } = dependencies;
    const { partitionId } = input;
    const ids = new OutputIds(input.stream, input.topic, partitionId);
    const checkpoint = await storage.lastCheckpoint(partitionId);
    const stored = await storage.lastOutput(partitionId, ids);
    if (!checkpoint && committed > 0) {
      const detail = `${processor.name} is at offset ${committed} of partition ${partitionId} of ${input.stream}/${input.topic}, and ${storage.topics.stream}/${storage.topics.checkpointTopic} has no state of it`;
      throw fail("processor.checkpoint-missing", detail);
    }
    if (checkpoint && checkpoint.stateVersion !== processor.stateVersion) {
      const detail = `the state of ${processor.name} for partition ${partitionId} of ${input.stream}/${input.topic} has version ${checkpoint.stateVersion}, this program reads ${processor.stateVersion}`;
      throw fail("processor.state-version", detail);
    }
    const next = checkpoint?.nextOffset ?? (await firstStart());
    const checkpoints = new TaskCheckpoints(
      storage,
      {
        partitionId,
        stateVersion: processor.stateVersion,
        start: next,
        publishedThrough: stored?.offset ?? -1,
      },
      checkpoint,
    );
    let first: FirstRecords | undefined;
    if (processor.leavesOutCopies === true) {
      first = new FirstRecords();
      await storage.recallInput(partitionId, next, (records) => first!.remember(records));
    }
    const task = processor.createTask(input, checkpoint?.state, checkpoints);
    const { stream, outputTopic: topic } = storage.topics;
    // A flush tells only of what is given up while it waits: what was refused before it would be lost in silence.
    const lost: LostOutputs = { error: undefined };
    const producer = client.createProducer({
      stream,
      topic,
      partitionId,
      headroomSlots: HEADROOM_SLOTS,
      onFailed: (error) => {
        lost.error ??= error;
      },
    });
    const output = new TaskOutput(producer, ids, () => clock.nowMicros(), stored);
    return new TaskRunner(partitionId, task, output, producer, next, checkpoints, first, lost);
  }

  get nextOffset(): number {
    return this.next;
  }

  /** Records were handled that no checkpoint has, and the state may be taken now. */
  get isAhead(): boolean {
    return !this.isTorn && !this.isFresh && this.next > this.checkpoints.savedOffset;
  }

  status(): TaskStatus {
    const { partitionId, next: nextOffset, output } = this;
    const { publishedCount, repeatedCount } = output;
    const { savedOffset: checkpointOffset } = this.checkpoints;
    const copyCount = this.first?.copyCount ?? 0;
    return { partitionId, nextOffset, checkpointOffset, publishedCount, repeatedCount, copyCount };
  }

  /** Handles a batch that begins at {@link nextOffset}, or behind it where records are gone. */
  async process(batch: ConsumedBatch): Promise<void> {
    this.isTorn = true;
    this.isFresh = false;
    this.output.follow(batch);
    const { lastOffset } = batch;
    await this.task.process(this.first?.follow(batch) ?? batch, this.output);
    this.next = lastOffset + 1;
    this.isTorn = false;
  }

  /**
   * Takes the state now, and resolves with its offset once it and all outputs before it are stored; `undefined` when the
   * task has none to give.
   */
  async checkpoint(): Promise<number | undefined> {
    const { next: nextOffset } = this;
    const state = await this.task.snapshot();
    if (state === undefined) return undefined;
    await this.producer.flush();
    if (this.lost.error) throw this.lost.error;
    await this.checkpoints.save(nextOffset, state);
    return nextOffset;
  }

  /** Ends without a checkpoint; what is still under way after a second is given up. */
  async close(): Promise<void> {
    this.task.close?.();
    await this.producer.close(1000).catch(() => {});
  }
}

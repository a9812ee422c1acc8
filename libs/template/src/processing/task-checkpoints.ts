import type { TaskJournal, TaskNote } from "@ims/traits";
import type { Checkpoint } from "./checkpoint.js";
import type { TaskStorage } from "./task-storage.js";

/** Whose checkpoints they are. */
export interface TaskPlace {
  readonly partitionId: number;
  readonly stateVersion: number;
  /** Where the task begins without a checkpoint. */
  readonly start: number;
  /** Offset of the last record that stored outputs are made of; −1 = none. */
  readonly publishedThrough: number;
}

/**
 * The last checkpoint of a task, and the notes of what was decided behind it: both stand in one message, so that a note
 * is there if and only if the state is that it follows.
 */
export class TaskCheckpoints implements TaskJournal {
  readonly notes: readonly TaskNote[];
  readonly publishedThrough: number;
  private state: Uint8Array | undefined;
  private nextOffset: number;
  private saved: number;
  private kept: TaskNote[];
  /** One message after the other, or an older state could follow a younger one. */
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly storage: Pick<TaskStorage, "saveCheckpoint">,
    private readonly task: TaskPlace,
    checkpoint: Checkpoint | undefined,
  ) {
    this.state = checkpoint?.state;
    this.nextOffset = checkpoint?.nextOffset ?? task.start;
    this.publishedThrough = task.publishedThrough;
    this.saved = checkpoint ? checkpoint.nextOffset : -1;
    this.notes = checkpoint?.notes ?? [];
    this.kept = [...this.notes];
  }

  /** Offset of the last checkpoint that is stored; −1 = none. */
  get savedOffset(): number {
    return this.saved;
  }

  keep(offset: number, octets: Uint8Array): Promise<void> {
    this.kept.push({ offset, octets });
    return this.inTurn(() => this.write());
  }

  /** Resolves when the broker has the state behind all records before an offset. */
  save(nextOffset: number, state: Uint8Array): Promise<void> {
    return this.inTurn(async () => {
      this.nextOffset = nextOffset;
      this.state = state;
      this.kept = this.kept.filter(({ offset }) => offset >= nextOffset);
      await this.write();
    });
  }

  private async write(): Promise<void> {
    const { nextOffset, state } = this;
    const { partitionId, stateVersion } = this.task;
    await this.storage.saveCheckpoint(partitionId, {
      stateVersion,
      nextOffset,
      state,
      notes: [...this.kept],
    });
    this.saved = nextOffset;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.writing.then(work);
    this.writing = turn.catch(() => {});
    return turn;
  }
}

import type { Processor, ProcessorTask, TaskInput } from "@ims/traits";
import type { Signer } from "./signer.js";
import { BatchTask } from "./task/batch-task.js";
import { MessageTask } from "./task/message-task.js";
import { SIGNING_STATE_VERSION, type SigningPlan } from "./task/task-state.js";

/** A processor that publishes its input with signatures. */
export class SigningProcessor implements Processor {
  readonly stateVersion = SIGNING_STATE_VERSION;

  /** @param signer asked for when a task is made, not before */
  constructor(
    readonly name: string,
    private readonly plan: SigningPlan,
    private readonly signer: () => Signer,
  ) {}

  createTask(input: TaskInput, state?: Uint8Array): ProcessorTask {
    const Task = this.plan.mode === "message" ? MessageTask : BatchTask;
    return new Task(input, this.plan, state, this.signer());
  }
}

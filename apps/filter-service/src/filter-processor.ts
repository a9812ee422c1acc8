import type { Processor, TaskInput, TaskJournal } from "@ims/traits";
import { CHAIN_STATE_VERSION } from "./chain/chain-state.js";
import type { StageTools } from "./chain/stage-tools.js";
import { FilterTask } from "./task/filter-task.js";
import type { WantedChains } from "./task/wanted-chains.js";

/** Of a task that keeps nothing: without a restart there is nothing to keep for. */
const NO_JOURNAL: TaskJournal = { notes: [], publishedThrough: -1, keep: async () => {} };

/** What a processor of filters works with, once the service has its session. */
export interface FilterParts {
  readonly wanted: WantedChains;
  readonly tools: StageTools;
}

/** A processor that runs chains of filters, and the tasks that it has open. */
export class FilterProcessor implements Processor {
  readonly stateVersion = CHAIN_STATE_VERSION;
  /** A filter that counts would count a copy, and what it lets through has ids of its own. */
  readonly leavesOutCopies = true;
  private readonly open = new Map<string, { readonly input: TaskInput; readonly task: FilterTask }>();

  /** @param parts asked for when a task is made, not before */
  constructor(
    readonly name: string,
    private readonly parts: () => FilterParts,
  ) {}

  /** The tasks taken up last, one for each partition. */
  get tasks(): readonly { readonly input: TaskInput; readonly task: FilterTask }[] {
    return [...this.open.values()].filter(({ task }) => !task.isClosed);
  }

  createTask(input: TaskInput, state?: Uint8Array, journal: TaskJournal = NO_JOURNAL): FilterTask {
    const { wanted, tools } = this.parts();
    const task = new FilterTask(input, state, journal, wanted, tools);
    this.open.set(`${input.stream}/${input.topic}/${input.partitionId}`, { input, task });
    return task;
  }
}

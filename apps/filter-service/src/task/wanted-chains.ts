import type { TaskInput } from "@ims/traits";
import type { StagePlan } from "../chain/stage-plan.js";
import type { StageReport } from "../chain/stage-tools.js";

/** The chain that commands ask for. */
export interface WantedChain {
  /** Rises with every change, whatever it is; 0 while nothing is known. */
  readonly number: number;
  /** First to last. */
  readonly plans: readonly StagePlan[];
}

/** Where a task learns what is asked for, and tells what came of it. */
export interface WantedChains {
  /** Resolves when the commands up to now are known. */
  readonly ready: Promise<void>;
  chain(stream: string, topic: string): WantedChain;
  /** What happened, once it is kept. */
  report(input: TaskInput, report: StageReport): void;
}

import type { Clock } from "@ims/common";
import type { DeployLimits } from "@ims/filter-control";
import type { CheckedModule, FilterLogLevel } from "@ims/wasm-runtime";
import type { StagePlan } from "./stage-plan.js";

/** What happened to a stage at an offset of its input. */
export interface StageReport {
  readonly kind: "swapped" | "rolled-back" | "quarantined" | "failed" | "refused";
  readonly plan: StagePlan;
  /** SHA-256 of the module before. */
  readonly before?: string;
  /** First record that it counts for. */
  readonly offset: number;
  readonly reason?: string;
}

/** What stages need of the service. */
export interface StageTools {
  readonly clock: Clock;
  /** A stored module, checked and capped. */
  checked(module: string, limits: DeployLimits): Promise<CheckedModule>;
  log(name: string, level: FilterLogLevel, text: string): void;
}

/** The records of a batch: first and last input offset. */
export interface Span {
  readonly first: number;
  readonly last: number;
  /** Outputs of some of them were published before a restart. */
  readonly isRepeated: boolean;
}

/** What became of the batches of a stage since it began. */
export interface StageCounters {
  batches: number;
  recordsIn: number;
  recordsOut: number;
  dropped: number;
  rewritten: number;
  emitted: number;
  failures: number;
  /** Records that a policy handled. */
  byPolicy: number;
  swaps: number;
  /** Milliseconds in which no batch was begun for the sake of swaps. */
  swapPauseMillis: number;
  rollbacks: number;
  quarantines: number;
}

export function newCounters(): StageCounters {
  return {
    batches: 0,
    recordsIn: 0,
    recordsOut: 0,
    dropped: 0,
    rewritten: 0,
    emitted: 0,
    failures: 0,
    byPolicy: 0,
    swaps: 0,
    swapPauseMillis: 0,
    rollbacks: 0,
    quarantines: 0,
  };
}

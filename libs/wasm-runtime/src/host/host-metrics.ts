import { TRAP_KINDS, type TrapKind } from "../instance/trap.js";
import type { BatchFailure, BatchOutcome } from "./batch-outcome.js";
import type { WorkerDone } from "./worker-messages.js";

/** Counters of one host since its start, whatever versions ran. */
export interface FilterMetrics {
  /** Batches, by the module and by the policy together. */
  batches: number;
  policyBatches: number;
  recordsIn: number;
  recordsOut: number;
  recordsDropped: number;
  recordsRewritten: number;
  recordsEmitted: number;
  traps: Record<TrapKind, number>;
  timeouts: number;
  /** Threads that ended by themselves. */
  workerDeaths: number;
  /** Times that a module was put into quarantine. */
  quarantines: number;
  swaps: number;
  rollbacks: number;
  logLines: number;
  logLinesLeftOut: number;
  /** Pages of 64 KiB that the module has now. */
  memoryPages: number;
  /** Microseconds that modules were at batches. */
  micros: number;
}

function newMetrics(): FilterMetrics {
  return {
    batches: 0,
    policyBatches: 0,
    recordsIn: 0,
    recordsOut: 0,
    recordsDropped: 0,
    recordsRewritten: 0,
    recordsEmitted: 0,
    traps: Object.fromEntries(TRAP_KINDS.map((kind) => [kind, 0])) as Record<TrapKind, number>,
    timeouts: 0,
    workerDeaths: 0,
    quarantines: 0,
    swaps: 0,
    rollbacks: 0,
    logLines: 0,
    logLinesLeftOut: 0,
    memoryPages: 0,
    micros: 0,
  };
}

/** Counts what happens at a host. */
export class HostCounters {
  readonly metrics = newMetrics();

  /** @param done what the worker told, where the module handled the batch */
  count(outcome: BatchOutcome, done?: WorkerDone): void {
    const { metrics } = this;
    metrics.batches++;
    metrics.recordsIn += outcome.records;
    metrics.recordsOut += outcome.outputCount;
    metrics.recordsDropped += outcome.dropped;
    metrics.recordsRewritten += outcome.rewritten;
    metrics.recordsEmitted += outcome.emitted;
    if (done === undefined) {
      metrics.policyBatches++;
      return;
    }
    metrics.micros += done.batch!.micros;
    metrics.memoryPages = done.memoryPages;
  }

  countFailure({ kind }: BatchFailure): void {
    if (kind === "timeout") this.metrics.timeouts++;
    else if (kind === "worker") this.metrics.workerDeaths++;
    else if (kind !== "quarantined") this.metrics.traps[kind]++;
  }

  /** A copy. */
  read(): FilterMetrics {
    return { ...this.metrics, traps: { ...this.metrics.traps } };
  }
}

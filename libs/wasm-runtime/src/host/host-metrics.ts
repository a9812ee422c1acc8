import { TRAP_KINDS, type TrapKind } from "../instance/trap.js";

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

export function newMetrics(): FilterMetrics {
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

import type { Clock } from "@ims/common/core";
import type { BatchJob } from "./batch-job.js";
import type { FilterEngine } from "./filter-engine.js";

/** Octets of batches that are kept for an old module; reaching them ends the probation. */
const KEPT_BYTES_MAX = 64 << 20;

/**
 * The time in which a new module may be found wanting. The old one stands still in its thread, in the state that it had
 * at the swap; the batches since are kept, so that it can catch up.
 */
export class Probation {
  readonly #startMillis: number;
  #batchesLeft: number;

  constructor(
    readonly old: FilterEngine,
    batches: number,
    readonly millis: number,
    readonly clock: Clock,
  ) {
    this.#batchesLeft = batches;
    this.#startMillis = clock.monotonicMillis();
  }

  /** Takes notice of a batch that the new module handled. @returns why the probation is over, if it is */
  passed(job: BatchJob): string | undefined {
    this.old.keep(job);
    if (--this.#batchesLeft <= 0) return "it handled its batches";
    if (this.clock.monotonicMillis() - this.#startMillis >= this.millis) return "its time is over";
    if (this.old.sinceBytes > KEPT_BYTES_MAX) return "no more batches can be kept";
    return undefined;
  }
}

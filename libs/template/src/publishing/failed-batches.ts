/** Outcomes that are remembered; more batches of one partition are not on their way at once. */
const CHECKPOINT_COUNT = 256;

/**
 * When the records of a partition's batches were published, as far as it can be told from the outcomes of earlier
 * batches: at each outcome it notes how many records had been committed by then. Costs nothing per record.
 */
export class FailedBatches {
  readonly #committed = new Float64Array(CHECKPOINT_COUNT);
  readonly #micros = new Float64Array(CHECKPOINT_COUNT);
  #checkpoints = 0;
  #settled = 0;

  /**
   * A batch has an outcome.
   * @param pendingCount records of the partition that have none yet
   * @returns a time before which none of the batch's records was published, wall time in microseconds; 0 if unknown
   */
  settle(messageCount: number, pendingCount: number, nowMicros: number): number {
    const first = this.#settled;
    this.#settled += messageCount;
    let fromMicros = 0;
    for (let index = Math.max(0, this.#checkpoints - CHECKPOINT_COUNT); index < this.#checkpoints; index++) {
      const at = index % CHECKPOINT_COUNT;
      if (this.#committed[at]! <= first) fromMicros = this.#micros[at]!;
    }
    const at = this.#checkpoints++ % CHECKPOINT_COUNT;
    this.#committed[at] = this.#settled + pendingCount;
    this.#micros[at] = nowMicros;
    return fromMicros;
  }
}

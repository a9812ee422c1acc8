import type { Clock } from "@ims/common/core";
import type { BatchJob } from "./batch-job.js";

/** Work that is done while no batch is under way, in its place among the batches. */
interface BetweenJob {
  readonly run: (gatedMillis: number) => Promise<void>;
  readonly whenGated: (() => void) | undefined;
  readonly reject: (error: Error) => void;
  /** Since when no further batch is begun for its sake, in milliseconds of the clock. */
  gatedMillis: number | undefined;
}

type Job = { readonly batch: BatchJob } | { readonly between: BetweenJob };

/** Batches and the work between them, in their order; several batches are begun at once. */
export class BatchQueue {
  #waiting: Job[] = [];
  readonly #begun: BatchJob[] = [];
  /** The number behind that of the newest batch. */
  #numbered = 0;
  #isBusy = false;
  #isPumping = false;
  #isNarrow = false;

  /** @param begin hands a batch over; {@link end} follows, at once or later */
  constructor(
    readonly begunMax: number,
    readonly clock: Clock,
    readonly begin: (job: BatchJob) => void,
  ) {}

  /** Batches and other work that are not done. */
  get length(): number {
    return this.#waiting.length + this.#begun.length;
  }

  get begunCount(): number {
    return this.#begun.length;
  }

  /** The number of the batch that is begun next. */
  get nextNumber(): number {
    for (const job of this.#waiting) if ("batch" in job) return job.batch.number;
    return this.#numbered;
  }

  /** While set, one batch is begun at a time, so that work between batches waits for one at most. */
  set isNarrow(isNarrow: boolean) {
    this.#isNarrow = isNarrow;
    this.#pump();
  }

  push(batch: BatchJob): void {
    this.#numbered = batch.number + 1;
    this.#waiting.push({ batch });
    this.#pump();
  }

  /**
   * Does this behind what waits now, with no batch under way; batches handed over later come behind it.
   * @param whenGated called once, when only batches under way are in front of it, if there are any
   */
  between<T>(work: (gatedMillis: number) => Promise<T>, whenGated?: () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = (gatedMillis: number) => work(gatedMillis).then(resolve, reject);
      this.#waiting.push({ between: { run, whenGated, reject, gatedMillis: undefined } });
      this.#pump();
    });
  }

  /** The oldest batch under way is done. */
  end(job: BatchJob): void {
    if (this.#begun[0] !== job) throw new Error("batches end in their order");
    this.#begun.shift();
    this.#pump();
  }

  /** Holds everything back until this is done. */
  exclusively(work: () => Promise<void>): void {
    this.#isBusy = true;
    void work().finally(() => {
      this.#isBusy = false;
      this.#pump();
    });
  }

  /** Takes all batches under way out; they may be put back by {@link putBack}. */
  takeBegun(): BatchJob[] {
    const jobs = this.#begun.splice(0);
    for (const job of jobs) job.abandon();
    return jobs;
  }

  /** In front of everything that waits. */
  putBack(jobs: readonly BatchJob[]): void {
    this.#waiting = [...jobs.map((batch) => ({ batch })), ...this.#waiting];
  }

  /** Takes everything out; work between batches fails with this error. @returns the batches */
  clear(error: Error): BatchJob[] {
    const batches = this.takeBegun();
    for (const job of this.#waiting) {
      if ("batch" in job) batches.push(job.batch);
      else job.between.reject(error);
    }
    this.#waiting = [];
    return batches;
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (this.#step());
    } finally {
      this.#isPumping = false;
    }
  }

  #step(): boolean {
    const head = this.#waiting[0];
    if (head === undefined || this.#isBusy) return false;
    if ("between" in head) {
      const isNew = head.between.gatedMillis === undefined;
      head.between.gatedMillis ??= this.clock.monotonicMillis();
      if (this.#begun.length > 0) {
        if (isNew) head.between.whenGated?.();
        return false;
      }
      this.#waiting.shift();
      const { run, gatedMillis } = head.between;
      this.exclusively(() => run(gatedMillis!));
      return false;
    }
    if (this.#begun.length >= (this.#isNarrow ? 1 : this.begunMax)) return false;
    this.#waiting.shift();
    this.#begun.push(head.batch);
    this.begin(head.batch);
    return true;
  }
}

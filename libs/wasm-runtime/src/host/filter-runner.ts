import { describeError, type ImsError } from "@ims/common/core";
import { fail } from "../errors.js";
import type { ParameterValues } from "../instance/parameter-values.js";
import type { BatchJob } from "./batch-job.js";
import type { BatchFailure } from "./batch-outcome.js";
import { BatchQueue } from "./batch-queue.js";
import { kindOf, toImsError } from "./failure-kind.js";
import type { EngineContext, FilterEngine } from "./filter-engine.js";
import type { HostCounters } from "./host-metrics.js";
import type { FilterEvent, SwapOptions, SwapReport } from "./host-options.js";
import { Probation } from "./probation.js";
import type { WorkerDone } from "./worker-messages.js";

/** Octets of batches since the last state that make the next one due. */
const SINCE_BYTES_MAX = 16 << 20;

type ResolvedSwap = Required<Omit<SwapOptions, "parameters">>;

export type HostMode = "running" | "quarantined" | "stopped" | "closed";

/**
 * Which module is at work, what becomes of its failures, and which one it may have to give way to. Everything here
 * happens in the order of the batches: methods that return a promise are to be called between two batches only, see
 * {@link FilterRunner.between}.
 */
export class FilterRunner {
  readonly queue: BatchQueue;
  #engine: FilterEngine;
  #probation: Probation | undefined;
  #mode: HostMode = "running";
  #reason: ImsError | undefined;
  #failuresInRow = 0;
  #lastJob: BatchJob | undefined;
  /** The state behind the batches under way, asked for before they are answered; void where one of them fails. */
  #earlyState: Promise<Uint8Array> | undefined;

  constructor(
    engine: FilterEngine,
    readonly context: EngineContext,
    readonly counters: HostCounters,
  ) {
    this.#engine = engine;
    this.queue = new BatchQueue(context.batchesInFlight, context.clock, (job) => this.#begin(job));
  }

  get engine(): FilterEngine {
    return this.#engine;
  }

  get mode(): HostMode {
    return this.#mode;
  }

  /** Why it is not running. */
  get reason(): ImsError | undefined {
    return this.#reason;
  }

  get isOnProbation(): boolean {
    return this.#probation !== undefined;
  }

  /** The batch that was handled last, for warming a new module. */
  get lastJob(): BatchJob | undefined {
    return this.#lastJob;
  }

  requireOpen(): void {
    if (this.#mode === "closed" || this.#mode === "stopped") throw this.#reason!;
  }

  /** Does this behind the batches handed over so far. */
  async between<T>(work: () => Promise<T>): Promise<T> {
    this.requireOpen();
    return this.queue.between(work);
  }

  /** The state behind the last batch. */
  async snapshot(): Promise<Uint8Array> {
    const early = this.#earlyState;
    this.#earlyState = undefined;
    try {
      return await (early ?? this.#engine.snapshot());
    } catch (error) {
      if (this.#mode === "running") await this.#recover();
      throw error;
    }
  }

  async setParameters(parameters: ParameterValues): Promise<void> {
    try {
      await this.#engine.setParameters(parameters);
    } catch (error) {
      await this.#recover();
      throw error;
    }
  }

  /** Has a module take over that is ready and fresh; the old one stands by in its probation unless it was in quarantine. */
  async swap(next: FilterEngine, swap: ResolvedSwap): Promise<SwapReport> {
    this.requireOpen();
    const takeOver = (gatedMillis: number) => this.#takeOver(next, swap, gatedMillis);
    return this.queue.between(takeOver, () => this.#askEarly());
  }

  /** Has the thread take the state right behind the batches that it has, without waiting for this one. */
  #askEarly(): void {
    if (this.#mode !== "running" || !this.#engine.hasState || !this.#engine.hasThread) return;
    this.#earlyState = this.#engine.snapshot();
    // Where nobody asks for it any more.
    this.#earlyState.catch(() => {});
  }

  async #takeOver(next: FilterEngine, swap: ResolvedSwap, gatedMillis: number): Promise<SwapReport> {
    const old = this.#engine;
    const isOldWell = this.#mode === "running";
    const tookState = !swap.withoutState && next.canTakeStateOf(old);
    // Also where the new one cannot use it: the old one may need to come back to it.
    const state = old.hasState && (isOldWell || tookState) ? await this.snapshot() : undefined;
    if (tookState) await next.restore(state!);
    if (this.#mode === "closed") throw this.#reason!;
    if (this.#probation !== undefined) this.#endProbation(this.queue.nextNumber, "another module took over");
    this.#engine = next;
    this.#mode = "running";
    this.#reason = undefined;
    this.#failuresInRow = 0;
    if (isOldWell && swap.probationBatches > 0) {
      const { probationBatches, probationMillis } = swap;
      this.#probation = new Probation(old, probationBatches, probationMillis, this.context.clock);
    } else {
      void old.close();
    }
    this.counters.metrics.swaps++;
    const pauseMillis = this.context.clock.monotonicMillis() - gatedMillis;
    const batch = this.queue.nextNumber;
    const report = { from: old.version, to: next.version, batch, tookState, pauseMillis };
    this.#emit({ type: "swapped", ...report });
    return report;
  }

  /** Has the module before come back, at this batch. Only in probation. */
  async returnToOld(batch: number, error: ImsError): Promise<void> {
    const { old } = this.#probation!;
    const bad = this.#engine;
    this.#probation = undefined;
    void bad.close();
    this.#engine = old;
    this.#failuresInRow = 0;
    this.counters.metrics.rollbacks++;
    if (this.#mode === "quarantined") {
      this.#mode = "running";
      this.#reason = undefined;
    }
    try {
      await old.catchUp();
      this.#emit({ type: "rolled-back", from: bad.version, to: old.version, batch, error });
    } catch (failure) {
      this.enterQuarantine(batch, toImsError(failure));
    }
  }

  /** From this batch on the policy handles all. */
  enterQuarantine(batch: number, error: ImsError): void {
    if (this.#mode !== "running") return;
    this.#mode = "quarantined";
    this.#reason = error;
    this.counters.metrics.quarantines++;
    void this.#engine.stop();
    this.#emit({ type: "quarantined", version: this.#engine.version, batch, error });
  }

  /** Ends the threads. What waits fails. */
  async close(): Promise<void> {
    if (this.#mode === "closed") return;
    this.#mode = "closed";
    this.#reason = fail("wasm.closed", "the host of the module was closed");
    this.#refuseAll();
    const engines = [this.#engine, this.#probation?.old];
    this.#probation = undefined;
    await Promise.all(engines.map((engine) => engine?.close()));
  }

  #begin(job: BatchJob): void {
    if (this.#mode === "quarantined") {
      this.#byPolicy(job, { kind: "quarantined", error: this.#reason! });
      this.queue.end(job);
      return;
    }
    const engine = this.#engine;
    const isStateDue =
      engine.hasState &&
      !engine.isStateAsked &&
      (engine.sinceCount + this.queue.begunCount >= this.context.snapshotEvery ||
        engine.sinceBytes >= SINCE_BYTES_MAX);
    const wantsState = engine.hasState && (job.wantsState || isStateDue);
    if (wantsState) engine.isStateAsked = true;
    const attempt = ++job.attempt;
    engine.send({ type: "batch", batch: job.shared, output: job.output(), wantsState }, (outcome) => {
      // An answer to a batch that was taken back meanwhile says nothing.
      if (job.attempt !== attempt) return;
      if (outcome?.done !== undefined) this.#onHandled(job, engine, outcome.done, wantsState);
      else this.#onFailed(job, outcome?.error ?? fail("wasm.worker-failed", "the batch was skipped"));
    });
  }

  #onHandled(job: BatchJob, engine: FilterEngine, done: WorkerDone, hasState: boolean): void {
    this.#failuresInRow = 0;
    if (hasState) {
      engine.isStateAsked = false;
      engine.anchor(done.state);
    } else {
      engine.keep(job);
    }
    const probationEnd = this.#probation?.passed(job);
    if (probationEnd !== undefined) this.#endProbation(job.number + 1, probationEnd);
    this.#remember(job);
    const outcome = job.handled(engine.version, done);
    this.counters.count(outcome, done);
    job.resolve(outcome);
    this.queue.end(job);
  }

  /** The batches behind it come again; so does this one where an old module can come back. */
  #onFailed(failed: BatchJob, error: ImsError): void {
    this.#earlyState = undefined;
    const [, ...others] = this.queue.takeBegun();
    const failure = { kind: kindOf(error), error };
    this.counters.countFailure(failure);
    this.#emit({ type: "failed", version: this.#engine.version, batch: failed.number, error });
    if (this.#probation !== undefined) {
      this.queue.putBack([failed, ...others]);
      this.queue.exclusively(() => this.returnToOld(failed.number, error));
      return;
    }
    this.queue.putBack(others);
    if (this.context.policy === "stop") {
      this.#stop(failed, error);
      return;
    }
    this.#byPolicy(failed, failure);
    this.#failuresInRow++;
    if (error.code === "wasm.timed-out" || this.#failuresInRow >= this.context.failuresMax) {
      // Through the queue, so that batches of this turn see it in their order.
      this.queue.exclusively(async () => this.enterQuarantine(failed.number, error));
    } else {
      this.queue.exclusively(() => this.#recover());
    }
  }

  #byPolicy(job: BatchJob, failure: BatchFailure): void {
    const outcome = job.unhandled(this.#engine.version, failure, this.context.policy === "pass");
    this.counters.count(outcome);
    job.resolve(outcome);
  }

  #stop(failed: BatchJob, error: ImsError): void {
    this.#mode = "stopped";
    this.#reason = fail("wasm.stopped", `batch ${failed.number} failed: ${describeError(error)}`, {
      cause: error,
    });
    failed.reject(this.#reason);
    failed.release();
    this.#refuseAll();
  }

  #refuseAll(): void {
    for (const job of this.queue.clear(this.#reason!)) {
      job.reject(this.#reason!);
      job.release();
    }
  }

  /** Brings the module back to the state behind the last batch that it handled. */
  async #recover(): Promise<void> {
    try {
      await this.#engine.rebuild();
    } catch (error) {
      this.enterQuarantine(this.queue.nextNumber, toImsError(error));
    }
  }

  #endProbation(batch: number, reason: string): void {
    void this.#probation?.old.close();
    this.#probation = undefined;
    this.#emit({ type: "probation-ended", version: this.#engine.version, batch, reason });
  }

  #remember(job: BatchJob): void {
    job.hold();
    this.#lastJob?.release();
    this.#lastJob = job;
  }

  #emit(event: FilterEvent): void {
    this.context.onEvent(event);
  }
}

import { describeError, type ImsError, isImsError } from "@ims/common";
import { fail } from "../errors.js";
import type { BatchRecords } from "../instance/batch-input.js";
import type { FilterDescription } from "../instance/filter-description.js";
import { type ParameterValues, resolveParameters } from "../instance/parameter-values.js";
import type { TrapKind } from "../instance/trap.js";
import { requireWhole } from "../limits.js";
import type { CheckedModule } from "../module/check-module.js";
import { BatchJob } from "./batch-job.js";
import type { BatchFailure, BatchOutcome } from "./batch-outcome.js";
import { BatchQueue } from "./batch-queue.js";
import { BufferPool } from "./buffer-pool.js";
import { type EngineContext, FilterEngine } from "./filter-engine.js";
import { type FilterMetrics, newMetrics } from "./host-metrics.js";
import {
  type FilterEvent,
  type FilterHostOptions,
  resolveHostOptions,
  type SwapOptions,
  type SwapReport,
} from "./host-options.js";
import { Probation } from "./probation.js";
import { layOut, writeShared } from "./shared-batch.js";
import type { WorkerDone } from "./worker-messages.js";

/** Shared memory that is kept for the next batches, for input and for output each. */
const POOL_BYTES = 64 << 20;
/** Octets of batches since the last state that make the next one due. */
const SINCE_BYTES_MAX = 16 << 20;
/** Times that a new module is given the last batch before it takes over. */
const WARM_RUNS = 8;

export type HostMode = "running" | "quarantined" | "stopped" | "closed";

/**
 * Runs a filter in a thread of its own, batch by batch in their order. A failure affects its batch alone, which the
 * policy handles; then a fresh instance goes on in exactly the state behind the batch before. A module that gives no
 * answer in its time, or fails too often in a row, is put into quarantine: the policy handles all further batches until
 * another module is swapped in.
 */
export class FilterHost {
  readonly #options: EngineContext;
  readonly #pools = { inputs: new BufferPool(POOL_BYTES), outputs: new BufferPool(POOL_BYTES) };
  readonly #metrics: FilterMetrics;
  readonly #queue: BatchQueue;
  #engine: FilterEngine;
  #probation: Probation | undefined;
  #mode: HostMode = "running";
  /** Why it is not running. */
  #reason: ImsError | undefined;
  #isSwapping = false;
  #batches = 0;
  #failuresInRow = 0;
  /** For warming a new module. */
  #lastJob: BatchJob | undefined;

  private constructor(engine: FilterEngine, options: EngineContext, metrics: FilterMetrics) {
    this.#metrics = metrics;
    this.#engine = engine;
    this.#options = options;
    this.#queue = new BatchQueue(options.batchesInFlight, options.clock, (job) => this.#begin(job));
  }

  /**
   * Starts the thread and loads the module in it.
   * @throws ImsError (rejected) `wasm.bad-limits`, `wasm.bad-parameter`, `wasm.bad-description`, `wasm.bad-export`,
   *   `wasm.bad-state`, `wasm.trapped`, `wasm.timed-out`, `wasm.worker-failed`
   */
  static async start(given: FilterHostOptions): Promise<FilterHost> {
    const options = resolveHostOptions(given);
    const { module, parameters = {}, state } = given;
    const metrics = newMetrics();
    const context: EngineContext = {
      ...options,
      onLog: (level, text, version) => {
        metrics.logLines++;
        options.onLog(level, text, version);
      },
      onLogLinesLeftOut: (count) => {
        metrics.logLinesLeftOut += count;
      },
    };
    return new FilterHost(await FilterEngine.start(module, context, parameters, state), context, metrics);
  }

  get mode(): HostMode {
    return this.#mode;
  }

  /** Why it is not running. */
  get reason(): ImsError | undefined {
    return this.#reason;
  }

  /** SHA-256 of the module that is given the next batch. */
  get version(): string {
    return this.#engine.version;
  }

  get description(): FilterDescription {
    return this.#engine.description;
  }

  get parameters(): ParameterValues {
    return this.#engine.parameters;
  }

  /** Whether an old module could still come back. */
  get isOnProbation(): boolean {
    return this.#probation !== undefined;
  }

  /** The number that the next batch gets. */
  get nextBatch(): number {
    return this.#batches;
  }

  /** The number of the batch that comes next. */
  get #firstWaiting(): number {
    return this.#queue.nextBatch?.number ?? this.#batches;
  }

  metrics(): FilterMetrics {
    return { ...this.#metrics, traps: { ...this.#metrics.traps } };
  }

  /**
   * Hands over a batch; its octets may be used again as soon as this returns. Outcomes come in the order of the calls,
   * and each has to be released.
   * @param batchTime microseconds since 1970, the broker's time of the newest record
   * @param wantsState the state behind this batch is to be in the outcome, as {@link snapshot} would give it
   * @throws ImsError (rejected) `wasm.bad-batch`, `wasm.busy` beyond `batchesQueued`, `wasm.stopped`, `wasm.closed`
   */
  async run(records: BatchRecords, batchTime: number, wantsState = false): Promise<BatchOutcome> {
    this.#requireOpen();
    if (this.#queue.length >= this.#options.batchesQueued) {
      throw fail("wasm.busy", `${this.#options.batchesQueued} batches wait already`);
    }
    const layout = layOut(records, this.#options.limits);
    const input = this.#pools.inputs.take(layout.inputBytes);
    writeShared(records, layout, input);
    const shared = { input, count: records.count, byteCount: layout.byteCount, batchTime };
    return new Promise((resolve, reject) => {
      const pools = this.#pools;
      this.#queue.push(new BatchJob(this.#batches++, { shared, layout, wantsState, pools, resolve, reject }));
    });
  }

  /**
   * Sets all parameters behind the batches handed over so far.
   * @throws ImsError (rejected) `wasm.bad-parameter`, and the old ones stay; `wasm.quarantined`
   */
  setParameters(parameters: ParameterValues): Promise<void> {
    return this.#between(async () => {
      if (this.#mode === "quarantined") throw this.#quarantineError();
      resolveParameters(this.description, parameters);
      try {
        await this.#engine.setParameters(parameters);
      } catch (error) {
        await this.#recover();
        throw error;
      }
    });
  }

  /**
   * The state behind the batches handed over so far; empty for a module without one.
   * @throws ImsError (rejected) `wasm.bad-state`, `wasm.trapped`
   */
  snapshot(): Promise<Uint8Array> {
    return this.#between(() => this.#stateOfEngine());
  }

  /**
   * Has another module take over: it is compiled and warmed in a thread of its own while the old one works; then, behind
   * the batches handed over so far, it takes up the old one's state where both have one of the same version, and goes
   * on. Should it fail in its probation, the old one comes back and handles the batch that failed.
   * @throws ImsError (rejected) `wasm.busy` during another swap, and whatever the new module fails with before it takes
   *   over; the old one then goes on
   */
  async swap(module: CheckedModule, swap: SwapOptions = {}): Promise<SwapReport> {
    this.#requireOpen();
    if (this.#isSwapping) throw fail("wasm.busy", "another swap is under way");
    const resolved = {
      withoutState: swap.withoutState ?? false,
      probationBatches: requireWhole("probationBatches", swap.probationBatches ?? 64, 0, 4096),
      probationMillis: requireWhole("probationMillis", swap.probationMillis ?? 60_000, 0, 2 ** 31 - 1),
    };
    this.#isSwapping = true;
    let next: FilterEngine | undefined;
    try {
      next = await FilterEngine.start(module, this.#options, swap.parameters ?? {});
      await this.#warm(next);
      // Fresh again before anything waits for it.
      await next.load(undefined);
      const engine = next;
      return await this.#between((gatedMillis) => this.#takeOver(engine, resolved, gatedMillis));
    } catch (error) {
      await next?.close();
      throw error;
    } finally {
      this.#isSwapping = false;
    }
  }

  /** Has the module that was replaced come back, as if the new one had failed. @returns whether there is one */
  rollBack(): Promise<boolean> {
    return this.#between(async () => {
      if (this.#probation === undefined) return false;
      await this.#returnToOld(this.#firstWaiting, fail("wasm.stopped", "the old module was called back"));
      return true;
    });
  }

  /** Puts the module into quarantine behind the batches handed over so far. */
  quarantine(reason: string): Promise<void> {
    return this.#between(async () => {
      if (this.#mode === "running")
        this.#enterQuarantine(this.#firstWaiting, fail("wasm.quarantined", reason));
    });
  }

  /** Ends the threads. What waits fails with `wasm.closed`. */
  async close(): Promise<void> {
    if (this.#mode === "closed") return;
    this.#mode = "closed";
    this.#reason = fail("wasm.closed", "the host of the module was closed");
    this.#refuseAll();
    const engines = [this.#engine, this.#probation?.old];
    this.#probation = undefined;
    await Promise.all(engines.map((engine) => engine?.close()));
  }

  #requireOpen(): void {
    if (this.#mode === "closed" || this.#mode === "stopped") throw this.#reason!;
  }

  async #between<T>(work: (gatedMillis: number) => Promise<T>): Promise<T> {
    this.#requireOpen();
    return this.#queue.between(work);
  }

  #refuseAll(): void {
    for (const job of this.#queue.clear(this.#reason!)) {
      job.reject(this.#reason!);
      job.release();
    }
  }

  #begin(job: BatchJob): void {
    if (this.#mode === "quarantined") {
      this.#byPolicy(job, { kind: "quarantined", error: this.#reason! });
      this.#queue.end(job);
      return;
    }
    const engine = this.#engine;
    const isStateDue =
      engine.hasState &&
      !engine.isStateAsked &&
      (engine.sinceCount + this.#queue.begunCount >= this.#options.snapshotEvery ||
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
    this.#count(outcome, done);
    job.resolve(outcome);
    this.#queue.end(job);
  }

  /** The batches behind it come again; so does this one where an old module can come back. */
  #onFailed(failed: BatchJob, error: ImsError): void {
    const [, ...others] = this.#queue.takeBegun();
    const failure = { kind: kindOf(error), error };
    this.#countFailure(failure);
    this.#emit({ type: "failed", version: this.version, batch: failed.number, error });
    if (this.#probation !== undefined) {
      this.#queue.putBack([failed, ...others]);
      this.#queue.exclusively(() => this.#returnToOld(failed.number, error));
      return;
    }
    this.#queue.putBack(others);
    if (this.#options.policy === "stop") {
      this.#stop(failed, error);
      return;
    }
    this.#byPolicy(failed, failure);
    this.#failuresInRow++;
    if (error.code === "wasm.timed-out" || this.#failuresInRow >= this.#options.failuresMax) {
      // Through the queue, so that batches of this turn see it in their order.
      this.#queue.exclusively(async () => this.#enterQuarantine(failed.number, error));
    } else {
      this.#queue.exclusively(() => this.#recover());
    }
  }

  #byPolicy(job: BatchJob, failure: BatchFailure): void {
    const outcome = job.unhandled(this.version, failure, this.#options.policy === "pass");
    this.#metrics.policyBatches++;
    this.#count(outcome);
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

  async #stateOfEngine(): Promise<Uint8Array> {
    try {
      return await this.#engine.snapshot();
    } catch (error) {
      if (this.#mode === "running") await this.#recover();
      throw error;
    }
  }

  /** Brings the module back to the state behind the last batch that it handled. */
  async #recover(): Promise<void> {
    try {
      await this.#engine.rebuild();
    } catch (error) {
      this.#enterQuarantine(this.#firstWaiting, toImsError(error));
    }
  }

  #enterQuarantine(batch: number, error: ImsError): void {
    if (this.#mode !== "running") return;
    this.#mode = "quarantined";
    this.#reason = error;
    this.#metrics.quarantines++;
    void this.#engine.stop();
    this.#emit({ type: "quarantined", version: this.version, batch, error });
  }

  async #warm(next: FilterEngine): Promise<void> {
    const job = this.#lastJob;
    if (job === undefined) return;
    job.hold();
    try {
      await next.warm(job, WARM_RUNS);
    } finally {
      job.release();
    }
  }

  async #takeOver(
    next: FilterEngine,
    swap: Required<Omit<SwapOptions, "parameters">>,
    gatedMillis: number,
  ): Promise<SwapReport> {
    const old = this.#engine;
    const isOldWell = this.#mode === "running";
    const tookState = !swap.withoutState && canTakeState(old, next);
    // Also where the new one cannot use it: the old one may need to come back to it.
    const state = old.hasState && (isOldWell || tookState) ? await this.#stateOfEngine() : undefined;
    if (tookState) await next.load(state);
    if (this.#mode === "closed") throw this.#reason!;
    if (this.#probation !== undefined) this.#endProbation(this.#firstWaiting, "another module took over");
    this.#engine = next;
    this.#mode = "running";
    this.#reason = undefined;
    this.#failuresInRow = 0;
    if (isOldWell && swap.probationBatches > 0) {
      const { probationBatches, probationMillis } = swap;
      this.#probation = new Probation(old, probationBatches, probationMillis, this.#options.clock);
    } else {
      void old.close();
    }
    this.#metrics.swaps++;
    const pauseMillis = this.#options.clock.monotonicMillis() - gatedMillis;
    const batch = this.#firstWaiting;
    const report = { from: old.version, to: next.version, batch, tookState, pauseMillis };
    this.#emit({ type: "swapped", ...report });
    return report;
  }

  async #returnToOld(batch: number, error: ImsError): Promise<void> {
    const { old } = this.#probation!;
    const bad = this.#engine;
    this.#probation = undefined;
    void bad.close();
    this.#engine = old;
    this.#failuresInRow = 0;
    this.#metrics.rollbacks++;
    try {
      await old.catchUp();
      this.#emit({ type: "rolled-back", from: bad.version, to: old.version, batch, error });
    } catch (failure) {
      this.#enterQuarantine(batch, toImsError(failure));
    }
  }

  #endProbation(batch: number, reason: string): void {
    void this.#probation?.old.close();
    this.#probation = undefined;
    this.#emit({ type: "probation-ended", version: this.version, batch, reason });
  }

  #remember(job: BatchJob): void {
    job.hold();
    this.#lastJob?.release();
    this.#lastJob = job;
  }

  #count(outcome: BatchOutcome, done?: WorkerDone): void {
    const metrics = this.#metrics;
    metrics.batches++;
    metrics.recordsIn += outcome.records;
    metrics.recordsOut += outcome.outputCount;
    metrics.recordsDropped += outcome.dropped;
    metrics.recordsRewritten += outcome.rewritten;
    metrics.recordsEmitted += outcome.emitted;
    if (done === undefined) return;
    metrics.micros += done.batch!.micros;
    metrics.memoryPages = done.memoryPages;
  }

  #countFailure({ kind }: BatchFailure): void {
    if (kind === "timeout") this.#metrics.timeouts++;
    else if (kind === "worker") this.#metrics.workerDeaths++;
    else if (kind !== "quarantined") this.#metrics.traps[kind]++;
  }

  #emit(event: FilterEvent): void {
    this.#options.onEvent(event);
  }

  #quarantineError(): ImsError {
    return fail("wasm.quarantined", `the module ${this.version} is in quarantine`, { cause: this.#reason });
  }
}

/** A state goes to the same module, or to one that says to read it. */
function canTakeState(from: FilterEngine, to: FilterEngine): boolean {
  if (!from.hasState || !to.hasState) return false;
  const { stateVersion } = from.description;
  return (
    from.version === to.version ||
    (stateVersion !== undefined && stateVersion === to.description.stateVersion)
  );
}

function kindOf(error: ImsError): BatchFailure["kind"] {
  if (error.code === "wasm.timed-out") return "timeout";
  if (error.code === "wasm.trapped") return error.context.kind as TrapKind;
  return error.code === "wasm.bad-state" ? "output" : "worker";
}

function toImsError(error: unknown): ImsError {
  return isImsError(error) ? error : fail("wasm.worker-failed", describeError(error), { cause: error });
}

import type { ImsError } from "@ims/common/core";
import { fail } from "../errors.js";
import type { BatchRecords } from "../instance/batch-records.js";
import type { FilterDescription } from "../instance/filter-description.js";
import { type ParameterValues, resolveParameters } from "../instance/parameter-values.js";
import { requireWhole } from "../limits.js";
import type { CheckedModule } from "../module/check-module.js";
import { BatchJob } from "./batch-job.js";
import type { BatchOutcome } from "./batch-outcome.js";
import { BufferPool } from "./buffer-pool.js";
import { type EngineContext, FilterEngine } from "./filter-engine.js";
import { FilterRunner, type HostMode } from "./filter-runner.js";
import { type FilterMetrics, HostCounters } from "./host-metrics.js";
import {
  type FilterHostOptions,
  resolveHostOptions,
  type SwapOptions,
  type SwapReport,
} from "./host-options.js";
import { layOut, writeShared } from "./shared-batch.js";

/** Shared memory that is kept for the next batches, for input and for output each. */
const POOL_BYTES = 64 << 20;
/** Times that a new module is given the last batch before it takes over. */
const WARM_RUNS = 8;

/**
 * Runs a filter in a thread of its own, batch by batch in their order. A failure affects its batch alone, which the
 * policy handles; then a fresh instance goes on in exactly the state behind the batch before. A module that gives no
 * answer in its time, or fails too often in a row, is put into quarantine: the policy handles all further batches until
 * another module is swapped in.
 */
export class FilterHost {
  readonly #pools = { inputs: new BufferPool(POOL_BYTES), outputs: new BufferPool(POOL_BYTES) };
  readonly #context: EngineContext;
  readonly #counters: HostCounters;
  readonly #runner: FilterRunner;
  #isSwapping = false;
  #batches = 0;

  private constructor(engine: FilterEngine, context: EngineContext, counters: HostCounters) {
    this.#context = context;
    this.#counters = counters;
    this.#runner = new FilterRunner(engine, context, counters);
  }

  /**
   * Starts the thread and loads the module in it.
   * @throws ImsError (rejected) `wasm.bad-limits`, `wasm.bad-parameter`, `wasm.bad-description`, `wasm.bad-export`,
   *   `wasm.bad-state`, `wasm.trapped`, `wasm.timed-out`, `wasm.worker-failed`
   */
  static async start(given: FilterHostOptions): Promise<FilterHost> {
    const options = resolveHostOptions(given);
    const { module, parameters = {}, state } = given;
    const counters = new HostCounters();
    const { metrics } = counters;
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
    return new FilterHost(await FilterEngine.start(module, context, parameters, state), context, counters);
  }

  get mode(): HostMode {
    return this.#runner.mode;
  }

  /** Why it is not running. */
  get reason(): ImsError | undefined {
    return this.#runner.reason;
  }

  /** SHA-256 of the module that is given the next batch. */
  get version(): string {
    return this.#runner.engine.version;
  }

  get description(): FilterDescription {
    return this.#runner.engine.description;
  }

  get parameters(): ParameterValues {
    return this.#runner.engine.parameters;
  }

  /** Whether an old module could still come back. */
  get isOnProbation(): boolean {
    return this.#runner.isOnProbation;
  }

  /** The number that the next batch gets. */
  get nextBatch(): number {
    return this.#batches;
  }

  /** A copy of the counters. */
  metrics(): FilterMetrics {
    return this.#counters.read();
  }

  /**
   * Hands over a batch; its octets may be used again as soon as this returns. Outcomes come in the order of the calls,
   * and each should be released once it is used.
   * @param batchTime microseconds since 1970, the broker's time of the newest record
   * @param wantsState the state behind this batch is to be in the outcome, as {@link snapshot} would give it
   * @throws ImsError (rejected) `wasm.bad-batch`, `wasm.busy` beyond `batchesQueued`, `wasm.stopped`, `wasm.closed`
   */
  async run(records: BatchRecords, batchTime: number, wantsState = false): Promise<BatchOutcome> {
    this.#runner.requireOpen();
    if (this.#runner.queue.length >= this.#context.batchesQueued) {
      throw fail("wasm.busy", `${this.#context.batchesQueued} batches wait already`);
    }
    const layout = layOut(records, batchTime, this.#context.limits);
    const input = this.#pools.inputs.take(layout.inputBytes);
    writeShared(records, layout.span, input);
    const shared = { input, count: records.count, byteCount: layout.span.copyBytes, batchTime };
    return new Promise((resolve, reject) => {
      const pools = this.#pools;
      this.#runner.queue.push(
        new BatchJob(this.#batches++, { shared, layout, wantsState, pools, resolve, reject }),
      );
    });
  }

  /**
   * Sets all parameters behind the batches handed over so far.
   * @throws ImsError (rejected) `wasm.bad-parameter`, and the old ones stay; `wasm.quarantined`
   */
  setParameters(parameters: ParameterValues): Promise<void> {
    return this.#runner.between(async () => {
      if (this.mode === "quarantined") {
        throw fail("wasm.quarantined", `the module ${this.version} is in quarantine`, { cause: this.reason });
      }
      resolveParameters(this.description, parameters);
      await this.#runner.setParameters(parameters);
    });
  }

  /**
   * The state behind the batches handed over so far; empty for a module without one.
   * @throws ImsError (rejected) `wasm.bad-state`, `wasm.trapped`
   */
  snapshot(): Promise<Uint8Array> {
    return this.#runner.between(() => this.#runner.snapshot());
  }

  /**
   * Has another module take over: it is compiled and warmed in a thread of its own while the old one works; then, behind
   * the batches handed over so far, it takes up the old one's state where both have one of the same version, and goes
   * on. Should it fail in its probation, the old one comes back and handles the batch that failed.
   * @throws ImsError (rejected) `wasm.busy` during another swap, and whatever the new module fails with before it takes
   *   over; the old one then goes on
   */
  async swap(module: CheckedModule, swap: SwapOptions = {}): Promise<SwapReport> {
    this.#runner.requireOpen();
    if (this.#isSwapping) throw fail("wasm.busy", "another swap is under way");
    const resolved = {
      withoutState: swap.withoutState ?? false,
      probationBatches: requireWhole("probationBatches", swap.probationBatches ?? 64, 0, 4096),
      probationMillis: requireWhole("probationMillis", swap.probationMillis ?? 60_000, 0, 2 ** 31 - 1),
    };
    this.#isSwapping = true;
    let next: FilterEngine | undefined;
    try {
      next = await FilterEngine.start(module, this.#context, swap.parameters ?? {});
      await this.#warm(next);
      this.#runner.queue.isNarrow = true;
      // Fresh again before anything waits for it.
      await next.load(undefined);
      return await this.#runner.swap(next, resolved);
    } catch (error) {
      await next?.close();
      throw error;
    } finally {
      this.#runner.queue.isNarrow = false;
      this.#isSwapping = false;
    }
  }

  /** Has the module that was replaced come back, as if the new one had failed. @returns whether there is one */
  rollBack(): Promise<boolean> {
    return this.#runner.between(async () => {
      if (!this.#runner.isOnProbation) return false;
      const reason = fail("wasm.stopped", "the module before was called back");
      await this.#runner.returnToOld(this.#runner.queue.nextNumber, reason);
      return true;
    });
  }

  /** Puts the module into quarantine behind the batches handed over so far. */
  quarantine(reason: string): Promise<void> {
    return this.#runner.between(async () => {
      this.#runner.enterQuarantine(this.#runner.queue.nextNumber, fail("wasm.quarantined", reason));
    });
  }

  /** Ends the threads. What waits fails with `wasm.closed`. */
  close(): Promise<void> {
    return this.#runner.close();
  }

  async #warm(next: FilterEngine): Promise<void> {
    const job = this.#runner.lastJob;
    if (job === undefined) return;
    job.hold();
    try {
      await next.warm(job, WARM_RUNS);
    } finally {
      job.release();
    }
  }
}

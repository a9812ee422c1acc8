import { isImsError } from "@ims/common/core";
import { fail } from "../errors.js";
import type { FilterDescription } from "../instance/filter-description.js";
import type { ParameterValues } from "../instance/parameter-values.js";
import type { CheckedModule } from "../module/check-module.js";
import type { BatchJob } from "./batch-job.js";
import type { ResolvedHostOptions } from "./host-options.js";
import { type CommandOutcome, WorkerLink } from "./worker-link.js";
import type { WorkerCommand, WorkerDone } from "./worker-messages.js";

/** What all engines of a host have in common. */
export interface EngineContext extends ResolvedHostOptions {
  /** So many lines of log more were too many. */
  readonly onLogLinesLeftOut: (count: number) => void;
}

/**
 * One version of a module: its thread, and what is needed to have its state again: one that was taken, and the batches
 * handled since. The thread's state is that behind the last of them unless a command failed.
 */
export class FilterEngine {
  #link: WorkerLink;
  #description: FilterDescription | undefined;
  #hasState = false;
  #isClosed = false;
  #since: BatchJob[] = [];
  #sinceBytes = 0;
  /** The state in front of the batches since; undefined for that of a module that has just begun. */
  #anchor: Uint8Array | undefined;
  /** Whether a command under way brings a state. */
  isStateAsked = false;

  private constructor(
    readonly module: CheckedModule,
    private readonly context: EngineContext,
    public parameters: ParameterValues,
  ) {
    this.#link = this.#newLink();
  }

  /**
   * Starts a thread, compiles and instantiates.
   * @throws ImsError (rejected) whatever the module fails with
   */
  static async start(
    module: CheckedModule,
    context: EngineContext,
    parameters: ParameterValues,
    state?: Uint8Array,
  ): Promise<FilterEngine> {
    const engine = new FilterEngine(module, context, parameters);
    try {
      await engine.load(state);
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  get version(): string {
    return this.module.hash;
  }

  get description(): FilterDescription {
    return this.#description!;
  }

  get hasState(): boolean {
    return this.#hasState;
  }

  /** Whether its thread takes commands. */
  get hasThread(): boolean {
    return this.#link.failure === undefined;
  }

  /** Batches that would be run again. */
  get sinceCount(): number {
    return this.#since.length;
  }

  get sinceBytes(): number {
    return this.#sinceBytes;
  }

  /** A state goes to the same module, or to one that says to read it. */
  canTakeStateOf(other: FilterEngine): boolean {
    if (!this.hasState || !other.hasState) return false;
    const { stateVersion } = this.description;
    return (
      this.version === other.version ||
      (stateVersion !== undefined && stateVersion === other.description.stateVersion)
    );
  }

  send(command: WorkerCommand, settle: (outcome: CommandOutcome) => void): void {
    this.#link.send(command, settle);
  }

  /** A fresh instance with this state, and nothing behind it. */
  async load(state: Uint8Array | undefined): Promise<void> {
    const done = await this.#ask({ type: "load", parameters: this.parameters, state });
    this.#description = done.description;
    this.#hasState = done.hasState;
    this.anchor(state);
  }

  /** Has the instance of the last {@link load}, which has run nothing, take up a state: shorter than another load. */
  async restore(state: Uint8Array): Promise<void> {
    await this.#ask({ type: "restore", state });
    this.anchor(state);
  }

  /** Takes notice of a state that was taken: nothing in front of it is needed any more. */
  anchor(state: Uint8Array | undefined): void {
    this.#anchor = state;
    for (const job of this.#since) job.release();
    this.#since = [];
    this.#sinceBytes = 0;
  }

  /** Takes notice of a batch that was handled, or is to be taken to be. */
  keep(job: BatchJob): void {
    if (!this.#hasState) return;
    job.hold();
    this.#since.push(job);
    this.#sinceBytes += job.shared.byteCount;
  }

  /** The state behind the last batch; empty without one. */
  async snapshot(): Promise<Uint8Array> {
    if (!this.#hasState) return new Uint8Array(0);
    if (this.#link.failure !== undefined) return this.#stateOfEnded();
    const { state } = await this.#ask({ type: "snapshot" });
    this.anchor(state);
    return state!;
  }

  /** @throws ImsError (rejected); the instance is then to be {@link rebuild | rebuilt} */
  async setParameters(parameters: ParameterValues): Promise<void> {
    // Batches before and behind the change must not be run again with the same parameters.
    if (this.#hasState) await this.snapshot();
    await this.#ask({ type: "parameters", parameters });
    this.parameters = parameters;
  }

  /** Runs the batches of {@link keep} that the instance has not seen, on top of the state it has. */
  async catchUp(): Promise<void> {
    if (this.#link.failure !== undefined || (await this.#runAgain()) !== undefined) await this.rebuild();
  }

  /** A fresh instance, in a fresh thread if need be, in the state behind the last batch. */
  async rebuild(): Promise<void> {
    if (this.#isClosed) throw fail("wasm.closed", "the module was closed");
    if (this.#link.failure !== undefined) this.#link = this.#newLink();
    this.isStateAsked = false;
    for (;;) {
      await this.#ask({ type: "load", parameters: this.parameters, state: this.#anchor });
      const failed = await this.#runAgain();
      if (failed === undefined) return;
      // It left no trace when it ran the first time, or would not have.
      this.#since.splice(this.#since.indexOf(failed), 1);
      this.#sinceBytes -= failed.shared.byteCount;
      failed.release();
    }
  }

  /** Runs a batch so many times and forgets what it made. @throws ImsError (rejected) what it fails with */
  async warm(job: BatchJob, times: number): Promise<void> {
    for (let run = 0; run < times; run++) await this.#ask(discarded(job));
  }

  /** Ends the thread; the state can still be had. */
  async stop(): Promise<void> {
    await this.#link.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.anchor(undefined);
    await this.#link.close();
  }

  /** @returns the batch that failed, if any */
  async #runAgain(): Promise<BatchJob | undefined> {
    for (const job of [...this.#since]) {
      try {
        await this.#ask(discarded(job));
      } catch (error) {
        if (isImsError(error, "wasm.trapped")) return job;
        throw error;
      }
    }
    return undefined;
  }

  async #stateOfEnded(): Promise<Uint8Array> {
    if (this.#since.length === 0 && this.#anchor !== undefined) return this.#anchor;
    await this.rebuild();
    try {
      return await this.snapshot();
    } finally {
      await this.stop();
    }
  }

  async #ask(command: WorkerCommand): Promise<WorkerDone> {
    const outcome = await this.#link.ask(command);
    if (outcome?.done !== undefined) return outcome.done;
    throw outcome?.error ?? fail("wasm.worker-failed", "the instance failed before");
  }

  #newLink(): WorkerLink {
    const { limits, clock, batchMillis, loadMillis, onLog, onLogLinesLeftOut } = this.context;
    return new WorkerLink({
      module: this.module,
      limits,
      times: { batchMillis, loadMillis },
      clock,
      onLog: (level, text) => onLog(level, text, this.version),
      onLogLinesLeftOut,
    });
  }
}

function discarded(job: BatchJob): WorkerCommand {
  return { type: "batch", batch: job.shared, output: undefined, wantsState: false };
}

import { describeError, isImsError } from "@ims/common";
import type { BatchOutcome, FilterEvent, FilterHost } from "@ims/wasm-runtime";
import { fail } from "../errors.js";
import type { FailedBatch } from "./chain-note.js";
import type { RecordBatch } from "./record-batch.js";
import { startHost, swapHost } from "./stage-host.js";
import { StageOutput } from "./stage-output.js";
import { type ChainEntry, isSwap, runsAlike, type StagePlan } from "./stage-plan.js";
import { newCounters, type Span, type StageReport, type StageTools } from "./stage-tools.js";

/** Failures between two checkpoints, each of which has to be kept, until a module is put into quarantine. */
const FAILURES_MAX = 256;

/** One filter at work on one partition. */
export class Stage {
  readonly counters = newCounters();
  /** What was decided in the last batch; taken by the chain. */
  readonly reports: StageReport[] = [];
  readonly failed: FailedBatch[] = [];
  private readonly output = new StageOutput();
  /** Of the host, not looked at yet. */
  private readonly events: FilterEvent[] = [];
  private host: FilterHost | undefined;
  /** The plan of the module that could still come back. */
  private before: StagePlan | undefined;
  /** What is being swapped to, until its event is looked at. */
  private target: StagePlan | undefined;
  /** A failure of the swap under way. */
  private refusal: string | undefined;
  /** Decided earlier: the policy handles the records up to this offset. */
  private failedThrough = -1;
  private failureCount = 0;

  private constructor(
    private current: ChainEntry,
    private readonly tools: StageTools,
  ) {}

  /** Rejects with what the module cannot be started for. */
  static async open(entry: ChainEntry, state: Uint8Array | undefined, tools: StageTools): Promise<Stage> {
    const stage = new Stage(entry, tools);
    if (entry.plan.isEnabled && entry.quarantine === undefined)
      stage.host = await stage.start(entry.plan, state);
    return stage;
  }

  get entry(): ChainEntry {
    return this.current;
  }

  get name(): string {
    return this.current.plan.name;
  }

  /** Octets of memory that the module has now. */
  get memoryBytes(): number {
    return (this.host?.metrics().memoryPages ?? 0) * 65_536;
  }

  /** Seconds that the module was at batches. */
  get busySeconds(): number {
    return (this.host?.metrics().micros ?? 0) / 1e6;
  }

  get isOnProbation(): boolean {
    return this.host?.isOnProbation ?? false;
  }

  /** Something happened that counts from the next batch on. */
  get hasNews(): boolean {
    return this.events.length > 0 || this.refusal !== undefined;
  }

  /** The state is one that a restart can go on from: no module before could come back, and all is decided. */
  private get isSettled(): boolean {
    return !this.hasNews && !this.isOnProbation;
  }

  /** The state behind the last batch; `undefined` while it would not lead to the same outputs. */
  async snapshot(): Promise<{ state: Uint8Array | undefined } | undefined> {
    if (!this.isSettled) return undefined;
    const state = await this.host?.snapshot();
    if (!this.isSettled) return undefined;
    this.failureCount = 0;
    return { state: state && state.length > 0 ? state : undefined };
  }

  /** Whether the plan can be taken over to while batches go on; begins to prepare that. */
  beginSwap(plan: StagePlan): boolean {
    if (!this.host || this.target || !isSwap(this.current.plan, plan)) return false;
    this.target = plan;
    swapHost(this.host, plan, this.tools, false).catch((error: unknown) => {
      this.refusal = describeError(error);
    });
    return true;
  }

  get isSwapping(): boolean {
    return this.target !== undefined;
  }

  /** Runs a batch; the result is valid until {@link release}. */
  async run(input: RecordBatch, batchTime: number, span: Span): Promise<RecordBatch> {
    this.takeEvents(span, this.host?.nextBatch ?? 0);
    const { plan, quarantine } = this.current;
    if (input.count === 0 || !plan.isEnabled) return input;
    this.counters.batches++;
    this.counters.recordsIn += input.count;
    if (quarantine !== undefined || span.first <= this.failedThrough) return this.byPolicy(input);
    const outcome = await this.outcomeOf(input, batchTime, span);
    if (!outcome) return this.byPolicy(input);
    this.takeEvents(span, outcome.batch);
    return this.handled(input, outcome, span);
  }

  release(): void {
    this.output.release();
  }

  /** Offset of the last record that the policy handles for what was decided earlier. */
  get bypassedThrough(): number {
    return this.failedThrough;
  }

  /** The policy handles what reaches this stage of the records up to there. */
  bypass(through: number): void {
    this.failedThrough = through;
  }

  /**
   * Becomes what was decided, now.
   * @param mayReturn the plan before may be decided on again
   */
  async become(next: ChainEntry, mayReturn: boolean): Promise<void> {
    const { plan, quarantine } = this.current;
    if (next === this.current) return;
    if (next.plan.key !== plan.key) await this.change(plan, next, mayReturn);
    else if (next.quarantine !== undefined && quarantine === undefined) await this.end();
    this.current = next;
    this.events.length = 0;
    this.target = undefined;
    this.refusal = undefined;
  }

  async close(): Promise<void> {
    this.release();
    await this.end();
  }

  private async change(from: StagePlan, next: ChainEntry, mayReturn: boolean): Promise<void> {
    const { plan } = next;
    if (this.before?.key === plan.key && (await this.host?.rollBack())) {
      this.before = undefined;
      return;
    }
    if (this.host && next.quarantine === undefined && runsAlike(from, plan)) return;
    if (next.quarantine !== undefined || !plan.isEnabled) {
      await this.end();
      return;
    }
    if (this.host && isSwap(from, plan)) {
      await swapHost(this.host, plan, this.tools, mayReturn);
      this.before = from;
      return;
    }
    // A module in quarantine leaves no state, and a filter that was disabled has missed records.
    const old = this.host;
    const state = await old?.snapshot();
    const takesState = old !== undefined && state !== undefined && state.length > 0;
    this.host = await this.start(plan, takesState && from.module === plan.module ? state : undefined);
    this.before = undefined;
    await old?.close();
  }

  private start(plan: StagePlan, state: Uint8Array | undefined): Promise<FilterHost> {
    return startHost(plan, state, this.tools, (event) => {
      if (event.type === "swapped" || event.type === "rolled-back") this.events.push(event);
    });
  }

  /** `undefined` for a batch that filters before this one have made too large for any module. */
  private async outcomeOf(
    input: RecordBatch,
    batchTime: number,
    span: Span,
  ): Promise<BatchOutcome | undefined> {
    try {
      return await this.host!.run(input, batchTime);
    } catch (error) {
      if (!isImsError(error, "wasm.bad-batch")) throw error;
      this.quarantine(error.message, span);
      return undefined;
    }
  }

  private handled(input: RecordBatch, outcome: BatchOutcome, span: Span): RecordBatch {
    const { counters } = this;
    if (outcome.failure) {
      outcome.release();
      return this.failedOn(input, outcome.failure, span);
    }
    if (!this.output.take(input, outcome)) {
      outcome.release();
      this.quarantine(
        `a record at offsets ${span.first} to ${span.last} came to more than 2048 outputs`,
        span,
      );
      return this.byPolicy(input);
    }
    counters.dropped += outcome.dropped;
    counters.rewritten += outcome.rewritten;
    counters.emitted += outcome.emitted;
    counters.recordsOut += this.output.batch.count;
    return this.output.batch;
  }

  private failedOn(
    input: RecordBatch,
    { kind, error }: NonNullable<BatchOutcome["failure"]>,
    span: Span,
  ): RecordBatch {
    this.counters.failures++;
    const isOver = kind === "timeout" || kind === "quarantined" || this.host?.mode !== "running";
    if (span.isRepeated && kind === "timeout") {
      throw fail(
        "filter-service.slower-than-before",
        `${this.name} at offset ${span.first}: ${error.message}`,
      );
    }
    if (isOver || ++this.failureCount >= FAILURES_MAX) {
      this.quarantine(error.message, span);
    } else {
      this.failed.push({ name: this.name, through: span.last });
      this.report("failed", span, error.message);
    }
    return this.byPolicy(input, error.message);
  }

  private quarantine(reason: string, span: Span): void {
    this.current = { ...this.current, quarantine: reason };
    this.counters.quarantines++;
    this.report("quarantined", span, reason);
    void this.end();
  }

  private byPolicy(
    input: RecordBatch,
    reason = this.current.quarantine ?? "it failed on this batch before",
  ): RecordBatch {
    const { policy } = this.current.plan;
    this.counters.byPolicy += input.count;
    if (policy === "stop") throw fail("filter-service.stopped", `the filter ${this.name} failed: ${reason}`);
    if (policy === "pass") {
      this.counters.recordsOut += input.count;
      return input;
    }
    this.counters.dropped += input.count;
    return this.output.drop();
  }

  /** Looks at what the host did up to a batch. */
  private takeEvents(span: Span, batch: number): void {
    if (this.refusal !== undefined && this.target) {
      this.reports.push({ kind: "refused", plan: this.target, offset: span.first, reason: this.refusal });
      this.current = { ...this.current, seen: this.target.key };
      this.target = undefined;
      this.refusal = undefined;
    }
    while (this.events.length > 0 && this.events[0]!.batch <= batch)
      this.takeEvent(this.events.shift()!, span);
  }

  private takeEvent(event: FilterEvent, span: Span): void {
    const { plan } = this.current;
    if (event.type === "swapped" && this.target) {
      this.before = plan;
      this.current = { plan: this.target, seen: this.target.key };
      this.target = undefined;
      this.counters.swaps++;
      this.counters.swapPauseMillis += event.pauseMillis;
      this.report(
        "swapped",
        span,
        event.tookState ? "with the state of the version before" : undefined,
        plan.module,
      );
    } else if (event.type === "rolled-back" && this.before) {
      this.counters.rollbacks++;
      this.reports.push({
        kind: "rolled-back",
        plan: { ...this.before, command: plan.command },
        before: plan.module,
        offset: span.first,
        reason: event.error.message,
      });
      this.current = { plan: this.before, seen: this.current.seen };
      this.before = undefined;
    }
  }

  private report(kind: StageReport["kind"], span: Span, reason?: string, before?: string): void {
    this.reports.push({
      kind,
      plan: this.current.plan,
      offset: span.first,
      ...(reason === undefined ? {} : { reason }),
      ...(before === undefined ? {} : { before }),
    });
  }

  private async end(): Promise<void> {
    const { host } = this;
    this.host = undefined;
    this.before = undefined;
    this.target = undefined;
    this.events.length = 0;
    await host?.close();
  }
}

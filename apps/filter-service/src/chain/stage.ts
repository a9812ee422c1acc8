import { isImsError } from "@ims/common";
import type { BatchOutcome } from "@ims/wasm-runtime";
import { fail } from "../errors.js";
import type { FailedBatch } from "./chain-note.js";
import type { RecordBatch } from "./record-batch.js";
import { type ModuleNews, StageModule } from "./stage-module.js";
import { StageOutput } from "./stage-output.js";
import type { ChainEntry, StagePlan } from "./stage-plan.js";
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
  private readonly module: StageModule;
  /** Decided earlier: the policy handles the records up to this offset. */
  private failedThrough = -1;
  private failureCount = 0;

  private constructor(
    private current: ChainEntry,
    tools: StageTools,
  ) {
    this.module = new StageModule(tools);
  }

  /** Rejects with what the module cannot be started for. */
  static async open(entry: ChainEntry, state: Uint8Array | undefined, tools: StageTools): Promise<Stage> {
    const stage = new Stage(entry, tools);
    if (entry.plan.isEnabled && entry.quarantine === undefined) await stage.module.start(entry.plan, state);
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
    return this.module.memoryBytes;
  }

  /** Seconds that the module was at batches. */
  get busySeconds(): number {
    return this.module.busySeconds;
  }

  get isOnProbation(): boolean {
    return this.module.isOnProbation;
  }

  /** Something happened that counts from the next batch on. */
  get hasNews(): boolean {
    return this.module.hasNews;
  }

  /** The state is one that a restart can go on from: no module before could come back, and all is decided. */
  private get isSettled(): boolean {
    return !this.hasNews && !this.isOnProbation;
  }

  /** The state behind the last batch; `undefined` while it would not lead to the same outputs. */
  async snapshot(): Promise<{ state: Uint8Array | undefined } | undefined> {
    if (!this.isSettled) return undefined;
    const state = await this.module.snapshot();
    if (!this.isSettled) return undefined;
    this.failureCount = 0;
    return { state: state && state.length > 0 ? state : undefined };
  }

  /** Whether the plan can be taken over to while batches go on; begins to prepare that. */
  beginSwap(plan: StagePlan): boolean {
    return this.module.beginSwap(this.current.plan, plan);
  }

  get isSwapping(): boolean {
    return this.module.isSwapping;
  }

  /** Runs a batch; the result is valid until {@link release}. */
  async run(input: RecordBatch, batchTime: number, span: Span): Promise<RecordBatch> {
    this.takeNews(span, this.module.nextBatch);
    const { plan, quarantine } = this.current;
    if (input.count === 0 || !plan.isEnabled) return input;
    this.counters.batches++;
    this.counters.recordsIn += input.count;
    if (quarantine !== undefined || span.first <= this.failedThrough) return this.byPolicy(input);
    const outcome = await this.outcomeOf(input, batchTime, span);
    if (!outcome) return this.byPolicy(input);
    this.takeNews(span, outcome.batch);
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
    if (next.plan.key !== plan.key) await this.module.change(plan, next, mayReturn);
    else if (next.quarantine !== undefined && quarantine === undefined) await this.module.end();
    this.current = next;
    this.module.forgetNews();
  }

  async close(): Promise<void> {
    this.release();
    await this.module.end();
  }

  /** `undefined` for a batch that filters before this one have made too large for any module. */
  private async outcomeOf(
    input: RecordBatch,
    batchTime: number,
    span: Span,
  ): Promise<BatchOutcome | undefined> {
    try {
      return await this.module.run(input, batchTime);
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
    const isOver = kind === "timeout" || kind === "quarantined" || !this.module.isRunning;
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
    void this.module.end();
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

  /** Looks at what the module did up to a batch. */
  private takeNews(span: Span, batch: number): void {
    for (;;) {
      const news = this.module.nextNews(this.current.plan, batch);
      if (!news) return;
      this.takeOne(news, span);
    }
  }

  private takeOne(news: ModuleNews, span: Span): void {
    const { counters, reports } = this;
    const { plan, seen } = this.current;
    const offset = span.first;
    switch (news.kind) {
      case "refused":
        reports.push({ kind: "refused", plan: news.plan, offset, reason: news.reason });
        this.current = { ...this.current, seen: news.plan.key };
        return;
      case "swapped":
        this.current = { plan: news.plan, seen: news.plan.key };
        counters.swaps++;
        counters.swapPauseMillis += news.pauseMillis;
        this.report(
          "swapped",
          span,
          news.tookState ? "with the state of the version before" : undefined,
          plan.module,
        );
        return;
      case "rolled-back":
        counters.rollbacks++;
        reports.push({
          kind: "rolled-back",
          plan: { ...news.plan, command: plan.command },
          before: plan.module,
          offset,
          reason: news.reason,
        });
        this.current = { plan: news.plan, seen };
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
}

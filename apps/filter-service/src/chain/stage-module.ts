import { describeError } from "@ims/common";
import type { BatchOutcome, FilterEvent, FilterHost } from "@ims/wasm-runtime";
import type { RecordBatch } from "./record-batch.js";
import { startHost, swapHost } from "./stage-host.js";
import { type ChainEntry, isSwap, runsAlike, type StagePlan } from "./stage-plan.js";
import type { StageTools } from "./stage-tools.js";

/** What became of a swap, or of the version that was swapped to. */
export type ModuleNews =
  | { readonly kind: "refused"; readonly plan: StagePlan; readonly reason: string }
  | {
      readonly kind: "swapped";
      readonly plan: StagePlan;
      readonly pauseMillis: number;
      readonly tookState: boolean;
    }
  | { readonly kind: "rolled-back"; readonly plan: StagePlan; readonly reason: string };

/** The module of a stage in its host: starts it, has other versions take over, brings one back, and ends it. */
export class StageModule {
  /** Of the host, not looked at yet. */
  private readonly events: FilterEvent[] = [];
  private host: FilterHost | undefined;
  /** The plan of the module that could still come back. */
  private before: StagePlan | undefined;
  /** What is being swapped to, until its event is looked at. */
  private target: StagePlan | undefined;
  /** A failure of the swap under way. */
  private refusal: string | undefined;

  constructor(private readonly tools: StageTools) {}

  /** Rejects with what the module cannot be started for. */
  async start(plan: StagePlan, state: Uint8Array | undefined): Promise<void> {
    this.host = await this.startHost(plan, state);
  }

  /** Octets of memory that it has now. */
  get memoryBytes(): number {
    return (this.host?.metrics().memoryPages ?? 0) * 65_536;
  }

  /** Seconds that it was at batches. */
  get busySeconds(): number {
    return (this.host?.metrics().micros ?? 0) / 1e6;
  }

  get isOnProbation(): boolean {
    return this.host?.isOnProbation ?? false;
  }

  get isRunning(): boolean {
    return this.host?.mode === "running";
  }

  /** Number of the batch that comes next. */
  get nextBatch(): number {
    return this.host?.nextBatch ?? 0;
  }

  get isSwapping(): boolean {
    return this.target !== undefined;
  }

  /** Something happened that counts from the next batch on. */
  get hasNews(): boolean {
    return this.events.length > 0 || this.refusal !== undefined;
  }

  /** Its state behind the last batch; `undefined` when there is none. */
  async snapshot(): Promise<Uint8Array | undefined> {
    return this.host?.snapshot();
  }

  /** Runs a batch; the module was started, and has not ended. */
  run(input: RecordBatch, batchTime: number): Promise<BatchOutcome> {
    return this.host!.run(input, batchTime);
  }

  /** Whether the plan can be taken over to while batches go on; begins to prepare that. */
  beginSwap(from: StagePlan, plan: StagePlan): boolean {
    if (!this.host || this.target || !isSwap(from, plan)) return false;
    this.target = plan;
    swapHost(this.host, plan, this.tools, false).catch((error: unknown) => {
      this.refusal = describeError(error);
    });
    return true;
  }

  /**
   * The next that happened up to a batch; `undefined` when there is no more.
   * @param current the plan that runs, which may come back after a swap
   */
  nextNews(current: StagePlan, batch: number): ModuleNews | undefined {
    const { target: plan, refusal } = this;
    if (plan && refusal !== undefined) {
      this.target = undefined;
      this.refusal = undefined;
      return { kind: "refused", plan, reason: refusal };
    }
    while (this.events.length > 0 && this.events[0]!.batch <= batch) {
      const news = this.newsOf(this.events.shift()!, current);
      if (news) return news;
    }
    return undefined;
  }

  /** Runs what another plan says from now on. @param mayReturn the plan before may be decided on again */
  async change(from: StagePlan, { plan, quarantine }: ChainEntry, mayReturn: boolean): Promise<void> {
    if (this.before?.key === plan.key && (await this.host?.rollBack())) {
      this.before = undefined;
      return;
    }
    if (this.host && quarantine === undefined && runsAlike(from, plan)) return;
    if (quarantine !== undefined || !plan.isEnabled) {
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
    this.host = await this.startHost(plan, takesState && from.module === plan.module ? state : undefined);
    this.before = undefined;
    await old?.close();
  }

  /** What happened until now, and a swap under way, count no more. */
  forgetNews(): void {
    this.events.length = 0;
    this.target = undefined;
    this.refusal = undefined;
  }

  async end(): Promise<void> {
    const { host } = this;
    this.host = undefined;
    this.before = undefined;
    this.target = undefined;
    this.events.length = 0;
    await host?.close();
  }

  private startHost(plan: StagePlan, state: Uint8Array | undefined): Promise<FilterHost> {
    return startHost(plan, state, this.tools, (event) => {
      if (event.type === "swapped" || event.type === "rolled-back") this.events.push(event);
    });
  }

  private newsOf(event: FilterEvent, current: StagePlan): ModuleNews | undefined {
    const { target, before } = this;
    if (event.type === "swapped" && target) {
      this.before = current;
      this.target = undefined;
      const { pauseMillis, tookState } = event;
      return { kind: "swapped", plan: target, pauseMillis, tookState };
    }
    if (event.type === "rolled-back" && before) {
      this.before = undefined;
      return { kind: "rolled-back", plan: before, reason: event.error.message };
    }
    return undefined;
  }
}

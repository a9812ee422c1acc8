import type { FailedBatch } from "./chain-note.js";
import type { StageState } from "./chain-state.js";
import type { RecordBatch } from "./record-batch.js";
import { Stage } from "./stage.js";
import type { ChainEntry } from "./stage-plan.js";
import type { Span, StageReport, StageTools } from "./stage-tools.js";

/** The filters of one partition, one behind the other. */
export class Chain {
  private constructor(
    private list: Stage[],
    private readonly tools: StageTools,
  ) {}

  static async open(states: readonly StageState[], tools: StageTools): Promise<Chain> {
    const chain = new Chain([], tools);
    try {
      for (const { entry, state } of states) chain.list.push(await Stage.open(entry, state, tools));
      return chain;
    } catch (error) {
      await chain.close();
      throw error;
    }
  }

  get stages(): readonly Stage[] {
    return this.list;
  }

  entries(): ChainEntry[] {
    return this.list.map(({ entry }) => entry);
  }

  /** Runs a batch through all stages; the result is valid until {@link release}. */
  async run(input: RecordBatch, batchTime: number, span: Span): Promise<RecordBatch> {
    let batch = input;
    for (const stage of this.list) batch = await stage.run(batch, batchTime, span);
    return batch;
  }

  release(): void {
    for (const stage of this.list) stage.release();
  }

  /** What was decided since the last call, and has to be kept before outputs are published. */
  takeDecisions(): { readonly reports: StageReport[]; readonly failed: FailedBatch[] } {
    return {
      reports: this.list.flatMap(({ reports }) => reports.splice(0)),
      failed: this.list.flatMap(({ failed }) => failed.splice(0)),
    };
  }

  /**
   * Becomes what was decided.
   * @param ready stages that were opened beforehand, by name
   * @param mayReturn whether an entry that is left now may be decided on again
   */
  async become(
    entries: readonly ChainEntry[],
    ready: ReadonlyMap<string, Stage> = new Map(),
    mayReturn: (left: ChainEntry) => boolean = () => false,
  ): Promise<void> {
    const before = new Map(this.list.map((stage) => [stage.name, stage]));
    const next: Stage[] = [];
    for (const entry of entries) {
      const stage = before.get(entry.plan.name);
      before.delete(entry.plan.name);
      if (stage) await stage.become(entry, mayReturn(stage.entry));
      next.push(stage ?? ready.get(entry.plan.name) ?? (await Stage.open(entry, undefined, this.tools)));
    }
    this.list = next;
    for (const stage of before.values()) await stage.close();
  }

  /** The policies handle what these filters failed on before. */
  bypass(failed: readonly FailedBatch[]): void {
    for (const { name, through } of failed) {
      this.list.find((stage) => stage.name === name)?.bypass(through);
    }
  }

  /** The states behind the last batch; `undefined` while they would not lead to the same outputs. */
  async states(): Promise<StageState[] | undefined> {
    const states: StageState[] = [];
    for (const stage of this.list) {
      const { entry } = stage;
      const taken = await stage.snapshot();
      if (!taken || stage.entry !== entry) return undefined;
      states.push({ entry, state: taken.state });
    }
    return states;
  }

  async close(): Promise<void> {
    await Promise.all(this.list.map((stage) => stage.close()));
  }
}

import { describeError } from "@ims/common";
import type { Chain } from "../chain/chain.js";
import { Stage } from "../chain/stage.js";
import { type ChainEntry, runsAlike, type StagePlan } from "../chain/stage-plan.js";
import type { StageReport, StageTools } from "../chain/stage-tools.js";

/** A stage that is being opened, or what that came to. */
interface Opening {
  readonly plan: StagePlan;
  stage?: Stage;
  error?: string;
  readonly done: Promise<void>;
}

/** A change of a chain that everything is ready for. */
export interface ReadyChange {
  readonly entries: readonly ChainEntry[];
  readonly ready: ReadonlyMap<string, Stage>;
}

/**
 * Brings a chain to what is asked for: versions are swapped inside of their stages while batches go on; stages that come,
 * go, rest or change their place wait until all new ones are opened, and then change at once.
 */
export class ChainChanges {
  private readonly openings = new Map<string, Opening>();
  /** Plans that could not be opened, by their key. */
  private readonly refused = new Set<string>();

  constructor(
    private readonly chain: Chain,
    private readonly tools: StageTools,
  ) {}

  /** Begins what is missing; gives the change that can be made now, if any. */
  consider(plans: readonly StagePlan[]): ReadyChange | undefined {
    const present = new Map(this.chain.stages.map((stage) => [stage.name, stage]));
    const entries: ChainEntry[] = [];
    let isWaiting = false;
    for (const plan of plans) {
      const stage = present.get(plan.name);
      const entry = stage ? this.entryOf(stage, plan) : this.entryOfNew(plan);
      if (entry === "waiting") isWaiting = true;
      else if (entry) entries.push(entry);
    }
    this.forget(plans);
    if (isWaiting || isSame(entries, this.chain.entries())) return undefined;
    return { entries, ready: this.takeReady(entries) };
  }

  /** Nothing is under way: the same plans lead to nothing new. */
  get isSettled(): boolean {
    return this.openings.size === 0 && !this.chain.stages.some(({ isSwapping }) => isSwapping);
  }

  /** Resolves when nothing is being opened. */
  async whenOpened(): Promise<void> {
    await Promise.all([...this.openings.values()].map(({ done }) => done));
  }

  /** Plans that could not be opened since the last call, and why. */
  takeRefusals(offset: number): StageReport[] {
    const reports: StageReport[] = [];
    for (const [name, { plan, error }] of this.openings) {
      if (error === undefined) continue;
      this.openings.delete(name);
      this.refused.add(plan.key);
      reports.push({ kind: "refused", plan, offset, reason: error });
    }
    return reports;
  }

  async close(): Promise<void> {
    await this.whenOpened();
    await Promise.all([...this.openings.values()].map(({ stage }) => stage?.close()));
    this.openings.clear();
  }

  private entryOf(stage: Stage, plan: StagePlan): ChainEntry {
    const { entry } = stage;
    if (entry.seen === plan.key || stage.isSwapping) return entry;
    if (entry.quarantine === undefined && runsAlike(entry.plan, plan)) return { plan, seen: plan.key };
    // The change shows in the batch that it begins with.
    if (stage.beginSwap(plan)) return entry;
    return { plan, seen: plan.key };
  }

  private entryOfNew(plan: StagePlan): ChainEntry | "waiting" | undefined {
    if (this.refused.has(plan.key)) return undefined;
    const opening = this.openings.get(plan.name);
    if (opening?.plan.key === plan.key) {
      if (opening.error !== undefined) return undefined;
      return opening.stage ? opening.stage.entry : "waiting";
    }
    void opening?.done.then(() => opening.stage?.close());
    this.openings.set(plan.name, this.open(plan));
    return "waiting";
  }

  private open(plan: StagePlan): Opening {
    const opened = Stage.open({ plan, seen: plan.key }, undefined, this.tools);
    const opening: Opening = {
      plan,
      done: opened.then(
        (stage) => {
          opening.stage = stage;
        },
        (error: unknown) => {
          opening.error = describeError(error);
        },
      ),
    };
    return opening;
  }

  private takeReady(entries: readonly ChainEntry[]): Map<string, Stage> {
    const ready = new Map<string, Stage>();
    for (const { plan } of entries) {
      const stage = this.openings.get(plan.name)?.stage;
      if (!stage) continue;
      ready.set(plan.name, stage);
      this.openings.delete(plan.name);
    }
    return ready;
  }

  /** Closes what nobody asks for any more. */
  private forget(plans: readonly StagePlan[]): void {
    const names = new Set(plans.map(({ name }) => name));
    for (const [name, opening] of this.openings) {
      if (names.has(name)) continue;
      this.openings.delete(name);
      void opening.done.then(() => opening.stage?.close());
    }
  }
}

function isSame(a: readonly ChainEntry[], b: readonly ChainEntry[]): boolean {
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}

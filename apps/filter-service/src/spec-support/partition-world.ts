import { systemClock } from "@ims/common";
import type { InputRecords, RecordOutput, TaskNote } from "@ims/traits";
import { type CheckedModule, checkModule, FILTER_PROFILE } from "@ims/wasm-runtime";
import { decodeNote, type PlacedNote } from "../chain/chain-note.js";
import type { StagePlan } from "../chain/stage-plan.js";
import type { StageReport, StageTools } from "../chain/stage-tools.js";
import { FilterTask } from "../task/filter-task.js";
import type { WantedChains } from "../task/wanted-chains.js";
import { type Act, type TestModuleOptions, testModule } from "./test-module.js";

export interface TestRecord {
  readonly act: (typeof Act)[keyof typeof Act];
  readonly value: number;
  /** The broker's time, microseconds. */
  readonly time: number;
}

export interface TestOutput {
  readonly offset: number;
  readonly act: number;
  readonly value: number;
}

/** Thrown where the process dies. */
export class Died extends Error {}

const INPUT = { stream: "lab", topic: "records", partitionId: 0 };
const RECORD_BYTES = 16;

/** A test module that is ready for use. */
export async function checkedTestModule(options: TestModuleOptions): Promise<CheckedModule> {
  return checkModule(await testModule(options), FILTER_PROFILE);
}

/** Polled records at offsets from `first` on. */
function polled(records: readonly TestRecord[], first: number): InputRecords {
  const bytes = new Uint8Array(records.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, { act, value }] of records.entries()) {
    view.setUint16(index * RECORD_BYTES + 2, 240, true);
    view.setInt32(index * RECORD_BYTES + 8, act, true);
    view.setInt32(index * RECORD_BYTES + 12, value, true);
  }
  let index = -1;
  return {
    bytes,
    view,
    next: () => ++index < records.length,
    get payloadStart() {
      return index * RECORD_BYTES;
    },
    payloadLength: RECORD_BYTES,
    get offset() {
      return first + index;
    },
    get timestampMicros() {
      return records[index]!.time;
    },
  };
}

/** One partition with what a broker keeps of it; its task can die at any step and be taken up again. */
export class PartitionWorld {
  /** Everything ever published, in its order, and kept. */
  readonly outputs: TestOutput[] = [];
  readonly notes: PlacedNote[] = [];
  readonly reports: StageReport[] = [];
  plans: readonly StagePlan[] = [];
  /** Steps until the process dies; each output, note and checkpoint is one. */
  stepsLeft = Number.POSITIVE_INFINITY;
  checkpoints = 0;
  private number = 1;
  private next = 0;
  private saved: { next: number; state: Uint8Array | undefined; notes: TaskNote[] } = {
    next: 0,
    state: undefined,
    notes: [],
  };
  private task: FilterTask;
  private output: RecordOutput;
  private readonly tools: StageTools;

  constructor(private readonly modules: ReadonlyMap<string, CheckedModule>) {
    this.tools = { clock: systemClock, checked: async (module) => this.module(module), log: () => {} };
    [this.task, this.output] = this.open();
  }

  /** Asks for a chain. */
  want(plans: readonly StagePlan[]): void {
    this.plans = plans;
    this.number++;
  }

  get chain() {
    return this.task.chain;
  }

  get nextOffset(): number {
    return this.next;
  }

  /** Handles records from the place where the task stands. Rejects with {@link Died}, behind which it is to be {@link restart | restarted}. */
  async process(records: readonly TestRecord[]): Promise<void> {
    await this.task.process(polled(records, this.next), this.output);
    this.next += records.length;
  }

  async checkpoint(): Promise<boolean> {
    const { next } = this;
    const state = await this.task.snapshot();
    if (!state) return false;
    this.step();
    this.saved = { next, state, notes: this.saved.notes.filter(({ offset }) => offset >= next) };
    this.checkpoints++;
    return true;
  }

  restart(): void {
    this.task.close();
    this.stepsLeft = Number.POSITIVE_INFINITY;
    [this.task, this.output] = this.open();
  }

  close(): void {
    this.task.close();
  }

  private open(): [FilterTask, RecordOutput] {
    this.next = this.saved.next;
    const publishedThrough = this.outputs.at(-1)?.offset ?? -1;
    const wanted: WantedChains = {
      ready: Promise.resolve(),
      chain: () => ({ number: this.number, plans: this.plans }),
      report: (_, report) => void this.reports.push(report),
    };
    let isDead = false;
    const alive = (work: () => void) => {
      if (isDead) throw new Died();
      try {
        work();
      } catch (error) {
        isDead = true;
        throw error;
      }
    };
    const journal = {
      notes: [...this.saved.notes],
      publishedThrough,
      keep: async (offset: number, octets: Uint8Array) =>
        alive(() => {
          this.step();
          this.saved.notes.push({ offset, octets });
          this.notes.push(decodeNote({ offset, octets }));
          this.step();
        }),
    };
    const { state } = this.saved;
    return [new FilterTask(INPUT, state, journal, wanted, this.tools), this.recordOutput(alive)];
  }

  /** Leaves out what is stored already, as the template does. */
  private recordOutput(alive: (work: () => void) => void): RecordOutput {
    const bytes = new Uint8Array(RECORD_BYTES);
    const view = new DataView(bytes.buffer);
    const stored = [...this.outputs];
    const last = stored.at(-1)?.offset ?? -1;
    const lastCount = stored.filter(({ offset }) => offset === last).length;
    let at = -1;
    let index = 0;
    return {
      accepting: true,
      whenAccepting: async () => {},
      bytes,
      view,
      reserve: () => 0,
      commit: (_, offset = -1) =>
        alive(() => {
          index = offset === at ? index + 1 : 0;
          at = offset;
          if (offset < last || (offset === last && index < lastCount)) return;
          this.step();
          this.outputs.push({ offset, act: view.getInt32(8, true), value: view.getInt32(12, true) });
        }),
    };
  }

  private step(): void {
    if (--this.stepsLeft < 0) throw new Died();
  }

  private module(hash: string): CheckedModule {
    const module = this.modules.get(hash);
    if (!module) throw new Error(`there is no module ${hash}`);
    return module;
  }
}

import { type BatchOutcome } from "../host/batch-outcome.js";
import { FilterHost } from "../host/filter-host.js";
import type { FilterEvent, FilterHostOptions } from "../host/host-options.js";
import { type CheckedModule, checkModule } from "../module/check-module.js";
import { FILTER_PROFILE } from "../module/module-profile.js";
import { type LabOptions, labModule } from "./lab-module.js";
import { type LabOutput, type LabRecord, labBatch, outcomeOutputs } from "./lab-records.js";

export const LAB_TIME = 1_700_000_000_000_000;

export function checkedLab(options: LabOptions = {}): CheckedModule {
  return checkModule(labModule(options), FILTER_PROFILE);
}

/** A host of a lab module, its events and log lines. */
export class LabHost {
  private constructor(
    readonly host: FilterHost,
    readonly events: FilterEvent[],
    readonly lines: string[],
  ) {}

  static async start(lab: LabOptions = {}, options: Partial<FilterHostOptions> = {}): Promise<LabHost> {
    const events: FilterEvent[] = [];
    const lines: string[] = [];
    const host = await FilterHost.start({
      module: checkedLab(lab),
      onEvent: (event) => events.push(event),
      onLog: (level, text) => lines.push(`${level} ${text}`),
      ...options,
    });
    return new LabHost(host, events, lines);
  }

  async run(records: readonly LabRecord[]): Promise<{ outputs: LabOutput[]; outcome: BatchOutcome }> {
    const outcome = await this.host.run(labBatch(records), LAB_TIME);
    const outputs = outcomeOutputs(outcome);
    outcome.release();
    return { outputs, outcome };
  }

  async sum(): Promise<number> {
    const state = await this.host.snapshot();
    return new DataView(state.buffer, state.byteOffset).getInt32(0, true);
  }

  get eventTypes(): string[] {
    return this.events.map(({ type }) => type);
  }
}

import type { PlacedNote } from "../chain/chain-note.js";
import type { ChainEntry } from "../chain/stage-plan.js";
import type { TestOutput, TestRecord } from "./partition-world.js";
import { Act } from "./test-module.js";

/** What a module is, by its hash. */
export type Versions = ReadonlyMap<string, { readonly version: number }>;

interface ModelStage {
  entry: ChainEntry;
  sum: number;
}

/** What an uninterrupted run gives, in one thread and record by record, when the same was decided at the same offsets. */
export function modelOutputs(
  records: readonly TestRecord[],
  notes: readonly PlacedNote[],
  versions: Versions,
): TestOutput[] {
  let stages: ModelStage[] = [];
  const bypassed = new Map<string, number>();
  let nextNote = 0;
  return records.flatMap((record, offset) => {
    for (; nextNote < notes.length && notes[nextNote]!.offset <= offset; nextNote++) {
      const { chain, failed } = notes[nextNote]!;
      stages = chain.map((entry) =>
        become(
          stages.find((stage) => stage.entry.plan.name === entry.plan.name),
          entry,
        ),
      );
      for (const { name, through } of failed) bypassed.set(name, through);
    }
    let outputs: TestOutput[] = [{ offset, act: record.act, value: record.value }];
    for (const stage of stages) {
      const { plan, quarantine } = stage.entry;
      if (!plan.isEnabled) continue;
      if (quarantine !== undefined || (bypassed.get(plan.name) ?? -1) >= offset) {
        if (plan.policy === "drop") outputs = [];
        continue;
      }
      const version = versions.get(plan.module)!.version;
      outputs = outputs.flatMap((output) => handle(stage, output, record.time, version));
    }
    return outputs;
  });
}

function become(before: ModelStage | undefined, entry: ChainEntry): ModelStage {
  if (!before) return { entry, sum: 0 };
  const isFresh =
    before.entry.quarantine !== undefined || (!before.entry.plan.isEnabled && entry.plan.isEnabled);
  return { entry, sum: isFresh && before.entry.plan.key !== entry.plan.key ? 0 : before.sum };
}

function handle(stage: ModelStage, output: TestOutput, time: number, version: number): TestOutput[] {
  stage.sum = (stage.sum + output.value) | 0;
  const marked = { ...output, value: (stage.sum + version) | 0 };
  if (output.act === Act.Drop || output.value < Number(stage.entry.plan.parameters.least ?? -1_000_000))
    return [];
  if (output.act === Act.Mark) return [marked];
  if (output.act === Act.Emit) return [output, marked];
  if (output.act === Act.Time) return [{ ...output, value: Math.trunc(time / 1000) | 0 }];
  return [output];
}

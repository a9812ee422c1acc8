import { assertSeeded, seededMillis } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CheckedModule } from "../module/check-module.js";
import { checkedLab, LabHost } from "../spec-support/lab-host.js";
import { Act } from "../spec-support/lab-module.js";
import { LabModel, type LabOutput, type LabRecord } from "../spec-support/lab-records.js";
import type { BatchOutcome } from "./batch-outcome.js";
import type { FilterEvent } from "./host-options.js";

const SEEDS = 16;
const PROBATION_BATCHES = 6;
/** The act on which a version traps; no record asks every version to. */
const trapOf = (version: number) => 200 + (version % 4);

/** A swap either goes on while the next steps do, or while batches are handed over until it is done. */
type Step =
  | { readonly batch: readonly LabRecord[] }
  | { readonly swapTo: number; readonly isLoaded: boolean }
  | { readonly wait: true };

const records = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(Act.Pass, Act.Drop, Act.Rewrite, Act.Emit) },
      { weight: 1, arbitrary: fc.constantFrom(Act.Unreachable, 200, 201, 202, 203) },
    ),
    value: fc.integer({ min: -1000, max: 1000 }),
  }),
  { maxLength: 6 },
);

const batchSteps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: records.map((batch): Step => ({ batch })) },
    { weight: 1, arbitrary: fc.constant<Step>({ wait: true }) },
  ),
  { minLength: 1, maxLength: 30 },
);
const swapStep = fc.record({ swapTo: fc.integer({ min: 0, max: 7 }), isLoaded: fc.boolean() });

const steps: fc.Arbitrary<Step[]> = fc
  .array(fc.tuple(batchSteps, swapStep), { minLength: 1, maxLength: 3 })
  .chain((parts) =>
    batchSteps.map((last): Step[] => [...parts.flatMap(([batches, swap]) => [...batches, swap]), ...last]),
  );

const modules = new Map<number, CheckedModule>();

function moduleOf(version: number): CheckedModule {
  const module = modules.get(version) ?? checkedLab({ version, trapOn: trapOf(version) });
  modules.set(version, module);
  return module;
}

/** What a host has to do, said in a line at a time; only the places of the swaps are taken from what happened. */
class Reference {
  #active = { model: new LabModel(0), version: 0 };
  #old: { model: LabModel; version: number } | undefined;
  #probationLeft = 0;

  swap(version: number): void {
    const model = new LabModel(version);
    model.sum = this.#active.model.sum;
    this.#old = { ...this.#active };
    this.#active = { model, version };
    this.#probationLeft = PROBATION_BATCHES;
  }

  run(batch: readonly LabRecord[]): { version: number; outputs: LabOutput[] } {
    if (!traps(batch, this.#active.version)) {
      const outputs = this.#active.model.run(batch);
      if (this.#old !== undefined) {
        if (!traps(batch, this.#old.version)) this.#old.model.run(batch);
        if (--this.#probationLeft === 0) this.#old = undefined;
      }
      return { version: this.#active.version, outputs };
    }
    if (this.#old === undefined) return { version: this.#active.version, outputs: [] };
    this.#active = this.#old;
    this.#old = undefined;
    return this.run(batch);
  }

  get sum(): number {
    return this.#active.model.sum;
  }
}

function traps(batch: readonly LabRecord[], version: number): boolean {
  return batch.some(({ act }) => act === Act.Unreachable || act === trapOf(version));
}

/** Swaps while batches keep coming; refused ones leave no trace. */
async function perform(lab: LabHost, script: readonly Step[]) {
  const batches: (readonly LabRecord[])[] = [];
  const runs: Promise<{ outputs: LabOutput[]; outcome: BatchOutcome }>[] = [];
  const hand = (batch: readonly LabRecord[]) => {
    batches.push(batch);
    runs.push(lab.run(batch));
  };
  const pool = script.flatMap((step) => ("batch" in step ? [step.batch] : []));
  let swapping: Promise<unknown> = Promise.resolve();
  for (const step of script) {
    if ("batch" in step) {
      hand(step.batch);
    } else if ("swapTo" in step) {
      const swap = () => lab.host.swap(moduleOf(step.swapTo), { probationBatches: PROBATION_BATCHES });
      let isSwapping = true;
      swapping = swapping.then(swap).then(
        () => {
          isSwapping = false;
        },
        () => {
          isSwapping = false;
        },
      );
      for (let index = 0; step.isLoaded && isSwapping && pool.length > 0; index++) {
        hand(pool[index % pool.length]!);
        // Two are always under way.
        await runs.at(-3);
      }
    } else {
      await runs.at(-1);
    }
  }
  await swapping;
  return { batches, results: await Promise.all(runs) };
}

function expectReference(
  events: readonly FilterEvent[],
  batches: readonly (readonly LabRecord[])[],
  results: readonly { outputs: LabOutput[]; outcome: BatchOutcome }[],
): Reference {
  const versionOf = new Map([...modules].map(([version, { hash }]) => [hash, version]));
  const swaps = events.filter((event) => event.type === "swapped");
  const reference = new Reference();
  batches.forEach((batch, index) => {
    while (swaps[0]?.batch === index) reference.swap(versionOf.get(swaps.shift()!.to)!);
    const { outputs, outcome } = results[index]!;
    const expected = reference.run(batch);
    expect(outcome.batch).toBe(index);
    expect(versionOf.get(outcome.version)).toBe(expected.version);
    expect(outputs).toEqual(expected.outputs);
  });
  for (const { to } of swaps) reference.swap(versionOf.get(to)!);
  return reference;
}

describe("swaps at random moments, with modules that trap", () => {
  it(
    "give what a reference gives that runs one batch after the other",
    async () => {
      let swaps = 0;
      let rollbacks = 0;
      await assertSeeded(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (script, snapshotEvery) => {
          const lab = await LabHost.start(
            { version: 0, trapOn: trapOf(0) },
            { snapshotEvery, failuresMax: 1000, batchesQueued: 4096 },
          );
          try {
            moduleOf(0);
            const { batches, results } = await perform(lab, script);
            const reference = expectReference(lab.events, batches, results);
            expect(await lab.sum()).toBe(reference.sum);
            swaps += lab.host.metrics().swaps;
            rollbacks += lab.host.metrics().rollbacks;
          } finally {
            await lab.host.close();
          }
        }),
        SEEDS,
      );
      expect(swaps).toBeGreaterThan(0);
      expect(rollbacks).toBeGreaterThan(0);
    },
    seededMillis(SEEDS, 90_000),
  );
});

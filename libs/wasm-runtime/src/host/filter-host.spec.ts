import { afterEach, describe, expect, it } from "vitest";
import { LabHost } from "../spec-support/lab-host.js";
import { Act, type LabOptions } from "../spec-support/lab-module.js";
import { LabModel, type LabRecord, record } from "../spec-support/lab-records.js";
import type { FilterHostOptions } from "./host-options.js";

let lab: LabHost;

async function start(options?: LabOptions, hostOptions?: Partial<FilterHostOptions>): Promise<LabHost> {
  lab = await LabHost.start(options, hostOptions);
  return lab;
}

afterEach(() => lab.host.close());

const some: LabRecord[] = [
  record(Act.Pass, 5),
  record(Act.Drop, 7),
  record(Act.Rewrite, 1),
  record(Act.Emit, 2),
];

describe("FilterHost", () => {
  it("runs batches in their order, several at once, and counts", async () => {
    const { host } = await start();
    const model = new LabModel();
    const batches = Array.from({ length: 40 }, (_, index) => some.concat(record(Act.Emit, index)));
    const results = await Promise.all(batches.map((batch) => lab.run(batch)));
    expect(results.map(({ outputs }) => outputs)).toEqual(batches.map((batch) => model.run(batch)));
    expect(results.map(({ outcome }) => outcome.batch)).toEqual(batches.map((_, index) => index));
    expect(await lab.sum()).toBe(model.sum);
    expect(host.metrics()).toMatchObject({
      batches: 40,
      policyBatches: 0,
      recordsIn: 200,
      recordsDropped: 40,
      recordsRewritten: 40,
      recordsEmitted: 80,
      recordsOut: 240,
      memoryPages: 2,
    });
  });

  it("goes on behind a trap in the state behind the batch before", async () => {
    await start({}, { snapshotEvery: 4 });
    const model = new LabModel();
    const batches = Array.from({ length: 60 }, (_, index) =>
      index % 7 === 3
        ? [record(Act.Emit, 100), record(Act.Unreachable, 9)]
        : [...some, record(Act.Emit, index)],
    );
    const results = await Promise.all(batches.map((batch) => lab.run(batch)));
    batches.forEach((batch, index) => {
      const expected = index % 7 === 3 ? [] : model.run(batch);
      expect(results[index]!.outputs).toEqual(expected);
      expect(results[index]!.outcome.failure?.kind).toBe(index % 7 === 3 ? "unreachable" : undefined);
    });
    expect(await lab.sum()).toBe(model.sum);
  });
});

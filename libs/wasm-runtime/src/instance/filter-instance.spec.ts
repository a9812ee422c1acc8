import { describe, expect, it } from "vitest";
import { checkModule } from "../module/check-module.js";
import { compileModule } from "../module/compile-module.js";
import { FILTER_PROFILE } from "../module/module-profile.js";
import { Act, type LabOptions, labModule } from "../spec-support/lab-module.js";
import { LabModel, type LabRecord, labBatch, labOutputs, record } from "../spec-support/lab-records.js";
import { FilterInstance, type FilterInstanceOptions } from "./filter-instance.js";

const TIME = 1_700_000_000_000_000;

function lab(options: LabOptions = {}, instanceOptions: FilterInstanceOptions = {}): FilterInstance {
  const checked = checkModule(labModule(options), FILTER_PROFILE);
  return new FilterInstance(compileModule(checked), instanceOptions);
}

function run(instance: FilterInstance, records: readonly LabRecord[], gap = 0) {
  const batch = labBatch(records, gap);
  const before = batch.bytes.slice();
  const outputs = labOutputs(instance.runBatch(batch, TIME), batch);
  expect(batch.bytes).toEqual(before);
  return outputs;
}

describe("FilterInstance", () => {
  it("describes itself", () => {
    expect(lab({ templates: [240] }).description).toEqual({
      name: "lab",
      version: "1",
      templates: [240],
      parameters: [{ name: "threshold", type: "number", default: "0", doc: "least value" }],
      stateVersion: 1,
    });
  });

  it.each([0, 3, 8, 200])("marks, rewrites and emits in order, %i octets between records", (gap) => {
    const records = [
      record(Act.Pass, 5),
      record(Act.Drop, 7),
      record(Act.Rewrite, 1),
      record(Act.Emit, 2),
      record(Act.Emit, 3),
      record(Act.Pass, 9),
    ];
    const instance = lab();
    const model = new LabModel();
    expect(run(instance, records, gap)).toEqual(model.run(records));
    expect(run(instance, records, gap)).toEqual(model.run(records));
  });
});

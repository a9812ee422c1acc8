import { isImsError } from "@ims/common";
import { assertSeeded } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileModule } from "../module/compile-module.js";
import { checkedLab, LAB_TIME } from "../spec-support/lab-host.js";
import { Act, type LabOptions } from "../spec-support/lab-module.js";
import { LabModel, type LabRecord, labBatch, labOutputs, record } from "../spec-support/lab-records.js";
import { op } from "../spec-support/module-builder.js";
import { Verdict } from "./batch-result.js";
import { FilterInstance, type FilterInstanceOptions } from "./filter-instance.js";

function lab(options: LabOptions = {}, instanceOptions: FilterInstanceOptions = {}): FilterInstance {
  return new FilterInstance(compileModule(checkedLab(options)), instanceOptions);
}

/** What the module makes of the records; the octets handed over stay as they are. */
function run(instance: FilterInstance, records: readonly LabRecord[], gap = 0) {
  const batch = labBatch(records, gap);
  const before = batch.bytes.slice();
  const outputs = labOutputs(instance.runBatch(batch, LAB_TIME), batch);
  expect(batch.bytes).toEqual(before);
  return outputs;
}

function failure(work: () => unknown): string {
  try {
    work();
    return "none";
  } catch (error) {
    if (!isImsError(error)) throw error;
    return `${error.code} ${error.context.kind ?? ""}: ${error.message}`;
  }
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

  it("does what the model does for any records, in batches of any size", async () => {
    const acts = fc.constantFrom(Act.Pass, Act.Drop, Act.Rewrite, Act.Emit, Act.Threshold);
    const records = fc.array(fc.record({ act: acts, value: fc.integer() }), { maxLength: 200 });
    const instance = lab();
    const model = new LabModel();
    await assertSeeded(
      fc.property(records, fc.constantFrom(0, 5, 300), fc.nat(100_000), (batch, gap, threshold) => {
        instance.setParameters({ threshold: String(threshold) });
        model.threshold = threshold;
        expect(run(instance, batch, gap)).toEqual(model.run(batch));
      }),
      200,
    );
  });

  it("reads records in any order and more than once", () => {
    const batch = labBatch([record(Act.Pass, 1), record(Act.Rewrite, 2), record(Act.Drop, 3)]);
    const picked = { ...batch, offsets: [32, 16, 0, 16], lengths: [16, 16, 16, 16], count: 4 };
    const outputs = labOutputs(lab().runBatch(picked, 0), picked);
    const expected = new LabModel().run([
      record(Act.Drop, 3),
      record(Act.Rewrite, 2),
      record(Act.Pass, 1),
      record(Act.Rewrite, 2),
    ]);
    expect(outputs.map(({ from, act }) => [from, act])).toEqual(expected.map(({ from, act }) => [from, act]));
  });

  it("shows a module only the records of its templates; the others keep their place", () => {
    const instance = lab({ templates: [240, 7] });
    const records = [
      record(Act.Drop, 1, 1),
      record(Act.Rewrite, 10, 240),
      record(Act.Drop, 2, 1),
      record(Act.Drop, 20, 7),
      record(Act.Emit, 30, 7),
      record(Act.Unreachable, 3, 1),
    ];
    expect(run(instance, records)).toEqual([
      { from: 0, act: Act.Drop, value: 1 },
      { from: 1, act: Act.Rewrite, value: 11 },
      { from: 2, act: Act.Drop, value: 2 },
      { from: 4, act: Act.Emit, value: 30 },
      { from: 4, act: Act.Emit, value: 61 },
      { from: 5, act: Act.Unreachable, value: 3 },
    ]);
    expect(run(instance, [record(Act.Unreachable, 3, 1)])).toHaveLength(1);
    expect(run(instance, [])).toEqual([]);
  });

  it("gives a verdict for each record", () => {
    const result = lab().runBatch(labBatch([record(Act.Drop), record(Act.Pass), record(Act.Rewrite)]), 0);
    expect([...result.verdicts.subarray(0, 3)]).toEqual([Verdict.Drop, Verdict.Pass, Verdict.Rewritten]);
    expect(result).toMatchObject({ records: 3, dropped: 1, rewritten: 1, emitted: 0, outputCount: 2 });
  });

  it("lets records through as they came where a module changes them without saying so", () => {
    expect(run(lab(), [record(Act.ChangeUnsaid, 7)])).toEqual([{ from: 0, act: Act.ChangeUnsaid, value: 7 }]);
  });

  it("gives the batch's time", () => {
    expect(run(lab(), [record(Act.Time)])[0]!.value).toBe(LAB_TIME / 1_000_000);
  });

  it("asks for a larger region when a batch needs one, also across a growth of the memory", () => {
    const instance = lab();
    const model = new LabModel();
    for (const count of [1, 5000, 3, 20_000, 7]) {
      const records = Array.from({ length: count }, (_, index) =>
        record(index % 3 ? Act.Pass : Act.Drop, index),
      );
      expect(run(instance, records)).toEqual(model.run(records));
    }
    expect(instance.memoryPages).toBeGreaterThan(8);
  });

  it("sees memory that the module grew while it worked", () => {
    const instance = lab();
    expect(run(instance, [record(Act.Grow, 3), record(Act.Rewrite, 1)])[0]!.value).toBe(2);
    expect(instance.memoryPages).toBe(5);
    expect(run(instance, [record(Act.Grow, 10_000)])[0]!.value).toBe(-1);
    expect(instance.memoryPages).toBe(5);
  });

  it("takes its state up again", () => {
    const first = lab();
    run(first, [record(Act.Pass, 40), record(Act.Drop, 2)]);
    const state = first.snapshot();
    const second = lab({ version: 0 });
    second.restore(state);
    expect(run(second, [record(Act.Rewrite, 0)])[0]!.value).toBe(42);
    expect(lab({ hasState: false }).snapshot()).toHaveLength(0);
  });

  it.each<[keyof typeof Act, string, RegExp]>([
    ["Unreachable", "unreachable", /in ims_batch: unreachable at function \d+, octet 0x/],
    ["ReadOutside", "memory", /out of bounds/],
    ["DivideByZero", "arithmetic", /divide by zero/],
    ["Recurse", "stack", /call stack/],
    ["CallNothing", "table", /null function|signature/],
    ["UnknownVerdict", "output", /verdict of entry 1 is 7/],
    ["GiveUp", "gave-up", /answered -3/],
    ["LogOutside", "argument", /8 octets at address 4294967292/],
  ])("tells of %s as a failure of the kind %s", (act, kind, message) => {
    const records = [record(Act.Pass), record(Act[act], 1)];
    const text = failure(() => run(lab(), records));
    expect(text).toMatch(new RegExp(`^wasm.trapped ${kind}: `));
    expect(text).toMatch(message);
  });

  it.each<[string, LabRecord[], RegExp]>([
    ["a record shorter than its header", [record(Act.Lengthen, 7)], /became 7 octets/],
    ["a record that is too long", [record(Act.Lengthen, 65_537)], /became 65537 octets/],
    ["a record beyond the memory", [record(Act.Lengthen, -1)], /became 4294967295 octets/],
    ["emitted records without octets", [record(Act.OverstateEmitted, 1)], /became 0 octets at address 0/],
    [
      "emitted records that go behind an earlier entry than the one before",
      [record(Act.Pass), record(Act.Emit), record(Act.OverstateEmitted, 1)],
      /emitted record 1 goes behind no entry/,
    ],
    ["far more of them", [record(Act.OverstateEmitted, 100_000)], /emitted 100000 records, 4100 are allowed/],
    [
      "more octets than allowed",
      [record(Act.Lengthen, 65_000), record(Act.Lengthen, 65_000)],
      /made 130000 octets, 65664 are allowed/,
    ],
  ])("refuses %s", (_, records, message) => {
    const text = failure(() => run(lab(), records));
    expect(text).toMatch(/^wasm\.trapped output: /);
    expect(text).toMatch(message);
  });

  it("bounds the log, keeps lines to one line, and counts what is left out", () => {
    const lines: string[] = [];
    let now = 0;
    const instance = lab(
      {},
      { log: (level, text) => lines.push(`${level} ${text}`), monotonicMillis: () => now },
    );
    run(instance, [record(Act.Log, 1_000)]);
    expect(lines).toEqual(Array.from({ length: 10 }, () => "warn a line?of the lab"));
    expect(instance.logLinesLeftOut).toBe(990);
    now = 999;
    run(instance, [record(Act.Log, 1)]);
    expect(lines).toHaveLength(10);
    now = 1000;
    run(instance, [record(Act.Log, 3)]);
    expect(lines).toHaveLength(13);
    expect(instance.logLinesLeftOut).toBe(991);
  });

  it("refuses batches that name octets outside, and stays usable", () => {
    const instance = lab({}, { limits: { batchRecords: 3, batchBytes: 1000 } });
    const batch = labBatch([record(Act.Pass, 1)]);
    const cases = [
      { ...batch, offsets: [1] },
      { ...batch, offsets: [-1] },
      { ...batch, offsets: [Number.NaN] },
      { ...batch, lengths: [7] },
      { ...batch, lengths: [17] },
      labBatch([record(0), record(0), record(0), record(0)]),
      { bytes: new Uint8Array(2000), offsets: [0], lengths: [1500], count: 1 },
    ];
    for (const each of cases) expect(failure(() => instance.runBatch(each, 0))).toMatch(/^wasm\.bad-batch/);
    for (const time of [-1, 0.5, Number.NaN]) {
      expect(failure(() => instance.runBatch(batch, time))).toMatch(/^wasm\.bad-batch .*time of the batch/);
    }
    expect(run(instance, [record(Act.Rewrite, 1)])[0]!.value).toBe(2);
  });
});

describe("FilterInstance at its beginning", () => {
  it.each<[string, LabOptions, RegExp]>([
    ["another version of the interface", { abi: 2 }, /^wasm\.bad-export .*version 2 of the interface, not 1/],
    [
      "a trap in the start function",
      { start: op.unreachable },
      /^wasm\.trapped unreachable: .*in instantiation/,
    ],
    ["a trap in _initialize", { initialize: op.unreachable }, /^wasm\.trapped unreachable: .*in _initialize/],
    ["a description that is not JSON", { description: "{" }, /^wasm\.bad-description .*not JSON/],
    ["a description without a name", { description: "{}" }, /^wasm\.bad-description .*name/],
    ["a long description", { description: " ".repeat(16_385) }, /^wasm\.trapped output: .*16385 octets/],
    [
      "a text parameter that nothing takes",
      { description: '{"name":"a","parameters":[{"name":"b","type":"text"}]}' },
      /^wasm\.bad-export .*text parameter "b"/,
    ],
  ])("refuses %s", (_, options, message) => {
    expect(failure(() => lab(options))).toMatch(message);
  });

  it("counts the lines of a start function, which nobody can read yet", () => {
    const instance = lab({ start: [op.i32(0), op.i32(0), op.i32(4), op.call(0)] });
    expect(instance.logLinesLeftOut).toBe(1);
  });

  it.each<[string, LabOptions, RegExp]>([
    ["has no room", { alloc: op.i32(0) }, /no 16384 octets for the host/],
    ["gives an odd address", { alloc: op.i32(65_540) }, /16384 octets at address 65540/],
    ["gives a region outside", { alloc: op.i32(131_064) }, /16384 octets at address 131064/],
    ["traps while it looks for room", { alloc: op.unreachable }, /in ims_alloc: unreachable/],
  ])("fails a batch when the module %s", (_, options, message) => {
    const text = failure(() => run(lab(options), [record(Act.Pass)]));
    expect(text).toMatch(/^wasm\.trapped/);
    expect(text).toMatch(message);
  });

  it("sets parameters exactly, and says which is wrong", () => {
    const instance = lab();
    instance.setParameters({ threshold: "12e1" });
    expect(run(instance, [record(Act.Threshold, 119), record(Act.Threshold, 120)])).toHaveLength(1);
    const set = (values: Record<string, string>) => failure(() => instance.setParameters(values));
    expect(set({ treshold: "1" })).toMatch(/^wasm\.bad-parameter .*"treshold".*did you mean "threshold"/);
    expect(set({ threshold: "a lot" })).toMatch(/^wasm\.bad-parameter .*"a lot", not a decimal/);
    expect(set({ threshold: "-1" })).toMatch(/^wasm\.bad-parameter .*refuses the value of "threshold"/);
    expect(set({ toString: "1" })).toMatch(/^wasm\.bad-parameter/);
  });

  it("refuses states that it cannot take or give", () => {
    expect(failure(() => lab({ hasState: false }).restore(new Uint8Array(4)))).toMatch(/^wasm\.bad-state/);
    expect(failure(() => lab().restore(new Uint8Array(5)))).toMatch(/^wasm\.bad-state .*5 octets/);
    expect(failure(() => lab({}, { limits: { stateBytes: 3 } }).snapshot())).toMatch(
      /^wasm\.bad-state .*4 octets, 3 are allowed/,
    );
  });

  it("refuses limits out of range", () => {
    expect(failure(() => lab({}, { limits: { batchRecords: 0 } }))).toMatch(
      /^wasm\.bad-limits .*batchRecords/,
    );
    expect(failure(() => lab({}, { limits: { outputFactor: 1.5 } }))).toMatch(/^wasm\.bad-limits/);
  });
});

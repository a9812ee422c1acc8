import { SimulatedClock } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import { checkedLab, LabHost } from "../spec-support/lab-host.js";
import { Act, type LabOptions } from "../spec-support/lab-module.js";
import { LabModel, type LabRecord, record } from "../spec-support/lab-records.js";
import { op } from "../spec-support/module-builder.js";
import type { FilterHostOptions } from "./host-options.js";

let lab: LabHost;

async function start(options?: LabOptions, hostOptions?: Partial<FilterHostOptions>): Promise<LabHost> {
  lab = await LabHost.start(options, hostOptions);
  return lab;
}

afterEach(() => lab.host.close());

const SPECIAL = 77;
const emit = (value: number): LabRecord[] => [record(Act.Emit, value)];
const special = (value: number): LabRecord[] => [record(Act.Emit, value), record(SPECIAL, 1)];
/** The value that the lab's version and state show in. */
const marked = async (records: LabRecord[]) => (await lab.run(records)).outputs[1]!.value;

describe("FilterHost.swap", () => {
  it("hands the state over at a batch boundary; nothing is lost, doubled or reordered", async () => {
    const { host } = await start({ version: 1000 });
    const old = host.version;
    const runs = Array.from({ length: 30 }, (_, index) => lab.run(emit(index)));
    const swap = host.swap(checkedLab({ version: 2000 }));
    for (let index = 0; runs.length < 400; index++) {
      await runs[index];
      runs.push(lab.run(emit(runs.length)));
    }
    const report = await swap;
    expect(report).toMatchObject({ from: old, to: host.version, tookState: true });
    expect(report.pauseMillis).toBeGreaterThanOrEqual(0);
    const results = await Promise.all(runs);
    const model = new LabModel(1000);
    results.forEach(({ outputs, outcome }, index) => {
      expect(outcome.batch).toBe(index);
      expect(outcome.failure).toBeUndefined();
      expect(outcome.version).toBe(index < report.batch ? old : host.version);
      model.version = index < report.batch ? 1000 : 2000;
      expect(outputs).toEqual(model.run(emit(index)));
    });
    expect(await lab.sum()).toBe(model.sum);
    expect(lab.events[0]).toMatchObject({ type: "swapped", ...report });
    expect(host.metrics().swaps).toBe(1);
  });

  it("begins without a state where the versions of the state differ, or that is wished", async () => {
    const { host } = await start({ stateVersion: 1 });
    await lab.run(emit(5));
    expect(await host.swap(checkedLab({ stateVersion: 2 }))).toMatchObject({ tookState: false });
    expect(await lab.sum()).toBe(0);
    await lab.run(emit(6));
    expect(await host.swap(checkedLab({ stateVersion: 2, version: 3 }))).toMatchObject({ tookState: true });
    expect(await lab.sum()).toBe(6);
    const report = await host.swap(checkedLab({ stateVersion: 2 }), { withoutState: true });
    expect(report.tookState).toBe(false);
    expect(await lab.sum()).toBe(0);
    expect(await host.swap(checkedLab({ hasState: false }))).toMatchObject({ tookState: false });
    expect(await host.snapshot()).toHaveLength(0);
  });

  it("brings its own parameters", async () => {
    const { host } = await start({}, { parameters: { threshold: "10" } });
    await host.swap(checkedLab({ version: 2 }), { parameters: { threshold: "20" } });
    expect((await lab.run([record(Act.Threshold, 15)])).outputs).toEqual([]);
    expect(host.parameters).toEqual({ threshold: "20" });
  });

  it.each<[string, LabOptions, object, string]>([
    ["traps at its beginning", { version: 2, initialize: op.unreachable }, {}, "wasm.trapped"],
    ["never begins", { version: 2, initialize: op.loop(op.br(0)) }, {}, "wasm.timed-out"],
    ["traps on the batch that warms it", { version: 2, trapOn: Act.Emit }, {}, "wasm.trapped"],
    ["never ends on the batch that warms it", { version: 2, loopOn: Act.Emit }, {}, "wasm.timed-out"],
    ["traps when it takes up the state", { version: 2, restore: op.unreachable }, {}, "wasm.trapped"],
    ["does not know a parameter", { version: 2 }, { parameters: { x: "1" } }, "wasm.bad-parameter"],
  ])("leaves the old module at work when the new one %s", async (_, options, swap, code) => {
    const { host } = await start({}, { batchMillis: 100, loadMillis: 300 });
    const old = host.version;
    await lab.run(emit(5));
    await expect(host.swap(checkedLab(options), swap)).rejects.toMatchObject({ code });
    expect(host.version).toBe(old);
    expect(await marked(emit(3))).toBe(9);
    expect(lab.events).toEqual([]);
    // Another swap may follow.
    await host.swap(checkedLab({ version: 10 }));
    expect(await marked(emit(0))).toBe(18);
  });

  it("takes the state behind the last batch that did not fail, where one under way fails", async () => {
    const { host } = await start({ trapOn: SPECIAL }, { failuresMax: 1000 });
    await lab.run(emit(5));
    let isOver = false;
    const lane = async () => {
      for (let index = 0; !isOver; index++) {
        // One of eight is well, so that there are never too many failures in a row.
        if (index % 8 === 0) await lab.run(emit(0));
        else expect((await lab.run(special(9))).outcome.failure?.kind).toBe("unreachable");
      }
    };
    const lanes = Array.from({ length: 8 }, lane);
    for (let version = 2; version < 6; version++) {
      const next = checkedLab({ version, trapOn: SPECIAL });
      expect(await host.swap(next, { probationBatches: 0 })).toMatchObject({ tookState: true });
    }
    isOver = true;
    await Promise.all(lanes);
    expect(await lab.sum()).toBe(5);
  });

  it("is one at a time", async () => {
    const { host } = await start();
    const first = host.swap(checkedLab({ version: 2 }));
    await expect(host.swap(checkedLab({ version: 3 }))).rejects.toMatchObject({ code: "wasm.busy" });
    await first;
  });

  it("ends with the host", async () => {
    const { host } = await start();
    const swap = host.swap(checkedLab({ version: 2 }));
    const result = expect(swap).rejects.toMatchObject({ code: "wasm.closed" });
    await host.close();
    await result;
  });

  it("takes over from a module in quarantine, with its state", async () => {
    const { host } = await start({ loopOn: SPECIAL }, { batchMillis: 100 });
    await lab.run(emit(5));
    await lab.run(emit(6));
    await lab.run(special(9));
    expect(host.mode).toBe("quarantined");
    expect(await host.swap(checkedLab({ version: 2 }))).toMatchObject({ tookState: true });
    expect(host.mode).toBe("running");
    expect(host.isOnProbation).toBe(false);
    expect(await marked(special(0))).toBe(13);
    expect(await lab.sum()).toBe(12);
  });
});

describe("FilterHost in probation", () => {
  it.each<["trapOn" | "loopOn", string]>([
    ["trapOn", "wasm.trapped"],
    ["loopOn", "wasm.timed-out"],
  ])("goes back to the old module, in the state it would have, on %s", async (how, code) => {
    const { host } = await start({ version: 1000 }, { batchMillis: 100, snapshotEvery: 3 });
    const old = host.version;
    const model = new LabModel(1000);
    for (let index = 0; index < 5; index++) {
      expect((await lab.run(emit(index))).outputs).toEqual(model.run(emit(index)));
    }
    await host.swap(checkedLab({ version: 2000, [how]: SPECIAL }));
    const bad = host.version;
    model.version = 2000;
    const runs = Array.from({ length: 20 }, (_, index) => lab.run(emit(index)));
    const failing = lab.run(special(7));
    const behind = Array.from({ length: 20 }, (_, index) => lab.run(emit(index)));
    const outputs = await Promise.all(runs);
    outputs.forEach((result, index) => {
      expect(result.outputs).toEqual(model.run(emit(index)));
    });
    model.version = 1000;
    const { outcome, outputs: own } = await failing;
    expect(outcome).toMatchObject({ version: old, failure: undefined, batch: 25 });
    expect(own).toEqual(model.run(special(7)));
    for (const [index, result] of (await Promise.all(behind)).entries()) {
      expect(result.outputs).toEqual(model.run(emit(index)));
    }
    expect(await lab.sum()).toBe(model.sum);
    expect(host.mode).toBe("running");
    expect(lab.eventTypes).toEqual(["swapped", "failed", "rolled-back"]);
    expect(lab.events[2]).toMatchObject({ from: bad, to: old, batch: 25, error: { code } });
    expect(host.metrics()).toMatchObject({ rollbacks: 1, policyBatches: 0 });
    // The old one recovers as before.
    await lab.run([record(Act.Unreachable)]);
    expect((await lab.run(emit(1))).outputs).toEqual(model.run(emit(1)));
  });

  it("does not go back once the probation is over", async () => {
    const { host } = await start();
    await host.swap(checkedLab({ version: 2, trapOn: SPECIAL }), { probationBatches: 3 });
    const bad = host.version;
    for (let index = 0; index < 3; index++) {
      expect(host.isOnProbation).toBe(true);
      await lab.run(emit(index));
    }
    expect(host.isOnProbation).toBe(false);
    const { outcome } = await lab.run(special(1));
    expect(outcome).toMatchObject({ version: bad, failure: { kind: "unreachable" } });
    expect(await marked(emit(0))).toBe(5);
    expect(lab.eventTypes).toEqual(["swapped", "probation-ended", "failed"]);
    expect(lab.events[1]).toMatchObject({ version: bad, batch: 3 });
  });

  it("ends by its time, once the module handled a batch", async () => {
    const clock = new SimulatedClock();
    const { host } = await start({}, { clock });
    await host.swap(checkedLab({ version: 2 }), { probationMillis: 1000 });
    await lab.run(emit(1));
    await clock.advance(999);
    await lab.run(emit(1));
    expect(host.isOnProbation).toBe(true);
    await clock.advance(1);
    expect(host.isOnProbation).toBe(true);
    await lab.run(emit(1));
    expect(host.isOnProbation).toBe(false);
  });

  it("ends when no more batches can be kept", async () => {
    const { host } = await start();
    await host.swap(checkedLab({ version: 2 }));
    const count = 120;
    const large = {
      bytes: new Uint8Array(count * 65_536),
      offsets: Array.from({ length: count }, (_, index) => index * 65_536),
      lengths: Array.from({ length: count }, () => 65_536),
      count,
    };
    for (let index = 0; index < 9; index++) {
      expect(host.isOnProbation).toBe(true);
      (await host.run(large, 0)).release();
    }
    expect(host.isOnProbation).toBe(false);
    expect(lab.events.at(-1)).toMatchObject({
      type: "probation-ended",
      reason: "no more batches can be kept",
    });
  });

  it("goes back from quarantine on demand", async () => {
    const { host } = await start({ version: 100 });
    await host.swap(checkedLab({ version: 200 }));
    await lab.run(emit(1));
    await host.quarantine("the operator wants it");
    await lab.run(emit(1000));
    expect(await host.rollBack()).toBe(true);
    expect(host.mode).toBe("running");
    expect(host.reason).toBeUndefined();
    expect(await marked(emit(1))).toBe(102);
  });

  it("is without a way back if it has no batches", async () => {
    const { host } = await start();
    await host.swap(checkedLab({ version: 2, trapOn: SPECIAL }), { probationBatches: 0 });
    expect((await lab.run(special(1))).outcome.failure?.kind).toBe("unreachable");
    expect(await host.rollBack()).toBe(false);
  });

  it("has the policy handle a batch on which the old module fails too", async () => {
    const { host } = await start({ version: 1 });
    const old = host.version;
    await host.swap(checkedLab({ version: 2 }));
    await lab.run(emit(5));
    const { outcome } = await lab.run([record(Act.Unreachable, 9)]);
    expect(outcome).toMatchObject({ version: old, failure: { kind: "unreachable" } });
    expect(await marked(emit(0))).toBe(6);
    expect(lab.eventTypes).toEqual(["swapped", "failed", "rolled-back", "failed"]);
  });

  it("leaves out batches that the old module would have failed on", async () => {
    const { host } = await start({ version: 1, trapOn: SPECIAL });
    await lab.run(emit(5));
    await host.swap(checkedLab({ version: 2, trapOn: 78 }));
    await lab.run(special(100));
    await lab.run(emit(20));
    await lab.run([record(Act.Emit, 0), record(78)]);
    // 5 + 20 + the version.
    expect(await marked(emit(0))).toBe(26);
    expect(await host.rollBack()).toBe(false);
  });

  it("goes back on demand, and only to the module before", async () => {
    const { host } = await start({ version: 100 });
    const first = host.version;
    await host.swap(checkedLab({ version: 200 }));
    const second = host.version;
    await lab.run(emit(1));
    await host.swap(checkedLab({ version: 300 }));
    await lab.run(emit(1));
    expect(lab.eventTypes).toEqual(["swapped", "probation-ended", "swapped"]);
    expect(await host.rollBack()).toBe(true);
    expect(host.version).toBe(second);
    expect(host.version).not.toBe(first);
    expect(await marked(emit(1))).toBe(203);
    expect(await host.rollBack()).toBe(false);
  });
});

import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LAB_TIME, LabHost } from "../spec-support/lab-host.js";
import { Act, type LabOptions } from "../spec-support/lab-module.js";
import { LabModel, type LabRecord, labBatch, outcomeOutputs, record } from "../spec-support/lab-records.js";
import { op } from "../spec-support/module-builder.js";
import type { FilterHostOptions } from "./host-options.js";

let lab: LabHost | undefined;

async function start(options?: LabOptions, hostOptions?: Partial<FilterHostOptions>): Promise<LabHost> {
  lab = await LabHost.start(options, hostOptions);
  return lab;
}

afterEach(async () => {
  await lab?.host.close();
  lab = undefined;
});

const some: LabRecord[] = [
  record(Act.Pass, 5),
  record(Act.Drop, 7),
  record(Act.Rewrite, 1),
  record(Act.Emit, 2),
];
const forever = op.loop(op.br(0));

describe("FilterHost", () => {
  it("runs batches in their order, several at once, and counts", async () => {
    const { host, ...rest } = await start();
    expect(rest.events).toEqual([]);
    const model = new LabModel();
    const batches = Array.from({ length: 40 }, (_, index) => some.concat(record(Act.Emit, index)));
    const results = await Promise.all(batches.map((batch) => lab!.run(batch)));
    expect(results.map(({ outputs }) => outputs)).toEqual(batches.map((batch) => model.run(batch)));
    expect(results.map(({ outcome }) => outcome.batch)).toEqual(batches.map((_, index) => index));
    expect(await lab!.sum()).toBe(model.sum);
    const metrics = host.metrics();
    expect(metrics).toMatchObject({
      batches: 40,
      policyBatches: 0,
      recordsIn: 200,
      recordsDropped: 40,
      recordsRewritten: 40,
      recordsEmitted: 80,
      recordsOut: 240,
      memoryPages: 2,
    });
    expect(metrics.micros).toBeGreaterThan(0);
  });

  it("takes records that lie far from each other, and batches of none", async () => {
    const { host } = await start();
    const outcome = await host.run(labBatch(some, 500), LAB_TIME);
    expect(outcomeOutputs(outcome)).toEqual(new LabModel().run(some));
    expect((await host.run(labBatch([]), LAB_TIME)).outputCount).toBe(0);
  });

  it("keeps the octets of an outcome until it is released", async () => {
    const { host } = await start();
    const first = await host.run(labBatch(some), LAB_TIME);
    for (let index = 0; index < 20; index++) await lab!.run([record(Act.Rewrite, 1000), record(Act.Pass, 9)]);
    expect(outcomeOutputs(first)).toEqual(new LabModel().run(some));
    first.release();
    first.release();
    expect((await lab!.run(some)).outputs).toHaveLength(4);
  });

  it("gives the state behind a batch that asks for it, and begins with one", async () => {
    const { host } = await start();
    void host.run(labBatch([record(Act.Pass, 30)]), LAB_TIME);
    const asked = host.run(labBatch([record(Act.Pass, 12)]), LAB_TIME, true);
    void host.run(labBatch([record(Act.Pass, 100)]), LAB_TIME);
    const { state } = await asked;
    expect(new DataView(state!.buffer, state!.byteOffset).getInt32(0, true)).toBe(42);
    expect(await lab!.sum()).toBe(142);
    await host.close();
    await start({}, { state });
    expect(await lab!.sum()).toBe(42);
  });

  it("has no state where the module has none", async () => {
    await start({ hasState: false }, { snapshotEvery: 1 });
    const outcome = await lab!.host.run(labBatch(some), LAB_TIME, true);
    expect(outcome.state).toBeUndefined();
    expect(await lab!.host.snapshot()).toHaveLength(0);
  });

  it("changes parameters between the batches handed over before and after", async () => {
    const { host } = await start({}, { parameters: { threshold: "10" } });
    const batch = [record(Act.Threshold, 5), record(Act.Threshold, 15)];
    const before = Array.from({ length: 10 }, () => lab!.run(batch));
    const change = host.setParameters({ threshold: "3" });
    const behind = Array.from({ length: 10 }, () => lab!.run(batch));
    await change;
    for (const { outputs } of await Promise.all(before)) expect(outputs).toHaveLength(1);
    for (const { outputs } of await Promise.all(behind)) expect(outputs).toHaveLength(2);
  });

  it("changes parameters behind a batch that fails, and runs earlier ones again with the earlier ones", async () => {
    const { host } = await start({}, { parameters: { threshold: "10" } });
    const add = [record(Act.AddThreshold)];
    const runs = [lab!.run(add), lab!.run([record(Act.Unreachable)])];
    const change = host.setParameters({ threshold: "100" });
    runs.push(lab!.run(add), lab!.run([record(Act.Unreachable)]));
    await change;
    await Promise.all(runs);
    expect(await lab!.sum()).toBe(110);
    expect((await lab!.run([record(Act.Threshold, 50)])).outputs).toEqual([]);
  });

  it("keeps parameters and state where a module refuses new ones", async () => {
    const { host } = await start({}, { parameters: { threshold: "10" } });
    await lab!.run(some);
    await expect(host.setParameters({ threshold: "-1" })).rejects.toMatchObject({
      code: "wasm.bad-parameter",
    });
    await expect(host.setParameters({ other: "1" })).rejects.toMatchObject({ code: "wasm.bad-parameter" });
    expect((await lab!.run([record(Act.Threshold, 9)])).outputs).toEqual([]);
    expect(await lab!.sum()).toBe(24);
    expect(host.parameters).toEqual({ threshold: "10" });
  });

  it("refuses batches that are wrong, and more than it keeps waiting", async () => {
    const { host } = await start({}, { batchesQueued: 2, limits: { batchRecords: 4, batchBytes: 200 } });
    const bad = [
      { ...labBatch(some), lengths: [16, 16, 16, 17] },
      { ...labBatch(some), offsets: [0, 16, 32, 1e9] },
      labBatch([...some, ...some]),
      { bytes: new Uint8Array(300), offsets: [0], lengths: [201], count: 1 },
    ];
    for (const batch of bad) {
      await expect(host.run(batch, LAB_TIME)).rejects.toMatchObject({ code: "wasm.bad-batch" });
    }
    const taken = [lab!.run(some), lab!.run(some)];
    await expect(lab!.run(some)).rejects.toMatchObject({ code: "wasm.busy" });
    await Promise.all(taken);
    expect((await lab!.run(some)).outcome.batch).toBe(2);
  });

  it("refuses everything once it is closed, and what still waits", async () => {
    const { host } = await start();
    const waiting = [lab!.run(some), host.snapshot(), host.setParameters({})];
    const results = Promise.allSettled(waiting);
    await host.close();
    for (const result of await results) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "wasm.closed" } });
    }
    await expect(lab!.run(some)).rejects.toMatchObject({ code: "wasm.closed" });
    expect(host.mode).toBe("closed");
  });
});

describe("FilterHost when a module fails", () => {
  it("goes on behind a trap in the state behind the batch before", async () => {
    await start({}, { snapshotEvery: 4 });
    const model = new LabModel();
    const isBad = (index: number) => index % 7 === 3;
    const batches = Array.from({ length: 60 }, (_, index) =>
      isBad(index) ? [record(Act.Emit, 100), record(Act.Unreachable, 9)] : [...some, record(Act.Emit, index)],
    );
    const results = await Promise.all(batches.map((batch) => lab!.run(batch)));
    batches.forEach((batch, index) => {
      const { outputs, outcome } = results[index]!;
      expect(outputs).toEqual(isBad(index) ? [] : model.run(batch));
      expect(outcome.failure?.kind).toBe(isBad(index) ? "unreachable" : undefined);
    });
    expect(await lab!.sum()).toBe(model.sum);
    expect(lab!.host.metrics()).toMatchObject({ batches: 60, policyBatches: 9, traps: { unreachable: 9 } });
  });

  it.each<[keyof typeof Act, string]>([
    ["ReadOutside", "memory"],
    ["DivideByZero", "arithmetic"],
    ["Recurse", "stack"],
    ["CallNothing", "table"],
    ["GiveUp", "gave-up"],
    ["UnknownVerdict", "output"],
    ["LogOutside", "argument"],
  ])("survives %s, of the kind %s", async (act, kind) => {
    const { host } = await start();
    await lab!.run([record(Act.Pass, 41)]);
    const { outcome } = await lab!.run([record(Act[act], 1)]);
    expect(outcome.failure?.kind).toBe(kind);
    expect((await lab!.run([record(Act.Rewrite, 0)])).outputs[0]!.value).toBe(42);
    expect(host.metrics().traps).toMatchObject({ [kind]: 1 });
    expect(lab!.eventTypes).toEqual(["failed"]);
  });

  it("lets batches through by the policy pass, and none by the policy drop", async () => {
    const bad = [record(Act.Drop, 1), record(Act.Rewrite, 2), record(Act.Unreachable, 3)];
    await start({}, { policy: "pass" });
    expect((await lab!.run(bad)).outputs).toEqual(bad.map(({ act, value }, from) => ({ from, act, value })));
    await lab!.host.close();
    await start({}, { policy: "drop" });
    const { outputs, outcome } = await lab!.run(bad);
    expect(outputs).toEqual([]);
    expect(outcome).toMatchObject({ records: 3, dropped: 3 });
    expect(lab!.host.metrics()).toMatchObject({ recordsIn: 3, recordsDropped: 3, recordsOut: 0 });
  });

  it("stops by the policy stop", async () => {
    const { host } = await start({}, { policy: "stop" });
    const results = await Promise.allSettled([
      lab!.run(some),
      lab!.run([record(Act.Unreachable)]),
      lab!.run(some),
      host.snapshot(),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
    expect(results[2]).toMatchObject({ reason: { code: "wasm.stopped" } });
    await expect(lab!.run(some)).rejects.toMatchObject({ code: "wasm.stopped" });
    expect(host.mode).toBe("stopped");
  });

  it("puts a module that never ends into quarantine while the stream goes on", async () => {
    const { host } = await start({}, { batchMillis: 100, policy: "pass" });
    const before = lab!.run(some);
    const loops = lab!.run([record(Act.Drop, 1000), record(Act.EndlessLoop, 1)]);
    const behind = Array.from({ length: 10 }, () => lab!.run([record(Act.Drop, 5)]));
    expect((await before).outputs).toEqual(new LabModel().run(some));
    const { outcome, outputs } = await loops;
    expect(outcome.failure).toMatchObject({ kind: "timeout", error: { code: "wasm.timed-out" } });
    expect(outputs).toHaveLength(2);
    for (const { outputs, outcome } of await Promise.all(behind)) {
      expect(outputs).toEqual([{ from: 0, act: Act.Drop, value: 5 }]);
      expect(outcome.failure?.kind).toBe("quarantined");
    }
    expect(host.mode).toBe("quarantined");
    expect(lab!.events.at(-1)).toMatchObject({ type: "quarantined", batch: 1, version: host.version });
    expect(host.metrics()).toMatchObject({ timeouts: 1, quarantines: 1, policyBatches: 11, batches: 12 });
    // The state is that behind the last batch which the module handled.
    expect(await lab!.sum()).toBe(15);
    expect(await lab!.sum()).toBe(15);
    await expect(host.setParameters({})).rejects.toMatchObject({ code: "wasm.quarantined" });
  });

  it("puts a module that fails too often in a row into quarantine", async () => {
    const { host } = await start({}, { failuresMax: 3 });
    const bad = [record(Act.Unreachable)];
    for (const batch of [bad, bad, some, bad, bad, some]) await lab!.run(batch);
    expect(host.mode).toBe("running");
    for (const batch of [bad, bad, bad]) await lab!.run(batch);
    expect(host.mode).toBe("quarantined");
    expect(lab!.events.at(-1)).toMatchObject({ type: "quarantined", batch: 8 });
    expect((await lab!.run(some)).outcome.failure?.kind).toBe("quarantined");
    expect(await lab!.sum()).toBe(30);
  });

  it("is put into quarantine on demand, in its place among the batches", async () => {
    const { host } = await start();
    const before = lab!.run(some);
    const quarantine = host.quarantine("the operator wants it");
    const behind = lab!.run(some);
    await quarantine;
    expect((await before).outcome.failure).toBeUndefined();
    expect((await behind).outcome.failure).toMatchObject({ kind: "quarantined" });
    expect(host.reason?.message).toContain("the operator wants it");
  });

  it("goes on in another thread, with the same state, when a thread dies", async () => {
    const posts = vi.spyOn(Worker.prototype, "postMessage");
    const { host } = await start({}, { policy: "pass" });
    await lab!.run([record(Act.Pass, 30)]);
    const worker = posts.mock.contexts[0] as Worker;
    posts.mockRestore();
    const loops = lab!.run([record(Act.EndlessLoop)]);
    const behind = lab!.run([record(Act.Rewrite, 11)]);
    await worker.terminate();
    expect((await loops).outcome.failure).toMatchObject({
      kind: "worker",
      error: { code: "wasm.worker-failed" },
    });
    expect((await behind).outputs).toEqual([{ from: 0, act: Act.Rewrite, value: 42 }]);
    expect(host.metrics()).toMatchObject({ workerDeaths: 1, quarantines: 0 });
  });

  it.each<[string, LabOptions, string]>([
    ["traps at its beginning", { initialize: op.unreachable }, "wasm.trapped"],
    ["never begins", { initialize: forever }, "wasm.timed-out"],
    ["has a broken description", { description: "[]" }, "wasm.bad-description"],
    ["speaks another version", { abi: 9 }, "wasm.bad-export"],
  ])("does not start a module that %s", async (_, options, code) => {
    await expect(start(options, { loadMillis: 200 })).rejects.toMatchObject({ code });
  });

  it("does not start with parameters or a state that the module refuses", async () => {
    await expect(start({}, { parameters: { x: "1" } })).rejects.toMatchObject({ code: "wasm.bad-parameter" });
    await expect(start({}, { state: new Uint8Array(5) })).rejects.toMatchObject({ code: "wasm.bad-state" });
    await expect(start({}, { batchMillis: 0 })).rejects.toMatchObject({ code: "wasm.bad-limits" });
  });

  it("treats a state that cannot be taken as a failure, in the end as a reason for quarantine", async () => {
    const { host } = await start({ snapshot: op.unreachable }, { snapshotEvery: 3, failuresMax: 3 });
    for (let index = 0; index < 2; index++) expect((await lab!.run(some)).outcome.failure).toBeUndefined();
    await expect(host.snapshot()).rejects.toMatchObject({ code: "wasm.trapped" });
    for (let index = 0; index < 3; index++) {
      expect((await lab!.run(some)).outcome.failure?.error.message).toContain("ims_snapshot");
    }
    expect(host.mode).toBe("quarantined");
  });

  it("puts a module into quarantine that cannot take its own state up again", async () => {
    await start({ restore: op.unreachable }, { snapshotEvery: 1 });
    await lab!.run(some);
    await lab!.run([record(Act.Unreachable)]);
    expect((await lab!.run(some)).outcome.failure?.kind).toBe("quarantined");
  });

  it("holds memory to its cap and the log to its rate", async () => {
    const { host } = await start();
    expect((await lab!.run([record(Act.Grow, 10_000)])).outputs[0]!.value).toBe(-1);
    await lab!.run([record(Act.Log, 100_000)]);
    await lab!.run([record(Act.Unreachable)]);
    await lab!.run(some);
    expect(lab!.lines).toEqual(Array.from({ length: 10 }, () => "warn a line?of the lab"));
    expect(host.metrics()).toMatchObject({ memoryPages: 2, logLines: 10, logLinesLeftOut: 99_990 });
  });
});

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FilterEvent } from "@ims/filter-control";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FilterStage, STREAM, TOPIC } from "./spec-support/filter-stage.js";
import { Act, testModule } from "./spec-support/test-module.js";

const PARTITIONS = 2;
/** Far apart, so that an output tells its version. */
const MARK = 100_000_000;

let stage: FilterStage;
beforeEach(async () => {
  stage = await FilterStage.start(PARTITIONS);
});
afterEach(() => stage.end());

async function deploy(version: number, more: Partial<Parameters<typeof stage.control.deploy>[0]> = {}) {
  const octets = await testModule({ version: version * MARK });
  return stage.control.deploy({ name: "lab", stream: STREAM, topic: TOPIC, octets, ...more });
}

/**
 * The versions that made the outputs of a partition, in their order: every record has one output, at its place, with the
 * sum of all values up to it. 0 stands for records that passed by.
 */
async function versionsOf(partitionId: number): Promise<number[]> {
  const outputs = await stage.outputs(partitionId);
  expect(outputs).toHaveLength(stage.sent[partitionId]!.length);
  let sum = 0;
  const versions: number[] = [];
  for (const [index, value] of stage.sent[partitionId]!.entries()) {
    const output = outputs[index]!.value;
    const isPassed = output === value;
    if (!isPassed) sum += value;
    const version = isPassed ? 0 : (output - sum) / MARK;
    expect(version, `output ${index} of partition ${partitionId}`).toSatisfy(Number.isInteger);
    if (versions.at(-1) !== version) versions.push(version);
  }
  return versions;
}

async function expectVersions(...versions: number[]): Promise<void> {
  for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) {
    expect(await versionsOf(partitionId)).toEqual(versions);
  }
}

describe("the filter service as a process", () => {
  it("swaps under load, and kill -9 at any moment loses, doubles and reorders nothing", async () => {
    let child = stage.startProcess();
    await (await deploy(1)).answer(30_000);
    await stage.send(200);
    const moments: ((event: Promise<FilterEvent | undefined>) => Promise<unknown>)[] = [
      // As soon as the command is stored, when it is answered, when the first partition has swapped, and behind outputs.
      async () => {},
      (answer) => answer,
      () => stage.event("swapped"),
      async () => {
        await stage.event("swapped");
        const count = await stage.outputCount();
        await stage.until(async () => (await stage.outputCount()) > count);
      },
    ];
    for (const [round, moment] of moments.entries()) {
      await stage.event("swapped", ({ place }) => place?.partitionId === 0);
      await stage.event("swapped", ({ place }) => place?.partitionId === 1);
      let isLoaded = true;
      const load = (async () => {
        while (isLoaded) {
          await stage.send(20);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      const sent = await deploy(round + 2);
      await moment(sent.answer(30_000));
      await stage.kill(child);
      stage.events.length = 0;
      child = stage.startProcess();
      // The version comes, by its command or by what was kept of the swap.
      await stage.send(20);
      await stage.until(async () => {
        const outputs = await Promise.all([stage.outputs(0), stage.outputs(1)]);
        return outputs.every((made) => made.some(({ value }) => value >= (round + 2) * MARK));
      });
      await deploy(round + 2, { parameters: { least: String(-round - 1) } });
      isLoaded = false;
      await load;
      await stage.send(100);
      await stage.through();
    }
    await stage.through();
    await expectVersions(1, 2, 3, 4, 5);
    expect(await child.end("SIGTERM")).toBe(0);
    stage.processes.splice(0);
  }, 180_000);

  it("finds modules and commands again, and hands partitions over to another instance with their state", async () => {
    await deploy(3);
    const first = stage.startProcess();
    await stage.send(300);
    await stage.through();
    const second = stage.startProcess();
    await stage.send(300);
    await stage.through();
    await stage.kill(first);
    await stage.send(300);
    await stage.through();
    await stage.kill(second);
    stage.startProcess();
    await stage.send(300);
    await stage.through();
    await expectVersions(3);
  }, 120_000);
});

describe("the filter service", () => {
  it("answers a deployment, and says what runs", async () => {
    const service = await stage.startService();
    const sent = await deploy(1);
    const answer = await sent.answer(30_000);
    expect(answer).toMatchObject({ kind: "deployed", name: "lab", command: sent.command.id });
    await stage.send(10);
    await stage.event("swapped");
    await stage.through();
    const status = await stage.status(service);
    expect(status.details).toMatchObject({
      filters: [{ name: "lab", on: "lab/records", version: 1, enabled: true }],
      partitions: [{ chain: [{ name: "lab", policy: "drop" }] }, { partitionId: 1 }],
    });
    const metrics = await (await fetch(new URL("/metrics", service.healthUrl))).text();
    expect(metrics).toMatch(/ims_filter_records_in_total\{filter="lab"\} \d+/);
    expect(metrics).toContain('ims_filter_partitions{filter="lab"} 2');
  }, 60_000);

  it("refuses what it cannot run, and goes on with the version before", async () => {
    await stage.startService();
    await (await deploy(1)).answer(30_000);
    const bad = await stage.control.deploy({
      name: "lab",
      stream: STREAM,
      topic: TOPIC,
      octets: new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    });
    expect(await bad.answer(30_000)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("memory"),
    });
    const unknown = await deploy(2, { parameters: { nothing: "1" } });
    expect(await unknown.answer(30_000)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("nothing"),
    });
    await stage.send(20);
    await stage.through();
    expect((await versionsOf(0)).at(-1)).toBe(1);
  }, 60_000);

  it("takes signed modules only, where it has to", async () => {
    await stage.startService({ "require-signature": "true" });
    const sent = await deploy(1);
    expect(await sent.answer(30_000)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("not signed"),
    });
    await stage.send(10);
    await stage.through();
    await expectVersions(0);
  }, 60_000);

  it("puts an endless loop into quarantine while the stream goes on, and says so", async () => {
    const service = await stage.startService();
    await (await deploy(1)).answer(30_000);
    await stage.send(10);
    await stage.through();
    const octets = await testModule({ version: 9, loopOn: Act.Mark });
    const hostile = { name: "hostile", octets, policy: "pass", limits: { batchMillis: 100 } } as const;
    await (await deploy(9, hostile)).answer(30_000);
    await stage.until(async () => {
      await stage.send(10);
      await stage.through();
      const { reasons } = await stage.status(service);
      return (reasons as string[]).filter((reason) => reason.includes("quarantine")).length === PARTITIONS;
    });
    await stage.event("quarantined");
    await stage.send(50);
    await stage.through();
    expect((await versionsOf(0)).at(-1)).toBe(1);
    await stage.control.send({ kind: "remove", name: "hostile" }).then((sent) => sent.answer(30_000));
    await stage.until(async () => {
      await stage.send(1);
      return ((await stage.status(service)).reasons as string[]).length === 0;
    });
  }, 90_000);

  it("rolls back on command and by a failure in the probation, and lets records pass while disabled", async () => {
    await stage.startService();
    await (await deploy(1)).answer(30_000);
    await stage.send(10);
    await stage.through();
    await (await deploy(2)).answer(30_000);
    await until(2);
    await (await stage.control.send({ kind: "rollback", name: "lab" })).answer(30_000);
    await until(1);
    const octets = await testModule({ version: 3 * MARK, trapOn: Act.Emit });
    await (await deploy(3, { octets, limits: { probationBatches: 4096 } })).answer(30_000);
    await until(3);
    await stage.send(1, Act.Emit);
    await stage.event("rolled-back");
    await (await stage.control.send({ kind: "disable", name: "lab" })).answer(30_000);
    await stage.until(async () => {
      await stage.send(5);
      const last = (await stage.outputs(0)).at(-1)!;
      return last.value < MARK;
    });
  }, 90_000);

  it("deploys a watched file again at each change", async () => {
    const file = join(stage.folder, "lab.wasm");
    await stage.startService({ watch: file });
    const put = async (version: number) => {
      writeFileSync(`${file}.new`, await testModule({ version: version * MARK }));
      renameSync(`${file}.new`, file);
    };
    await put(1);
    await until(1);
    await put(2);
    await until(2);
    for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) {
      expect((await versionsOf(partitionId)).filter((version) => version > 0)).toEqual([1, 2]);
    }
  }, 60_000);
});

/** Sends until a version makes the outputs of all partitions. */
async function until(version: number): Promise<void> {
  await stage.until(async () => {
    await stage.send(5);
    await stage.through();
    for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) {
      const last = (await stage.outputs(partitionId)).at(-1)!.value;
      if (Math.floor(last / MARK) !== version) return false;
    }
    return true;
  });
}

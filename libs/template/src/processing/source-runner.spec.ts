import { systemClock } from "@ims/common";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import type { Processor } from "@ims/traits";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CuttableLink } from "../spec-support/cuttable-link.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { temporaryFolder } from "../spec-support/temporary-folder.js";
import { until } from "../spec-support/until.js";
import { perRecord } from "./per-record.js";
import { SourceRunner, type SourceSettings } from "./source-runner.js";

const STREAM = "numbers";
const TOPIC = "counted";
const OUTPUT = "numbers-counted";
const PARTITIONS = 3;

/** Adds up the numbers of its partition; one output per number, two for every tenth. */
function summing(options: { failAt?: (value: bigint) => boolean; stateVersion?: number } = {}): Processor {
  return {
    name: "sums",
    stateVersion: options.stateVersion ?? 1,
    createTask(_input, state) {
      let sum = state ? new DataView(state.buffer, state.byteOffset).getBigUint64(0, true) : 0n;
      return {
        process: perRecord((records, output) => {
          const value = records.view.getBigUint64(records.payloadStart, true);
          if (options.failAt?.(value)) throw new Error(`no ${value}`);
          sum += value;
          for (let copy = 0; copy < (value % 10n === 0n ? 2 : 1); copy++) {
            const at = output.reserve(16);
            output.view.setBigUint64(at, value, true);
            output.view.setBigUint64(at + 8, sum, true);
            output.commit(16);
          }
        }),
        snapshot() {
          const state = new Uint8Array(8);
          new DataView(state.buffer).setBigUint64(0, sum, true);
          return state;
        },
      };
    },
  };
}

const folder = temporaryFolder();
let broker: Broker;
let client: IggyClient;
let sent: bigint[][];
let runs: { runner: SourceRunner; client: IggyClient; link: CuttableLink; failures: Error[] }[];
let log: ReturnType<typeof recordingLogger>;
let caseCount = 0;

beforeEach(async () => {
  broker = await startBroker({ port: 0, dataDir: `${folder.path}/${caseCount++}` });
  client = await connect(broker.port);
  await client.streams.ensure(STREAM);
  await client.topics.ensure(STREAM, { name: TOPIC, partitionCount: PARTITIONS });
  sent = Array.from({ length: PARTITIONS }, () => []);
  runs = [];
  log = recordingLogger();
});
afterEach(async () => {
  for (const run of runs) {
    await run.runner.stop();
    await run.client.close();
    run.link.cut();
  }
  await client.close();
  await broker.close();
});

function connect(port: number): Promise<IggyClient> {
  return IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${port}?reconnection_interval=10ms`);
}

async function send(partitionId: number, count: number): Promise<void> {
  const numbers = sent[partitionId]!;
  const messages = Array.from({ length: count }, () => {
    const value = BigInt(numbers.length + 1);
    numbers.push(value);
    const payload = new Uint8Array(8);
    new DataView(payload.buffer).setBigUint64(0, value, true);
    return { payload };
  });
  await client.sendMessages({
    stream: STREAM,
    topic: TOPIC,
    partitioning: { kind: "partition", partitionId },
    messages,
  });
}

/** An instance behind a link of its own. */
async function start(processor: Processor, settings: SourceSettings = {}) {
  const link = await CuttableLink.open(broker.port);
  const own = await connect(link.port);
  const failures: Error[] = [];
  const runner = new SourceRunner(
    {
      client: own,
      processor,
      clock: systemClock,
      logger: log.logger,
      onFailed: (error) => failures.push(error),
    },
    { stream: STREAM, topic: TOPIC },
    { checkpointMillis: 20, retryMillis: 5, assignmentMillis: 50, ...settings },
  );
  await runner.start();
  const run = { runner, client: own, link, failures };
  runs.push(run);
  return run;
}

/** Ends an instance as kill -9 does: its last state is what the broker has. */
function kill(run: (typeof runs)[number]): void {
  run.link.cut();
  runs.splice(runs.indexOf(run), 1);
  void run.runner.stop();
  void run.client.close().catch(() => {});
}

async function outputs(partitionId: number): Promise<[bigint, bigint][]> {
  const read: [bigint, bigint][] = [];
  for (;;) {
    const reply = await client.poll({
      stream: "sums",
      topic: OUTPUT,
      partitionId,
      consumer: { kind: "consumer", id: "spec" },
      strategy: { kind: "offset", value: read.length },
      count: 1000,
    });
    if (reply.messageCount === 0) return read;
    while (reply.next()) {
      const at = reply.payloadStart;
      read.push([reply.view.getBigUint64(at, true), reply.view.getBigUint64(at + 8, true)]);
    }
  }
}

/** What an uninterrupted run makes of what was sent. */
function expected(partitionId: number): [bigint, bigint][] {
  let sum = 0n;
  return sent[partitionId]!.flatMap((value): [bigint, bigint][] => {
    sum += value;
    return value % 10n === 0n
      ? [
          [value, sum],
          [value, sum],
        ]
      : [[value, sum]];
  });
}

async function outputCount(): Promise<number> {
  const topic = await client.topics.get("sums", OUTPUT);
  return topic?.messageCount ?? 0;
}

const expectedCount = () => sent.reduce((sum, _, partitionId) => sum + expected(partitionId).length, 0);
const through = () => until(async () => (await outputCount()) >= expectedCount());

async function expectAll(): Promise<void> {
  for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) {
    expect(await outputs(partitionId)).toEqual(expected(partitionId));
  }
}

describe("a processor of one topic", () => {
  it("handles every record once, in order, and commits what is checkpointed", async () => {
    for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) await send(partitionId, 2500);
    const { runner } = await start(summing());
    await send(1, 10);
    await through();
    await expectAll();
    await until(() => runner.status().tasks.every((task) => task.checkpointOffset === task.nextOffset));
    await until(async () => {
      const offset = await client.offsets.get({
        stream: STREAM,
        topic: TOPIC,
        partitionId: 1,
        consumer: { kind: "group", id: "sums" },
      });
      return offset?.storedOffset === 2509;
    });
    expect(runner.isReady).toBe(true);
    expect(runner.status().lag).toBe(0);
  });

  it("goes on with its state after an orderly stop, making nothing twice", async () => {
    await send(0, 100);
    const first = await start(summing());
    await through();
    await first.runner.stop();
    await send(0, 100);
    const second = await start(summing());
    await through();
    await expectAll();
    expect(second.runner.status().tasks.reduce((sum, task) => sum + task.repeatedCount, 0)).toBe(0);
  });

  it("gives the output of an uninterrupted run after deaths at any moment", async () => {
    for (let round = 0; round < 12; round++) {
      const run = await start(summing(), { checkpointMillis: round % 3 === 0 ? 60_000 : 1 });
      const before = await outputCount();
      for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) await send(partitionId, 40 + round);
      // Some rounds die before they made anything, some in the middle, some behind the last output.
      const enough = before + [0, 20, 60, 130][round % 4]!;
      await until(async () => (await outputCount()) >= enough);
      kill(run);
    }
    const { runner } = await start(summing());
    await through();
    await until(() => runner.status().lag === 0);
    await expectAll();
  });

  it("shares the partitions between instances, and hands over without loss or repetition", async () => {
    for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) await send(partitionId, 500);
    const first = await start(summing());
    await until(() => first.runner.status().tasks.length === PARTITIONS);
    const second = await start(summing());
    await until(() => second.runner.status().tasks.length > 0);
    for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) await send(partitionId, 500);
    await through();
    const taskCount = () => first.runner.status().tasks.length + second.runner.status().tasks.length;
    await until(() => taskCount() === PARTITIONS);
    await second.runner.stop();
    for (let partitionId = 0; partitionId < PARTITIONS; partitionId++) await send(partitionId, 100);
    await through();
    await expectAll();
  }, 60_000);

  it("takes a task that fails up again at its checkpoint", async () => {
    let failures = 2;
    const processor = summing({ failAt: (value) => value === 55n && failures-- > 0 });
    await send(0, 100);
    const run = await start(processor);
    await through();
    await expectAll();
    expect(run.failures).toEqual([]);
    expect(log.lines.filter(({ msg }) => /taken up again/.test(String(msg)))).toHaveLength(2);
  });

  it("ends when a record fails every time, with what was made before in place", async () => {
    await send(0, 54);
    const run = await start(summing({ failAt: (value) => value === 55n }));
    await through();
    await client.topics.get(STREAM, TOPIC);
    await until(() =>
      run.runner
        .status()
        .tasks.every((task) => task.checkpointOffset === task.nextOffset || task.nextOffset === 0),
    );
    await send(0, 1);
    await until(() => run.failures.length > 0);
    expect(run.failures.map(({ message }) => message)).toEqual(["no 55"]);
    sent[0]!.pop();
    await expectAll();
  });

  it("refuses the state of another version, naming both", async () => {
    await send(0, 10);
    const first = await start(summing());
    await through();
    await first.runner.stop();
    const second = await start(summing({ stateVersion: 2 }));
    await until(() => second.failures.length > 0);
    expect(second.failures[0]).toMatchObject({ code: "processor.state-version" });
    expect(second.failures[0]!.message).toMatch(/has version 1, this program reads 2/);
  });

  it("does not begin with an empty state where it had one", async () => {
    await send(0, 10);
    const first = await start(summing());
    await through();
    await first.runner.stop();
    await client.topics.delete("sums", `${OUTPUT}-checkpoints`);
    const second = await start(summing());
    await until(() => second.failures.length > 0);
    expect(second.failures[0]).toMatchObject({ code: "processor.checkpoint-missing" });
    expect(second.failures[0]!.message).toMatch(/at offset 10 of partition 0 of numbers\/counted/);
  });

  it("waits for an input that does not exist yet", async () => {
    await client.topics.delete(STREAM, TOPIC);
    const link = await CuttableLink.open(broker.port);
    const own = await connect(link.port);
    const runner = new SourceRunner(
      { client: own, processor: summing(), clock: systemClock, logger: log.logger, onFailed: () => {} },
      { stream: STREAM, topic: TOPIC },
    );
    runs.push({ runner, client: own, link, failures: [] });
    const starting = runner.start();
    await until(() => log.lines.some(({ msg }) => /does not exist yet/.test(String(msg))));
    await client.topics.ensure(STREAM, { name: TOPIC, partitionCount: PARTITIONS });
    await send(2, 3);
    await starting;
    await through();
    await expectAll();
  });
});

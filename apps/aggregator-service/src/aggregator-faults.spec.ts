import { AverageEngine, averagesProcessor } from "@ims/aggregation";
import { createLogger, isImsError, loadSettings } from "@ims/common";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { v2 } from "@ims/sbe";
import { type ProcessorReport, type ProcessorService, startProcessor, typedRecords } from "@ims/template";
import { MemoryFileSystem, systemError } from "@ims/testkit";
import type { RecordOutput } from "@ims/traits";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AGGREGATOR_SETTINGS, type AggregatorSettings, planOf, sourcesOf } from "./aggregator-settings.js";
import { TradeMarket } from "./spec-support/trade-market.js";

const STREAM = "binancespot-market-data";
const defaults = loadSettings(AGGREGATOR_SETTINGS, { env: {}, flags: {} }).values;

let disk: MemoryFileSystem;
/** Folders of partitions that were written to. */
let folders: Set<string>;
let broker: Broker;
let client: IggyClient;
let market: TradeMarket;
let nextId: bigint;
let services: ProcessorService[];
/** What the log says of failed tasks. */
let failures: string[];

beforeEach(async () => {
  disk = new MemoryFileSystem();
  folders = new Set();
  disk.fault = ({ kind, path }) => {
    const folder = /^\/broker\/partitions\/\d+/.exec(path)?.[0];
    if (kind === "write" && folder) folders.add(folder);
    return undefined;
  };
  broker = await startBroker({ port: 0, dataDir: "/broker", fileSystem: disk });
  client = await IggyClient.connect(url());
  await createInput();
  market = new TradeMarket(0);
  nextId = 1n;
  services = [];
  failures = [];
});
afterEach(async () => {
  disk.fault = undefined;
  for (const service of services) await service.close();
  await client.close();
  await broker.close();
});

const url = () => `iggy://iggy:iggy@127.0.0.1:${broker.port}`;

async function createInput(): Promise<void> {
  await client.streams.ensure(STREAM);
  await client.topics.ensure(STREAM, { name: "trades", partitionCount: 1 });
}

interface Trade {
  readonly id: bigint;
  readonly payload: Uint8Array;
}

const make = (count: number): Trade[] =>
  Array.from({ length: count }, () => ({ id: nextId++, payload: market.next() }));

async function store(trades: readonly Trade[]): Promise<void> {
  await client.sendMessages({
    stream: STREAM,
    topic: "trades",
    partitioning: { kind: "partition", partitionId: 0 },
    messages: trades,
  });
}

const averages = (settings: AggregatorSettings) =>
  averagesProcessor("averages", planOf(settings), typedRecords);

async function start(processor = averages(defaults)): Promise<ProcessorService> {
  const service = await startProcessor({
    processor,
    sources: sourcesOf(defaults),
    defaultPort: 0,
    retryMillis: 1,
    env: {},
    settings: {
      iggyUrl: url(),
      brokerMode: "external",
      dataDir: "/nowhere",
      checkpointMillis: 5,
      logLevel: "silent",
    },
    logger: createLogger({
      name: "averages",
      level: "error",
      destination: { write: (line) => void failures.push(line) },
    }),
  });
  services.push(service);
  return service;
}

/** What one engine makes of these trades. */
function expected(trades: readonly Trade[]): string[] {
  const messages: string[] = [];
  const bytes = new Uint8Array(v2.AverageEncoder.ENCODED_LENGTH);
  const output: RecordOutput = {
    accepting: true,
    bytes,
    view: new DataView(bytes.buffer),
    whenAccepting: async () => {},
    reserve: () => 0,
    commit: (byteCount) => void messages.push(Buffer.from(bytes.subarray(0, byteCount)).toString("hex")),
  };
  const engine = new AverageEngine(planOf(defaults));
  const values = new v2.TradeValues();
  for (const { payload } of trades) {
    v2.TradeDecoder.decode(new DataView(payload.buffer), 0, payload.length, values);
    engine.take(values, output);
  }
  return messages;
}

async function published(): Promise<string[]> {
  const read: string[] = [];
  for (;;) {
    const reply = await client.poll({
      stream: "averages",
      topic: "binancespot",
      partitionId: 0,
      consumer: { kind: "consumer", id: "spec" },
      strategy: { kind: "offset", value: read.length },
      count: 1000,
    });
    if (reply.messageCount === 0) return read;
    while (reply.next()) {
      const { bytes, payloadStart, payloadLength } = reply;
      read.push(Buffer.from(bytes.subarray(payloadStart, payloadStart + payloadLength)).toString("hex"));
    }
  }
}

async function taskOf(service: ProcessorService) {
  const report = (await (await fetch(service.healthUrl)).json()) as ProcessorReport;
  return report.sources[0]?.tasks[0];
}

/** All that is stored was read and is in a checkpoint. */
async function settled(service: ProcessorService, count: number): Promise<void> {
  await expect
    .poll(async () => (await taskOf(service))?.checkpointOffset, { timeout: 10_000, interval: 5 })
    .toBe(count);
}

it("counts a trade once that is stored twice, also when it was started anew between the two", async () => {
  const [before, between, after] = [make(300), make(300), make(300)];
  // A whole batch again, as after a reply that was lost.
  await store(before);
  await store(before);
  await store(between);
  const first = await start();
  await settled(first, 900);
  expect((await taskOf(first))?.copyCount).toBe(300);
  await first.close();
  await store(between);
  await store(after);
  const second = await start();
  await settled(second, 1500);
  expect((await taskOf(second))?.copyCount).toBe(300);
  expect(await published()).toEqual(expected([...before, ...between, ...after]));
});

/** In the order in which the topics were created: of the input, of the outputs, of the checkpoints. */
function folderOf(place: "outputs" | "checkpoints"): string {
  const numbers = [...folders].map((folder) => Number(folder.split("/").at(-1))).sort((a, b) => a - b);
  return `/broker/partitions/${numbers.at(place === "outputs" ? -2 : -1)!}/`;
}

it.each(["outputs", "checkpoints"] as const)(
  "goes on where it stood when a full disk did not take its %s for a while",
  async (place) => {
    const trades = [make(200), make(200), make(200)];
    const service = await start();
    await store(trades[0]!);
    await settled(service, 200);
    const folder = folderOf(place);
    disk.fault = ({ kind, path }) =>
      kind === "write" && path.startsWith(folder)
        ? { error: systemError("ENOSPC", path), writtenBytes: 5 }
        : undefined;
    await store(trades[1]!);
    // Beyond the five failures at which a task is given up.
    await expect.poll(() => failures.length, { timeout: 10_000 }).toBeGreaterThan(6);
    disk.fault = undefined;
    await store(trades[2]!);
    await settled(service, 600);
    expect(await published()).toEqual(expected(trades.flat()));
  },
);

it("ends when its checkpoints can never be stored, though its records are handled", async () => {
  const processor = averages(defaults);
  const service = await start({
    ...processor,
    createTask(input, state, journal) {
      const task = processor.createTask(input, state, journal);
      return { process: task.process.bind(task), snapshot: () => new Uint8Array(9 * 1024 * 1024) };
    },
  });
  await store(make(200));
  expect(isImsError(await service.closed, "processor.state-too-large")).toBe(true);
});

it("ends and names both plans when its settings are others than those of its state", async () => {
  const first = await start();
  await store(make(200));
  await settled(first, 200);
  await first.close();
  const second = await start(averages({ ...defaults, lateness: "1s" }));
  second.ready.catch(() => {});
  const error = await second.closed;
  expect(isImsError(error, "aggregation.plan-changed")).toBe(true);
  expect(error!.message).toMatch(/lateness 500ms.*lateness 1s/);
});

it("ends with a name when a checkpoint is damaged, and makes nothing of it", async () => {
  const first = await start();
  await store(make(200));
  await settled(first, 200);
  await first.close();
  const before = await published();
  await client.sendMessages({
    stream: "averages",
    topic: "binancespot-checkpoints",
    partitioning: { kind: "partition", partitionId: 0 },
    messages: [{ payload: Buffer.from("not a checkpoint of anything") }],
  });
  await store(make(200));
  const second = await start();
  second.ready.catch(() => {});
  expect(isImsError(await second.closed, "processor.bad-checkpoint")).toBe(true);
  expect(await published()).toEqual(before);
});

it("ends with a name when its input was made anew, instead of passing over what comes", async () => {
  const first = await start();
  await store(make(200));
  await settled(first, 200);
  await client.topics.delete(STREAM, "trades");
  await createInput();
  await store(make(50));
  await first.close();
  const second = await start();
  second.ready.catch(() => {});
  expect(isImsError(await second.closed, "processor.input-shorter")).toBe(true);
});

it("ends with a name when its input is made anew while it reads", async () => {
  const service = await start();
  await store(make(200));
  await settled(service, 200);
  await client.topics.delete(STREAM, "trades");
  await createInput();
  await store(make(50));
  expect(isImsError(await service.closed)).toBe(true);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AverageEngine, averagesProcessor } from "@ims/aggregation";
import { loadSettings } from "@ims/common";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { type AverageRecord, decodeRecord, v2 } from "@ims/sbe";
import { type ProcessorReport, type ProcessorService, startProcessor, typedRecords } from "@ims/template";
import type { RecordOutput } from "@ims/traits";
import { followAverages } from "ims-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AGGREGATOR_SETTINGS, planOf, sourcesOf } from "./aggregator-settings.js";
import { AggregatorProcess } from "./spec-support/aggregator-process.js";
import { TradeMarket } from "./spec-support/trade-market.js";

const STREAM = "binancespot-market-data";
const PARTITIONS = 3;
/** Times that the process is killed; `IMS_SEEDS` asks for more. */
const KILLS = Math.max(6, Number(process.env.IMS_SEEDS ?? 0) / 20);
const settings = loadSettings(AGGREGATOR_SETTINGS, { env: {}, flags: {} }).values;
const plan = planOf(settings);

let folder: string;
let broker: Broker;
let client: IggyClient;
let markets: TradeMarket[];
let sent: Uint8Array[][];
let children: AggregatorProcess[];
let services: ProcessorService[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ims-aggregator-"));
  broker = await startBroker({ port: 0, dataDir: folder });
  client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${broker.port}`);
  await client.streams.ensure(STREAM);
  await client.topics.ensure(STREAM, { name: "trades", partitionCount: PARTITIONS });
  markets = Array.from({ length: PARTITIONS }, (_, partitionId) => new TradeMarket(partitionId));
  sent = markets.map(() => []);
  children = [];
  services = [];
});
afterEach(async () => {
  for (const child of children) await child.end("SIGKILL");
  for (const service of services) await service.close();
  await client.close();
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
});

const url = () => `iggy://iggy:iggy@127.0.0.1:${broker.port}`;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    for (const child of children) if (child.hasEnded) throw new Error(`a process ended:\n${child.output}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function send(count: number): Promise<void> {
  for (const [partitionId, market] of markets.entries()) {
    const payloads = Array.from({ length: count }, () => market.next());
    sent[partitionId]!.push(...payloads);
    await client.sendMessages({
      stream: STREAM,
      topic: "trades",
      partitioning: { kind: "partition", partitionId },
      messages: payloads.map((payload) => ({ payload })),
    });
  }
}

/** What one engine makes of all trades of a partition, without any interruption. */
function expected(partitionId: number): string[] {
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
  const engine = new AverageEngine(plan);
  const values = new v2.TradeValues();
  for (const payload of sent[partitionId]!) {
    v2.TradeDecoder.decode(new DataView(payload.buffer), 0, payload.length, values);
    engine.take(values, output);
  }
  return messages;
}

async function published(partitionId: number): Promise<string[]> {
  const read: string[] = [];
  for (;;) {
    const reply = await client.poll({
      stream: "averages",
      topic: "binancespot",
      partitionId,
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

const publishedCount = async () => (await client.topics.get("averages", "binancespot"))?.messageCount ?? 0;
const expectedCount = () => markets.reduce((sum, _, partitionId) => sum + expected(partitionId).length, 0);

async function expectAll(): Promise<void> {
  const count = expectedCount();
  await until(async () => (await publishedCount()) >= count);
  for (const partitionId of markets.keys())
    expect(await published(partitionId)).toEqual(expected(partitionId));
}

/** The aggregator in this process. */
async function start(): Promise<ProcessorService> {
  const service = await startProcessor({
    processor: averagesProcessor("averages", plan, typedRecords),
    sources: sourcesOf(settings),
    defaultPort: 0,
    env: {},
    settings: {
      iggyUrl: url(),
      brokerMode: "external",
      dataDir: folder,
      checkpointMillis: 20,
      logLevel: "error",
    },
  });
  services.push(service);
  await service.ready;
  return service;
}

describe("the aggregator as a process", () => {
  it(
    "gives the output of an uninterrupted run after kill -9 at any moment",
    async () => {
      for (let round = 0; round < KILLS; round++) {
        const child = new AggregatorProcess(broker.port, round % 2 === 0 ? 1 : 60_000);
        children.push(child);
        const before = await publishedCount();
        await send(150);
        // Dies before its first output, in the middle, or with all of it done and not checkpointed.
        const made = expectedCount() - before;
        const planned = [0, 1, Math.floor(made / 2), made];
        const enough = before + (planned[round] ?? Math.floor(Math.random() * made));
        await until(async () => (await publishedCount()) >= enough);
        await child.end("SIGKILL");
        children.pop();
      }
      const last = new AggregatorProcess(broker.port, 1000);
      children.push(last);
      await send(50);
      await expectAll();
      children.pop();
      expect(await last.end("SIGTERM")).toBe(0);
    },
    KILLS * 20_000,
  );
});

describe("instances of one group", () => {
  /** So many small batches, one behind the other, while something else goes on. */
  async function sendWhile(batches: number): Promise<void> {
    for (let index = 0; index < batches; index++) await send(20);
  }

  async function taskCount(service: ProcessorService): Promise<number> {
    const report = (await (await fetch(service.healthUrl)).json()) as ProcessorReport;
    return report.sources.reduce((sum, { tasks }) => sum + tasks.length, 0);
  }

  it("share the partitions, and hand them over with their state while trades come", async () => {
    await send(200);
    const first = await start();
    await until(async () => (await taskCount(first)) === PARTITIONS);
    const [second] = await Promise.all([start(), sendWhile(10)]);
    while ((await taskCount(second)) === 0) await send(20);
    await send(100);
    await expectAll();
    await Promise.all([first.close(), sendWhile(10)]);
    services.shift();
    await send(200);
    await expectAll();
    expect(await taskCount(second)).toBe(PARTITIONS);
  }, 60_000);
});

describe("a client", () => {
  it("reads every average that the service wrote, as the bytes say it", async () => {
    await start();
    await send(300);
    await expectAll();
    const wanted = new Map<string, object>();
    for (const partitionId of markets.keys()) {
      for (const [offset, hex] of expected(partitionId).entries()) {
        const bytes = Buffer.from(hex, "hex");
        wanted.set(
          `${partitionId}/${offset}`,
          decodeRecord(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length)!,
        );
      }
    }
    expect(wanted.size).toBeGreaterThan(300);
    for await (const average of followAverages({ url: url(), from: "first" })) {
      const place = `${average.partitionId}/${average.offset}`;
      const {
        symbol,
        value,
        vwap,
        open,
        volume,
        tradeCount,
        windowEndMicros,
        lateCount,
        realisedVolatility,
      } = wanted.get(place) as AverageRecord;
      expect(average).toMatchObject({
        exchange: "binancespot",
        symbol,
        value: value ?? null,
        vwap: vwap ?? null,
        open: open ?? null,
        realisedVolatility: realisedVolatility ?? null,
        volume,
        tradeCount,
        windowEndMicros,
        lateCount,
      });
      wanted.delete(place);
      if (wanted.size === 0) break;
    }
  }, 60_000);
});

describe("settings", () => {
  it("name every mistake in the sources", () => {
    expect(() =>
      loadSettings(AGGREGATOR_SETTINGS, { env: { IMS_AVERAGE_SOURCES: "binancespot,nowhere" } }),
    ).toThrow(/nowhere/);
    expect(() => planOf({ ...settings, windows: ["0s"] })).toThrow(
      expect.objectContaining({ code: "aggregation.bad-plan" }),
    );
    expect(sourcesOf({ ...settings, sources: ["bitstamp"] })).toEqual([
      { stream: "bitstamp-market-data", topic: "trades", outputTopic: "bitstamp" },
    ]);
  });
});

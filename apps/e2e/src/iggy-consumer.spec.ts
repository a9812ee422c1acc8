import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { type Consumer, IggyClient } from "@ims/iggy-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const TARGET = { stream: "market", topic: "trades" } as const;
const PARTITIONS = [0, 1, 2, 3];
/** Small enough for a test, large enough for rebalancing to be seen without waiting for heartbeats. */
const QUICK = { batchCount: 20, assignmentMillis: 50, pollRetryMillis: 20, idleMillisMax: 5 } as const;

let dataDir = "";
let broker: Broker;
let clients: IggyClient[] = [];

async function start(port = 0): Promise<void> {
  broker = await startBroker({ port, dataDir, passwordCost: { log2N: 4 }, syncIntervalMillis: 10 });
}

async function connect(): Promise<IggyClient> {
  const url = `iggy://iggy:iggy@127.0.0.1:${broker.port}?reconnection_interval=10ms`;
  const client = await IggyClient.connect(url);
  clients.push(client);
  return client;
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "iggy-consumer-"));
  await start();
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close().catch(() => {})));
  clients = [];
  await broker.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Sends messages `partition:offset`, `count` into each partition behind the `from` that are there. */
async function fill(client: IggyClient, count: number, from = 0, batchCount = 30): Promise<void> {
  await client.streams.ensure(TARGET.stream);
  await client.topics.ensure(TARGET.stream, { name: TARGET.topic, partitionCount: PARTITIONS.length });
  for (let at = from; at < from + count; at += batchCount) {
    const size = Math.min(batchCount, from + count - at);
    for (const partitionId of PARTITIONS) {
      const messages = Array.from({ length: size }, (_, index) => ({
        payload: new Uint8Array(Buffer.from(`${partitionId}:${at + index}`)),
      }));
      await client.sendMessages({
        ...TARGET,
        partitioning: { kind: "partition", partitionId },
        messages,
        resend: true,
      });
    }
  }
}

const expected = (count: number, from = 0) =>
  PARTITIONS.flatMap((id) => Array.from({ length: count }, (_, index) => `${id}:${from + index}`)).sort();

/** Reads until this many messages were taken, or the consumer is closed; checks the order within partitions. */
async function read(consumer: Consumer, into: string[], enough: () => boolean): Promise<void> {
  const last = new Map<number, number>();
  consumer.on("assigned", ({ partitionId }) => last.delete(partitionId));
  for await (const { payload, partitionId, offset } of consumer) {
    expect(Buffer.from(payload).toString()).toBe(`${partitionId}:${offset}`);
    expect(offset).toBeGreaterThan(last.get(partitionId) ?? -1);
    last.set(partitionId, offset);
    into.push(`${partitionId}:${offset}`);
    if (enough()) break;
  }
}

describe("a named consumer of all partitions", () => {
  it("reads everything once and goes on where it stopped, across restarts of itself and the broker", async () => {
    const writer = await connect();
    await fill(writer, 200);
    const first = (await connect()).createConsumer({ ...TARGET, ...QUICK, consumer: "books" });
    const taken: string[] = [];
    await read(first, taken, () => taken.length === 500);
    // The last message counts as handled only when the next one is asked for.
    await first.commit({
      partitionId: Number(taken.at(-1)!.split(":")[0]),
      offset: Number(taken.at(-1)!.split(":")[1]),
    });
    await first.close();
    const { port } = broker;
    await broker.close();
    await start(port);
    await fill(writer, 50, 200);
    const second = (await connect()).createConsumer({ ...TARGET, ...QUICK, consumer: "books" });
    await read(second, taken, () => taken.length === 1000);
    expect(taken.sort()).toEqual(expected(250));
  });

  it("survives a broker that goes away and comes back while it reads", async () => {
    const writer = await connect();
    await fill(writer, 100);
    const consumer = (await connect()).createConsumer({ ...TARGET, ...QUICK, consumer: 7 });
    const taken: string[] = [];
    const reading = read(consumer, taken, () => taken.length === 800);
    const { port } = broker;
    await broker.close();
    await start(port);
    await fill(writer, 100, 100);
    await reading;
    expect(taken.sort()).toEqual(expected(200));
  });
});

describe("a group", () => {
  it("shares the partitions of members that come and go: nothing is left out, commits are kept", async () => {
    const writer = await connect();
    await fill(writer, 300);
    const total = 300 * PARTITIONS.length;
    const seen = new Set<string>();
    const taken: string[] = [];
    const members: { consumer: Consumer; done: Promise<void> }[] = [];
    const join = async () => {
      const consumer = (await connect()).createConsumer({
        ...TARGET,
        ...QUICK,
        group: "desk",
        commit: { kind: "after", point: { every: 10 } },
      });
      const own: string[] = [];
      const done = read(consumer, own, () => {
        taken.push(own.at(-1)!);
        seen.add(own.at(-1)!);
        return false;
      });
      members.push({ consumer, done });
      return consumer;
    };
    const progress = async (count: number) => {
      while (seen.size < count) await new Promise<void>((resolve) => setImmediate(resolve));
    };
    const first = await join();
    await progress(100);
    const second = await join();
    while (second.partitions().length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    await progress(400);
    await first.close();
    await join();
    await progress(total);
    await fill(writer, 20, 300);
    await progress(total + 20 * PARTITIONS.length);
    await Promise.all(members.map(({ consumer }) => consumer.close()));
    await Promise.all(members.map(({ done }) => done));
    expect([...seen].sort()).toEqual(expected(320));
    for (const partitionId of PARTITIONS) {
      const stored = await writer.offsets.get({
        ...TARGET,
        partitionId,
        consumer: { kind: "group", id: "desk" },
      });
      expect(stored?.storedOffset).toBe(319);
    }
  });

  it("hands a partition to the other member when one dies", async () => {
    const writer = await connect();
    await fill(writer, 50);
    const dying = await connect();
    const first = dying.createConsumer({ ...TARGET, ...QUICK, group: "desk", commit: { kind: "manual" } });
    const lost: string[] = [];
    await read(first, lost, () => lost.length === 60);
    const second = (await connect()).createConsumer({ ...TARGET, ...QUICK, group: "desk" });
    second.start();
    await dying.close();
    const taken: string[] = [];
    await read(second, taken, () => taken.length === 200);
    expect(taken.sort()).toEqual(expected(50));
  });
});

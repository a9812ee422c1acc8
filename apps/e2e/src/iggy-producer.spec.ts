import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, startBroker } from "@ims/iggy-broker";
import {
  Aes256GcmEncryptor,
  IggyClient,
  type ProducerMessage,
  type TopicProducerOptions,
} from "@ims/iggy-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const TARGET = { stream: "market", topic: "trades" } as const;
const READER = { kind: "consumer", id: 1 } as const;
const utf8 = new TextEncoder();

let dataDir = "";
let broker: Broker;
let client: IggyClient;

const passwordCost = { log2N: 4 };

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "iggy-producer-"));
  broker = await startBroker({ port: 0, dataDir, passwordCost });
  client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${broker.port}?reconnection_interval=10ms`);
});

afterEach(async () => {
  await client.close().catch(() => {});
  await broker.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function producerOf(options: Partial<TopicProducerOptions> = {}) {
  return client.createTopicProducer({ ...TARGET, createTopic: { partitionCount: 3 }, ...options });
}

function numbered(number: number, more: Partial<ProducerMessage> = {}): ProducerMessage {
  const payload = Buffer.alloc(120);
  payload.writeUInt32LE(number);
  return { payload, ...more };
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

interface Read {
  readonly number: number;
  readonly offset: number;
  readonly payload: Uint8Array;
  readonly headers: readonly { readonly key: { readonly bytes: Uint8Array } }[];
}

/** Everything in a partition. */
async function readAll(partitionId: number): Promise<Read[]> {
  const found: Read[] = [];
  for (;;) {
    const batches = await client.poll({
      ...TARGET,
      partitionId,
      consumer: READER,
      strategy: { kind: "offset", value: found.length },
      count: 10_000,
    });
    if (batches.messageCount === 0) return found;
    while (batches.next()) {
      const payload = batches.payload();
      const headers = batches.headersLength > 0 && payload.length === 120 ? batches.headers() : [];
      const number = Buffer.from(payload).readUInt32LE();
      found.push({ number, offset: batches.offset, payload, headers });
    }
  }
}

describe("a topic producer and a broker", () => {
  it("create the topic, and every message lies where the receipt says", async () => {
    const producer = await producerOf();
    expect(producer.partitionCount).toBe(3);
    const key = {
      key: { kind: 2, bytes: utf8.encode("venue") },
      value: { kind: 2, bytes: utf8.encode("b") },
    };
    const messages = range(0, 10_000).map((number) =>
      numbered(number, {
        key: number % 3 === 0 ? `instrument-${number % 50}` : undefined,
        headers: number % 10 === 0 ? [key] : undefined,
      }),
    );
    const receipts = await Promise.all([
      producer.send(messages.slice(0, 4000)),
      producer.send(messages.slice(4000, 4001)),
      producer.send(messages.slice(4001)),
    ]);
    const read = await Promise.all([readAll(0), readAll(1), readAll(2)]);
    const locate = (number: number) => {
      if (number < 4000) return receipts[0]!.locate(number);
      return number === 4000 ? receipts[1]!.locate(0) : receipts[2]!.locate(number - 4001);
    };
    for (const { partitionId, offset, number } of range(0, 10_000).map((number) => ({
      number,
      ...locate(number)!,
    }))) {
      const stored = read[partitionId]![offset]!;
      expect([stored.number, stored.offset, stored.headers.length]).toEqual([
        number,
        offset,
        number % 10 === 0 ? 1 : 0,
      ]);
    }
    expect(read.flat().length).toBe(10_000);
    for (const list of read) expect(list.length).toBeGreaterThan(1000);
    for (const list of read) {
      const keyed = list.filter(({ number }) => number % 3 === 0).map(({ number }) => number);
      expect(keyed).toEqual(keyed.toSorted((a, b) => a - b));
    }
  });

  it("keep everything at least once, in order, over a restart of the broker", async () => {
    const producer = await producerOf({ createTopic: { partitionCount: 2 }, batchCountMax: 50 });
    const { port } = broker;
    const calls = range(0, 100).map((i) =>
      producer.send(range(i * 20, 20).map((number) => numbered(number))),
    );
    await calls[0];
    await broker.close();
    const late = range(100, 50).map((i) =>
      producer.send(range(i * 20, 20).map((number) => numbered(number))),
    );
    broker = await startBroker({ port, dataDir, passwordCost });
    await Promise.all([...calls, ...late]);
    const read = await Promise.all([readAll(0), readAll(1)]);
    const seen = new Set(read.flat().map(({ number }) => number));
    expect(seen.size).toBe(3000);
    for (const list of read) {
      const firstTime = [...new Set(list.map(({ number }) => number))];
      expect(firstTime).toEqual(firstTime.toSorted((a, b) => a - b));
    }
  });

  it("store what only the holder of the key can read", async () => {
    const encryptor = new Aes256GcmEncryptor(new Uint8Array(32).fill(3));
    const producer = await producerOf({ encryptor, createTopic: true });
    await producer.send(range(0, 5).map((number) => numbered(number)));
    const read = await readAll(0);
    expect(read.map(({ payload }) => payload.length)).toEqual(Array(5).fill(148));
    expect(read.map(({ payload }) => Buffer.from(encryptor.decrypt(payload)).readUInt32LE())).toEqual(
      range(0, 5),
    );
  });

  it("agree on a topic that was deleted: an error, or a new one", async () => {
    const creating = await producerOf({ createTopic: { partitionCount: 1 } });
    const strict = await producerOf({ createTopic: false, retryMillis: 10 });
    await strict.send(numbered(0));
    await client.topics.delete(TARGET.stream, TARGET.topic);
    await expect(strict.send(numbered(1))).rejects.toMatchObject({ code: "iggy-client.topic-missing" });
    expect((await creating.send(numbered(2))).locate(0)).toEqual({ partitionId: 0, offset: 0 });
    expect((await strict.send(numbered(3))).locate(0)).toEqual({ partitionId: 0, offset: 1 });
  });

  it("use partitions that were added later", async () => {
    const producer = await producerOf({ createTopic: { partitionCount: 1 }, topicRefreshMillis: 0 });
    await client.partitions.create(TARGET.stream, TARGET.topic, 1);
    const second = { kind: "partition", partitionId: 1 } as const;
    await expect(producer.send(numbered(0), second)).rejects.toMatchObject({
      code: "iggy-client.partition-missing",
    });
    while (producer.partitionCount < 2) await new Promise((resolve) => setImmediate(resolve));
    expect((await producer.send(numbered(0), second)).locate(0)).toEqual({ partitionId: 1, offset: 0 });
  });
});

import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { FieldKind, fieldValue, headerField, userHeader } from "@ims/iggy-protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workspaceRoot } from "../support/child.js";
import { officialClientPresent, runPython, startPython } from "../support/python.js";

const present = officialClientPresent();
const scenarios = JSON.parse(
  readFileSync(join(workspaceRoot, "tools/peers/scenarios.json"), "utf8"),
) as string[];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-peer-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly scenario: string;
  readonly outcome: string;
  readonly reason?: string;
}

describe.skipIf(!present)("the scenarios of the official Python client", () => {
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    const options = { dataDir: join(folder, "scenarios"), passwordCost: { log2N: 10 } };
    let broker = await startBroker({ ...options, port: 0 });
    const { port } = broker;
    const peer = startPython("scenarios.py", `127.0.0.1:${port}`);
    await peer.printed(/restart the broker/);
    await broker.close();
    broker = await startBroker({ ...options, port });
    try {
      expect(await peer.exited, peer.errors).toBe(0);
    } finally {
      await broker.close();
    }
    for (const line of peer.output.split("\n").filter((text) => text.startsWith("{"))) {
      const outcome = JSON.parse(line) as Outcome;
      outcomes.set(outcome.scenario, outcome);
    }
  }, 120_000);

  it.each(scenarios)("%s", (scenario) => {
    expect(outcomes.get(scenario)).toEqual({ scenario, outcome: "ok" });
  });
});

describe.skipIf(!present)("our client and the official Python client", { timeout: 60_000 }, () => {
  const COUNT = 35;

  /** A broker with an empty topic of one partition. */
  async function withTopic(work: (url: string, client: IggyClient) => Promise<void>): Promise<void> {
    const broker = await startBroker({ port: 0, dataDir: await mkdtemp(join(folder, "interop-")) });
    const url = `iggy+tcp://iggy:iggy@127.0.0.1:${broker.port}`;
    const client = await IggyClient.connect(url);
    try {
      await client.streams.create("s");
      await client.topics.create("s", { name: "t", partitionCount: 1 });
      await work(url, client);
    } finally {
      await client.close();
      await broker.close();
    }
  }

  /** What `messages.py` says of headers, from our own values. */
  const told = (index: number) => [
    [
      ["String", "text"],
      ["String", `größe ${index}`],
    ],
    [
      ["String", "raw"],
      ["Raw", Buffer.from([0, 255, index]).toString("hex")],
    ],
    [
      ["String", "bool"],
      ["Bool", index % 2 === 1],
    ],
    [
      ["String", "i8"],
      ["Int8", String((128 - index) % 128)],
    ],
    [
      ["String", "i64"],
      ["Int64", String(-(1n << 60n) - BigInt(index))],
    ],
    [
      ["String", "i128"],
      ["Int128", String(-(1n << 100n) - BigInt(index))],
    ],
    [
      ["String", "u32"],
      ["UnsignedInt32", String(4_000_000_000 + index)],
    ],
    [
      ["String", "u128"],
      ["UnsignedInt128", String((1n << 127n) + BigInt(index))],
    ],
    [
      ["String", "f64"],
      ["Float64", index + 0.1],
    ],
    [
      ["UnsignedInt16", "7"],
      ["String", "a number as name"],
    ],
  ];

  const ours = (index: number) => [
    userHeader("text", `größe ${index}`),
    userHeader("raw", Uint8Array.of(0, 255, index)),
    userHeader("bool", index % 2 === 1),
    userHeader("i8", headerField.i8((128 - index) % 128)),
    userHeader("i64", headerField.i64(-(1n << 60n) - BigInt(index))),
    userHeader("i128", headerField.i128(-(1n << 100n) - BigInt(index))),
    userHeader("u32", headerField.u32(4_000_000_000 + index)),
    userHeader("u128", headerField.u128((1n << 127n) + BigInt(index))),
    userHeader("f64", headerField.f64(index + 0.1)),
    userHeader(headerField.u16(7), "a number as name"),
  ];

  const byName = (headers: readonly unknown[]) => headers.map((header) => JSON.stringify(header)).sort();

  it("Python reads what we write, ids and user headers included", async () => {
    await withTopic(async (url, client) => {
      const producer = await client.createTopicProducer({ stream: "s", topic: "t" });
      for (let index = 0; index < COUNT; index++) {
        const id = (1n << 100n) + BigInt(index);
        await producer.post({ payload: Buffer.from(`${index}`), id, headers: ours(index) });
      }
      await producer.close();
      const lines = (await runPython("messages.py", "read", url, "s", "t", `${COUNT}`)) as {
        offset: number;
        id: string;
        payload: string;
        headers: unknown[];
      }[];
      expect(lines).toHaveLength(COUNT);
      for (const [index, { offset, id, payload, headers }] of lines.entries()) {
        expect([offset, id, payload]).toEqual([index, String((1n << 100n) + BigInt(index)), `${index}`]);
        expect(byName(headers)).toEqual(byName(told(index)));
      }
    });
  });

  it("we read what Python writes, ids and user headers included", async () => {
    await withTopic(async (url, client) => {
      await runPython("messages.py", "write", url, "s", "t", `${COUNT}`);
      const consumer = client.createConsumer({ stream: "s", topic: "t", consumer: "reader" });
      let index = 0;
      for await (const message of consumer) {
        expect([message.offset, message.id, Buffer.from(message.payload).toString()]).toEqual([
          index,
          (1n << 100n) + BigInt(index),
          `${index}`,
        ]);
        const readable = (field: Parameters<typeof fieldValue>[0]) => {
          const value = fieldValue(field);
          return [
            field.kind,
            value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value),
          ];
        };
        const plain = (headers: ReturnType<typeof ours>) =>
          byName(headers.map(({ key, value }) => [readable(key), readable(value)]));
        expect(plain(message.headers())).toEqual(plain(ours(index)));
        expect(message.headers().some(({ key }) => key.kind === FieldKind.U16)).toBe(true);
        if (++index === COUNT) break;
      }
      await consumer.close();
    });
  });
});

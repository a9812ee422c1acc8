import { SimulatedClock } from "@ims/common";
import { COMMANDS, FieldKind, option } from "@ims/iggy-protocol";
import { type FileOperation, MemoryFileSystem, systemError } from "@ims/segment-log";
import { afterEach, describe, expect, it } from "vitest";
import type { BrokerOptions } from "../broker-options.js";
import type { FrameClient } from "../spec-support/frame-client.js";
import { createTopic, poll, STREAM, send, TOPIC } from "../spec-support/messages.js";
import { RunningBrokers, refusal } from "../spec-support/running-broker.js";

/** Between looks for what is to be removed. */
const RETENTION_MILLIS = 60_000;
const target = { stream: STREAM, topic: TOPIC };
const running = new RunningBrokers();
afterEach(() => running.end());

/** A broker on a disk that can be made to refuse, and the messages of its log. */
async function brokerOn(fileSystem: MemoryFileSystem, options: Partial<BrokerOptions> = {}) {
  const lines: string[] = [];
  const log = (_: object, text: string) => void lines.push(text);
  const logger = { debug: () => undefined, info: log, warn: log, error: log };
  const clock = new SimulatedClock();
  const broker = await running.start({ fileSystem, logger, clock, ...options });
  return { broker, clock, lines, client: await running.login(broker) };
}

function refuse(fileSystem: MemoryFileSystem, ...kinds: FileOperation["kind"][]): void {
  fileSystem.fault = ({ kind, path }) =>
    kinds.includes(kind) && path.includes("/partitions/") ? { error: systemError("EIO", path) } : undefined;
}

/** Folders below the partitions. */
const folders = (fileSystem: MemoryFileSystem) => fileSystem.list("/broker/partitions");

describe("a disk that refuses messages", () => {
  it("is told by the status and once in the log, also when it takes them again", async () => {
    const fileSystem = new MemoryFileSystem();
    const { broker, client, lines } = await brokerOn(fileSystem);
    await createTopic(client, 3);
    for (const partition of [0, 1]) expect(await send(client, ["a"], partition)).toBe(0);
    const accepting = { refusingPartitionCount: 0, refusesMetadata: false, connectionCount: 1 };
    expect(await broker.status()).toEqual({ ...accepting, partitionCount: 2 });
    refuse(fileSystem, "write");
    for (const partition of [0, 0, 1, 1]) {
      expect(await refusal(send(client, ["b"], partition))).toBe("status 10006");
    }
    expect(await poll(client)).toEqual([[0, "a"]]);
    expect((await broker.status()).refusingPartitionCount).toBe(2);
    fileSystem.fault = undefined;
    for (const partition of [0, 0, 1, 1]) await send(client, ["c"], partition);
    expect((await broker.status()).refusingPartitionCount).toBe(0);
    expect(lines.filter((line) => line.includes("disk"))).toEqual([
      "the disk refuses messages of a partition; it is read only until it takes them again",
      "the disk refuses messages of a partition; it is read only until it takes them again",
      "the disk takes messages of a partition again",
      "the disk takes messages of a partition again",
    ]);
  });

  it("is told by the status when it refuses the metadata", async () => {
    const fileSystem = new MemoryFileSystem();
    const { broker, client } = await brokerOn(fileSystem);
    fileSystem.fault = ({ kind, path }) =>
      kind === "sync" && path.includes("/metadata/")
        ? { error: systemError("EIO", path), losesUnsynced: true }
        : undefined;
    expect(await refusal(createTopic(client))).toBe("status 57");
    expect((await broker.status()).refusesMetadata).toBe(true);
    fileSystem.fault = undefined;
    await createTopic(client);
    expect((await broker.status()).refusesMetadata).toBe(false);
  });
});

describe("files that cannot be removed", () => {
  const removals: [string, (client: FrameClient) => Promise<unknown>][] = [
    ["purge", (client) => client.call(COMMANDS.purgeTopic, target)],
    [
      "deletion",
      async (client) => {
        await client.call(COMMANDS.deleteStream, { stream: STREAM });
        await createTopic(client);
      },
    ],
  ];

  it.each(removals)("by a %s show nothing to readers and go as soon as they can", async (_, remove) => {
    const fileSystem = new MemoryFileSystem();
    const { broker, clock, client, lines } = await brokerOn(fileSystem);
    await createTopic(client);
    await send(client, ["old"]);
    refuse(fileSystem, "remove");
    await remove(client);
    expect(await poll(client)).toEqual([]);
    expect(await send(client, ["new"])).toBe(0);
    for (let look = 0; look < 3; look++) await clock.advance(RETENTION_MILLIS);
    expect(await folders(fileSystem)).toHaveLength(2);

    // The next process finds them, too, and is not kept from starting.
    const killed = fileSystem.crashed(() => 1);
    refuse(killed, "remove");
    const next = await brokerOn(killed);
    expect(await poll(next.client)).toEqual([[0, "new"]]);
    expect(await folders(killed)).toHaveLength(2);
    killed.fault = undefined;
    await next.clock.advance(RETENTION_MILLIS);
    await next.broker.close();
    expect(await folders(killed)).toHaveLength(1);

    fileSystem.fault = undefined;
    await clock.advance(RETENTION_MILLIS);
    await broker.close();
    expect(await folders(fileSystem)).toHaveLength(1);
    expect(lines.filter((line) => line.includes("removed"))).toEqual([
      "files could not be removed; they are tried again",
      "files could be removed at last",
    ]);
  });

  it("by retention show nothing to readers, go as soon as they can, and leave no gap", async () => {
    const fileSystem = new MemoryFileSystem();
    const { broker, clock, client, lines } = await brokerOn(fileSystem);
    await client.call(COMMANDS.createStream, { name: STREAM, options: [] });
    const options = [
      option("segment_size", FieldKind.U64, 1n << 20n),
      option("max_topic_size", FieldKind.U64, 1n << 20n),
    ];
    await client.call(COMMANDS.createTopic, { stream: STREAM, name: TOPIC, partitionCount: 1, options });
    const text = (index: number) => `${index}`.repeat(400_000);
    for (let index = 0; index < 10; index++) await send(client, [text(index)]);
    refuse(fileSystem, "remove");
    for (let look = 0; look < 3; look++) await clock.advance(RETENTION_MILLIS);
    expect((await poll(client, { kind: "first" }, 1))[0]![0]).toBe(9);
    expect(lines.filter((line) => line.includes("removed"))).toHaveLength(1);

    // A removal that had not happened when the process ended has not happened.
    const next = await brokerOn(fileSystem.crashed(() => 1));
    expect(await poll(next.client)).toEqual(Array.from({ length: 10 }, (_, index) => [index, text(index)]));
    await next.broker.close();

    fileSystem.fault = undefined;
    await clock.advance(RETENTION_MILLIS);
    expect(await send(client, ["next"])).toBe(10);
    await broker.close();
    const after = await brokerOn(fileSystem.crashed(() => 0));
    expect(await poll(after.client)).toEqual([
      [9, text(9)],
      [10, "next"],
    ]);
  });
});

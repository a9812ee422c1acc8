import { SimulatedClock } from "@ims/common";
import { COMMANDS } from "@ims/iggy-protocol";
import { MemoryFileSystem, systemError } from "@ims/segment-log";
import { describe, expect, it } from "vitest";
import { FolderBrokers } from "./spec-support/folder-brokers.js";
import { FrameClient } from "./spec-support/frame-client.js";
import { createTopic, poll, STREAM, send, TOPIC } from "./spec-support/messages.js";

const brokers = new FolderBrokers();

const offsetTarget = {
  consumer: { kind: "consumer", id: 7 },
  stream: STREAM,
  topic: TOPIC,
  partitionId: 0,
} as const;

describe("a restart", () => {
  it("keeps streams, topics, options, messages, offsets and ids, and session numbers go on growing", async () => {
    const first = await brokers.start();
    const before = await brokers.login(first);
    await before.call(COMMANDS.createStream, { name: "gone", options: [] });
    await createTopic(before, 3);
    await before.call(COMMANDS.deleteStream, { stream: "gone" });
    for (let index = 0; index < 5; index++) await send(before, [`a${index}`, `b${index}`]);
    await before.call(COMMANDS.storeOffset, { ...offsetTarget, offset: 6n, ack: "quorum" });
    const topicBefore = await before.call(COMMANDS.getTopic, { stream: STREAM, topic: TOPIC });
    await first.close();

    const second = await brokers.start();
    const after = await brokers.login(second);
    expect(after.session).toBeGreaterThan(before.session);
    expect(await after.call(COMMANDS.getTopic, { stream: STREAM, topic: TOPIC })).toEqual(topicBefore);
    expect((await poll(after)).map(([offset]) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await after.call(COMMANDS.getOffset, offsetTarget)).toMatchObject({
      storedOffset: 6,
      currentOffset: 9,
    });
    expect(await send(after, ["next"])).toBe(10);
    const reused = await after.call(COMMANDS.createStream, { name: "new", options: [] });
    expect(reused.id).toBe(0);
  });

  it("does not bring back what was purged or deleted", async () => {
    const first = await brokers.start();
    const before = await brokers.login(first);
    await createTopic(before);
    await send(before, ["old"]);
    await before.call(COMMANDS.purgeTopic, { stream: STREAM, topic: TOPIC });
    expect(await poll(before)).toEqual([]);
    expect(await send(before, ["new"])).toBe(0);
    await first.close();
    const second = await brokers.start();
    const after = await brokers.login(second);
    expect(await poll(after)).toEqual([[0, "new"]]);
    await after.call(COMMANDS.deleteStream, { stream: STREAM });
    await createTopic(after);
    expect(await poll(after)).toEqual([]);
  });

  it("of a process that was killed finds every message and offset that it had confirmed", async () => {
    // The disk as the end of the process alone leaves it: everything written, synced or not.
    const disk = new MemoryFileSystem();
    const first = await brokers.start({ fileSystem: disk, dataDir: "/broker" });
    const before = await brokers.login(first);
    await createTopic(before);
    for (let index = 0; index < 50; index++) await send(before, [`m${index}`]);
    await before.call(COMMANDS.storeOffset, { ...offsetTarget, offset: 20n, ack: "quorum" });
    const second = await brokers.start({ fileSystem: disk.crashed(() => 1), dataDir: "/broker" });
    const after = await brokers.login(second);
    expect(await poll(after)).toEqual(Array.from({ length: 50 }, (_, index) => [index, `m${index}`]));
    expect(await after.call(COMMANDS.getOffset, offsetTarget)).toMatchObject({ storedOffset: 20 });
  });

  it("after a loss of power finds what a topic with enforce_fsync had confirmed, and the metadata", async () => {
    const disk = new MemoryFileSystem();
    const first = await brokers.start({ fileSystem: disk, dataDir: "/broker", clock: new SimulatedClock() });
    const before = await brokers.login(first);
    await createTopic(before, 1, true);
    for (let index = 0; index < 20; index++) await send(before, [`m${index}`]);
    await before.call(COMMANDS.storeOffset, { ...offsetTarget, offset: 5n, ack: "quorum" });
    const second = await brokers.start({ fileSystem: disk.crashed(() => 0), dataDir: "/broker" });
    const after = await brokers.login(second);
    expect(await poll(after)).toHaveLength(20);
    expect(await after.call(COMMANDS.getOffset, offsetTarget)).toMatchObject({ storedOffset: 5 });
  });

  it("after a loss of power loses no more than the sync interval of other topics", async () => {
    const disk = new MemoryFileSystem();
    const clock = new SimulatedClock();
    const first = await brokers.start({
      fileSystem: disk,
      dataDir: "/broker",
      clock,
      syncIntervalMillis: 1000,
    });
    const before = await brokers.login(first);
    await createTopic(before);
    await send(before, ["synced"]);
    await before.call(COMMANDS.storeOffset, { ...offsetTarget, offset: 0n, ack: "quorum" });
    await clock.advance(1000);
    await send(before, ["not yet"]);
    const second = await brokers.start({ fileSystem: disk.crashed(() => 0), dataDir: "/broker" });
    const after = await brokers.login(second);
    expect(await poll(after)).toEqual([[0, "synced"]]);
    expect(await after.call(COMMANDS.getOffset, offsetTarget)).toMatchObject({ storedOffset: 0 });
    expect(await send(after, ["again"])).toBe(1);
  });
});

describe("a disk that refuses", () => {
  it("is reported to the sender, while reads and later sends go on", async () => {
    const disk = new MemoryFileSystem();
    const broker = await brokers.start({ fileSystem: disk, dataDir: "/broker" });
    const client = await brokers.login(broker);
    await createTopic(client);
    await send(client, ["a"]);
    disk.fault = (operation) =>
      operation.kind === "write"
        ? { error: systemError("ENOSPC", operation.path), writtenBytes: 5 }
        : undefined;
    await expect(send(client, ["b"])).rejects.toThrow("status 10006");
    expect(await poll(client)).toEqual([[0, "a"]]);
    disk.fault = undefined;
    expect(await send(client, ["b"])).toBe(1);
    expect(await poll(client)).toEqual([
      [0, "a"],
      [1, "b"],
    ]);
  });

  it.each(["write", "sync"] as const)(
    "lets clients log in again after it refused a %s of the metadata journal",
    async (kind) => {
      const disk = new MemoryFileSystem();
      const broker = await brokers.start({ fileSystem: disk, dataDir: "/broker" });
      await createTopic(await brokers.login(broker, 1n));
      disk.fault = (operation) =>
        operation.kind === kind && operation.path.includes("/metadata/")
          ? { error: systemError("ENOSPC", operation.path), writtenBytes: 7 }
          : undefined;
      await expect(FrameClient.login(broker.port, 2n)).rejects.toThrow("57");
      disk.fault = undefined;
      const client = await brokers.login(broker, 3n);
      expect(await send(client, ["a"])).toBe(0);
      const after = await brokers.login(
        await brokers.start({ fileSystem: disk.crashed(() => 1), dataDir: "/broker" }),
      );
      expect(await poll(after)).toEqual([[0, "a"]]);
      expect(after.session).toBeGreaterThan(client.session);
    },
  );

  it("is reported once by the log when it cannot sync", async () => {
    const disk = new MemoryFileSystem();
    const clock = new SimulatedClock();
    const errors: string[] = [];
    const silent = () => undefined;
    const logger = { debug: silent, info: silent, warn: silent };
    const broker = await brokers.start({
      fileSystem: disk,
      clock,
      logger: { ...logger, error: (context) => errors.push(JSON.stringify(context)) },
    });
    const client = await brokers.login(broker);
    await createTopic(client);
    await send(client, ["a"]);
    disk.fault = ({ kind, path }) =>
      kind === "sync" && path.endsWith(".log") ? { error: systemError("EIO", path) } : undefined;
    await clock.advance(10_000);
    expect(errors).toEqual([expect.stringContaining("EIO")]);
    disk.fault = undefined;
  });
});

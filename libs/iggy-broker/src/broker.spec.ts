import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "@ims/common";
import { COMMANDS } from "@ims/iggy-protocol";
import { MemoryFileSystem, systemError } from "@ims/segment-log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startBroker } from "./broker.js";
import type { Broker, BrokerOptions } from "./broker-options.js";
import { startBrokerWorker } from "./broker-worker.js";
import { FrameClient } from "./spec-support/frame-client.js";
import { createTopic, poll, STREAM, send, TOPIC } from "./spec-support/messages.js";

let directory = "";
let brokers: Broker[] = [];
let clients: FrameClient[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "iggy-broker-"));
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await Promise.all(brokers.map((broker) => broker.close()));
  clients = [];
  brokers = [];
  rmSync(directory, { recursive: true, force: true });
});

async function start(options: Partial<BrokerOptions> = {}): Promise<Broker> {
  const broker = await startBroker({ port: 0, dataDir: directory, ...options });
  brokers.push(broker);
  return broker;
}

async function login(broker: { readonly port: number }, client = 0x1234n): Promise<FrameClient> {
  const peer = await FrameClient.login(broker.port, client);
  clients.push(peer);
  return peer;
}

const offsetTarget = {
  consumer: { kind: "consumer", id: 7 },
  stream: STREAM,
  topic: TOPIC,
  partitionId: 0,
} as const;

describe("a restart", () => {
  it("keeps streams, topics, options, messages, offsets and ids, and session numbers go on growing", async () => {
    const first = await start();
    const before = await login(first);
    await before.call(COMMANDS.createStream, { name: "gone", options: [] });
    await createTopic(before, 3);
    await before.call(COMMANDS.deleteStream, { stream: "gone" });
    for (let index = 0; index < 5; index++) await send(before, [`a${index}`, `b${index}`]);
    await before.call(COMMANDS.storeOffset, { ...offsetTarget, offset: 6n, ack: "quorum" });
    const topicBefore = await before.call(COMMANDS.getTopic, { stream: STREAM, topic: TOPIC });
    await first.close();

    const second = await start();
    const after = await login(second);
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
    const first = await start();
    const before = await login(first);
    await createTopic(before);
    await send(before, ["old"]);
    await before.call(COMMANDS.purgeTopic, { stream: STREAM, topic: TOPIC });
    expect(await poll(before)).toEqual([]);
    expect(await send(before, ["new"])).toBe(0);
    await first.close();
    const second = await start();
    const after = await login(second);
    expect(await poll(after)).toEqual([[0, "new"]]);
    await after.call(COMMANDS.deleteStream, { stream: STREAM });
    await createTopic(after);
    expect(await poll(after)).toEqual([]);
  });

  it("of a process that was killed finds every message and offset that it had confirmed", async () => {
    // The disk as the end of the process alone leaves it: everything written, synced or not.
    const disk = new MemoryFileSystem();
    const first = await start({ fileSystem: disk, dataDir: "/broker" });
    const before = await login(first);
    await createTopic(before);
    for (let index = 0; index < 50; index++) await send(before, [`m${index}`]);
    await before.call(COMMANDS.storeOffset, { ...offsetTarget, offset: 20n, ack: "quorum" });
    const second = await start({ fileSystem: disk.crashed(() => 1), dataDir: "/broker" });
    const after = await login(second);
    expect(await poll(after)).toEqual(Array.from({ length: 50 }, (_, index) => [index, `m${index}`]));
    expect(await after.call(COMMANDS.getOffset, offsetTarget)).toMatchObject({ storedOffset: 20 });
  });

  it("after a loss of power finds what a topic with enforce_fsync had confirmed, and the metadata", async () => {
    const disk = new MemoryFileSystem();
    const first = await start({ fileSystem: disk, dataDir: "/broker", clock: new SimulatedClock() });
    const before = await login(first);
    await createTopic(before, 1, true);
    for (let index = 0; index < 20; index++) await send(before, [`m${index}`]);
    await before.call(COMMANDS.storeOffset, { ...offsetTarget, offset: 5n, ack: "quorum" });
    const second = await start({ fileSystem: disk.crashed(() => 0), dataDir: "/broker" });
    const after = await login(second);
    expect(await poll(after)).toHaveLength(20);
    expect(await after.call(COMMANDS.getOffset, offsetTarget)).toMatchObject({ storedOffset: 5 });
  });

  it("after a loss of power loses no more than the sync interval of other topics", async () => {
    const disk = new MemoryFileSystem();
    const clock = new SimulatedClock();
    const first = await start({ fileSystem: disk, dataDir: "/broker", clock, syncIntervalMillis: 1000 });
    const before = await login(first);
    await createTopic(before);
    await send(before, ["synced"]);
    await before.call(COMMANDS.storeOffset, { ...offsetTarget, offset: 0n, ack: "quorum" });
    await clock.advance(1000);
    await send(before, ["not yet"]);
    const second = await start({ fileSystem: disk.crashed(() => 0), dataDir: "/broker" });
    const after = await login(second);
    expect(await poll(after)).toEqual([[0, "synced"]]);
    expect(await after.call(COMMANDS.getOffset, offsetTarget)).toMatchObject({ storedOffset: 0 });
    expect(await send(after, ["again"])).toBe(1);
  });
});

describe("a disk that refuses", () => {
  it("is reported to the sender, while reads and later sends go on", async () => {
    const disk = new MemoryFileSystem();
    const broker = await start({ fileSystem: disk, dataDir: "/broker" });
    const client = await login(broker);
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
      const broker = await start({ fileSystem: disk, dataDir: "/broker" });
      await createTopic(await login(broker, 1n));
      disk.fault = (operation) =>
        operation.kind === kind && operation.path.includes("/metadata/")
          ? { error: systemError("ENOSPC", operation.path), writtenBytes: 7 }
          : undefined;
      await expect(FrameClient.login(broker.port, 2n)).rejects.toThrow("57");
      disk.fault = undefined;
      const client = await login(broker, 3n);
      expect(await send(client, ["a"])).toBe(0);
      const after = await login(await start({ fileSystem: disk.crashed(() => 1), dataDir: "/broker" }));
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
    const broker = await start({
      fileSystem: disk,
      clock,
      logger: { ...logger, error: (context) => errors.push(JSON.stringify(context)) },
    });
    const client = await login(broker);
    await createTopic(client);
    await send(client, ["a"]);
    disk.fault = ({ kind, path }) =>
      kind === "sync" && path.endsWith(".log") ? { error: systemError("EIO", path) } : undefined;
    await clock.advance(10_000);
    expect(errors).toEqual([expect.stringContaining("EIO")]);
    disk.fault = undefined;
  });
});

describe("starting", () => {
  it("says that the port is in use", async () => {
    const broker = await start();
    const other = mkdtempSync(join(tmpdir(), "iggy-broker-"));
    await expect(startBroker({ port: broker.port, dataDir: other })).rejects.toMatchObject({
      code: "broker.address-in-use",
      context: { port: broker.port },
    });
    rmSync(other, { recursive: true });
  });

  it("says who holds the data folder, and leaves port and folder free", async () => {
    const broker = await start();
    await expect(startBroker({ port: 0, dataDir: directory, lockWaitMillis: 0 })).rejects.toMatchObject({
      code: "broker.data-dir-locked",
      context: { pid: process.pid },
      message: expect.stringContaining(String(process.pid)),
    });
    await broker.close();
    await (await start()).close();
  });

  it("waits for the folder of a broker that is just closing, as in a restart that does not wait", async () => {
    const disk = new MemoryFileSystem();
    const lock = disk.lock.bind(disk);
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    disk.lock = async (path) => {
      const held = await lock(path);
      return { release: () => gate.then(() => held.release()) };
    };
    const first = await start({ fileSystem: disk });
    const client = await login(first);
    await createTopic(client);
    await send(client, ["a"]);
    const closing = first.close();
    await client.waitClosed();
    const silent = () => undefined;
    const second = await start({
      port: first.port,
      fileSystem: disk,
      logger: { debug: silent, info: silent, warn: () => letGo(), error: silent },
    }).finally(letGo);
    await closing;
    expect(await poll(await login(second))).toEqual([[0, "a"]]);
  });

  it("takes over the folder of a process that is gone", async () => {
    writeFileSync(join(directory, "lock"), "2147483646 0 0 0123456789abcdef\n");
    await start();
  });

  it("refuses a folder that cannot be made or written", async () => {
    writeFileSync(join(directory, "file"), "");
    await expect(startBroker({ port: 0, dataDir: join(directory, "file", "data") })).rejects.toMatchObject({
      code: "broker.data-dir-unwritable",
    });
    if (process.getuid?.() === 0) return; // root may write everywhere
    chmodSync(directory, 0o500);
    await expect(startBroker({ port: 0, dataDir: directory })).rejects.toMatchObject({
      code: "broker.data-dir-unwritable",
    });
  });

  it("refuses a folder of another format version", async () => {
    writeFileSync(join(directory, "format"), "ims-broker 2\n");
    await expect(startBroker({ port: 0, dataDir: directory })).rejects.toMatchObject({
      code: "broker.data-dir-version",
    });
  });

  it("refuses the default password on an address that others reach", async () => {
    await expect(startBroker({ host: "0.0.0.0", port: 0, dataDir: directory })).rejects.toMatchObject({
      code: "broker.default-credentials",
    });
    await start({ host: "0.0.0.0", allowDefaultCredentials: true });
  });

  it("judges the address by the root user of the folder, not by the options", async () => {
    const fileSystem = new MemoryFileSystem();
    const options = { fileSystem, dataDir: "/broker", passwordCost: { log2N: 10 } };
    const first = await start(options);
    const open = { ...options, host: "0.0.0.0" };
    await first.close();
    const own = { username: "other", password: "own-secret" };
    await expect(startBroker({ port: 0, ...open, ...own })).rejects.toMatchObject({
      code: "broker.default-credentials",
    });
    const local = await start(options);
    const client = await login(local);
    const change = { user: 0, currentPassword: "iggy", newPassword: "changed" };
    await client.call(COMMANDS.changePassword, change);
    await local.close();
    await start(open);
  });

  it.each([
    { port: -1 },
    { port: 70_000 },
    { port: 1.5 },
    { username: "ab" },
    { password: "x".repeat(101) },
    { frameBytesMax: 10 },
  ])("refuses %j", async (options) => {
    await expect(startBroker({ port: 0, dataDir: directory, ...options })).rejects.toMatchObject({
      code: "broker.invalid-option",
    });
  });

  it("takes its own credentials instead of the default ones", async () => {
    const broker = await start({ username: "alice", password: "secret" });
    await expect(FrameClient.login(broker.port)).rejects.toThrow("evicted");
  });

  it("forgets a client that left while the broker was still opening its files", async () => {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, "close");
    const disk = new MemoryFileSystem();
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const makeDirectory = disk.makeDirectory.bind(disk);
    disk.makeDirectory = async (path) => {
      await gate;
      await makeDirectory(path);
    };
    const starting = start({ port, fileSystem: disk });
    const early = connect({ host: "127.0.0.1", port });
    await once(early, "connect");
    early.resetAndDestroy();
    await once(early, "close");
    for (let turn = 0; turn < 50; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    goOn();
    const client = await login(await starting);
    expect((await client.call(COMMANDS.getStats, undefined)).clientCount).toBe(1);
  });

  it("closes twice, and with clients connected", async () => {
    const broker = await start();
    const client = await login(broker);
    await Promise.all([broker.close(), broker.close()]);
    await client.waitClosed();
  });
});

const entry = new URL("../dist/worker.js", import.meta.url);
const bin = new URL("../dist/bin.js", import.meta.url);

describe.skipIf(!existsSync(entry))("compiled entries", () => {
  it("serves from a thread of its own, passing on errors and log lines", async () => {
    const lines: string[] = [];
    const log = (_context: object, message: string) => void lines.push(message);
    const logger = { debug: log, info: log, warn: log, error: log };
    const broker = await startBrokerWorker({ port: 0, dataDir: directory, logger });
    brokers.push(broker);
    const client = await login(broker);
    await createTopic(client);
    expect(await send(client, ["x"])).toBe(0);
    await expect(startBrokerWorker({ port: 0, dataDir: directory, lockWaitMillis: 0 })).rejects.toMatchObject(
      {
        code: "broker.data-dir-locked",
      },
    );
    await broker.close();
    expect(lines).toContain("the broker listens");
  });

  it("keeps every confirmed message when its process is killed", async () => {
    const child = spawn(process.execPath, [bin.pathname, "--port", "0", "--data-dir", directory], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    try {
      const port = await new Promise<number>((resolve, reject) => {
        child.stdout.once("data", (text: Buffer) => resolve(Number(/:(\d+)/.exec(text.toString())![1])));
        child.once("exit", () => reject(new Error("the broker did not start")));
      });
      const client = await login({ port });
      await createTopic(client);
      for (let index = 0; index < 100; index++) await send(client, [`m${index}`]);
    } finally {
      child.kill("SIGKILL");
      await exited;
    }
    const broker = await start();
    const after = await login(broker);
    expect(await poll(after)).toEqual(Array.from({ length: 100 }, (_, index) => [index, `m${index}`]));
  });
});

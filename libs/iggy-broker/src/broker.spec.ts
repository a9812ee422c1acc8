import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS } from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import { describe, expect, it } from "vitest";
import { startBroker } from "./broker.js";
import { startBrokerWorker } from "./broker-worker.js";
import { FolderBrokers } from "./spec-support/folder-brokers.js";
import { FrameClient } from "./spec-support/frame-client.js";
import { createTopic, poll, send } from "./spec-support/messages.js";

const brokers = new FolderBrokers();

describe("starting", () => {
  it("says that the port is in use", async () => {
    const broker = await brokers.start();
    const other = mkdtempSync(join(tmpdir(), "iggy-broker-"));
    await expect(startBroker({ port: broker.port, dataDir: other })).rejects.toMatchObject({
      code: "broker.address-in-use",
      context: { port: broker.port },
    });
    rmSync(other, { recursive: true });
  });

  it("says who holds the data folder, and leaves port and folder free", async () => {
    const broker = await brokers.start();
    await expect(
      startBroker({ port: 0, dataDir: brokers.directory, lockWaitMillis: 0 }),
    ).rejects.toMatchObject({
      code: "broker.data-dir-locked",
      context: { pid: process.pid },
      message: expect.stringContaining(String(process.pid)),
    });
    await broker.close();
    await (await brokers.start()).close();
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
    const first = await brokers.start({ fileSystem: disk });
    const client = await brokers.login(first);
    await createTopic(client);
    await send(client, ["a"]);
    const closing = first.close();
    await client.waitClosed();
    const silent = () => undefined;
    const second = await brokers
      .start({
        port: first.port,
        fileSystem: disk,
        logger: { debug: silent, info: silent, warn: () => letGo(), error: silent },
      })
      .finally(letGo);
    await closing;
    expect(await poll(await brokers.login(second))).toEqual([[0, "a"]]);
  });

  it("takes over the folder of a process that is gone", async () => {
    writeFileSync(join(brokers.directory, "lock"), "2147483646 0 0 0123456789abcdef\n");
    await brokers.start();
  });

  it("refuses a folder that cannot be made or written", async () => {
    writeFileSync(join(brokers.directory, "file"), "");
    await expect(
      startBroker({ port: 0, dataDir: join(brokers.directory, "file", "data") }),
    ).rejects.toMatchObject({
      code: "broker.data-dir-unwritable",
    });
    if (process.getuid?.() === 0) return; // root may write everywhere
    chmodSync(brokers.directory, 0o500);
    await expect(startBroker({ port: 0, dataDir: brokers.directory })).rejects.toMatchObject({
      code: "broker.data-dir-unwritable",
    });
  });

  it("refuses a folder of another format version", async () => {
    writeFileSync(join(brokers.directory, "format"), "ims-broker 2\n");
    await expect(startBroker({ port: 0, dataDir: brokers.directory })).rejects.toMatchObject({
      code: "broker.data-dir-version",
    });
  });

  it("refuses the default password on an address that others reach", async () => {
    await expect(startBroker({ host: "0.0.0.0", port: 0, dataDir: brokers.directory })).rejects.toMatchObject(
      {
        code: "broker.default-credentials",
      },
    );
    await brokers.start({ host: "0.0.0.0", allowDefaultCredentials: true });
  });

  it("judges the address by the root user of the folder, not by the options", async () => {
    const fileSystem = new MemoryFileSystem();
    const options = { fileSystem, dataDir: "/broker", passwordCost: { log2N: 10 } };
    const first = await brokers.start(options);
    const open = { ...options, host: "0.0.0.0" };
    await first.close();
    const own = { username: "other", password: "own-secret" };
    await expect(startBroker({ port: 0, ...open, ...own })).rejects.toMatchObject({
      code: "broker.default-credentials",
    });
    const local = await brokers.start(options);
    const client = await brokers.login(local);
    const change = { user: 0, currentPassword: "iggy", newPassword: "changed" };
    await client.call(COMMANDS.changePassword, change);
    await local.close();
    await brokers.start(open);
  });

  it.each([
    { port: -1 },
    { port: 70_000 },
    { port: 1.5 },
    { username: "ab" },
    { password: "x".repeat(101) },
    { frameBytesMax: 10 },
  ])("refuses %j", async (options) => {
    await expect(startBroker({ port: 0, dataDir: brokers.directory, ...options })).rejects.toMatchObject({
      code: "broker.invalid-option",
    });
  });

  it("takes its own credentials instead of the default ones", async () => {
    const broker = await brokers.start({ username: "alice", password: "secret" });
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
    const starting = brokers.start({ port, fileSystem: disk });
    const early = connect({ host: "127.0.0.1", port });
    await once(early, "connect");
    early.resetAndDestroy();
    await once(early, "close");
    for (let turn = 0; turn < 50; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    goOn();
    const client = await brokers.login(await starting);
    expect((await client.call(COMMANDS.getStats, undefined)).clientCount).toBe(1);
  });

  it("closes twice, and with clients connected", async () => {
    const broker = await brokers.start();
    const client = await brokers.login(broker);
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
    const broker = await startBrokerWorker({ port: 0, dataDir: brokers.directory, logger });
    brokers.keep(broker);
    const client = await brokers.login(broker);
    await createTopic(client);
    expect(await send(client, ["x"])).toBe(0);
    await expect(
      startBrokerWorker({ port: 0, dataDir: brokers.directory, lockWaitMillis: 0 }),
    ).rejects.toMatchObject({
      code: "broker.data-dir-locked",
    });
    await broker.close();
    expect(lines).toContain("the broker listens");
  });

  it("keeps every confirmed message when its process is killed", async () => {
    const child = spawn(process.execPath, [bin.pathname, "--port", "0", "--data-dir", brokers.directory], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    try {
      const port = await new Promise<number>((resolve, reject) => {
        child.stdout.once("data", (text: Buffer) => resolve(Number(/:(\d+)/.exec(text.toString())![1])));
        child.once("exit", () => reject(new Error("the broker did not start")));
      });
      const client = await brokers.login({ port });
      await createTopic(client);
      for (let index = 0; index < 100; index++) await send(client, [`m${index}`]);
    } finally {
      child.kill("SIGKILL");
      await exited;
    }
    const broker = await brokers.start();
    const after = await brokers.login(broker);
    expect(await poll(after)).toEqual(Array.from({ length: 100 }, (_, index) => [index, `m${index}`]));
  });
});

import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FileSystem } from "./file-system.js";
import { MemoryFileSystem } from "./memory-file-system.js";
import { nodeFileSystem } from "./node-file-system.js";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "segment-log-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe.each(["disk", "memory"])("file system: %s", (which) => {
  async function system(): Promise<FileSystem> {
    if (which === "disk") return nodeFileSystem;
    const memory = new MemoryFileSystem();
    await memory.makeDirectory(directory);
    return memory;
  }

  it("writes chunks at a position, reads them back and cuts", async () => {
    const files = await system();
    const path = `${directory}/file`;
    await expect(files.open(path, "write")).rejects.toMatchObject({ code: "ENOENT" });
    expect(await files.readFile(path)).toBeUndefined();
    const file = await files.open(path, "create");
    const chunks = Array.from({ length: 3000 }, (_, index) => Uint8Array.of(index & 0xff));
    await file.write([new Uint8Array(0), ...chunks], 5);
    await file.write([Uint8Array.of(1, 2, 3)], 0);
    expect(await file.sizeBytes()).toBe(3005);
    const target = new Uint8Array(4000);
    expect(await file.read(target, 3)).toBe(3002);
    expect([...target.subarray(0, 4)]).toEqual([0, 0, 0, 1]);
    await file.truncate(4);
    await file.sync();
    await file.close();
    expect([...(await files.readFile(path))!]).toEqual([1, 2, 3, 0]);
  });

  it("lists, renames and removes", async () => {
    const files = await system();
    await files.makeDirectory(`${directory}/a/b`);
    await (await files.open(`${directory}/a/x`, "create")).close();
    await files.rename(`${directory}/a/x`, `${directory}/a/y`);
    await files.syncDirectory(`${directory}/a`);
    expect(await files.list(`${directory}/a`)).toEqual(["b", "y"]);
    await files.remove(`${directory}/a`);
    await files.remove(`${directory}/a`);
    expect(await files.list(`${directory}/a`)).toEqual([]);
  });

  it("lets one holder have a lock, also within one process", async () => {
    const files = await system();
    const lock = await files.lock(`${directory}/lock`);
    await expect(files.lock(`${directory}/lock`)).rejects.toMatchObject({
      code: "file.locked",
      context: { pid: process.pid },
    });
    await lock.release();
    await (await files.lock(`${directory}/lock`)).release();
    expect(await files.list(directory)).toEqual([]);
  });
});

describe("lock of a process that is gone", () => {
  it.each([
    ["an id that no process has", "2147483646 0 0 0123456789abcdef\n"],
    ["our id from an earlier start", `${process.pid} 1 0 0123456789abcdef\n`],
    ["text that is no lock", "hello"],
    ["nothing", ""],
  ])("is taken over: %s", async (_what, content) => {
    if (!content.startsWith(String(process.pid)) || process.platform === "linux") {
      writeFileSync(`${directory}/lock`, content);
      const lock = await nodeFileSystem.lock(`${directory}/lock`);
      await lock.release();
      expect(await nodeFileSystem.list(directory)).toEqual([]);
    }
  });

  it("goes to one of many that try at once", async () => {
    writeFileSync(`${directory}/lock`, "2147483646 0 0 0123456789abcdef\n");
    const attempts = await Promise.allSettled(
      Array.from({ length: 12 }, () => nodeFileSystem.lock(`${directory}/lock`)),
    );
    expect(attempts.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
    expect(await nodeFileSystem.list(directory)).toEqual(["lock"]);
  });
});

describe("folders on disk", () => {
  it("are made with those above them, by many at once and again", async () => {
    const path = `${directory}/a/b/c`;
    await Promise.all(Array.from({ length: 8 }, () => nodeFileSystem.makeDirectory(path)));
    await nodeFileSystem.makeDirectory(`${path}/`);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it("are refused below a file and in place of one", async () => {
    writeFileSync(`${directory}/file`, "");
    await expect(nodeFileSystem.makeDirectory(`${directory}/file/x/y`)).rejects.toMatchObject({
      code: "ENOTDIR",
    });
    await expect(nodeFileSystem.makeDirectory(`${directory}/file`)).rejects.toMatchObject({ code: "EEXIST" });
  });

  it.runIf(existsSync("/proc/self"))(
    "are refused where the system allows none, and not tried for ever",
    async () => {
      await expect(nodeFileSystem.makeDirectory("/proc/nothing/x/y")).rejects.toMatchObject({
        code: "ENOENT",
      });
    },
  );
});

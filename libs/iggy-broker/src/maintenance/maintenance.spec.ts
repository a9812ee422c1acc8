import { COMMANDS, decodeBatch, FieldKind, option, validateBatch } from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import { seededMillis, seededRuns } from "@ims/spec-kit";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { FrameClient } from "../spec-support/frame-client.js";
import { STREAM, send, TOPIC } from "../spec-support/messages.js";
import { RunningBrokers } from "../spec-support/running-broker.js";
import { runMaintenance } from "./maintenance-command.js";
import { repairDataDir } from "./repair-data-dir.js";
import { verifyDataDir } from "./verify-data-dir.js";

const ROT_COUNT = seededRuns(60);
const dataDir = "/broker";
const target = { stream: STREAM, topic: TOPIC };
const running = new RunningBrokers();
let whole: MemoryFileSystem;
let original: Map<number, string>;

/** Partition 0 has segments 0, 3, 6 and 9 of messages of 400 KB each. */
async function filledDisk(): Promise<MemoryFileSystem> {
  const fileSystem = new MemoryFileSystem();
  const broker = await running.start({ fileSystem });
  const client = await running.login(broker);
  await client.call(COMMANDS.createStream, { name: STREAM, options: [] });
  const options = [option("segment_size", FieldKind.U64, 1n << 20n)];
  await client.call(COMMANDS.createTopic, { stream: STREAM, name: TOPIC, partitionCount: 2, options });
  for (let index = 0; index < 10; index++) await send(client, [`${index}`.repeat(400_000)]);
  for (let index = 0; index < 20; index++) await send(client, [`small ${index}`], 1);
  for (const id of [1, 2, 3]) {
    const consumer = { kind: "consumer", id } as const;
    const stored = { ...target, consumer, partitionId: 0, offset: BigInt(id), ack: "quorum" } as const;
    await client.call(COMMANDS.storeOffset, stored);
  }
  await client.end();
  await broker.close();
  return fileSystem;
}

function copyOf(disk: MemoryFileSystem): MemoryFileSystem {
  return disk.crashed(() => 1);
}

/** Messages of partition 0 by offset, each batch checked as clients do. */
async function served(client: FrameClient): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  const { batches } = await client.call(COMMANDS.pollMessages, {
    ...target,
    consumer: { kind: "consumer", id: 9 },
    partitionId: 0,
    strategy: { kind: "first" },
    count: 1000,
    autoCommit: false,
  });
  for (let at = 0; at < batches.length; ) {
    const { header, messages } = decodeBatch(batches, at);
    validateBatch(batches, at, header.batchBytes);
    for (const { offset, payload } of messages) found.set(offset, Buffer.from(payload).toString());
    at += header.batchBytes;
  }
  return found;
}

async function filesBelow(disk: MemoryFileSystem, directory: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of await disk.list(directory)) {
    const path = `${directory}/${name}`;
    if ((await disk.readFile(path)) === undefined) files.push(...(await filesBelow(disk, path)));
    else files.push(path);
  }
  return files;
}

async function flip(disk: MemoryFileSystem, path: string, position: number, mask = 0x10): Promise<void> {
  const byte = (await disk.readFile(path))![position]!;
  disk.damage(path, position, Uint8Array.of(byte ^ mask));
}

async function servedAfterStart(fileSystem: MemoryFileSystem): Promise<Map<number, string>> {
  return served(await running.login(await running.start({ fileSystem })));
}

const segment = (base: number) => `/broker/partitions/1/${String(base).padStart(20, "0")}.log`;

beforeAll(async () => {
  whole = await filledDisk();
  original = await servedAfterStart(copyOf(whole));
  expect(original.size).toBe(10);
  await running.end();
});
afterEach(() => running.end());

describe("verify and repair", () => {
  it("find nothing in a whole folder and change nothing", async () => {
    const disk = copyOf(whole);
    const before = await filesBelow(disk, dataDir);
    expect(await verifyDataDir({ dataDir, fileSystem: disk })).toEqual({ problems: [], partitionCount: 2 });
    expect(await repairDataDir({ dataDir, fileSystem: disk })).toEqual({ mended: [], left: [] });
    expect(await filesBelow(disk, dataDir)).toEqual(before);
  });

  it("name file and position, set the segments in front of damage aside, and keep what follows", async () => {
    const disk = copyOf(whole);
    const position = 32 + 400_304;
    await flip(disk, segment(3), position + 1000);
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    expect(await runMaintenance({ command: "verify", dataDir, fileSystem: disk, print })).toBe(1);
    expect(lines[0]).toContain(`${segment(3)} at byte ${position}: a record fails its checksum`);
    expect(lines[0]).toContain("lost if repaired: messages from offset 0");
    expect(await runMaintenance({ command: "repair", dataDir, fileSystem: disk, print })).toBe(0);
    expect(lines).toContain(`  ${segment(3)} renamed to ${segment(3)}.damaged`);
    expect(await disk.readFile(`${segment(3)}.damaged`)).toBeDefined();
    expect(await verifyDataDir({ dataDir, fileSystem: disk })).toMatchObject({ problems: [] });
    expect([...(await servedAfterStart(disk)).keys()]).toEqual([6, 7, 8, 9]);
  });

  it("cut the newest segment at the damage and keep a copy of the rest", async () => {
    const disk = copyOf(whole);
    await flip(disk, segment(9), 40);
    const { mended } = await repairDataDir({ dataDir, fileSystem: disk });
    expect(mended[0]!.problem).toMatchObject({ path: segment(9), position: 32 });
    expect((await disk.readFile(`${segment(9)}.damaged`))!.length).toBe(400_304);
    expect([...(await servedAfterStart(disk)).keys()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("set a partition's folder aside when the metadata that spoke of it are lost", async () => {
    const disk = copyOf(whole);
    const journal = (await filesBelow(disk, "/broker/metadata")).find((path) => path.endsWith(".log"))!;
    await flip(disk, journal, 40);
    await expect(running.start({ fileSystem: disk })).rejects.toMatchObject({ code: "journal.corrupt" });
    const { mended, left } = await repairDataDir({ dataDir, fileSystem: disk });
    expect(left).toEqual([]);
    expect(mended.map(({ problem }) => problem.path)).toEqual([journal, "/broker/partitions"]);
    await running.login(await running.start({ fileSystem: disk }));
    expect(await disk.list("/broker/partitions")).toEqual(["1.damaged", "2.damaged"]);
    expect(await disk.list("/broker/partitions/1.damaged")).toContain("offsets");
  });

  it("leave a folder alone that a broker holds, and one that is none", async () => {
    const disk = copyOf(whole);
    await running.start({ fileSystem: disk });
    for (const work of [verifyDataDir, repairDataDir]) {
      await expect(work({ dataDir, fileSystem: disk })).rejects.toMatchObject({
        code: "broker.data-dir-locked",
      });
      await expect(work({ dataDir: "/other", fileSystem: disk })).rejects.toMatchObject({
        code: "broker.data-dir-missing",
      });
    }
    expect(await disk.list("/other")).toEqual([]);
  });

  it.each([
    ["a segment", () => segment(0), 6],
    ["the offsets", () => "/broker/partitions/1/offsets", 6],
    ["the mark of synced bytes", () => "/broker/partitions/1/synced", 6],
    ["the folder", () => "/broker/format", 11],
  ])("say when %s is of another version", async (_what, path, position) => {
    const disk = copyOf(whole);
    disk.damage(path(), position, Uint8Array.of(0x37));
    const outcome = await verifyDataDir({ dataDir, fileSystem: disk }).then(
      ({ problems }) => problems.map(({ what }) => what).join(),
      (error: Error) => error.message,
    );
    expect(outcome).toMatch(/version|format|header/);
    const refusal = await running.start({ fileSystem: disk }).catch((error: Error) => error);
    expect(refusal).toBeInstanceOf(Error);
  });
});

describe("a flipped bit", () => {
  it(
    "anywhere is found or without consequence, is never served as good, and can be repaired",
    async () => {
      // The mark of synced bytes is made again when it is damaged, and byte 7 of a header is reserved.
      const files = (await filesBelow(whole, dataDir)).filter((path) => !/format$|synced$|lock$/.test(path));
      let random = 12_345;
      const draw = (below: number) => {
        random = (random * 48_271) % 2_147_483_647;
        return random % below;
      };
      const detected = new Map<string, number>();
      for (let round = 0; round < ROT_COUNT; round++) {
        const path = files[round % files.length]!;
        const disk = copyOf(whole);
        const sizeBytes = (await disk.readFile(path))!.length;
        // Half of them near the start, where the headers are.
        const position = draw(round % 2 === 0 ? sizeBytes : Math.min(sizeBytes, 64));
        await flip(disk, path, position, 1 << draw(8));
        const { problems } = await verifyDataDir({ dataDir, fileSystem: disk });
        const isReserved = position === 7 && path.includes("/metadata/");
        expect(problems.length > 0 || isReserved, `${path} at ${position}`).toBe(true);
        const kind = path.replace(/.*[.-]|.*\//, "");
        detected.set(kind, (detected.get(kind) ?? 0) + 1);

        const unrepaired = await servedAfterStart(copyOf(disk)).catch(() => new Map<number, string>());
        for (const [offset, text] of unrepaired) expect(text).toBe(original.get(offset));
        if (problems.every(({ repair }) => repair.kind === "none")) continue;
        const { left } = await repairDataDir({ dataDir, fileSystem: disk });
        expect(left).toEqual([]);
        const again = await running.start({ fileSystem: disk });
        await again.close();
        await running.end();
      }
      expect([...detected.keys()].sort()).toEqual(["index", "log", "offsets"]);
    },
    seededMillis(60),
  );
});

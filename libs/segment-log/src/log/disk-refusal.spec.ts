import { describe, expect, it } from "vitest";
import { type FileOperation, MemoryFileSystem, systemError } from "../file-system/memory-file-system.js";
import { OpenFiles } from "../file-system/open-files.js";
import { readAll, testLogOptions, testRecord } from "../spec-support/test-record.js";
import type { AppendSync } from "./log-context.js";
import { PartitionLog } from "./partition-log.js";

/** A log that tells when its disk refuses, and a switch for one kind of operation. */
async function refusableLog(appendSync: AppendSync) {
  const fileSystem = new MemoryFileSystem();
  const states: string[] = [];
  const onDisk = (state: string) => void states.push(state);
  const log = await PartitionLog.open(
    testLogOptions({ fileSystem, appendSync, onDisk, segmentBytesMax: 1 << 20 }),
  );
  const refuse = (...kinds: FileOperation["kind"][]) => {
    fileSystem.fault = ({ kind, path }) =>
      kinds.includes(kind) ? { error: systemError("EIO", path), writtenBytes: 23 } : undefined;
  };
  return { fileSystem, log, states, refuse };
}

async function recordsOn(
  fileSystem: MemoryFileSystem,
  appendSync: AppendSync = "later",
): Promise<Uint8Array[]> {
  const files = new OpenFiles(fileSystem, 4);
  const log = await PartitionLog.open(testLogOptions({ fileSystem, files, appendSync }));
  return readAll(log);
}

describe("a log whose disk refuses", () => {
  it("goes on after a full disk, tells so once, and is read meanwhile", async () => {
    const { log, states, refuse } = await refusableLog("later");
    await log.append(testRecord(0, 1, 40));
    refuse("write");
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(log.append(testRecord(1, 1, 40))).rejects.toMatchObject({ code: "log.write-failed" });
    }
    expect(await readAll(log)).toEqual([testRecord(0, 1, 40)]);
    expect([states, log.isRefusing, log.nextOffset]).toEqual([["refusing"], true, 1]);
    refuse();
    await log.append(testRecord(1, 1, 10));
    expect([states, log.isRefusing]).toEqual([["refusing", "accepting"], false]);
    expect(await readAll(log)).toEqual([testRecord(0, 1, 40), testRecord(1, 1, 10)]);
  });

  it("refuses an append whose sync fails, shows it to nobody, and takes the next one", async () => {
    const { fileSystem, log, states, refuse } = await refusableLog("every-append");
    await log.append(testRecord(0, 1, 40));
    refuse("sync");
    const refused = [log.append(testRecord(1, 2, 40)), log.append(testRecord(3, 1, 40))];
    for (const append of refused) await expect(append).rejects.toMatchObject({ code: "log.write-failed" });
    expect([log.nextOffset, log.committedNextOffset, log.lastTimestampMicros]).toEqual([1, 1, 0]);
    refuse();
    await log.append(testRecord(1, 1, 30));
    const expected = [testRecord(0, 1, 40), testRecord(1, 1, 30)];
    expect(await readAll(log)).toEqual(expected);
    expect(await recordsOn(fileSystem.crashed(() => 0))).toEqual(expected);
    expect(await recordsOn(fileSystem.crashed(() => 1))).toEqual(expected);
    expect(states).toEqual(["refusing", "accepting"]);
  });

  it.each(["write", "sync"] as const)(
    "lets nothing of an append whose %s was refused stand behind a later one, also when it could not be cut off",
    async (refused) => {
      const { fileSystem, log } = await refusableLog("every-append");
      await log.append(testRecord(0, 1, 40));
      fileSystem.fault = ({ kind, path, byteCount }) =>
        kind === refused || kind === "truncate"
          ? { error: systemError("EIO", path), writtenBytes: byteCount }
          : undefined;
      const appends = [log.append(testRecord(1, 1, 40)), log.append(testRecord(2, 1, 40))];
      for (const append of appends) await expect(append).rejects.toMatchObject({ code: "log.write-failed" });
      fileSystem.fault = undefined;
      // As long as the refused one, so that the second of those would go on where it ends.
      await log.append(testRecord(1, 1, 40));
      expect(await recordsOn(fileSystem.crashed(() => 1))).toHaveLength(2);
    },
  );

  it.each(["later", "never"] as const)(
    "lets nothing of a refused append stand behind a later one when %s syncs, wherever the power goes",
    async (appendSync) => {
      const { fileSystem, log } = await refusableLog(appendSync);
      await log.append(testRecord(0, 1, 40));
      fileSystem.fault = ({ kind, path, byteCount }) =>
        kind === "write" ? { error: systemError("EIO", path), writtenBytes: byteCount } : undefined;
      await expect(log.append(testRecord(1, 1, 40, 7))).rejects.toMatchObject({ code: "log.write-failed" });
      fileSystem.fault = undefined;
      const confirmed = [testRecord(0, 1, 40), testRecord(1, 1, 40, 8), testRecord(2, 1, 40)];
      for (const record of confirmed.slice(1)) await log.append(record);
      let random = 1;
      const next = () => {
        random = (random * 16_807) % 2_147_483_647;
        return random / 2_147_483_647;
      };
      for (let image = 0; image < 3000; image++) {
        const found = await recordsOn(fileSystem.crashed(next), appendSync);
        expect(found).toEqual(confirmed.slice(0, found.length));
      }
    },
  );

  it("writes again what a failed sync left uncertain, before it says that it is on disk", async () => {
    const { fileSystem, log, refuse } = await refusableLog("later");
    await log.append(testRecord(0, 1, 40));
    await log.append(testRecord(1, 1, 50));
    refuse("sync");
    await expect(log.sync()).rejects.toMatchObject({ code: "log.sync-failed" });
    await expect(log.append(testRecord(2, 1, 10))).rejects.toMatchObject({ code: "log.write-failed" });
    const writes: number[] = [];
    fileSystem.fault = ({ kind, path, byteCount }) => {
      if (kind === "write" && path.endsWith(".log")) writes.push(byteCount);
      return undefined;
    };
    await log.sync();
    expect(writes).toEqual([log.sizeBytes + 32]);
    expect(await recordsOn(fileSystem.crashed(() => 0))).toHaveLength(2);
    await log.append(testRecord(2, 1, 10));
    expect(log.isRefusing).toBe(false);
  });

  it("takes no more records when bytes are gone after a failed sync, and says where", async () => {
    const { fileSystem, log, refuse } = await refusableLog("later");
    await log.append(testRecord(0, 1, 40));
    await log.append(testRecord(1, 1, 50));
    refuse("sync");
    await expect(log.sync()).rejects.toMatchObject({ code: "log.sync-failed" });
    refuse();
    const [name] = await fileSystem.list("/log");
    const position = 32 + testRecord(0, 1, 40).length;
    fileSystem.damage(`/log/${name}`, position + 60, new Uint8Array(4));
    await expect(log.sync()).rejects.toMatchObject({ code: "log.failed", context: { position } });
    await expect(log.append(testRecord(2, 1, 10))).rejects.toMatchObject({ code: "log.write-failed" });
    expect((await log.read(0, { bytesMax: 1, messageCountMax: 1 })).records).toHaveLength(1);
  });

  it("begins a new segment although the index of the last one cannot be written", async () => {
    const fileSystem = new MemoryFileSystem();
    const options = testLogOptions({ fileSystem, segmentBytesMax: 100 });
    const log = await PartitionLog.open(options);
    fileSystem.fault = ({ kind, path }) =>
      kind === "open" && path.endsWith(".index.new") ? { error: systemError("ENOSPC", path) } : undefined;
    const records = [0, 1, 2, 3].map((offset) => testRecord(offset, 1, 80));
    for (const record of records) await log.append(record);
    expect(log.segmentCount).toBe(4);
    log.abandon();
    fileSystem.fault = undefined;
    expect(await recordsOn(fileSystem.crashed(() => 1))).toEqual(records);
  });
});

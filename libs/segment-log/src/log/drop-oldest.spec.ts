import { describe, expect, it } from "vitest";
import { MemoryFileSystem, systemError } from "../file-system/memory-file-system.js";
import { OpenFiles } from "../file-system/open-files.js";
import { readAll, testLogOptions, testRecord } from "../spec-support/test-record.js";
import { PartitionLog } from "./partition-log.js";

const EVERYTHING = { bytesMax: Number.MAX_SAFE_INTEGER, messageCountMax: Number.MAX_SAFE_INTEGER };

/** Segments of two records each, one message in every record. */
async function logOf(recordCount: number) {
  const fileSystem = new MemoryFileSystem();
  const options = testLogOptions({ fileSystem, segmentBytesMax: 32 + 2 * 78 });
  const log = await PartitionLog.open(options);
  for (let offset = 0; offset < recordCount; offset++) await log.append(testRecord(offset, 1, 50));
  return { fileSystem, options, log };
}

async function reopened(fileSystem: MemoryFileSystem): Promise<PartitionLog> {
  return PartitionLog.open(testLogOptions({ fileSystem, files: new OpenFiles(fileSystem, 4) }));
}

async function offsets(log: PartitionLog, from = 0): Promise<number[]> {
  return (await log.read(from, EVERYTHING)).records.map(({ baseOffset }) => baseOffset);
}

describe("dropping the oldest segments", () => {
  it("counts those that may go in a row, and never the newest", async () => {
    const { log } = await logOf(10);
    expect(log.segmentCount).toBe(5);
    expect(log.countOldest(() => true, 100)).toBe(4);
    expect(log.countOldest(() => true, 3)).toBe(3);
    expect(log.countOldest(({ lastTimestampMicros }) => lastTimestampMicros < 4, 100)).toBe(2);
    expect(log.countOldest(({ nextOffset }) => nextOffset !== 2, 100)).toBe(0);
  });

  it("takes messages, bytes and files away, also for a later start, and offsets go on", async () => {
    const { fileSystem, log } = await logOf(10);
    const recordBytes = testRecord(0, 1, 50).length;
    await log.dropOldest(3);
    expect([log.firstOffset, log.messageCount, log.sizeBytes]).toEqual([6, 4, 4 * recordBytes]);
    expect(await offsets(log, 1)).toEqual([6, 7, 8, 9]);
    expect(await log.offsetOfTimestamp(2)).toBe(6);
    await log.dropOldest(100);
    await log.append(testRecord(10, 1, 50));
    const names = (await fileSystem.list("/log")).filter((name) => /^0/.test(name));
    expect(names.filter((name) => name.endsWith(".log"))).toHaveLength(2);
    const later = await reopened(fileSystem.crashed(() => 1));
    expect(await offsets(later)).toEqual([8, 9, 10]);
  });

  it.each([0, 3])(
    "lets a read from offset %i go on behind a segment that goes away under it",
    async (from) => {
      const { fileSystem, options, log } = await logOf(10);
      await options.files.close();
      let dropping: Promise<void> | undefined;
      // The file of the second segment is gone when the read comes to it.
      fileSystem.fault = ({ kind, path }) => {
        if (kind !== "open" || !path.endsWith("2.log") || dropping !== undefined) return undefined;
        dropping = log.dropOldest(2);
        return { error: systemError("ENOENT", path) };
      };
      const found = await offsets(log, from);
      await dropping;
      expect(found).toEqual(from === 0 ? [0, 1] : [4, 5, 6, 7, 8, 9]);
      expect(await offsets(log, 2)).toEqual([4, 5, 6, 7, 8, 9]);
    },
  );

  it.each([3, 10])(
    "leaves no gap and loses no offset of %i, wherever the power goes meanwhile",
    async (records) => {
      const whole = await logOf(records);
      let operationCount = 0;
      whole.fileSystem.fault = () => {
        operationCount++;
        return undefined;
      };
      await whole.log.dropOldest(4);
      for (let crashAt = 0; crashAt <= operationCount; crashAt++) {
        for (let image = 0; image < 20; image++) {
          const { fileSystem, log } = await logOf(records);
          let count = 0;
          let found: MemoryFileSystem | undefined;
          let random = (crashAt * 31 + image * 7919) % 1000;
          const next = () => {
            random = (random * 421 + 1663) % 7875;
            return random / 7875;
          };
          fileSystem.fault = () => {
            if (count++ === crashAt) found = fileSystem.crashed(next);
            return undefined;
          };
          await log.dropOldest(4);
          const later = await reopened(found ?? fileSystem.crashed(next));
          const kept = await offsets(later);
          expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => later.firstOffset + index));
          // What the newest segment held was never synced before.
          expect(later.nextOffset).toBeGreaterThanOrEqual(records - 2);
        }
      }
    },
  );

  it("tries files again that could not be removed", async () => {
    const { fileSystem, log } = await logOf(10);
    fileSystem.fault = ({ kind, path }) =>
      kind === "remove" ? { error: systemError("EIO", path) } : undefined;
    await expect(log.dropOldest(1)).rejects.toThrow("EIO");
    expect(log.firstOffset).toBe(2);
    fileSystem.fault = undefined;
    await log.dropOldest(1);
    expect(await offsets(await reopened(fileSystem.crashed(() => 1)))).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it("goes on with the same offset when the only segment lost its header", async () => {
    const { fileSystem, options, log } = await logOf(10);
    await log.dropOldest(4);
    log.abandon();
    const path = `/log/${"8".padStart(20, "0")}.log`;
    const handle = await fileSystem.open(path, "write");
    await handle.truncate(11);
    await handle.close();
    await fileSystem.remove("/log/synced");
    const later = await PartitionLog.open({ ...options, files: new OpenFiles(fileSystem, 4) });
    expect(later.nextOffset).toBe(8);
    await later.append(testRecord(8, 1, 5));
    expect(await readAll(later)).toEqual([testRecord(8, 1, 5)]);
  });
});

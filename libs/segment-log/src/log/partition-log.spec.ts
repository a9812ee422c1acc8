import { assertSeeded } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryFileSystem, systemError } from "../file-system/memory-file-system.js";
import { OpenFiles } from "../file-system/open-files.js";
import { MemoryBudget } from "../memory/memory-budget.js";
import { readAll, testLogOptions, testRecord } from "../spec-support/test-record.js";
import { PartitionLog } from "./partition-log.js";

const EVERYTHING = { bytesMax: Number.MAX_SAFE_INTEGER, messageCountMax: Number.MAX_SAFE_INTEGER };

describe("PartitionLog", () => {
  it("behaves as an array of records for any mix of appends, reads, syncs and reopens", async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant("append"),
          count: fc.integer({ min: 1, max: 5 }),
          bytes: fc.integer({ min: 0, max: 300 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("reopen"), count: fc.constant(0), bytes: fc.constant(0) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("sync"), count: fc.constant(0), bytes: fc.constant(0) }),
      },
    );
    await assertSeeded(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 0, max: 2000 }),
        async (steps, tailBytes) => {
          const fileSystem = new MemoryFileSystem();
          const files = new OpenFiles(fileSystem, 2);
          const options = testLogOptions({ fileSystem, files, tailBudget: new MemoryBudget(tailBytes) });
          let log = await PartitionLog.open(options);
          const model: Uint8Array[] = [];
          const starts: number[] = [];
          for (const { kind, count, bytes } of steps) {
            if (kind === "append") {
              const record = testRecord(log.nextOffset, count, bytes);
              starts.push(log.nextOffset);
              model.push(record);
              await log.append(record);
            } else if (kind === "sync") {
              await log.sync();
            } else {
              await log.close();
              log = await PartitionLog.open(options);
            }
          }
          expect(log.sizeBytes).toBe(model.reduce((sum, record) => sum + record.length, 0));
          const next = log.nextOffset;
          expect(log.committedNextOffset).toBe(next);
          for (let offset = 0; offset <= next; offset++) {
            const first = starts.filter((start) => start <= offset).length - 1;
            const found = (await log.read(offset, EVERYTHING)).records;
            expect(found.map((record) => record.bytes)).toEqual(offset === next ? [] : model.slice(first));
            const one = (await log.read(offset, { bytesMax: 1, messageCountMax: 1 })).records;
            expect(one.map((record) => record.bytes)).toEqual(offset === next ? [] : [model[first]]);
          }
          await log.close();
          await files.close();
          expect(fileSystem.openFileCount).toBe(0);
        },
      ),
      60,
    );
  });

  it("confirms appends that were made together, in order, and shows them only then", async () => {
    const fileSystem = new MemoryFileSystem();
    const writes: number[] = [];
    fileSystem.fault = (operation) => {
      if (operation.kind === "write") writes.push(operation.byteCount);
      return undefined;
    };
    const log = await PartitionLog.open(testLogOptions({ fileSystem, segmentBytesMax: 1 << 20 }));
    const order: number[] = [];
    const appends = Array.from({ length: 20 }, (_, index) =>
      log.append(testRecord(log.nextOffset, 1, 10)).then(() => order.push(index)),
    );
    expect(log.nextOffset).toBe(20);
    expect(log.committedNextOffset).toBe(0);
    await Promise.all(appends);
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(log.committedNextOffset).toBe(20);
    // One write for the header of the segment; the records share the few writes that follow.
    expect(writes.length).toBeLessThan(5);
  });

  it("waits in settled for the appends so far and no others", async () => {
    const log = await PartitionLog.open(testLogOptions());
    const first = log.append(testRecord(0, 3, 10));
    const settled = log.settled();
    await settled;
    expect(log.committedNextOffset).toBe(3);
    await first;
    await log.settled();
  });

  it("finds the first record at or after a time", async () => {
    const log = await PartitionLog.open(testLogOptions());
    const times = [100, 100, 250, 250, 250, 400, 900, 900, 1000];
    for (const time of times) await log.append(testRecord(log.nextOffset, 2, 60, time));
    for (const wanted of [0, 99, 100, 101, 250, 251, 400, 401, 899, 900, 901, 1000, 1001]) {
      const index = times.findIndex((time) => time >= wanted);
      expect(await log.offsetOfTimestamp(wanted)).toBe(index < 0 ? log.nextOffset : index * 2);
    }
  });

  it("refuses a record that does not continue the log", async () => {
    const log = await PartitionLog.open(testLogOptions());
    await log.append(testRecord(0, 2, 5));
    await expect(log.append(testRecord(1, 1, 5))).rejects.toMatchObject({ code: "log.record-invalid" });
    await expect(log.append(testRecord(2, 0, 5))).rejects.toMatchObject({ code: "log.record-invalid" });
    await expect(log.append(testRecord(2, 1, 5).subarray(0, 20))).rejects.toMatchObject({
      code: "log.record-invalid",
    });
    expect(log.nextOffset).toBe(2);
  });

  it("undoes appends that a full disk refused and goes on when there is space again", async () => {
    const fileSystem = new MemoryFileSystem();
    const options = testLogOptions({ fileSystem, segmentBytesMax: 1 << 20 });
    const log = await PartitionLog.open(options);
    await log.append(testRecord(0, 1, 40));
    fileSystem.fault = (operation) =>
      operation.kind === "write"
        ? { error: systemError("ENOSPC", operation.path), writtenBytes: 17 }
        : undefined;
    const refused = [1, 2, 3].map((offset) => log.append(testRecord(offset, 1, 40)));
    for (const append of refused) await expect(append).rejects.toMatchObject({ code: "log.write-failed" });
    expect(log.nextOffset).toBe(1);
    expect(await readAll(log)).toHaveLength(1);
    fileSystem.fault = undefined;
    await log.append(testRecord(1, 1, 10));
    await log.close();
    const reopened = await PartitionLog.open(options);
    expect(await readAll(reopened)).toEqual([testRecord(0, 1, 40), testRecord(1, 1, 10)]);
  });

  it("keeps memory and open files within their bounds", async () => {
    const fileSystem = new MemoryFileSystem();
    const files = new OpenFiles(fileSystem, 3);
    const tailBudget = new MemoryBudget(2000);
    const logs = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        PartitionLog.open(
          testLogOptions({ fileSystem, files, tailBudget, directory: `/log-${index}`, tailBytesMax: 900 }),
        ),
      ),
    );
    for (let round = 0; round < 30; round++) {
      for (const log of logs) await log.append(testRecord(log.nextOffset, 1, 100));
      expect(tailBudget.bytes).toBeLessThanOrEqual(2000);
      expect(files.count).toBeLessThanOrEqual(3);
    }
    for (const log of logs) expect(await readAll(log)).toHaveLength(30);
    for (const log of logs) await log.close();
    expect(tailBudget.bytes).toBe(0);
  });

  it("keeps the indexes of few sealed segments in memory, however many it seals", async () => {
    const fileSystem = new MemoryFileSystem();
    let indexReadCount = 0;
    fileSystem.fault = ({ kind, path }) => {
      if (kind === "read" && path.endsWith(".index")) indexReadCount++;
      return undefined;
    };
    const log = await PartitionLog.open(testLogOptions({ fileSystem }));
    for (let offset = 0; offset < 100; offset++) await log.append(testRecord(offset, 1, 100));
    const sealedCount = log.segmentCount - 1;
    expect(sealedCount).toBeGreaterThan(10);
    expect(await readAll(log)).toHaveLength(100);
    expect(indexReadCount).toBe(sealedCount);
    await log.close();
  });

  it("does not close as if all were well when the last sync fails, and lets go of its files all the same", async () => {
    const fileSystem = new MemoryFileSystem();
    const options = testLogOptions({ fileSystem });
    const log = await PartitionLog.open(options);
    await log.append(testRecord(0, 1, 10));
    fileSystem.fault = ({ kind, path }) =>
      kind === "sync" ? { error: systemError("EIO", path) } : undefined;
    await expect(log.close()).rejects.toMatchObject({ code: "log.sync-failed" });
    await options.files.close();
    expect(fileSystem.openFileCount).toBe(0);
  });
});

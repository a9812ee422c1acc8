import { assertSeeded } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryFileSystem } from "../file-system/memory-file-system.js";
import { OpenFiles } from "../file-system/open-files.js";
import { BlockPool } from "../memory/block-pool.js";
import { MemoryBudget } from "../memory/memory-budget.js";
import { testLogOptions, testRecord } from "../spec-support/test-record.js";
import { PartitionLog } from "./partition-log.js";
import type { LogRead } from "./record-format.js";

/** Whoever still looks at memory that was given back sees it. */
class PoisoningPool extends BlockPool {
  givenBackCount = 0;

  override giveBack(bytes: Uint8Array): void {
    new Uint8Array(bytes.buffer).fill(0xdd);
    this.givenBackCount++;
    super.giveBack(bytes);
  }
}

const step = fc.record({
  kind: fc.constantFrom("append", "append", "read", "read", "read", "release", "rewind"),
  reader: fc.nat(2),
  count: fc.integer({ min: 1, max: 5 }),
  bytes: fc.integer({ min: 0, max: 300 }),
});

describe("memory of reads", () => {
  it("stays as it was until it is released, wherever the records come from", async () => {
    let reused = 0;
    await assertSeeded(
      fc.asyncProperty(
        fc.array(step, { maxLength: 80 }),
        fc.constantFrom(0, 700, 5000),
        fc.constantFrom(0, 400, 100_000),
        async (steps, tailBytesMax, aheadBytesMax) => {
          const fileSystem = new MemoryFileSystem();
          const files = new OpenFiles(fileSystem, 2);
          const blocks = new PoisoningPool(100_000);
          const readAheadBudget = new MemoryBudget(aheadBytesMax);
          const tailBudget = new MemoryBudget(tailBytesMax);
          const log = await PartitionLog.open(
            testLogOptions({ fileSystem, files, blocks, tailBudget, tailBytesMax, readAheadBudget }),
          );
          const stored: Uint8Array[] = [];
          const starts: number[] = [];
          const positions = [0, 0, 0];
          const open: { read: LogRead; wanted: Uint8Array[] }[] = [];
          const close = ({ read, wanted }: (typeof open)[number]) => {
            expect(read.records.map(({ bytes }) => new Uint8Array(bytes))).toEqual(wanted);
            read.release();
            read.release();
          };
          for (const { kind, reader, count, bytes } of steps) {
            if (kind === "append") {
              const record = testRecord(log.nextOffset, count, bytes);
              starts.push(log.nextOffset);
              stored.push(new Uint8Array(record));
              await log.append(record);
              // Its memory is the caller's again.
              record.fill(0xee);
            } else if (kind === "release") {
              if (open.length > 0) close(open.splice(reader % open.length, 1)[0]!);
            } else if (kind === "rewind") {
              positions[reader] = 0;
            } else {
              const from = positions[reader]!;
              const read = await log.read(from, { bytesMax: 4096, messageCountMax: count });
              const first = starts.filter((start) => start <= from).length - 1;
              const wanted = from < log.nextOffset ? stored.slice(first, first + read.records.length) : [];
              expect(read.records.length > 0).toBe(from < log.nextOffset);
              const last = read.records.at(-1);
              if (last !== undefined) {
                const end = last.baseOffset + last.messageCount;
                expect(end).toBeGreaterThanOrEqual(Math.min(from + count, log.nextOffset));
                positions[reader] = Math.min(end, from + count);
              }
              open.push({ read, wanted });
            }
          }
          for (const one of open) close(one);
          expect(readAheadBudget.bytes).toBeLessThanOrEqual(aheadBytesMax);
          await log.close();
          expect(tailBudget.bytes).toBe(0);
          expect(readAheadBudget.bytes).toBe(0);
          reused += blocks.givenBackCount;
          await files.close();
        },
      ),
      200,
    );
    expect(reused).toBeGreaterThan(200);
  });

  it("is read ahead for a reader who goes on where the last read ended", async () => {
    const fileSystem = new MemoryFileSystem();
    let readCount = 0;
    fileSystem.fault = (operation) => {
      if (operation.kind === "read") readCount++;
      return undefined;
    };
    const readAheadBudget = new MemoryBudget(1 << 20);
    const log = await PartitionLog.open(
      testLogOptions({ fileSystem, files: new OpenFiles(fileSystem, 2), readAheadBudget }),
    );
    for (let count = 0; count < 10; count++) await log.append(testRecord(log.nextOffset, 10, 400));
    const limits = { bytesMax: 1 << 20, messageCountMax: 10 };
    for (const offset of [0, 10]) (await log.read(offset, limits)).release();
    const before = readCount;
    await new Promise((resolve) => setImmediate(resolve));
    expect(readAheadBudget.bytes).toBeGreaterThan(0);
    const { records } = await log.read(20, limits);
    expect(records.map(({ baseOffset }) => baseOffset)).toEqual([20]);
    expect(before).toBeGreaterThan(2);
    await log.close();
  });
});

describe("BlockPool", () => {
  it("hands out again what came back, of a size that fits, and nothing twice", () => {
    const pool = new BlockPool(1 << 20);
    const first = pool.take(100_000);
    expect(first.length).toBe(100_000);
    pool.giveBack(first.subarray(5, 9));
    pool.giveBack(first);
    const second = pool.take(99_000);
    expect(second.buffer).toBe(first.buffer);
    expect(second.length).toBe(99_000);
    expect(pool.take(99_000).buffer).not.toBe(first.buffer);
  });

  it("keeps no more than its bound and takes no foreign memory", () => {
    const pool = new BlockPool(10_000);
    const [one, two] = [pool.take(8000), pool.take(8000)];
    pool.giveBack(one!);
    pool.giveBack(two!);
    pool.giveBack(new Uint8Array(4096));
    expect(pool.keptBytes).toBe(8192);
  });

  it("gives room for any size", async () => {
    await assertSeeded(
      fc.property(fc.integer({ min: 0, max: 1 << 20 }), (byteCount) => {
        const { buffer, length } = new BlockPool(0).take(byteCount);
        expect(length).toBe(byteCount);
        expect(buffer.byteLength).toBeLessThanOrEqual(Math.max(4096, byteCount * 1.26));
      }),
      100,
    );
  });
});

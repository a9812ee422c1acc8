import { assertSeeded } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryFileSystem } from "../file-system/memory-file-system.js";
import { OpenFiles } from "../file-system/open-files.js";
import { decodeIndex } from "../index/index-file.js";
import { type AppendSync, logContext } from "../log/log-context.js";
import { PartitionLog } from "../log/partition-log.js";
import { Segment } from "../segment/segment.js";
import { segmentName } from "../segment/segment-file.js";
import { readAll, testLogOptions, testRecord } from "../spec-support/test-record.js";

/** A log whose process ended without closing it; the files are as the last write left them. */
async function abandonedLog(recordCount: number, segmentBytesMax = 1 << 20) {
  const fileSystem = new MemoryFileSystem();
  const options = testLogOptions({ fileSystem, segmentBytesMax });
  const log = await PartitionLog.open(options);
  const records: Uint8Array[] = [];
  for (let index = 0; index < recordCount; index++) {
    const record = testRecord(log.nextOffset, 2, 30 + index);
    records.push(record);
    await log.append(record);
  }
  log.abandon();
  await options.files.close();
  return { fileSystem, records, options };
}

describe("recovery", () => {
  it("makes the name of a file durable that a process before this one created", async () => {
    const { fileSystem, records } = await abandonedLog(1);
    const files = new OpenFiles(fileSystem, 4);
    const log = await PartitionLog.open(testLogOptions({ fileSystem, files, appendSync: "every-append" }));
    const record = testRecord(log.nextOffset, 1, 10);
    await log.append(record);
    const after = fileSystem.crashed(() => 0);
    const found = await PartitionLog.open(
      testLogOptions({ fileSystem: after, files: new OpenFiles(after, 4) }),
    );
    expect(await readAll(found)).toEqual([...records, record]);
  });

  it("writes no index entry for records that came after the synced ones", async () => {
    const { fileSystem } = await abandonedLog(0);
    const context = logContext(testLogOptions({ fileSystem }));
    const segment = new Segment(context, 0);
    await segment.create(0);
    segment.advance(0, 1, 100, 0);
    await segment.sync();
    const writing = segment.writeIndex();
    // What a running append does while the index file is being opened.
    segment.advance(1, 1, 100, 1);
    await writing;
    const { summary, index } = decodeIndex((await fileSystem.readFile(segment.indexPath))!, 64)!;
    expect(summary.segmentBytes).toBe(132);
    expect(index.positions).toEqual([32]);
    await context.files.close();
  });

  it("cuts a last record torn at any byte, keeps everything before it and goes on", async () => {
    const { fileSystem, records, options } = await abandonedLog(3);
    const path = `/log/${segmentName(0)}.log`;
    const whole = (await fileSystem.readFile(path))!;
    const lastAt = whole.length - records[2]!.length;
    for (let length = lastAt; length < whole.length; length++) {
      const handle = await fileSystem.open(path, "write");
      await handle.truncate(0);
      await handle.write([whole.subarray(0, length)], 0);
      await handle.close();
      const repairs: number[] = [];
      const log = await PartitionLog.open({
        ...options,
        onRecovery: (repair) => repairs.push(repair.removedBytes),
      });
      expect(await readAll(log)).toEqual(records.slice(0, 2));
      expect(log.nextOffset).toBe(4);
      expect(repairs).toEqual(length === lastAt ? [] : [length - lastAt]);
      await log.append(records[2]!);
      expect(await readAll(log)).toEqual(records);
      log.abandon();
    }
  });

  it("cuts at a damaged record of the tail", async () => {
    const { fileSystem, records, options } = await abandonedLog(5);
    fileSystem.damage(`/log/${segmentName(0)}.log`, 32 + records[0]!.length + 40, Uint8Array.of(0xff));
    const log = await PartitionLog.open(options);
    expect(await readAll(log)).toEqual(records.slice(0, 1));
  });

  it("drops a newest segment whose header was never written", async () => {
    const { fileSystem, records, options } = await abandonedLog(20, 512);
    const log = await PartitionLog.open(options);
    const next = log.nextOffset;
    await log.close();
    const stub = await fileSystem.open(`/log/${segmentName(next)}.log`, "create");
    await stub.write([new Uint8Array(11)], 0);
    await stub.close();
    const reopened = await PartitionLog.open(options);
    expect(await readAll(reopened)).toEqual(records);
    await reopened.append(testRecord(next, 1, 5));
    expect((await readAll(reopened)).length).toBe(records.length + 1);
  });

  it("refuses damage in an older segment, naming file and position, with and without its index", async () => {
    const { fileSystem, options } = await abandonedLog(40, 512);
    const path = `/log/${segmentName(0)}.log`;
    fileSystem.damage(path, 32 + 8, Uint8Array.of(9));
    const log = await PartitionLog.open(options);
    await expect(readAll(log)).rejects.toMatchObject({ code: "log.corrupt", context: { path } });
    log.abandon();
    await fileSystem.remove(`/log/${segmentName(0)}.index`);
    await expect(PartitionLog.open(options)).rejects.toMatchObject({
      code: "log.corrupt",
      context: { path, position: 32 },
    });
  });

  it("refuses a log from whose middle a segment is missing", async () => {
    const { fileSystem, options } = await abandonedLog(40, 512);
    const names = (await fileSystem.list("/log")).filter((name) => name.endsWith(".log"));
    await fileSystem.remove(`/log/${names[1]}`);
    await expect(PartitionLog.open(options)).rejects.toMatchObject({ code: "log.gap" });
  });

  it("refuses a segment of an unknown format version", async () => {
    const { fileSystem, options } = await abandonedLog(1);
    const path = `/log/${segmentName(0)}.log`;
    const header = Buffer.from((await fileSystem.readFile(path))!.subarray(0, 32));
    header[6] = 2;
    const { crc32 } = await import("node:zlib");
    header.writeUInt32LE(crc32(header.subarray(0, 28)), 28);
    fileSystem.damage(path, 0, header);
    await expect(PartitionLog.open(options)).rejects.toMatchObject({ code: "log.format" });
  });

  it("makes lost or damaged indexes again", async () => {
    const { fileSystem, records, options } = await abandonedLog(40, 512);
    for (const name of await fileSystem.list("/log")) {
      if (!name.endsWith(".index")) continue;
      if (name.includes("0000000000000000000")) await fileSystem.remove(`/log/${name}`);
      else fileSystem.damage(`/log/${name}`, 50, Uint8Array.of(1, 2, 3));
    }
    const log = await PartitionLog.open(options);
    expect(await readAll(log)).toEqual(records);
    for (let offset = 0; offset < log.nextOffset; offset++) {
      const [found] = (await log.read(offset, { bytesMax: 1, messageCountMax: 1 })).records;
      expect(found?.baseOffset).toBe(offset - (offset % 2));
    }
  });

  it("survives random bytes in the place of any file", async () => {
    await assertSeeded(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(3), async (bytes, which) => {
        const { fileSystem, options } = await abandonedLog(20, 512);
        const names = await fileSystem.list("/log");
        const handle = await fileSystem.open(`/log/${names[which % names.length]}`, "write");
        await handle.truncate(0);
        await handle.write([bytes], 0);
        await handle.close();
        try {
          const log = await PartitionLog.open(options);
          await readAll(log);
        } catch (error) {
          expect(error).toMatchObject({ name: "ImsError" });
        }
      }),
      100,
    );
  });

  it.each(["every-append", "later"] as const)(
    "keeps its word over a loss of power, appending %s",
    async (appendSync) => {
      await assertSeeded(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 25 }),
          fc.nat(24),
          fc.infiniteStream(fc.nat(999).map((thousandths) => thousandths / 1000)),
          async (sizes, syncAfter, randoms) =>
            loseAndRecover(appendSync, sizes, syncAfter, () => randoms.next().value!),
        ),
        150,
      );
    },
  );
});

/** Appends, cuts the power with the last append under way, and checks what is found. */
async function loseAndRecover(
  appendSync: AppendSync,
  sizes: number[],
  syncAfter: number,
  random: () => number,
) {
  const fileSystem = new MemoryFileSystem();
  const log = await PartitionLog.open(testLogOptions({ fileSystem, appendSync }));
  const records: Uint8Array[] = [];
  let durableCount = 0;
  for (const [index, size] of sizes.entries()) {
    const record = testRecord(log.nextOffset, 1, size);
    records.push(record);
    const appended = log.append(record);
    if (index === sizes.length - 1) {
      appended.catch(() => undefined);
      break;
    }
    await appended;
    if (index === syncAfter) await log.sync();
    if (index === syncAfter || appendSync === "every-append") durableCount = records.length;
  }
  const after = fileSystem.crashed(random);
  const recovered = await PartitionLog.open(
    testLogOptions({ fileSystem: after, files: new OpenFiles(after, 4), appendSync }),
  );
  const found = await readAll(recovered);
  expect(found.length).toBeGreaterThanOrEqual(durableCount);
  expect(found).toEqual(records.slice(0, found.length));
  await recovered.append(testRecord(recovered.nextOffset, 1, 1));
  await log.close();
}

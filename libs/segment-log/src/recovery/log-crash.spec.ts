import { assertSeeded, seededMillis } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FileOperation, MemoryFileSystem, systemError } from "../file-system/memory-file-system.js";
import { OpenFiles } from "../file-system/open-files.js";
import { PartitionLog } from "../log/partition-log.js";
import { readAll, testFormat, testLogOptions, testRecord } from "../spec-support/test-record.js";

const RUN_COUNT = 500;

type Step =
  | { readonly kind: "append"; readonly payloads: readonly number[] }
  | { readonly kind: "sync" | "reopen" | "kill" }
  | { readonly kind: "drop"; readonly count: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 1, maxLength: 4 }).map((payloads) => ({
      kind: "append" as const,
      payloads,
    })),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "sync" as const }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: "reopen" as const }, { kind: "kill" as const }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }).map((count) => ({ kind: "drop" as const, count })) },
);
const fraction = fc.nat(999).map((thousandths) => thousandths / 1000);
const faults = fc.array(fc.tuple(fc.nat(120), fc.integer({ min: 1, max: 4 }), fc.nat(150)), { maxLength: 4 });

/** What a log that syncs every append has promised. */
class Promises {
  /** Confirmed records by offset. */
  readonly confirmed = new Map<number, string>();
  nextOffset = 0;
  /** No message below it is asked for any more. */
  firstOffset = 0;
  /** Records of any fate by offset. */
  readonly tried = new Map<number, Set<string>>();

  copy(): Promises {
    const copy = new Promises();
    for (const [offset, record] of this.confirmed) copy.confirmed.set(offset, record);
    copy.nextOffset = this.nextOffset;
    copy.firstOffset = this.firstOffset;
    return copy;
  }

  /** Confirmed records are there unless dropped, in their places; behind them at most some that were on their way. */
  check(log: PartitionLog, found: readonly Uint8Array[], tried: Promises["tried"]): void {
    expect(log.nextOffset).toBeGreaterThanOrEqual(this.nextOffset);
    expect(log.firstOffset).toBeLessThanOrEqual(Math.max(this.firstOffset, 0));
    expect(log.firstOffset + found.length).toBe(log.nextOffset);
    for (const [index, record] of found.entries()) {
      const offset = log.firstOffset + index;
      const text = Buffer.from(record).toString("hex");
      if (offset < this.nextOffset) expect(text).toBe(this.confirmed.get(offset));
      else expect(tried.get(offset)).toContain(text);
    }
  }
}

async function opened(fileSystem: MemoryFileSystem): Promise<PartitionLog> {
  const files = new OpenFiles(fileSystem, 4);
  return PartitionLog.open(testLogOptions({ fileSystem, files, appendSync: "every-append" }));
}

/** Starts again until the disk lets it. */
async function openedSoon(fileSystem: MemoryFileSystem): Promise<PartitionLog> {
  for (;;) {
    try {
      return await opened(fileSystem);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EIO") throw error;
    }
  }
}

/** Every record has a time of its own, so that two that were tried with one offset differ. */
let recordCount = 0;

async function run(log: PartitionLog, next: Step, promises: Promises): Promise<void> {
  if (next.kind === "sync") return log.sync().catch(() => undefined);
  if (next.kind === "drop") {
    const count = log.countOldest(() => true, next.count);
    const dropping = log.dropOldest(count);
    promises.firstOffset = log.firstOffset;
    return dropping.catch(() => undefined);
  }
  if (next.kind !== "append") return;
  const appends = next.payloads.map(async (payloadBytes) => {
    const offset = log.nextOffset;
    const record = testRecord(offset, 1, payloadBytes, ++recordCount);
    const text = Buffer.from(record).toString("hex");
    promises.tried.set(offset, (promises.tried.get(offset) ?? new Set()).add(text));
    await log.append(record);
    promises.confirmed.set(offset, text);
    promises.nextOffset = offset + 1;
  });
  await Promise.allSettled(appends);
}

describe("a log that syncs every append, on a disk that refuses now and then", () => {
  it(
    "loses nothing, doubles nothing and goes on, wherever the power goes",
    async () => {
      await assertSeeded(
        fc.asyncProperty(
          fc.array(step, { minLength: 2, maxLength: 20 }),
          faults,
          fc.nat(160),
          fc.infiniteStream(fraction),
          async (steps, refusals, crashAt, randoms) => {
            const fileSystem = new MemoryFileSystem();
            const promises = new Promises();
            let crash: { disk: MemoryFileSystem; promised: Promises } | undefined;
            let operationCount = 0;
            const cutPower = () => {
              const disk = fileSystem.crashed(() => randoms.next().value!);
              crash ??= { disk, promised: promises.copy() };
            };
            fileSystem.fault = ({ kind, path }: FileOperation) => {
              const count = operationCount++;
              if (count === crashAt) cutPower();
              // Reading fails in a test of its own: here it would only make a start fail.
              if (kind === "read" || kind === "open") return undefined;
              const refusal = refusals.find(([at, length]) => count >= at && count < at + length);
              return (
                refusal && {
                  error: systemError("EIO", path),
                  writtenBytes: refusal[2],
                  losesUnsynced: refusal[2] % 2 === 0,
                }
              );
            };
            let log = await opened(fileSystem);
            for (const next of steps) {
              if (next.kind === "reopen" || next.kind === "kill") {
                if (next.kind === "reopen") await log.close().catch(() => undefined);
                else log.abandon();
                log = await openedSoon(fileSystem);
                const kept = await readAll(log);
                promises.check(log, kept, promises.tried);
                // What it shows is on disk, unless it says that the disk refused that.
                if (!log.isRefusing) promises.nextOffset = log.nextOffset;
                promises.firstOffset = log.firstOffset;
                for (const record of kept) {
                  const offset = testFormat.baseOffset(new DataView(record.buffer, record.byteOffset), 0);
                  promises.confirmed.set(offset, Buffer.from(record).toString("hex"));
                }
              } else await run(log, next, promises);
            }
            if (crash === undefined) cutPower();
            fileSystem.fault = undefined;
            const before = log.nextOffset;
            await run(log, { kind: "append", payloads: [10] }, promises);
            expect(log.committedNextOffset).toBe(before + 1);
            await log.close();

            const { disk, promised } = crash!;
            const found = await opened(disk);
            promised.check(found, await readAll(found), promises.tried);
            await run(found, { kind: "append", payloads: [1] }, promises);
            await found.close();
            expect((await opened(disk)).nextOffset).toBe(found.nextOffset);
          },
        ),
        RUN_COUNT,
      );
    },
    seededMillis(RUN_COUNT),
  );
});

describe("what a log knows to be on disk", () => {
  async function syncedLog(count: number) {
    const fileSystem = new MemoryFileSystem();
    const options = testLogOptions({ fileSystem, segmentBytesMax: 1 << 20 });
    const log = await PartitionLog.open(options);
    for (let offset = 0; offset < count; offset++) await log.append(testRecord(offset, 1, 50));
    await log.sync();
    await log.append(testRecord(count, 1, 50));
    log.abandon();
    const path = `/log/${"0".padStart(20, "0")}.log`;
    return { fileSystem, path, recordBytes: testRecord(0, 1, 50).length };
  }

  it("is never cut off: damage there is refused with file and position", async () => {
    const { fileSystem, path, recordBytes } = await syncedLog(4);
    for (let index = 0; index < 4; index++) {
      const position = 32 + index * recordBytes;
      const damaged = fileSystem.crashed(() => 1);
      damaged.damage(path, position + 40, Uint8Array.of(0));
      await expect(opened(damaged)).rejects.toMatchObject({
        code: "log.corrupt",
        context: { path, position },
      });
    }
    const cut = fileSystem.crashed(() => 1);
    const handle = await cut.open(path, "write");
    await handle.truncate(32 + 3 * recordBytes);
    await handle.close();
    await expect(opened(cut)).rejects.toMatchObject({ code: "log.corrupt" });
  });

  it("is not more than that: damage behind it is cut off", async () => {
    const { fileSystem, path, recordBytes } = await syncedLog(4);
    fileSystem.damage(path, 32 + 4 * recordBytes + 40, Uint8Array.of(0));
    expect((await opened(fileSystem)).nextOffset).toBe(4);
  });

  it("is missed when it is gone", async () => {
    const { fileSystem, path } = await syncedLog(4);
    await fileSystem.remove(path);
    await expect(opened(fileSystem)).rejects.toMatchObject({ code: "log.gap", context: { path } });
  });

  it("is not read from a file of another format", async () => {
    const { fileSystem } = await syncedLog(4);
    fileSystem.damage("/log/synced", 6, Uint8Array.of(9));
    await expect(opened(fileSystem)).rejects.toMatchObject({ code: "log.format" });
  });
});

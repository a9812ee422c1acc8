import { assertSeeded, seededMillis } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyRepair } from "../check/apply-repair.js";
import { checkLog } from "../check/check-log.js";
import { type FileOperation, MemoryFileSystem } from "../file-system/memory-file-system.js";
import { OpenFiles } from "../file-system/open-files.js";
import { PartitionLog } from "../log/partition-log.js";
import { segmentName } from "../segment/segment-file.js";
import { readAll, testFormat, testLogOptions, testRecord } from "../spec-support/test-record.js";

const RUN_COUNT = 500;

type Step =
  | { readonly kind: "append"; readonly payloadBytes: number }
  | { readonly kind: "stop" | "kill" }
  | { readonly kind: "drop"; readonly count: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.nat(200).map((payloadBytes) => ({ kind: "append" as const, payloadBytes })),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: "stop" as const }, { kind: "kill" as const }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }).map((count) => ({ kind: "drop" as const, count })) },
);
const fraction = fc.nat(999).map((thousandths) => thousandths / 1000);

function opened(fileSystem: MemoryFileSystem): Promise<PartitionLog> {
  const files = new OpenFiles(fileSystem, 4);
  return PartitionLog.open(testLogOptions({ fileSystem, files, appendSync: "never" }));
}

const isSync = ({ kind }: FileOperation) => kind === "sync" || kind === "syncDirectory";
const path = (baseOffset: number) => `/log/${segmentName(baseOffset)}.log`;
const textOf = (record: Uint8Array) => Buffer.from(record).toString("hex");

/** What the log holds is a piece of what was appended last at those offsets, without a hole, and ends a whole record. */
async function checkPrefix(log: PartitionLog, appended: ReadonlyMap<number, string>): Promise<void> {
  const found = await readAll(log);
  expect(log.firstOffset + found.length).toBe(log.nextOffset);
  for (const [index, record] of found.entries()) {
    expect(textOf(record)).toBe(appended.get(log.firstOffset + index));
  }
}

describe("a log that never syncs", () => {
  it(
    "asks for no sync but at its stop and for removals, and keeps a prefix wherever the power goes",
    async () => {
      await assertSeeded(
        fc.asyncProperty(
          fc.array(step, { minLength: 4, maxLength: 40 }),
          fc.nat(400),
          fc.infiniteStream(fraction),
          async (steps, crashAt, randoms) => {
            let fileSystem = new MemoryFileSystem();
            const appended = new Map<number, string>();
            let operationCount = 0;
            let mayNotSync = false;
            let syncedNextOffset = 0;
            let crash: { disk: MemoryFileSystem; syncedNextOffset: number } | undefined;
            const watch = (operation: FileOperation) => {
              if (mayNotSync) expect(isSync(operation)).toBe(false);
              if (operationCount++ === crashAt)
                crash = { disk: fileSystem.crashed(() => randoms.next().value!), syncedNextOffset };
              return undefined;
            };
            fileSystem.fault = watch;
            let log = await opened(fileSystem);
            let number = 0;
            const append = async (payloadBytes: number) => {
              const offset = log.nextOffset;
              const record = testRecord(offset, 1, payloadBytes, ++number);
              appended.set(offset, textOf(record));
              mayNotSync = true;
              await log.append(record);
              mayNotSync = false;
            };
            for (const next of steps) {
              if (next.kind === "append") await append(next.payloadBytes);
              else if (next.kind === "drop") await log.dropOldest(log.countOldest(() => true, next.count));
              else {
                if (next.kind === "stop") {
                  await log.close();
                  syncedNextOffset = log.nextOffset;
                } else log.abandon();
                const before = log.nextOffset;
                log = await opened(fileSystem);
                expect(log.nextOffset).toBe(before);
                await checkPrefix(log, appended);
              }
              // The power goes; what is left is the log from now on.
              if (crash === undefined) continue;
              fileSystem = crash.disk;
              fileSystem.fault = watch;
              log = await opened(fileSystem);
              expect(log.nextOffset).toBeGreaterThanOrEqual(crash.syncedNextOffset);
              await checkPrefix(log, appended);
              syncedNextOffset = crash.syncedNextOffset;
              crash = undefined;
              operationCount = 0;
            }
            await append(1);
            await log.close();
            const after = await opened(fileSystem.crashed(() => 0));
            expect(after.nextOffset).toBe(log.nextOffset);
            await checkPrefix(after, appended);
          },
        ),
        RUN_COUNT,
      );
    },
    seededMillis(RUN_COUNT),
  );

  it("lets a segment that it cut away never come back", async () => {
    const fileSystem = new MemoryFileSystem();
    const log = await opened(fileSystem);
    for (let offset = 0; offset < 12; offset++) await log.append(testRecord(offset, 1, 200));
    log.abandon();
    expect(log.segmentCount).toBe(4);
    const torn = fileSystem.crashed(() => 1);
    torn.damage(path(3), 40, Uint8Array.of(0xff));
    const reports: string[] = [];
    const files = new OpenFiles(torn, 4);
    const onRecovery = ({ path }: { path: string }) => void reports.push(path.slice(-6));
    const options = testLogOptions({ fileSystem: torn, files, appendSync: "never", onRecovery });
    expect((await PartitionLog.open(options)).nextOffset).toBe(3);
    expect(reports).toEqual(["03.log", "09.log", "06.log"]);
    const names = await torn.crashed(() => 0).list("/log");
    expect(names.filter((name) => name.endsWith(".log"))).toEqual(
      [0, 3].map((at) => `${segmentName(at)}.log`),
    );
  });

  it("is repaired to what a start would keep", async () => {
    const fileSystem = new MemoryFileSystem();
    const log = await opened(fileSystem);
    for (let offset = 0; offset < 12; offset++) await log.append(testRecord(offset, 1, 200));
    log.abandon();
    for (const damage of [
      () => fileSystem.damage(path(3), 300, Uint8Array.of(0xff)),
      () => fileSystem.remove(path(6)),
    ]) {
      await damage();
      const disk = fileSystem.crashed(() => 1);
      const checked = { fileSystem: disk, directory: "/log", format: testFormat, isNeverSynced: true };
      for (
        let [problem] = await checkLog(checked);
        problem !== undefined;
        [problem] = await checkLog(checked)
      ) {
        await applyRepair(disk, problem.repair);
      }
      const started = await opened(fileSystem.crashed(() => 1));
      const repaired = await opened(disk);
      expect(repaired.nextOffset).toBe(4);
      expect(await readAll(repaired)).toEqual(await readAll(started));
      const aside = (await disk.list("/log")).filter((name) => name.endsWith(".damaged"));
      expect(aside.length).toBeGreaterThan(0);
    }
  });
});

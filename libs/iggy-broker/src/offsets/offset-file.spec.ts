import { MemoryFileSystem, OpenFiles, systemError } from "@ims/segment-log";
import { assertSeeded } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OffsetFile, type OffsetFileOptions } from "./offset-file.js";

async function open(
  fileSystem: MemoryFileSystem,
  endOffset = 1_000_000,
  sync: OffsetFileOptions["sync"] = "every-store",
) {
  await fileSystem.makeDirectory("/p");
  const files = new OpenFiles(fileSystem, 2);
  return OffsetFile.open({ path: "/p/offsets", fileSystem, files, sync }, endOffset);
}

describe("OffsetFile", () => {
  it("gives back after a reopen what a map would hold, for any sequence of stores and deletions", async () => {
    const step = fc.record({ consumer: fc.nat(5), offset: fc.option(fc.nat(1000)), reopen: fc.boolean() });
    await assertSeeded(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const fileSystem = new MemoryFileSystem();
        const model = new Map<number, number>();
        let file = await open(fileSystem);
        for (const { consumer, offset, reopen } of steps) {
          if (offset === null) {
            if (model.delete(consumer)) await file.delete("consumer", consumer);
          } else {
            model.set(consumer, offset);
            await file.store("consumer", consumer, offset);
          }
          if (reopen) file = await open(fileSystem);
          for (let id = 0; id <= 5; id++) expect(file.get("consumer", id)).toBe(model.get(id));
        }
        // Two slots per consumer and the header: nothing grows with the number of stores.
        const bytes = await fileSystem.readFile("/p/offsets");
        expect(bytes?.length ?? 0).toBeLessThanOrEqual(8 + 6 * 64);
      }),
      60,
    );
  });

  it("has room for 65,536 consumers, and always for those that it knows", async () => {
    const file = await open(new MemoryFileSystem(), 10, "later");
    await Promise.all(Array.from({ length: 65_536 }, (_, id) => file.store("consumer", id, 1)));
    expect(file.hasRoomFor("consumer", 65_536)).toBe(false);
    expect(file.hasRoomFor("group", 0)).toBe(false);
    expect(file.hasRoomFor("consumer", 65_535)).toBe(true);
    await file.delete("consumer", 7);
    expect(file.hasRoomFor("group", 0)).toBe(true);
  });

  it("holds the last confirmed or a later value after a loss of power at any write", async () => {
    await assertSeeded(
      fc.asyncProperty(
        fc.nat(40),
        fc.infiniteStream(fc.nat(999).map((thousandths) => thousandths / 1000)),
        async (operationsBeforeCrash, randoms) => {
          const fileSystem = new MemoryFileSystem();
          let operationCount = 0;
          let confirmed = -1;
          let crash: { disk: MemoryFileSystem; confirmed: number } | undefined;
          const file = await open(fileSystem);
          fileSystem.fault = () => {
            if (operationCount++ !== operationsBeforeCrash) return undefined;
            crash = { disk: fileSystem.crashed(() => randoms.next().value!), confirmed };
            return undefined;
          };
          for (let offset = 0; offset < 20; offset++) {
            await file.store("consumer", 1, offset);
            confirmed = offset;
          }
          crash ??= { disk: fileSystem.crashed(() => randoms.next().value!), confirmed };
          const found = (await open(crash.disk)).get("consumer", 1) ?? -1;
          expect(found).toBeGreaterThanOrEqual(crash.confirmed);
          expect(found).toBeLessThanOrEqual(crash.confirmed + 1);
        },
      ),
      150,
    );
  });

  it("confirms many stores at once and keeps groups and consumers apart", async () => {
    const fileSystem = new MemoryFileSystem();
    const file = await open(fileSystem);
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        file.store(index % 2 ? "group" : "consumer", index >> 1, index),
      ),
    );
    const reopened = await open(fileSystem);
    for (let index = 0; index < 100; index++) {
      expect(reopened.get(index % 2 ? "group" : "consumer", index >> 1)).toBe(index);
    }
  });

  it("pulls offsets beyond the last message back", async () => {
    const fileSystem = new MemoryFileSystem();
    const file = await open(fileSystem);
    await file.store("consumer", 1, 9);
    expect((await open(fileSystem, 5)).get("consumer", 1)).toBe(4);
    expect((await open(fileSystem, 0)).get("consumer", 1)).toBeUndefined();
  });

  it("reads any bytes without failing", async () => {
    await assertSeeded(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const fileSystem = new MemoryFileSystem();
        await fileSystem.makeDirectory("/p");
        const handle = await fileSystem.open("/p/offsets", "create");
        await handle.write([bytes], 0);
        const file = await open(fileSystem);
        await file.store("consumer", 3, 8);
        expect((await open(fileSystem)).get("consumer", 3)).toBe(8);
      }),
      100,
    );
  });

  it("keeps an offset that was pulled back where it is, also after more messages and another start", async () => {
    const fileSystem = new MemoryFileSystem();
    const file = await open(fileSystem, 1000, "later");
    await file.store("consumer", 1, 100);
    await file.store("consumer", 2, 10);
    await file.close();
    // A loss of power took the messages from 50 on; then 150 are there again, none of them read.
    expect((await open(fileSystem, 50, "later")).get("consumer", 1)).toBe(49);
    const disk = fileSystem.crashed(() => 0);
    const again = await open(disk, 150, "later");
    expect(again.get("consumer", 1)).toBe(49);
    expect(again.get("consumer", 2)).toBe(10);
  });

  it("forgets the offsets of a partition that was found empty for good", async () => {
    const fileSystem = new MemoryFileSystem();
    const file = await open(fileSystem, 1000, "later");
    await file.store("consumer", 1, 100);
    await file.close();
    expect((await open(fileSystem, 0, "later")).get("consumer", 1)).toBeUndefined();
    const again = await open(
      fileSystem.crashed(() => 0),
      150,
      "later",
    );
    expect(again.get("consumer", 1)).toBeUndefined();
    await again.store("consumer", 3, 7);
    expect((await open(fileSystem, 150, "later")).get("consumer", 1)).toBeUndefined();
  });

  it.each(["every-store", "later"] as const)(
    "never falls back behind what was synced, syncing %s",
    async (syncs) => {
      const step = fc.record({
        consumer: fc.nat(2),
        action: fc.constantFrom("store", "store", "delete", "sync", "reopen"),
      });
      const faults = fc.array(fc.tuple(fc.nat(60), fc.nat(31)), { maxLength: 3 });
      const fraction = fc.nat(999).map((thousandths) => thousandths / 1000);
      await assertSeeded(
        fc.asyncProperty(
          fc.array(step, { minLength: 2, maxLength: 30 }),
          faults,
          fc.infiniteStream(fraction),
          async (steps, failing, randoms) => {
            const fileSystem = new MemoryFileSystem();
            let file = await open(fileSystem, 1_000_000, syncs);
            // Values that a loss of power may find, the synced one first.
            const possible = new Map<number, (number | undefined)[]>(
              [0, 1, 2].map((id) => [id, [undefined]]),
            );
            const settle = (id: number) => possible.set(id, [file.get("consumer", id)]);
            let operationCount = 0;
            const refuse = () => {
              const writtenBytes = new Map(failing);
              fileSystem.fault = ({ kind, path }) => {
                if (kind === "open" || kind === "read") return undefined;
                const part = writtenBytes.get(operationCount++);
                return part === undefined
                  ? undefined
                  : { error: systemError("EIO", path), writtenBytes: part, losesUnsynced: part % 2 === 0 };
              };
            };
            refuse();
            for (const [number, { consumer, action }] of steps.entries()) {
              try {
                if (action === "reopen") {
                  fileSystem.fault = undefined;
                  file = await open(fileSystem, 1_000_000, syncs);
                  await file.sync();
                  refuse();
                } else if (action === "sync") {
                  await file.sync();
                  if (syncs === "later") for (const id of [0, 1, 2]) settle(id);
                } else {
                  const value = action === "store" ? number : undefined;
                  possible.get(consumer)!.push(value);
                  if (value === undefined) await file.delete("consumer", consumer);
                  else await file.store("consumer", consumer, value);
                  if (syncs === "every-store") settle(consumer);
                }
              } catch (error) {
                if (!(error as Error).message.includes("EIO")) throw error;
              }
              for (let image = 0; image < 3; image++) {
                const found = await open(
                  fileSystem.crashed(() => randoms.next().value!),
                  1_000_000,
                  syncs,
                );
                for (const [id, values] of possible) expect(values).toContain(found.get("consumer", id));
              }
            }
          },
        ),
        150,
      );
    },
  );
});

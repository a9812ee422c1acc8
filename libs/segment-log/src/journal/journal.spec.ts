import { assertSeeded } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryFileSystem, systemError } from "../file-system/memory-file-system.js";
import { Journal } from "./journal.js";

const DIRECTORY = "/journal";

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

async function filledJournal(count: number) {
  const fileSystem = new MemoryFileSystem();
  const { journal } = await Journal.open({ fileSystem, directory: DIRECTORY });
  for (let index = 1; index <= count; index++) await journal.append(Buffer.from(`entry ${index}`));
  await journal.close();
  const path = `${DIRECTORY}/${(await fileSystem.list(DIRECTORY))[0]}`;
  return { fileSystem, path };
}

describe("Journal", () => {
  it("gives back every entry with its sequence after a reopen, and counts on", async () => {
    const { fileSystem } = await filledJournal(3);
    const opened = await Journal.open({ fileSystem, directory: DIRECTORY });
    expect(opened.entries.map((entry) => [entry.sequence, text(entry.payload)])).toEqual([
      [1, "entry 1"],
      [2, "entry 2"],
      [3, "entry 3"],
    ]);
    expect(await opened.journal.append(Buffer.from("x"))).toBe(4);
  });

  it("confirms together what arrives during a sync, in order", async () => {
    const fileSystem = new MemoryFileSystem();
    const { journal } = await Journal.open({ fileSystem, directory: DIRECTORY });
    let syncCount = 0;
    fileSystem.fault = (operation) => {
      if (operation.kind === "sync") syncCount++;
      return undefined;
    };
    const sequences = await Promise.all(Array.from({ length: 50 }, () => journal.append(Buffer.from("x"))));
    expect(sequences).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(syncCount).toBe(2);
  });

  it("cuts a last entry torn at any byte", async () => {
    const { fileSystem, path } = await filledJournal(3);
    const whole = (await fileSystem.readFile(path))!;
    const lastBytes = 24 + "entry 3".length;
    for (let missing = 1; missing < lastBytes; missing++) {
      const handle = await fileSystem.open(path, "write");
      await handle.truncate(0);
      await handle.write([whole.subarray(0, whole.length - missing)], 0);
      await handle.close();
      // The mark as it was before the entry was confirmed; missing will do.
      await fileSystem.remove(`${DIRECTORY}/synced`);
      const opened = await Journal.open({ fileSystem, directory: DIRECTORY });
      expect(opened.entries).toHaveLength(2);
      expect(opened.tornBytes).toBe(lastBytes - missing);
      expect(await opened.journal.append(Buffer.from("entry 3"))).toBe(3);
      await opened.journal.close();
      expect((await Journal.open({ fileSystem, directory: DIRECTORY })).entries).toHaveLength(3);
    }
  });

  it("refuses a flipped bit in any confirmed entry, the last one included", async () => {
    const { fileSystem, path } = await filledJournal(4);
    const whole = (await fileSystem.readFile(path))!.slice();
    for (let at = 0; at < whole.length; at++) {
      if (at === 7) continue; // reserved
      fileSystem.damage(path, at, Uint8Array.of(whole[at]! ^ 0x10));
      await expect(Journal.open({ fileSystem, directory: DIRECTORY }), `byte ${at}`).rejects.toMatchObject({
        code: "journal.corrupt",
      });
      fileSystem.damage(path, at, whole.subarray(at, at + 1));
    }
  });

  it("misses a file whose entries had been confirmed", async () => {
    const { fileSystem, path } = await filledJournal(2);
    await fileSystem.remove(path);
    await expect(Journal.open({ fileSystem, directory: DIRECTORY })).rejects.toMatchObject({
      code: "journal.corrupt",
    });
  });

  it("goes on from a snapshot and forgets what lies before it", async () => {
    const { fileSystem } = await filledJournal(3);
    const { journal } = await Journal.open({ fileSystem, directory: DIRECTORY });
    await journal.compact(Buffer.from("state at 3"));
    expect(await journal.append(Buffer.from("entry 4"))).toBe(4);
    await journal.close();
    const opened = await Journal.open({ fileSystem, directory: DIRECTORY });
    expect(text(opened.snapshot!.payload)).toBe("state at 3");
    expect(opened.snapshot!.sequence).toBe(3);
    expect(opened.entries.map((entry) => text(entry.payload))).toEqual(["entry 4"]);
    expect((await fileSystem.list(DIRECTORY)).filter((name) => name !== "synced")).toHaveLength(2);
  });

  it("refuses a damaged snapshot", async () => {
    const { fileSystem } = await filledJournal(1);
    const { journal } = await Journal.open({ fileSystem, directory: DIRECTORY });
    await journal.compact(Buffer.from("state"));
    await journal.close();
    const name = (await fileSystem.list(DIRECTORY)).find((found) => found.endsWith(".snap"));
    fileSystem.damage(`${DIRECTORY}/${name}`, 25, Uint8Array.of(0));
    await expect(Journal.open({ fileSystem, directory: DIRECTORY })).rejects.toMatchObject({
      code: "journal.corrupt",
    });
  });

  it.each([
    ["a write", "write", 0],
    ["half a write", "write", 10],
    ["all of a write", "write", 1000],
    ["a sync", "sync", 0],
  ] as const)("refuses an entry when %s fails, and takes the next one", async (_what, kind, writtenBytes) => {
    const { fileSystem } = await filledJournal(2);
    const state = () => Buffer.from("state at 2");
    const { journal } = await Journal.open({ fileSystem, directory: DIRECTORY, state });
    fileSystem.fault = (operation) =>
      operation.kind === kind ? { error: systemError("ENOSPC", operation.path), writtenBytes } : undefined;
    const refused = [journal.append(Buffer.from("a")), journal.append(Buffer.from("b"))];
    for (const append of refused) await expect(append).rejects.toMatchObject({ code: "journal.failed" });
    await expect(journal.append(Buffer.from("c"))).rejects.toMatchObject({ code: "journal.failed" });
    expect(journal.isSuspended).toBe(true);
    fileSystem.fault = undefined;
    const sequence = await journal.append(Buffer.from("entry 3"));
    expect(sequence).toBeGreaterThan(2);
    expect(journal.isSuspended).toBe(false);
    for (const disk of [fileSystem.crashed(() => 1), fileSystem.crashed(() => 0)]) {
      const { snapshot, entries } = await Journal.open({ fileSystem: disk, directory: DIRECTORY });
      expect(text(snapshot!.payload)).toBe("state at 2");
      expect(entries.map((entry) => [entry.sequence, text(entry.payload)])).toEqual([[sequence, "entry 3"]]);
    }
    await journal.close();
    expect(fileSystem.openFileCount).toBe(0);
  });

  it("takes no entry after a failed write when it has no state to begin anew with", async () => {
    const { fileSystem } = await filledJournal(2);
    const { journal } = await Journal.open({ fileSystem, directory: DIRECTORY });
    fileSystem.fault = ({ kind, path }) =>
      kind === "write" ? { error: systemError("ENOSPC", path), writtenBytes: 7 } : undefined;
    await expect(journal.append(Buffer.from("a"))).rejects.toMatchObject({ code: "journal.failed" });
    fileSystem.fault = undefined;
    await expect(journal.append(Buffer.from("b"))).rejects.toMatchObject({ code: "journal.failed" });
    await journal.compact(Buffer.from("state at 2"));
    expect(await journal.append(Buffer.from("c"))).toBeGreaterThan(2);
  });

  it("loses nothing confirmed when the power goes, whenever it goes", async () => {
    await assertSeeded(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 5, arbitrary: fc.constant("append") },
            { weight: 1, arbitrary: fc.constant("compact") },
          ),
          { maxLength: 15 },
        ),
        fc.nat(60),
        fc.infiniteStream(fc.nat(999).map((thousandths) => thousandths / 1000)),
        async (steps, operationsBeforeCrash, randoms) => {
          const fileSystem = new MemoryFileSystem();
          let operationCount = 0;
          let crashed: MemoryFileSystem | undefined;
          let confirmed = 0;
          let confirmedAtCrash = 0;
          fileSystem.fault = () => {
            if (operationCount++ === operationsBeforeCrash) {
              crashed = fileSystem.crashed(() => randoms.next().value!);
              confirmedAtCrash = confirmed;
            }
            return undefined;
          };
          const { journal } = await Journal.open({ fileSystem, directory: DIRECTORY });
          for (const step of steps) {
            if (step === "append") confirmed = await journal.append(Buffer.from(`${confirmed + 1}`));
            else await journal.compact(Buffer.from(`${confirmed}`));
          }
          await journal.close();
          crashed ??= fileSystem.crashed(() => randoms.next().value!);
          if (operationCount <= operationsBeforeCrash) confirmedAtCrash = confirmed;
          const opened = await Journal.open({ fileSystem: crashed, directory: DIRECTORY });
          const base = opened.snapshot ? Number(text(opened.snapshot.payload)) : 0;
          expect(opened.snapshot?.sequence ?? 0).toBe(base);
          expect(opened.entries.map((entry) => Number(text(entry.payload)))).toEqual(
            opened.entries.map((_, index) => base + index + 1),
          );
          expect(opened.journal.sequence).toBeGreaterThanOrEqual(confirmedAtCrash);
        },
      ),
      200,
    );
  });

  it("goes on with the old file, also over restarts, when a new one could not be begun", async () => {
    const { fileSystem } = await filledJournal(3);
    const state = () => Buffer.from("state at 3");
    const { journal } = await Journal.open({ fileSystem, directory: DIRECTORY, state });
    let syncCount = 0;
    fileSystem.fault = ({ kind, path }) =>
      // The snapshot is synced first, then the new file.
      kind === "sync" && ++syncCount === 2 ? { error: systemError("EIO", path) } : undefined;
    await expect(journal.compact(state())).rejects.toMatchObject({ code: "EIO" });
    fileSystem.fault = undefined;
    let sequence = await journal.append(Buffer.from("entry 4"));
    expect(sequence).toBe(4);
    await journal.close();
    for (let number = 5; number <= 7; number++) {
      const opened = await Journal.open({ fileSystem, directory: DIRECTORY });
      expect(opened.entries.at(-1)?.sequence).toBe(sequence);
      expect(await opened.journal.append(Buffer.from(`entry ${number}`))).toBe(++sequence);
      await opened.journal.close();
    }
    const { snapshot, entries } = await Journal.open({ fileSystem, directory: DIRECTORY });
    expect(text(snapshot!.payload)).toBe("state at 3");
    expect(entries.map(({ payload }) => text(payload))).toEqual(["entry 4", "entry 5", "entry 6", "entry 7"]);
    expect(fileSystem.openFileCount).toBe(1);
  });
});
